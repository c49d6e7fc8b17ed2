package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/discover"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/stages/language"
)

// exitNothing says that an outlet was reached, and that nothing was found there that could be read.
const exitNothing = 3

// codedError ends a command with an exit code of its own.
type codedError struct {
	error

	code int
}

func (c codedError) Unwrap() error { return c.error }

// outlet says which outlet is tried, and how.
type outlet struct {
	URL     string         `arg:"" help:"Address of a feed, of a page, or the bare name of a host." placeholder:"URL"`
	Allow   []netip.Prefix `help:"Addresses, otherwise refused, that the outlet's host may have, such as 10.0.0.0/8." placeholder:"PREFIX"`
	Timeout time.Duration  `help:"How long the check may take." default:"2m"`
}

// try looks at the outlet with the paces, names and limits of a configuration.
func (o outlet) try(ctx context.Context, env environment, cfg config.Config) discover.Report {
	terminal := lively(env)
	report := discover.Look(ctx, o.URL, discover.Options{
		Config: cfg, Allow: o.Allow, Timeout: o.Timeout, Language: language.New(cfg.Language), Extract: extractors(),
		Asking: func(address string) {
			if terminal {
				show.Progress(env.err, true, runewidth.Truncate("asking "+show.Line(address), width(env.err)-1, "…"), true)
			}
		},
	})
	show.Progress(env.err, terminal, "", false)
	return report
}

type sourcesCheckCommand struct {
	outlet

	Config string `short:"c" help:"Configuration whose paces, limits and sources count." type:"path" placeholder:"FILE"`
	YAML   bool   `help:"Print the proposed lines of configuration and nothing else." xor:"form"`
	JSON   bool   `help:"Print JSON." xor:"form"`
}

// Help is printed under the command's flags.
func (sourcesCheckCommand) Help() string {
	return `The outlet is asked as the daemon asks it: with its User-Agent, obeying robots.txt, within its limits, at most 24 requests.

Exit code 0: something was found that can be read. 1: the outlet could not be reached, or does not want to be read.
2: wrong usage. 3: the outlet answers, and there is nothing to read.`
}

// Run tries the outlet and says what was found.
func (c sourcesCheckCommand) Run(ctx context.Context, env environment) error {
	loaded, err := loadFor(c.Config, env)
	if err != nil {
		return err
	}
	if c.Config == "" {
		loaded.Sources = nil // of a list that nobody chose
	}
	report := c.try(ctx, env, loaded.Config)
	if err := c.print(env, report); err != nil {
		return err
	}
	return verdict(report)
}

func (c sourcesCheckCommand) print(env environment, report discover.Report) error {
	switch {
	case c.JSON:
		return printJSON(env.out, report)
	case !c.YAML:
		return discover.Print(env.out, report, width(env.out))
	case report.Source == nil:
		return nil
	}
	text, err := config.Format([]config.Source{*report.Source})
	if err != nil {
		return err
	}
	_, err = env.out.Write(text)
	return err
}

// verdict is nil where something was found, and otherwise says on one line why not.
func verdict(r discover.Report) error {
	if r.Source != nil {
		return nil
	}
	why := "nothing to read"
	if len(r.Problems) > 0 {
		why = r.Problems[0].What
	}
	err := fmt.Errorf("%s: %s", r.Asked, why)
	if r.Found != "" {
		return codedError{err, exitNothing}
	}
	return err
}
