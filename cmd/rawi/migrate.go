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
	copied := &copied{env: env}
	moved := func(m pipeline.Moved) {
		copied.end()
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
	}
	err = pipeline.Migrate(ctx, c.From, loaded.Config.Config, newLogger(env.err, loaded.Log), pipeline.Watch{Moved: moved, Copying: copied.to})
	copied.end()
	if err != nil || c.JSON {
		return err
	}
	_, err = fmt.Fprintf(env.out, "%d messages moved, everything is the same on both sides; start with: rawi run -c %s\n", messages, c.To)
	return err
}

// copied shows how much of a stream is on its way, one meter after the other.
type copied struct {
	env    environment
	stream string
	meter  *meter
}

func (c *copied) to(stream string, done, total int64) {
	if c.stream != stream {
		c.end()
		c.stream, c.meter = stream, newMeter(c.env, "KiB of "+stream, int(total>>10))
	}
	c.meter.to(int(done >> 10))
}

func (c *copied) end() {
	if c.meter != nil {
		c.meter.end()
	}
	c.stream, c.meter = "", nil
}
