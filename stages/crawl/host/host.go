// Package host decides when a host may be asked next, for any number of daemons and for everything that is asked of it together.
//
// Starts of requests are slots, one an interval. A daemon claims slots by a write that holds only if nobody else has written: one at a time
// from a host that other daemons ask too, and a run of them from one that it has for itself, so that a busy host costs one write for many
// pages. Messages that come when there is no slot are told when to come back, one interval after the other. The bus may give them to another
// daemon then, so that a promise is a good guess and no right: whoever is there takes the slot.
package host

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"rawi/pipeline/fault"
)

const (
	// decay is how long a host has to be content for its intervals to halve again.
	decay = 10 * time.Minute
	// maxDoublings bounds by how much displeasure stretches the interval.
	maxDoublings = 5
	// busy is how long a host is left alone that refused without saying how long, the first time; longestBusy at most.
	busy        = time.Minute
	longestBusy = time.Hour
	// away is how long a host is skipped that could not be reached, the first time; longestAway at most.
	away        = time.Minute
	longestAway = 30 * time.Minute
	// maxRun slots are claimed at once, or a second of them where that is more, but no more than runTime of them: another daemon waits that
	// long for its share.
	maxRun  = 16
	runTime = 20 * time.Second
	// margin is how far ahead of a claim its first slot lies at least, since the claim takes time too. It doubles where that was too little.
	margin = 10 * time.Millisecond
	// storePause is how long messages wait when the store cannot be asked. They could not be published either.
	storePause = 10 * time.Second
	// maxPromises are remembered over all hosts; further messages are told when to come back and take their chance.
	maxPromises = 100_000
	keyPrefix   = "crawl.host."
)

// ErrNotYet is why a page is not asked for that its host has not refused.
var ErrNotYet = errors.New("it is not our turn")

// Limits of what is asked of one host.
type Limits struct {
	Spacing   time.Duration // least time between the starts of two requests
	MaxDelay  time.Duration // longest interval that a Crawl-delay or slow answers ask for
	Hold      time.Duration // a message waits that long for its slot; for longer it is put back
	Parallel  int           // requests to one host in hand of this daemon, waiting ones included; at least 1
	Platforms []string      // domains whose hosts have one schedule
}

// Schedule of all hosts. It is safe for concurrent use.
type Schedule struct {
	limits Limits
	store  Store
	name   string // unlike that of any other

	mu       sync.Mutex
	hosts    map[string]*known
	promises int
	swept    time.Time
}

// known is what this daemon knows of a host.
type known struct {
	name     string
	owner    string
	record   record
	revision uint64
	loaded   bool
	store    chan struct{} // held by whoever changes the record in the store
	alone    bool          // nobody else has asked the host since our last claim
	run      int           // slots of the last claim
	next     time.Time     // our first slot that is free
	until    time.Time     // end of the slots that we claimed
	given    time.Time     // the last slot that was taken
	last     time.Time     // start of our last request
	gate     chan struct{} // held by the request that is about to start
	inHand   int
	promised map[string]time.Time // when messages were told to come back, by id
	used     time.Time
}

// New returns a schedule that shares what it knows through store.
func New(limits Limits, store Store) *Schedule {
	limits.Parallel = max(limits.Parallel, 1)
	return &Schedule{limits: limits, store: store, name: strconv.FormatUint(rand.Uint64(), 36), hosts: map[string]*known{}}
}

// Visit is one of the places that a host has for messages in hand. Leave gives it back.
type Visit struct {
	schedule *Schedule
	host     *known
	owner    *known // nil where it has none
	id       string
	urgent   time.Duration // how long it waits where it goes before the queue
	began    time.Time
	delay    time.Duration
	margin   time.Duration
	left     bool
}

// Enter takes a place at a host, given as it stands in a URL, for the message of an id. Where the host is to be left alone, or has as many
// messages in hand as it may, the error is a fault.After.
func (s *Schedule) Enter(ctx context.Context, id, name string) (*Visit, error) {
	v, err := s.visit(ctx, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h, now := v.host, time.Now()
	v.id = id
	if now.Before(v.opens()) || h.inHand >= s.limits.Parallel {
		return nil, v.later(now, ErrNotYet)
	}
	h.inHand++
	return v, nil
}

// visit is one that has no place yet.
func (s *Schedule) visit(ctx context.Context, name string) (*Visit, error) {
	v := &Visit{schedule: s, host: s.host(s.limits.key(name)), margin: margin}
	err := s.ready(ctx, v.host)
	if err == nil {
		v.owner, err = s.ownerOf(ctx, v.host)
	}
	if err != nil {
		return nil, err
	}
	return v, nil
}

// Key names the schedule of a host, given as it stands in a URL. Hosts with one key share one.
func (s *Schedule) Key(name string) string { return s.limits.key(name) }

// At reports whether the visit is in the schedule of a key.
func (v *Visit) At(key string) bool { return v.host.name == key }

// ready reads a host's record once.
func (s *Schedule) ready(ctx context.Context, h *known) error {
	s.mu.Lock()
	loaded := h.loaded
	s.mu.Unlock()
	if loaded {
		return nil
	}
	return h.only(ctx, func() error {
		s.mu.Lock()
		loaded := h.loaded
		s.mu.Unlock()
		if loaded {
			return nil
		}
		return s.load(ctx, h)
	})
}

// only lets one of those who want to change a host's record in the store do so.
func (h *known) only(ctx context.Context, do func() error) error {
	select {
	case h.store <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for the schedule of %s: %w", h.name, ctx.Err())
	}
	defer func() { <-h.store }()
	if err := do(); ctx.Err() != nil {
		return err
	} else if err != nil {
		return fault.After(storePause, err)
	}
	return nil
}

func (s *Schedule) host(name string) *known {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.sweep(now)
	h := s.hosts[name]
	if h == nil {
		h = &known{name: name, owner: owner(name), store: make(chan struct{}, 1), gate: make(chan struct{}, 1), promised: map[string]time.Time{}}
		s.hosts[name] = h
	}
	h.used = now
	return h
}

// sweep forgets hosts that are idle and promises that nobody came for.
func (s *Schedule) sweep(now time.Time) {
	if now.Sub(s.swept) < time.Minute {
		return
	}
	s.swept = now
	past := now.Add(-10 * time.Minute)
	for name, h := range s.hosts {
		for id, slot := range h.promised {
			if slot.Before(past) {
				h.keep(s, id, time.Time{})
			}
		}
		if h.inHand == 0 && len(h.promised) == 0 && h.used.Before(past) && latest(h.record.Open, h.record.Shut).Before(now) {
			delete(s.hosts, name)
		}
	}
}

// keep remembers a promise; a zero time forgets it.
func (h *known) keep(s *Schedule, id string, slot time.Time) {
	_, had := h.promised[id]
	switch {
	case slot.IsZero() && had:
		delete(h.promised, id)
		s.promises--
	case slot.IsZero():
	case had:
		h.promised[id] = slot
	case s.promises < maxPromises:
		h.promised[id] = slot
		s.promises++
	}
}

// opens is when the host may be asked again. What nobody asks for but our own rules, such as a robots.txt that cannot be read, is about pages.
func (v *Visit) opens() time.Time {
	open := v.host.record.Open
	if v.owner != nil {
		open = latest(open, v.owner.record.Open)
	}
	if v.urgent > 0 {
		return open
	}
	return latest(open, v.host.record.Shut)
}

// later says when to come back: when the message was told before, or at the end of the queue where that has passed or the host was closed
// over it. If all whose turn fell away had the moment at which the host opens, all but the first would be sent away again.
func (v *Visit) later(now time.Time, why error) error {
	s, h := v.schedule, v.host
	why = fmt.Errorf("%w at %s", why, h.name)
	if v.urgent > 0 {
		return fault.After(v.opens().Sub(now), why)
	}
	slot, told := h.promised[v.id]
	if !told || !slot.After(now) || slot.Before(v.opens()) {
		slot = latest(now, h.record.Tail, v.opens(), h.free(), h.record.Moved)
		slot = slot.Add(max(s.limits.interval(h.record, v.delay, now), time.Millisecond))
		h.record.Tail = slot
		h.keep(s, v.id, slot)
	}
	return fault.After(slot.Sub(now), why)
}

// free is when the first slot is that nobody has.
func (h *known) free() time.Time {
	if h.next.Before(h.until) {
		return h.next
	}
	return h.record.Next
}

// Leave gives the place back. It may be called twice.
func (v *Visit) Leave() {
	s := v.schedule
	s.mu.Lock()
	defer s.mu.Unlock()
	if !v.left {
		v.left = true
		v.host.inHand--
		v.host.used = time.Now()
	}
}
