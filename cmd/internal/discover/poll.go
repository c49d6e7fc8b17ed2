package discover

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/feed"
)

// poll lets a poller of its own look at a feed once, and returns what the daemon would make of its items: whole articles, and links to fetch.
// The poller reads the answer that the check was given.
func (c *check) poll(ctx context.Context, f feed.Feed) ([]message.Message, error) {
	poller := feed.New(c.opts.Config.Feed, c.traffic, forgetful{}, slog.New(slog.DiscardHandler))
	poller.SetFeeds([]feed.Feed{f})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var all []message.Message
	var watching sync.WaitGroup
	watching.Go(func() {
		defer cancel()
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		for !poller.Polled() {
			select {
			case <-look.C:
			case <-ctx.Done():
				return
			}
		}
	})
	err := poller.Run(ctx, func(_ context.Context, m message.Message) error {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, m)
		return nil
	})
	cancel()
	watching.Wait()
	return all, err
}

// forgetful remembers nothing: every item is new to it.
type forgetful struct{}

func (forgetful) Get(context.Context, string) ([]byte, error) { return nil, nil }

func (forgetful) Put(context.Context, string, []byte) error { return nil }
