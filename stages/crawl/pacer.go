package crawl

import (
	"sync"
	"time"
)

// maxSlots is how many messages may have a turn in the future; further ones are told to come back and get one then.
const maxSlots = 100_000

// pacer spaces the requests to each host. Whoever comes too early gets a turn of its own in the future, so that a hundred messages for one
// host do not come back all at once.
type pacer struct {
	mu    sync.Mutex
	hosts map[string]*turns
	slots map[string]time.Time // turn of a message that was sent away, by its id
	swept time.Time
}

// turns of one host.
type turns struct {
	next time.Time // first turn that nobody has
	last time.Time // start of the last request
	open time.Time // the host asked to be left alone until then
}

func newPacer() *pacer {
	return &pacer{hosts: map[string]*turns{}, slots: map[string]time.Time{}}
}

// reserve returns how long to wait. Where that is no longer than hold, the turn is taken: wait that long, then go. Where it is longer, come
// back after it with the same id.
func (p *pacer) reserve(id, host string, spacing, hold time.Duration, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	h := p.hosts[host]
	if h == nil {
		h = &turns{}
		p.hosts[host] = h
	}
	slot, ok := p.slots[id]
	if !ok {
		slot = latest(now, h.next, h.open)
		h.next = slot.Add(spacing)
	}
	start := latest(now, slot, h.open)
	if start.Sub(now) <= hold {
		start = latest(start, h.last.Add(spacing)) // those who came late have moved the turns of those after them
	}
	if wait := start.Sub(now); wait > hold {
		if len(p.slots) < maxSlots {
			p.slots[id] = start
		}
		return wait
	}
	delete(p.slots, id)
	h.last = start
	return start.Sub(now)
}

// penalise keeps everybody away from a host for a while.
func (p *pacer) penalise(host string, until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if h := p.hosts[host]; h != nil {
		h.open = latest(h.open, until)
	}
}

// sweep forgets hosts that are free and turns that nobody came for.
func (p *pacer) sweep(now time.Time) {
	if now.Sub(p.swept) < time.Minute {
		return
	}
	p.swept = now
	for host, h := range p.hosts {
		if latest(h.next, h.last, h.open).Before(now.Add(-time.Minute)) {
			delete(p.hosts, host)
		}
	}
	for id, slot := range p.slots {
		if slot.Before(now.Add(-10 * time.Minute)) {
			delete(p.slots, id)
		}
	}
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
