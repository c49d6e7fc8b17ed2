package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"rawi/cmd/internal/registry"
)

// steering changes sources of a running daemon by their names.
type steering struct {
	reader

	Names []string `arg:"" help:"Names of sources, as rawi sources list shows them." placeholder:"NAME"`
	JSON  bool     `help:"Print the names that were changed as JSON."`
}

// take does one step to every address of every source that was named. Nothing is done where a name is none.
func (c steering) take(ctx context.Context, env environment, step registry.Step) error {
	loaded, err := loadFor(c.Config, env)
	if err != nil {
		return err
	}
	err = c.withBook(ctx, loaded, func(book *registry.Book) error {
		all := loaded.Sources
		if c.Server != "" && c.Config == "" {
			all = book.Sources()
		}
		err := book.Steer(ctx, all, c.Names, step)
		if wrong, ok := errors.AsType[registry.WrongSourceError](err); ok {
			return usageError{wrong}
		}
		return err
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, map[string]any{step.Done: c.Names})
	}
	_, err = fmt.Fprintf(env.out, "%s: %s\n", step.Done, strings.Join(c.Names, ", "))
	return err
}

type sourcesPauseCommand struct{ steering }

// Help is printed under the command's flags.
func (sourcesPauseCommand) Help() string {
	return `Every daemon on the server leaves the sources alone, over restarts, until rawi sources resume. Pages of theirs that were queued before wait as
long. The configuration is not touched.`
}

// Run holds the sources at run time.
func (c sourcesPauseCommand) Run(ctx context.Context, env environment) error {
	return c.take(ctx, env, registry.Pause())
}

type sourcesResumeCommand struct{ steering }

// Run ends the hold of the sources.
func (c sourcesResumeCommand) Run(ctx context.Context, env environment) error {
	return c.take(ctx, env, registry.Resume())
}

type sourcesPollCommand struct{ steering }

// Help is printed under the command's flags.
func (sourcesPollCommand) Help() string {
	return `The sources are due at once, and looked at as soon as a worker is free and their hosts may be asked.`
}

// Run makes the sources due now.
func (c sourcesPollCommand) Run(ctx context.Context, env environment) error {
	return c.take(ctx, env, registry.Poll())
}
