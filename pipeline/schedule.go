package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/client"
)

// Schedule says when each of many names is to be looked at, and sees to it that one daemon at a time does so. It lives in a bucket, one record
// a name, and any number of daemons share it: each watches the bucket, so that nothing is asked for, and claims a name by writing its record
// on condition that nobody else has. What a look leaves behind and the time of the next one are one write. It is safe for concurrent use.
type Schedule struct {
	bus   *Bus
	name  string
	kv    jetstream.KeyValue
	log   *slog.Logger
	owner string // of the claims of this value, unlike that of any other
	lease time.Duration
	wake  chan struct{} // something is due sooner than was thought

	mu   sync.Mutex
	line line
}

const (
	// scheduleTTL is how long a name is remembered that nobody looks at any more.
	scheduleTTL = 90 * day
	// leaseTime is how long a claim holds without being renewed: how long names wait that a daemon had in hand when it died.
	leaseTime = 30 * time.Second
)

// Look is called with a name that is due and the state that the last look left behind, nil at the first. It returns the new state and when
// to look again. A zero time says that the look was cut short: the state before it stays, and the name is due at once.
type Look = func(ctx context.Context, name string, state []byte) (now []byte, next time.Time)

// Schedule opens the schedule of a name in [a-z0-9_-], and makes it where it is missing.
func (b *Bus) Schedule(ctx context.Context, name string) (*Schedule, error) {
	var kv jetstream.KeyValue
	err := b.patiently(ctx, func(ctx context.Context) (err error) {
		kv, err = b.bind(ctx, scheduleBucket+name, scheduleTTL)
		return err
	})
	if err != nil {
		return nil, err
	}
	return b.schedule(name, kv), nil
}

// scheduleBucket begins the names of the buckets of schedules.
const scheduleBucket = "news_schedule_"

// FindSchedule opens the schedule of a name where there is one, and returns nil and no error where there is none: it changes nothing.
func (b *Bus) FindSchedule(ctx context.Context, name string) (*Schedule, error) {
	kv, err := b.find(ctx, scheduleBucket+name)
	if err != nil || kv == nil {
		return nil, err
	}
	return b.schedule(name, kv), nil
}

func (b *Bus) schedule(name string, kv jetstream.KeyValue) *Schedule {
	s := &Schedule{
		bus: b, name: scheduleBucket + name, kv: kv, log: b.log.With("schedule", name), owner: fmt.Sprintf("%s/%016x", b.cfg.Name, rand.Uint64()),
		lease: leaseTime, wake: make(chan struct{}, 1),
	}
	s.line = line{lots: map[string]*lot{}, groups: map[string]*group{}}
	if b.server != nil {
		s.owner += atServer
		s.line.alone = true
	}
	return s
}

// atServer ends the owner's name of a daemon that runs the server within itself. The next one on that store knows that it is dead.
const atServer = "/server"

// Group spaces the looks at names of one group over all daemons: of returns a name's group and the least time between two looks at it, or
// no group for a name that need not wait for others. It is called whenever a name's state has changed, has to be quick, and must not call
// the schedule. Group is called before Run.
func (s *Schedule) Group(of func(name string, state []byte) (group string, apart time.Duration)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.of = of
	for _, t := range s.line.lots {
		s.line.regroup(t)
	}
}

// Set replaces the names that this daemon looks at, at any time. New ones are due at once, spread out where they are many. What is known of
// names that are no longer set is kept for 90 days.
func (s *Schedule) Set(ctx context.Context, names []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.want(names, time.Now())
	s.nudge()
	return nil
}

func (s *Schedule) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Run looks at every name that is set when it is due, at no more than workers names at once, until ctx ends, and returns nil when the looks
// in hand are over. A name whose look the end cuts short is given back and due at once. It returns an error when the server cannot be
// watched; calling it again goes on where it ended. It runs once at a time.
func (s *Schedule) Run(ctx context.Context, workers int, look Look) error {
	if _, err := s.bus.Bucket(ctx, s.name, scheduleTTL); err != nil { // whose limits follow the configuration
		return ended(ctx, err)
	}
	watcher, err := s.kv.WatchAll(ctx)
	if err != nil {
		return ended(ctx, fmt.Errorf("watch schedule %s: %w", s.name, err))
	}
	var looks sync.WaitGroup
	lost := make(chan struct{})
	looks.Go(func() {
		defer close(lost)
		s.follow(watcher)
	})
	defer looks.Wait()
	defer watcher.Stop() //nolint:errcheck // the server forgets a watcher that is gone
	looking, cut := context.WithCancel(ctx)
	defer cut() // looks end with the watch: without it nothing can be written
	for free := make(chan struct{}, workers); ; {
		due, wait := s.next(len(free) < cap(free))
		if due != nil {
			free <- struct{}{}
			looks.Go(func() {
				s.attend(looking, due, look)
				<-free
				s.nudge()
			})
			continue
		}
		if !s.rest(ctx, wait, lost) {
			return s.over(ctx, lost)
		}
	}
}

// ended makes nothing of the errors that a stop brings about.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// rest waits until there may be something to do, and reports whether to go on.
func (s *Schedule) rest(ctx context.Context, wait time.Duration, lost <-chan struct{}) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-s.wake:
	case <-timer.C:
	case <-ctx.Done():
	case <-lost:
		return false
	}
	return ctx.Err() == nil
}

func (s *Schedule) over(ctx context.Context, lost <-chan struct{}) error {
	select {
	case <-lost:
		return ended(ctx, fmt.Errorf("schedule %s: the server ended the watch", s.name))
	default:
		return nil
	}
}

// next takes a name that is due out of the line, or says how long there is nothing to do.
func (s *Schedule) next(free bool) (*lot, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.line.tick(now)
	if !free {
		return nil, longestRest // a look that ends wakes the loop
	}
	return s.line.next(now)
}

// follow keeps the line as the bucket is, until the watch ends.
func (s *Schedule) follow(watcher jetstream.KeyWatcher) {
	for e := range watcher.Updates() {
		s.mu.Lock()
		if e == nil {
			s.line.loaded(time.Now())
		} else {
			s.line.see(s.read(e), time.Now())
		}
		s.mu.Unlock()
		s.nudge()
	}
}

// read returns what stands in the bucket under a key. A record that cannot be read is as good as none: its name is looked at as if for the
// first time.
func (s *Schedule) read(e jetstream.KeyValueEntry) sight {
	got := sight{key: e.Key(), revision: e.Revision()}
	if e.Operation() != jetstream.KeyValuePut {
		return got
	}
	var err error
	if got.record, err = decodeTurn(e.Value()); err != nil {
		s.log.Warn("a record of the schedule cannot be read: its name is looked at as if it were new", "key", e.Key(), "err", err)
	}
	return got
}

// CaughtUp reports whether every name that is set has had its turn since Run began: it was looked at, here or elsewhere, or its record, or its
// group's, said that it is not time yet.
func (s *Schedule) CaughtUp() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line.caughtUp(time.Now())
}

// Entry is what a schedule knows of one name.
type Entry struct {
	Name  string
	Due   time.Time // when it is looked at next, not before
	Owner string    // the daemon that looks at it now; empty where none does
	Held  bool      // it is not looked at until the hold ends
	State []byte    // what the last look left behind; nil before the first
}

// Entries lists every name that is remembered, by name, also those that nobody looks at any more.
func (s *Schedule) Entries(ctx context.Context) ([]Entry, error) {
	watcher, err := s.kv.Watch(ctx, nameKeys+">", jetstream.IgnoreDeletes())
	if err != nil {
		return nil, fmt.Errorf("list schedule %s: %w", s.name, err)
	}
	defer watcher.Stop() //nolint:errcheck // the server forgets a watcher that is gone
	var all []Entry
	for {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("list schedule %s: %w", s.name, ctx.Err())
		case e, open := <-watcher.Updates():
			if !open {
				return nil, fmt.Errorf("list schedule %s: the connection was closed", s.name)
			}
			if e == nil {
				slices.SortFunc(all, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
				return all, nil
			}
			if r := s.read(e).record; r.Name != "" {
				all = append(all, Entry{Name: r.Name, Due: r.Due, Owner: r.Owner, Held: r.Held, State: r.State})
			}
		}
	}
}

// Hasten makes a name due now. One that is being looked at is looked at once more after that; one that is held stays so.
func (s *Schedule) Hasten(ctx context.Context, name string) error {
	return s.change(ctx, nameKey(name), name, func(r *turn) { r.Due = r.At })
}

// Hold keeps a name from being looked at, by any daemon and over restarts, or lets it go again.
func (s *Schedule) Hold(ctx context.Context, name string, held bool) error {
	return s.change(ctx, nameKey(name), name, func(r *turn) { r.Held = held })
}

// Held reports whether a name is held. It asks the server only until Run has read the bucket.
func (s *Schedule) Held(ctx context.Context, name string) (bool, error) {
	s.mu.Lock()
	t, ready := s.line.lots[nameKey(name)], s.line.ready
	held := t != nil && t.record.Held
	s.mu.Unlock()
	if ready {
		return held, nil
	}
	is, err := s.get(ctx, nameKey(name))
	return is.record.Held, err
}

// Delay keeps all names of a group from being looked at before a time, by any daemon. What was delayed longer stays so.
func (s *Schedule) Delay(ctx context.Context, group string, until time.Time) error {
	return s.change(ctx, groupKey(group), group, func(r *turn) {
		if until.After(r.Due) {
			r.Due = until.UTC()
		}
	})
}

// changeTries is how often a change is tried against daemons that write the same record.
const changeTries = 20

// change edits a record, whoever has it.
func (s *Schedule) change(ctx context.Context, key, name string, edit func(*turn)) error {
	var err error
	for range changeTries {
		var is sight
		if is, err = s.get(ctx, key); err != nil {
			break
		}
		r, now := is.record, time.Now().UTC()
		if r.Name == "" {
			r = turn{Name: name, Due: now}
		}
		r.At = now
		edit(&r)
		if _, err = s.put(ctx, key, r, is.revision); !errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("change %s in %s: %w", client.Redacted(name), s.name, err)
	}
	return nil
}
