package crawl

import (
	"context"
	"sync"
	"time"
)

// Alone is what a visitor remembers that shares with nobody and keeps nothing: that of a command which asks for a page or two. It is safe for
// concurrent use.
func Alone() Shared { return &alone{values: map[string]noted{}} }

type alone struct {
	mu     sync.Mutex
	values map[string]noted
}

// noted is a value, how often it was set, and when for the last time.
type noted struct {
	value    []byte
	revision uint64
	at       time.Time
}

// Get returns the value of a key.
func (a *alone) Get(_ context.Context, key string) ([]byte, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.values[key].value, nil
}

// Put sets the value of a key.
func (a *alone) Put(_ context.Context, key string, value []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.set(key, value)
	return nil
}

func (a *alone) set(key string, value []byte) (revision uint64) {
	revision = a.values[key].revision + 1
	a.values[key] = noted{value, revision, time.Now()}
	return revision
}

// Load returns the value of a key, its revision and its age.
func (a *alone) Load(_ context.Context, key string) (value []byte, revision uint64, age time.Duration, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := a.values[key]
	return n.value, n.revision, time.Since(n.at), nil
}

// Swap sets the value of a key that is still at a revision.
func (a *alone) Swap(_ context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.values[key].revision != revision {
		return 0, false, nil
	}
	return a.set(key, value), true, nil
}
