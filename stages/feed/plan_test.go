package feed

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"
)

// plan is a schedule in memory, for tests that own the clock. It outlives the poller, as the real one does.
type plan struct {
	mu     sync.Mutex
	wake   chan struct{}
	names  []string
	kept   map[string]*planned
	of     func(string, []byte) (string, time.Duration)
	groups map[string]time.Time // free from then on
}

type planned struct {
	due    time.Time
	state  []byte
	busy   bool
	hasten bool // while it was busy: what it was hastened for may have come after the look
	turned bool
}

func newPlan() *plan {
	return &plan{wake: make(chan struct{}, 1), kept: map[string]*planned{}, groups: map[string]time.Time{}}
}

func (p *plan) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *plan) Set(_ context.Context, names []string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names = names
	for _, n := range names {
		if p.kept[n] == nil {
			p.kept[n] = &planned{}
		}
		p.kept[n].turned = p.kept[n].due.After(time.Now())
	}
	p.nudge()
	return nil
}

func (p *plan) Group(of func(string, []byte) (string, time.Duration)) { p.of = of }

func (p *plan) Delay(_ context.Context, group string, until time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.groups[group]) {
		p.groups[group] = until
	}
	return nil
}

func (p *plan) Hasten(_ context.Context, name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.kept[name]
	k.due, k.hasten = time.Now(), k.busy
	p.nudge()
	return nil
}

func (p *plan) CaughtUp() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !slices.ContainsFunc(p.names, func(n string) bool { return !p.kept[n].turned })
}

func (p *plan) Run(ctx context.Context, workers int, look func(context.Context, string, []byte) ([]byte, time.Time)) error {
	var all sync.WaitGroup
	defer all.Wait()
	for free := make(chan struct{}, workers); ; {
		name, wait := p.next(time.Now(), len(free) < workers)
		if name == "" {
			if !pauseOr(ctx, wait, p.wake) {
				return nil
			}
			continue
		}
		free <- struct{}{}
		all.Go(func() {
			p.mu.Lock()
			k := p.kept[name]
			state := k.state
			p.mu.Unlock()
			state, next := look(ctx, name, state)
			p.mu.Lock()
			defer p.mu.Unlock()
			k.busy = false
			if !next.IsZero() {
				k.state, k.due, k.turned = state, next, true
			}
			if k.hasten {
				k.due, k.hasten = time.Now().Add(time.Second), false
			}
			<-free
			p.nudge()
		})
	}
}

func (p *plan) next(now time.Time, free bool) (string, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := time.Hour
	for _, n := range p.names {
		k := p.kept[n]
		group, apart := p.of(n, k.state)
		at := k.due
		if p.groups[group].After(at) {
			at = p.groups[group]
		}
		switch {
		case !free || k.busy:
		case at.After(now):
			wait = min(wait, at.Sub(now))
		default:
			k.busy, p.groups[group] = true, now.Add(apart)
			return n, 0
		}
	}
	return "", wait
}

func pauseOr(ctx context.Context, d time.Duration, wake <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err() == nil
}

// health is what an operator is told of a feed.
func (p *plan) health(t *testing.T, name string) Health {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.kept[name]
	if k == nil {
		t.Fatalf("nothing is known of %s", name)
	}
	h, err := HealthOf(name, k.due, k.state)
	if err != nil {
		t.Fatal(err)
	}
	return h
}
