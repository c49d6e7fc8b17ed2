package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"rawi/cmd/internal/registry"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline"
)

// patience is how long a listing waits for a daemon that may not be there.
const patience = 5 * time.Second

// wanted chooses sources by what they are.
type wanted struct {
	Country  string `help:"Only sources of one country, such as MA." placeholder:"CC"`
	Language string `help:"Only sources in one language, such as ar." placeholder:"TAG"`
	Kind     string `help:"Only sources of one kind, such as agency."`
	Family   string `help:"Only sources of one owner."`
	State    string `help:"Only sources in one state: failing, silent, moved, drifting, damaged, new, ok or paused."`
}

func (w wanted) filter() (registry.Filter, error) {
	f := registry.Filter{Country: w.Country, Language: w.Language, Kind: w.Kind, Family: w.Family, State: w.State}
	return f, wrongFilter(f.Check())
}

// wrongFilter names the flag that is wrong.
func wrongFilter(err error) error {
	if wrong, ok := errors.AsType[registry.WrongFilterError](err); ok {
		return usageError{fmt.Errorf("--%s: %w", wrong.Field, wrong)}
	}
	return err
}

// survey is what is configured, and what a daemon knows of it.
type survey struct {
	entries []registry.Entry
	known   bool // a daemon's server was asked
}

// survey asks the daemon's server, and where it does not answer says what the configuration says. Without a configuration of its own a named
// server tells what its daemon reads.
func (r reader) survey(ctx context.Context, env environment) (survey, error) {
	loaded, err := loadFor(r.Config, env)
	if err != nil {
		return survey{}, err
	}
	var found survey
	err = r.withBook(ctx, loaded, func(book *registry.Book) error {
		found = survey{r.entries(loaded, book), true}
		return nil
	})
	if err != nil && r.Server == "" {
		fmt.Fprintf(env.err, "no daemon answers, so this is what the configuration says (%s)\n", show.Line(err.Error()))
		return survey{registry.Entries(loaded.Sources, nil), false}, nil
	}
	return found, err
}

// entries are the sources that were asked about, with what a daemon knows of them.
func (r reader) entries(loaded config.Loaded, book *registry.Book) []registry.Entry {
	sources := loaded.Sources
	if r.Server != "" && r.Config == "" {
		sources = book.Sources()
	}
	return book.Mark(registry.Entries(sources, book.Known))
}

// withBook opens what the daemon keeps of its sources.
func (r reader) withBook(ctx context.Context, loaded config.Loaded, do func(*registry.Book) error) error {
	if r.Server != "" {
		loaded.NATS.URL = r.Server
	}
	timed, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	bus, err := pipeline.Dial(timed, loaded.Config.Config, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	book, err := registry.Open(ctx, bus)
	if err == nil {
		err = do(book)
	}
	return closing(ctx, bus, err)
}

type sourcesListCommand struct {
	reader
	wanted

	JSON bool `help:"Print one source a line as JSON."`
}

// Help is printed under the command's flags.
func (sourcesListCommand) Help() string {
	return `States: failing (the last looks brought an error), silent (it answers, and nothing useful comes), moved (for good), drifting (its last
document has less of something than usual, or its pages are suddenly read worse), damaged (it had to be repaired to be read), new (not looked at yet), ok, paused. LAST, NEXT and NEWEST are ages: s, m, h, d, y. RATE is items a day or week.
READS is feeds+sections. Narrow terminals show fewer columns. Without a daemon the list says what the configuration says.`
}

// Run lists the sources with how they are doing.
func (c sourcesListCommand) Run(ctx context.Context, env environment) error {
	filter, err := c.filter()
	if err != nil {
		return err
	}
	found, err := c.survey(ctx, env)
	if err != nil {
		return err
	}
	if !found.known && c.State != "" && c.State != registry.StatePaused {
		return errors.New("only a daemon knows how its sources are doing: name its configuration by -c FILE or its server by --server URL")
	}
	if err := filter.CheckFamily(found.entries); err != nil {
		return wrongFilter(err)
	}
	entries := filter.Apply(found.entries)
	if c.JSON {
		for _, e := range entries {
			if err := printJSON(env.out, e.Masked()); err != nil {
				return err
			}
		}
		return nil
	}
	if err := registry.Table(env.out, entries, found.known, width(env.out), time.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.out, "%s\n", registry.Summary(entries))
	return err
}

type sourcesShowCommand struct {
	reader

	Name string `arg:"" help:"Name of the source, as rawi sources list shows it."`
	JSON bool   `help:"Print JSON."`
}

// Run prints everything about one source.
func (c sourcesShowCommand) Run(ctx context.Context, env environment) error {
	found, err := c.survey(ctx, env)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found.entries, func(e registry.Entry) bool { return e.Name == c.Name })
	if i < 0 {
		return usageError{fmt.Errorf("there is no source %q among %d: rawi sources list shows them", c.Name, len(found.entries))}
	}
	if c.JSON {
		return printJSON(env.out, found.entries[i].Masked())
	}
	return registry.Show(env.out, found.entries[i], found.entries, found.known, width(env.out), time.Now())
}
