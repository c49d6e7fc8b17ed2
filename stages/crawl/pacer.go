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
	h := p.host(host)
	start := latest(now, p.turn(id, h, spacing, now))
	if start.Sub(now) <= hold {
		start = latest(start, h.last.Add(spacing)) // those who came late have moved the turns of those after them
		if start.Sub(now) > hold {
			start = h.take(spacing, now)
		}
	}
	if wait := start.Sub(now); wait > hold {
		p.keep(id, start)
		return wait
	}
	delete(p.slots, id)
	h.last = start
	return start.Sub(now)
}

// postpone keeps everybody away from a host until a time, and returns how long id has to wait for its turn after it.
func (p *pacer) postpone(id, host string, spacing time.Duration, until, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sweep(now)
	h := p.host(host)
	h.open = latest(h.open, until)
	slot := p.turn(id, h, spacing, now)
	p.keep(id, slot)
	return slot.Sub(now)
}

// closed reports until when a host asked to be left alone; that is past for most.
func (p *pacer) closed(host string) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.host(host).open
}

func (p *pacer) host(name string) *turns {
	h := p.hosts[name]
	if h == nil {
		h = &turns{}
		p.hosts[name] = h
	}
	return h
}

// turn is the one that a message has, or a new one where it has none or its host was closed over it. If all whose turn fell away had the
// moment at which the host opens instead, all but the first of them would be sent away again, each time anew.
func (p *pacer) turn(id string, h *turns, spacing time.Duration, now time.Time) time.Time {
	if slot, ok := p.slots[id]; ok && !slot.Before(h.open) {
		return slot
	}
	return h.take(spacing, now)
}

func (p *pacer) keep(id string, slot time.Time) {
	if _, ok := p.slots[id]; ok || len(p.slots) < maxSlots {
		p.slots[id] = slot
	}
}

// take returns the first turn that nobody has.
func (h *turns) take(spacing time.Duration, now time.Time) time.Time {
	slot := latest(now, h.next, h.open, h.last.Add(spacing))
	h.next = slot.Add(spacing)
	return slot
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
