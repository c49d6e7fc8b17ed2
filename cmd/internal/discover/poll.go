package discover

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/crawl"
	"rawi/stages/feed"
)

// poll lets a poller of its own look at a feed once, and returns what the daemon would make of its items: whole articles, and links to fetch.
// The poller reads the answer that the check was given.
func (c *check) poll(ctx context.Context, f feed.Feed) ([]message.Message, error) {
	cfg := c.opts.Config.Feed
	cfg.WebSub = feed.WebSub{} // a look subscribes to nothing
	poller := feed.New(cfg, c.traffic, &once{}, crawl.Alone(), slog.New(slog.DiscardHandler))
	poller.SetFeeds([]feed.Feed{f})
	var mu sync.Mutex
	var all []message.Message
	err := poller.Run(ctx, func(_ context.Context, m message.Message) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, m)
		return nil
	})
	return all, err
}

// once is a schedule by which everything is due at once, one after the other, and never again.
type once struct{ names []string }

func (o *once) Set(_ context.Context, names []string) error {
	o.names = names
	return nil
}

func (*once) Group(func(string, []byte) (string, time.Duration)) {}

func (*once) Delay(context.Context, string, time.Time) error { return nil }

func (*once) Hasten(context.Context, string) error { return nil }

func (o *once) Run(ctx context.Context, _ int, look func(ctx context.Context, name string, state []byte) ([]byte, time.Time)) error {
	for _, name := range o.names {
		look(ctx, name, nil)
	}
	return nil
}

func (*once) CaughtUp() bool { return true }
