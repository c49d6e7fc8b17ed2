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
	poller := feed.New(c.opts.Config.Feed, c.traffic, &once{}, newMemory(), slog.New(slog.DiscardHandler))
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

func (o *once) Run(ctx context.Context, _ int, look func(ctx context.Context, name string, state []byte) ([]byte, time.Time)) error {
	for _, name := range o.names {
		look(ctx, name, nil)
	}
	return nil
}

func (*once) CaughtUp() bool { return true }

// memory is what daemons remember together, for a check that shares it with nobody.
type memory struct {
	mu     sync.Mutex
	values map[string][]byte
	at     map[string]uint64
}

func newMemory() *memory { return &memory{values: map[string][]byte{}, at: map[string]uint64{}} }

func (m *memory) Get(ctx context.Context, key string) ([]byte, error) {
	value, _, err := m.Load(ctx, key)
	return value, err
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
	m.at[key]++
	return nil
}

func (m *memory) Load(_ context.Context, key string) ([]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key], m.at[key], nil
}

func (m *memory) Swap(_ context.Context, key string, value []byte, revision uint64) (uint64, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.at[key] != revision {
		return 0, false, nil
	}
	m.values[key] = value
	m.at[key]++
	return m.at[key], true, nil
}
