package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
)

// steering changes sources of a running daemon by their names.
type steering struct {
	reader

	Names []string `arg:"" help:"Names of sources, as rawi sources list shows them." placeholder:"NAME"`
	JSON  bool     `help:"Print the names that were changed as JSON."`
}

// step is what is done to sources.
type step struct {
	done   string // in words
	do     func(ctx context.Context, schedule *pipeline.Schedule, url string) error
	paused bool // it can be done to a source that is paused
}

// take does one step to every address of every source that was named. Nothing is done where a name is none.
func (c steering) take(ctx context.Context, env environment, step step) error {
	loaded, err := loadFor(c.Config, env)
	if err != nil {
		return err
	}
	err = c.withBook(ctx, loaded, func(book *registry.Book) error {
		all := loaded.Sources
		if c.Server != "" && c.Config == "" {
			all = book.Sources()
		}
		sources, err := c.named(registry.Entries(all, book.Known), step)
		if err != nil {
			return usageError{err}
		}
		for _, s := range sources {
			if err := book.Change(ctx, s, step.do); err != nil {
				return fmt.Errorf("source %s: %w", s.Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, map[string]any{step.done: c.Names})
	}
	_, err = fmt.Fprintf(env.out, "%s: %s\n", step.done, strings.Join(c.Names, ", "))
	return err
}

func (c steering) named(all []registry.Entry, step step) ([]config.Source, error) {
	var found []config.Source
	for _, name := range c.Names {
		i := slices.IndexFunc(all, func(e registry.Entry) bool { return e.Name == name })
		switch {
		case i < 0:
			return nil, fmt.Errorf("there is no source %q among %d: rawi sources list shows them", name, len(all))
		case all[i].Paused:
			return nil, fmt.Errorf("source %q is paused by its configuration: take out paused: true there and reload", name)
		case all[i].State == registry.StatePaused && !step.paused:
			return nil, fmt.Errorf("source %q is paused: rawi sources resume %s first", name, name)
		}
		found = append(found, all[i].Source)
	}
	return found, nil
}

type sourcesPauseCommand struct{ steering }

// Help is printed under the command's flags.
func (sourcesPauseCommand) Help() string {
	return `Every daemon on the server leaves the sources alone, over restarts, until rawi sources resume. Pages of theirs that were queued before wait as
long. The configuration is not touched.`
}

// Run holds the sources at run time.
func (c sourcesPauseCommand) Run(ctx context.Context, env environment) error {
	return c.take(ctx, env, step{done: "paused", do: registry.Hold, paused: true})
}

type sourcesResumeCommand struct{ steering }

// Run ends the hold of the sources.
func (c sourcesResumeCommand) Run(ctx context.Context, env environment) error {
	return c.take(ctx, env, step{done: "resumed", do: registry.Release, paused: true})
}

type sourcesPollCommand struct{ steering }

// Help is printed under the command's flags.
func (sourcesPollCommand) Help() string {
	return `The sources are due at once, and looked at as soon as a worker is free and their hosts may be asked.`
}

// Run makes the sources due now.
func (c sourcesPollCommand) Run(ctx context.Context, env environment) error {
	return c.take(ctx, env, step{done: "due", do: registry.Hasten})
}
