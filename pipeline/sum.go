package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Sum is the account of every message that sources brought since the process started, up to the state stream:
//
//	Start + Accepted + Replayed + Split = Linked + Duplicate + Kept + Dropped + Dead + InFlight
//
// It holds for a process that runs every stage. While other daemons work on the same streams it is not checked, and once this one is alone
// again it begins anew; other writers make it open.
//
// What is brought back, by whichever process, is in it: a retried dead letter and a replayed message enter it as Replayed once they are
// stored, and end as every message does, mostly as Duplicate (its outputs were there) or Dropped (dedup knows the article). Replayed is
// counted from the headers of what is stored and not from what somebody notes beside it, so that the sum closes while a replay runs, after
// it, and when it was killed. What was brought back before the process started and is not finished yet is part of Start.
type Sum struct {
	Start      uint64            `json:"start"`             // in flight when the process started
	Accepted   uint64            `json:"accepted"`          // brought by sources, heartbeats included
	Replayed   uint64            `json:"replayed"`          // retried dead letters, replayed messages, and what people decided
	Split      int64             `json:"split"`             // made by stages above one for each message they passed on
	Linked     uint64            `json:"linked"`            // decided on by the fold
	Duplicate  uint64            `json:"duplicate"`         // recognised as one that went through before
	Kept       map[string]uint64 `json:"kept,omitempty"`    // stored where no stage reads, by language
	Dropped    map[string]uint64 `json:"dropped,omitempty"` // by reason
	Dead       map[string]uint64 `json:"dead,omitempty"`    // by reason
	InFlight   uint64            `json:"in_flight"`         // waiting or in work
	Difference int64             `json:"difference"`        // left side minus right side: 0 when everything is accounted for, or not checked
	Daemons    int               `json:"daemons,omitempty"` // on the same streams, this one included, where that is the reason not to check
}

// Closed reports whether everything is accounted for.
func (s Sum) Closed() bool { return s.Difference == 0 }

// String is the sum in one line.
func (s Sum) String() string {
	result := fmt.Sprintf("difference %d", s.Difference)
	switch {
	case s.Daemons > 1:
		result = fmt.Sprintf("not checked: %d daemons, and each counts for itself", s.Daemons)
	case s.Daemons == 1:
		result = "not checked yet: alone again, and begun anew once nothing moves for a moment"
	}
	return fmt.Sprintf("start %d + accepted %d + replayed %d + split %d = linked %d + duplicate %d + kept %d + dropped %d + dead %d + in flight %d; %s",
		s.Start, s.Accepted, s.Replayed, s.Split, s.Linked, s.Duplicate, total(s.Kept), total(s.Dropped), total(s.Dead), s.InFlight, result)
}

// Sum takes the account. Counts and consumers cannot be read at one instant, so it looks until nothing moved in between, and after some
// tries allows for as much as did move.
func (p *Pipeline) Sum(ctx context.Context) (Sum, error) {
	var s Sum
	if !p.opened() {
		return s, nil // nothing has begun, so nothing is open
	}
	for try := range 5 {
		if try > 0 && !pause(ctx, 10*time.Millisecond<<try) { // 20 ms, and 300 ms together: a server with much to do counts late
			return s, ctx.Err()
		}
		before := p.moves()
		l, err := p.lookInFlight(ctx)
		if err != nil {
			return s, err
		}
		s = p.account(l.inFlight, l.replayed)
		moved := p.moves() - before + int64(l.meanwhile)
		if s.Difference == 0 || moved > 0 && max(s.Difference, -s.Difference) <= moved {
			s.Difference = 0
			return s, nil
		}
	}
	return s, nil
}

// opened reports whether every stage has its consumer.
func (p *Pipeline) opened() bool {
	return !slices.ContainsFunc(p.stages, func(c *consumer) bool { return c.cons.Load() == nil })
}

// accounted are the stages between the sources and the state stream.
func (p *Pipeline) accounted() []*consumer {
	var stages []*consumer
	for _, c := range p.stages {
		if flowOrder(c.stream) < flowOrder(streamState) {
			stages = append(stages, c)
		}
	}
	return stages
}

func (p *Pipeline) inFlight(ctx context.Context) (uint64, error) {
	var n uint64
	for _, c := range p.accounted() {
		info, err := c.look(ctx)
		if err != nil {
			return 0, err
		}
		n += info.NumPending + uint64(max(info.NumAckPending, 0))
	}
	return n, nil
}

// look is what the server says at about one instant.
type look struct {
	inFlight, replayed uint64
	meanwhile          uint64 // messages that were stored while it was taken
}

func (p *Pipeline) lookInFlight(ctx context.Context) (l look, err error) {
	before, err := p.bus.ends(ctx)
	if err != nil {
		return l, err
	}
	if l.inFlight, err = p.inFlight(ctx); err != nil {
		return l, err
	}
	after, err := p.bus.ends(ctx)
	if err != nil {
		return l, err
	}
	for stream := range after {
		l.meanwhile += after[stream] - min(before[stream], after[stream])
	}
	l.replayed, err = p.replays.count(ctx, p.bus, after)
	return l, err
}

// measureStart takes what is in flight before the stages begin, while a replay may go on beside it. The server counts what a consumer has
// waiting a moment after it was stored, so every look finds too little or the truth, never too much: the most that was found is right,
// once some looks between which nothing was stored have found no more.
func (p *Pipeline) measureStart(ctx context.Context) error {
	if err := p.replays.begin(ctx, p.bus); err != nil {
		return err
	}
	var most uint64
	for agreed, looks := 0, 0; agreed < 3 && looks < 200; looks++ {
		l, err := p.lookInFlight(ctx)
		if err != nil {
			return err
		}
		switch found := l.inFlight - min(l.replayed, l.inFlight); {
		case found > most:
			most, agreed = found, 0
		case found == most && l.meanwhile == 0:
			agreed++
		}
		if !pause(ctx, time.Millisecond) {
			return ctx.Err()
		}
	}
	p.start.Store(most)
	return nil
}

// moves grows with everything that changes the account.
func (p *Pipeline) moves() int64 {
	var n uint64
	for _, s := range p.sources {
		c := s.counts.snapshot()
		n += c.OK + total(c.Dead)
	}
	for _, st := range p.accounted() {
		c := st.counts.snapshot()
		n += c.Stored + c.ended()
	}
	return int64(n)
}

func (p *Pipeline) account(inFlight, replayed uint64) Sum {
	s := Sum{
		Start: p.start.Load(), Replayed: replayed, InFlight: inFlight,
		Kept: map[string]uint64{}, Dropped: map[string]uint64{}, Dead: map[string]uint64{},
	}
	for _, src := range p.sources {
		c := src.counts.snapshot()
		s.Accepted += c.OK + total(c.Dead)
		merge(s.Kept, c.Kept)
		merge(s.Dead, c.Dead)
	}
	for _, st := range p.accounted() {
		s = s.with(st.counts.snapshot(), st.worker.final())
	}
	others, anew, base := p.peers.get()
	s = s.since(base)
	left := int64(s.Start+s.Accepted+s.Replayed) + s.Split
	right := int64(s.Linked + s.Duplicate + total(s.Kept) + total(s.Dropped) + total(s.Dead) + s.InFlight)
	s.Difference = left - right
	return s.unchecked(others, anew)
}

// with takes a stage into the account. What a fold stores is not followed any further.
func (s Sum) with(c Counts, final bool) Sum {
	s.Duplicate += c.Duplicate
	merge(s.Dropped, c.Dropped)
	merge(s.Dead, c.Dead)
	if final {
		s.Linked += c.OK
		return s
	}
	merge(s.Kept, c.Kept)
	s.Split += int64(c.Stored+total(c.Kept)) - int64(c.OK)
	return s
}

func merge(into, from map[string]uint64) {
	for k := range maps.Keys(from) {
		into[k] += from[k]
	}
}
