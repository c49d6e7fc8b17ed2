package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"rawi/cmd/internal/discover"
	"rawi/cmd/internal/registry"
	"rawi/config"
)

// described is what a person knows of an outlet better than its feeds say it.
type described struct {
	Name     string `help:"Name of the source instead of the proposed one: a-z, 0-9 and -." placeholder:"NAME"`
	Title    string `help:"Title as people write it."`
	Country  string `help:"Where its newsroom is, such as MA." placeholder:"CC"`
	Language string `help:"What it is written in, such as ar." placeholder:"TAG"`
	Kind     string `help:"What it is, such as daily, agency or portal."`
	Family   string `help:"Who owns it: outlets of one family are not independent of each other."`
	Zone     string `help:"Of times without a zone, such as Africa/Casablanca."`

	FullText string        `help:"What its feeds hold: always or never whole articles; auto tells it item by item." placeholder:"WORD"`
	Interval time.Duration `help:"Between two looks at each feed and section, instead of their own pace."`
	Budget   int           `help:"New links that are taken from one visit of a section." placeholder:"N"`

	HighAccuracy bool `help:"Tell its language by the large models, for feeds of titles only; costs 250 MB of memory."`
}

func (d described) over(s config.Source) config.Source {
	s.Name, s.Title, s.Country = cmp.Or(d.Name, s.Name), cmp.Or(d.Title, s.Title), cmp.Or(d.Country, s.Country)
	s.Language, s.Kind, s.Family = cmp.Or(d.Language, s.Language), cmp.Or(d.Kind, s.Kind), cmp.Or(d.Family, s.Family)
	s.Zone, s.FullText = cmp.Or(d.Zone, s.Zone), cmp.Or(d.FullText, s.FullText)
	s.Interval, s.Budget = cmp.Or(config.Duration(d.Interval), s.Interval), cmp.Or(d.Budget, s.Budget)
	s.HighAccuracy = d.HighAccuracy || s.HighAccuracy
	if d.Zone == "" && d.Country != "" {
		s.Zone = registry.ZoneOf(d.Country)
	}
	return s
}

// target is the configuration that sources are added to.
type target struct {
	Config string `short:"c" help:"Configuration to add to: a new file in the folder sources.d beside it." type:"path" placeholder:"FILE"`
	DryRun bool   `help:"Print the lines of configuration and write nothing."`
}

// load reads the target's configuration, without which only a dry run makes sense.
func (t target) load(env environment) (config.Loaded, error) {
	if t.Config == "" && !t.DryRun {
		return config.Loaded{}, usageError{errors.New("which configuration? Name it by -c FILE; an empty file will do. --dry-run writes nothing")}
	}
	loaded, err := loadFor(t.Config, env)
	if t.Config == "" {
		loaded.Sources = nil
	}
	return loaded, err
}

// put writes sources under a name of their own, or prints them in a dry run.
func (t target) put(env environment, name string, sources []config.Source) (file string, err error) {
	if !t.DryRun {
		if file, err = config.Add(t.Config, name, sources, env.environ); err != nil {
			return "", usageError{err}
		}
		return file, nil
	}
	for _, s := range sources {
		if err := s.Validate(); err != nil {
			return "", usageError{err}
		}
	}
	text, err := config.Format(sources)
	if err != nil {
		return "", usageError{err}
	}
	_, err = env.out.Write(text)
	return "", err
}

type sourcesAddCommand struct {
	outlet
	target
	described

	JSON bool `help:"Print JSON." xor:"dry"`
}

// Help is printed under the command's flags.
func (sourcesAddCommand) Help() string {
	return `The outlet is tried as rawi sources check does. What was found is written to sources.d/NAME.yaml beside the configuration, if
all of it is right together; no other file is touched. A running daemon takes it up at SIGHUP. Exit codes are those of check.`
}

// Run tries the outlet, and adds it where it can be read.
func (c sourcesAddCommand) Run(ctx context.Context, env environment) error {
	loaded, err := c.load(env)
	if err != nil {
		return err
	}
	report := c.try(ctx, env, loaded.Config)
	if err := verdict(report); err != nil {
		return err
	}
	source := c.over(*report.Source)
	file, err := c.put(env, source.Name, []config.Source{source})
	if err != nil || c.DryRun {
		return err
	}
	if c.JSON {
		report.Source = &source
		return printJSON(env.out, struct {
			File   string          `json:"file"`
			Report discover.Report `json:"report"`
		}{file, report})
	}
	report.Source = nil // it is in the file
	if err := discover.Print(env.out, report, width(env.out)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.out, "\nadded source %s: %s\na running daemon takes it up at SIGHUP\n", source.Name, file)
	return err
}
