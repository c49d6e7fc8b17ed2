package pipeline

import "time"

// lot is one name in the line.
type lot struct {
	sight
	wanted bool
	busy   bool      // in a worker's hands
	popped sight     // the record as it was when the worker got it: what it may claim, and nothing newer
	turned bool      // it had its turn since the start
	due    time.Time // by our clock; both readings of it count
	seen   time.Time // when the record was
	at     time.Time // when it is worth trying
	group  string    // key of its group, or none
	apart  time.Duration
	index  int // in the line; -1 when it is not there
}

// settled reports whether nobody has to look at the name now.
func (t *lot) settled(now time.Time) bool {
	return t.record.Held || t.record.Owner == "" && t.due.After(now)
}

// lotHeap is a heap by at.
type lotHeap []*lot

func (h lotHeap) Len() int           { return len(h) }
func (h lotHeap) Less(i, j int) bool { return h[i].at.Before(h[j].at) }

func (h lotHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *lotHeap) Push(x any) {
	t := x.(*lot)
	t.index = len(*h)
	*h = append(*h, t)
}

func (h *lotHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	last.index = -1
	return last
}
