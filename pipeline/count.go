package pipeline

import (
	"maps"
	"sync"
	"time"
)

// Results of a message at a stage, as they stand in metrics.
const (
	resultOK        = "ok"
	resultDuplicate = "duplicate"
	resultDropped   = "dropped"
	resultRetry     = "retry"
	resultDead      = "dead"
	resultCut       = "cut" // by a stop; not a result anyone counts
)

// Counts says what became of the messages of a stage or source since the process started.
type Counts struct {
	Stored    uint64            `json:"stored"`            // outputs that were new and that a stage here reads
	OK        uint64            `json:"ok"`                // messages whose outputs were stored
	Duplicate uint64            `json:"duplicate"`         // messages, or outputs of a source, that were stored before
	Retry     uint64            `json:"retry"`             // attempts that failed and come again
	Repeated  uint64            `json:"repeated"`          // messages delivered again after they had ended here
	Kept      map[string]uint64 `json:"kept,omitempty"`    // outputs that no stage here reads, by language
	Dropped   map[string]uint64 `json:"dropped,omitempty"` // by reason
	Dead      map[string]uint64 `json:"dead,omitempty"`    // by reason
	Last      time.Time         `json:"last,omitzero"`     // when a message last ended
}

// ended is the number of messages that came to an end.
func (c Counts) ended() uint64 { return c.OK + c.Duplicate + total(c.Dropped) + total(c.Dead) }

// counter is the Counts of a stage or source under a lock.
type counter struct {
	name string
	mu   sync.Mutex
	c    Counts
}

func newCounter(name string) *counter {
	return &counter{name: name, c: Counts{Kept: map[string]uint64{}, Dropped: map[string]uint64{}, Dead: map[string]uint64{}}}
}

func (n *counter) snapshot() Counts {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.c
	c.Kept, c.Dropped, c.Dead = maps.Clone(c.Kept), maps.Clone(c.Dropped), maps.Clone(c.Dead)
	return c
}

// stored counts one new output; kept is the language under which it stays unread, empty where a stage reads it.
func (n *counter) stored(kept string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if kept != "" {
		n.c.Kept[kept]++
		return
	}
	n.c.Stored++
}

// ended counts what became of one attempt.
func (n *counter) ended(result, reason string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch result {
	case resultOK:
		n.c.OK++
	case resultDuplicate:
		n.c.Duplicate++
	case resultDropped:
		n.c.Dropped[reason]++
	case resultDead:
		n.c.Dead[reason]++
	case resultRetry:
		n.c.Retry++
		return
	default:
		return
	}
	n.c.Last = time.Now()
}

func (n *counter) repeated() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.c.Repeated++
}

func total(m map[string]uint64) uint64 {
	var n uint64
	for _, v := range m {
		n += v
	}
	return n
}
