package main

import (
	"context"
	"fmt"

	"rawi/config"
	"rawi/pipeline"
)

type migrateCommand struct {
	From string `required:"" help:"Directory of the embedded server's store; its daemon has to be stopped." type:"path" placeholder:"DIR"`
	To   string `required:"" help:"Configuration with the new server in nats.url, by which the daemon will run." type:"path" placeholder:"FILE"`
	JSON bool   `help:"Print one stream a line as JSON."`
}

// Run prints what was brought over, stream by stream.
func (c migrateCommand) Run(ctx context.Context, env environment) error {
	loaded, err := config.Load(c.To, env.environ)
	if err != nil {
		return usageError{err}
	}
	var messages uint64
	err = pipeline.Migrate(ctx, c.From, loaded.Config.Config, newLogger(env.err, loaded.Log), func(m pipeline.Moved) {
		messages += m.Messages
		if c.JSON {
			_ = printJSON(env.out, m) // the copy counts, not who hears of it
			return
		}
		state := "copied"
		if m.Already {
			state = "was there"
		}
		fmt.Fprintf(env.out, "%-25s %-9s %8d messages, last %d, %d consumers\n", m.Stream, state, m.Messages, m.LastSeq, m.Consumers)
	})
	if err != nil || c.JSON {
		return err
	}
	_, err = fmt.Fprintf(env.out, "%d messages moved, everything is the same on both sides; start with: rawi run -c %s\n", messages, c.To)
	return err
}
