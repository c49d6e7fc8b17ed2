package pipeline

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	refusalLapse = 15 * time.Second // after which a refusal that nobody met again is over: whoever publishes tries every second
	refusalSaid  = 10 * time.Second // between two lines of log about them
)

// storeHealth remembers, for each stream, that the server refused to store a message, and says so once in a while. A stream that takes
// messages says nothing of another one, which may be full. It is safe for concurrent use.
type storeHealth struct {
	mu       sync.Mutex
	refusals map[string]refusal // by stream
	said     time.Time
	silent   time.Time // since when publishing fails without an answer that would explain it
}

type refusal struct {
	err  error
	last time.Time
	full bool
}

func (r refusal) lapsed() bool { return time.Since(r.last) > refusalLapse }

func (s *storeHealth) accepted(log *slog.Logger, stream string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusals[stream].full {
		log.Info("the stream takes messages again", "stream", stream)
	}
	delete(s.refusals, stream)
	s.silent = time.Time{}
}

func (s *storeHealth) refused(log *slog.Logger, stream string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	switch {
	case codeOf(err) != 0:
		s.silent = time.Time{}
	case s.silent.IsZero():
		s.silent = now
	}
	if s.refusals == nil {
		s.refusals = map[string]refusal{}
	}
	full := outOfRoom(err)
	s.refusals[stream] = refusal{fmt.Errorf("messages cannot be stored in stream %s: %w", stream, err), now, full}
	if now.Sub(s.said) < refusalSaid {
		return
	}
	s.said = now
	if full {
		log.Error("the store is full, waiting for room: stages make some as they finish; raise max_store_bytes if this lasts", "stream", stream, "err", err)
		return
	}
	log.Warn("publish did not succeed, trying again", "stream", stream, "err", err)
}

// outOfRoom says that a limit of the store was met.
func outOfRoom(err error) bool {
	switch codeOf(err) {
	case codeNoResources, codeNoStorage, codeStoreFailed:
		return true
	}
	return false
}

// unheard is the error with which publishing has failed for at least d without an answer of the server that would explain it.
func (s *storeHealth) unheard(d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.silent.IsZero() || time.Since(s.silent) < d {
		return nil
	}
	for _, r := range s.refusals {
		if codeOf(r.err) == 0 && !r.lapsed() {
			return r.err
		}
	}
	return nil
}

// trouble is why a stream takes no messages; nil where all of them do, as far as it was tried.
func (s *storeHealth) trouble() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stream := range slices.Sorted(maps.Keys(s.refusals)) {
		if r := s.refusals[stream]; !r.lapsed() {
			return r.err
		}
		delete(s.refusals, stream)
	}
	return nil
}
