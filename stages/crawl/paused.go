package crawl

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

const (
	// leastHeld and mostHeld bound how long a page of a paused outlet waits before it is asked again whether the outlet still is: a quarter of
	// the time for which it has been, so that a short pause costs little time and a long one few questions.
	leastHeld = time.Second
	mostHeld  = 10 * time.Minute
	// askAgain is how long a page waits where nobody knows whether its outlet is paused.
	askAgain = 10 * time.Second
	// heldFor is how old a message may become before another takes its place: the bus would take it for lost after about twice as long.
	heldFor = 36 * time.Hour
)

// Paused tells whether an outlet, by its name, is to be left alone for now. It is asked before each page, from several goroutines.
type Paused = func(ctx context.Context, outlet string) (bool, error)

// Pages is a stage: it fetches pages as Fetcher does, and leaves those of paused outlets waiting, for however long. What waits is not counted
// as work to be done, and keeps no other outlet waiting.
type Pages struct {
	fetcher *Fetcher
	paused  Paused

	mu    sync.Mutex
	since map[string]time.Time // when an outlet was first found paused, by name
}

// NewPages returns a stage that fetches by fetcher and asks paused which outlets to leave alone.
func NewPages(fetcher *Fetcher, paused Paused) *Pages {
	return &Pages{fetcher: fetcher, paused: paused, since: map[string]time.Time{}}
}

// Process returns the page as message.Raw; of one that was there before and was taken away for good, the ruling that takes its report back. Of a
// paused outlet the error is a fault.After, or the output is the message itself in a new place, where it has grown old.
func (p *Pages) Process(ctx context.Context, in message.Fetch) ([]message.Message, error) {
	paused, err := p.paused(ctx, in.Outlet.Name)
	if err != nil {
		return nil, fault.After(askAgain, err)
	}
	wait := p.wait(in.Outlet.Name, paused, time.Now())
	if paused {
		return held(in, wait, time.Now())
	}
	raws, err := p.fetcher.Process(ctx, in)
	if drop, ok := errors.AsType[*fault.Drop](err); ok && drop.Reason == ReasonWithdrawn {
		return []message.Message{message.Withdrawal(in, "its outlet took the page away (status 410)", time.Now())}, nil
	}
	out := make([]message.Message, 0, len(raws))
	for _, raw := range raws {
		out = append(out, raw)
	}
	return out, err
}

// wait notes whether an outlet is paused, and says for how long to leave its pages.
func (p *Pages) wait(outlet string, paused bool, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !paused {
		delete(p.since, outlet)
		return 0
	}
	since, known := p.since[outlet]
	if !known {
		since, p.since[outlet] = now, now
	}
	return min(max(now.Sub(since)/4, leastHeld), mostHeld)
}

// held leaves a message where it is, or has a new one take its place. The new one is of a day, so that it is the same where a crash has it made
// twice.
func held(in message.Fetch, wait time.Duration, now time.Time) ([]message.Message, error) {
	born := in.Found.At
	if in.Held.After(born) {
		born = in.Held
	}
	if now.Sub(born) < heldFor {
		return nil, fault.After(wait, fmt.Errorf("source %s is paused", in.Outlet.Name))
	}
	in.Held = now.UTC().Truncate(24 * time.Hour)
	return []message.Message{in}, nil
}
