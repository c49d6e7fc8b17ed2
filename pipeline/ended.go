package pipeline

import (
	"sync"
	"time"
)

// recent remembers messages that ended here, by sequence and time. One of them comes again only when its acknowledgement was lost. The sequence
// alone would not tell: a stream that was made anew, or that a power cut or a copy has set back, gives it to another message.
type recent struct {
	mu   sync.Mutex
	set  map[uint64]time.Time // when the message of a sequence was stored
	ring []uint64
	next int
}

const recentSize = 1 << 14

func (r *recent) add(seq uint64, stored time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.set == nil {
		r.set = map[uint64]time.Time{}
	}
	_, again := r.set[seq]
	r.set[seq] = stored
	switch {
	case again: // it has its place in the ring
	case len(r.ring) < recentSize:
		r.ring = append(r.ring, seq)
	default:
		delete(r.set, r.ring[r.next])
		r.ring[r.next] = seq
		r.next = (r.next + 1) % recentSize
	}
}

func (r *recent) has(seq uint64, stored time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.set[seq]
	return ok && at.Equal(stored)
}

// hasSequence is for those who do not know the time.
func (r *recent) hasSequence(seq uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.set[seq]
	return ok
}
