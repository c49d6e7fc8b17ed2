package crawl

import (
	"context"
	"sync"
)

// Alone is what a visitor remembers that shares with nobody and keeps nothing: that of a command which asks for a page or two. It is safe for
// concurrent use.
func Alone() Shared { return &alone{values: map[string][]byte{}, revisions: map[string]uint64{}} }

type alone struct {
	mu        sync.Mutex
	values    map[string][]byte
	revisions map[string]uint64
}

// Get returns the value of a key.
func (a *alone) Get(ctx context.Context, key string) ([]byte, error) {
	value, _, err := a.Load(ctx, key)
	return value, err
}

// Put sets the value of a key.
func (a *alone) Put(_ context.Context, key string, value []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.values[key] = value
	a.revisions[key]++
	return nil
}

// Load returns the value of a key and its revision.
func (a *alone) Load(_ context.Context, key string) ([]byte, uint64, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.values[key], a.revisions[key], nil
}

// Swap sets the value of a key that is still at a revision.
func (a *alone) Swap(_ context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.revisions[key] != revision {
		return 0, false, nil
	}
	a.values[key] = value
	a.revisions[key]++
	return a.revisions[key], true, nil
}
