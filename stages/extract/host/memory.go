package host

import (
	"context"
	"sync"
	"time"
)

// Memory is a store that ends with the process: that of a command that reads a set of pages. It is safe for concurrent use.
type Memory struct {
	mu        sync.Mutex
	values    map[string][]byte
	revisions map[string]uint64
}

// Load returns the value of a key and its revision. What ends with the process has no age to speak of.
func (m *Memory) Load(_ context.Context, key string) (value []byte, revision uint64, age time.Duration, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key], m.revisions[key], 0, nil
}

// Swap sets the value of a key that is still at a revision.
func (m *Memory) Swap(_ context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.revisions[key] != revision {
		return 0, false, nil
	}
	if m.values == nil {
		m.values, m.revisions = map[string][]byte{}, map[string]uint64{}
	}
	m.values[key] = value
	m.revisions[key]++
	return m.revisions[key], true, nil
}
