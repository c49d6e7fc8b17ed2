package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/client"
)

const (
	// leastWait is between two looks at a name, whatever the first one asks for: it must not become a loop.
	leastWait = time.Second
	// afterPanic is how long a name is left alone whose look panicked.
	afterPanic = time.Hour
	// lastWrite bounds what is still written after a stop: what is not is looked at again when its lease ends.
	lastWrite = 5 * time.Second
)

var errLeaseLost = errors.New("another daemon has taken the name over")

// tenure is a name that this daemon has for itself until it is given back, or lost.
type tenure struct {
	s *Schedule
	sight
	due  time.Time // for which the name was claimed
	lost bool
}

// attend claims a name, looks at it, and writes what came of it.
func (s *Schedule) attend(ctx context.Context, t *lot, look Look) {
	s.mu.Lock()
	c := &tenure{s: s, sight: t.popped, due: t.popped.record.Due}
	was, group := t.popped.revision, s.line.groups[t.group]
	apart := t.apart
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.line.release(t, c.sight, was, time.Now())
	}()
	if c.record.Held {
		c.record.At = time.Now().UTC()
		c.write(ctx, c.record)
		return
	}
	if !c.take(ctx) {
		return
	}
	if group != nil && !s.takeGroup(ctx, group, apart) {
		c.giveBack(ctx)
		return
	}
	state, next, err := c.look(ctx, look)
	switch {
	case err != nil:
		s.log.Error("a look panicked: the name is left alone for a while", "name", client.Redacted(c.record.Name), "for", afterPanic, "err", err)
		c.finish(ctx, c.record.State, time.Now().Add(afterPanic))
	case next.IsZero():
		c.giveBack(ctx)
	default:
		c.finish(ctx, state, next)
	}
}

// take makes the name ours, unless someone else was faster.
func (c *tenure) take(ctx context.Context) bool {
	r := c.record
	r.Owner, r.Lease = c.s.owner, c.s.lease
	return c.write(ctx, r) || c.record.Owner == c.s.owner // then it was written, and the receipt lost
}

// write puts the record where it is as we know it. Otherwise it finds out what it is now.
func (c *tenure) write(ctx context.Context, r turn) bool {
	revision, err := c.s.put(ctx, c.key, r, c.revision)
	if err == nil {
		c.record, c.revision = r, revision
		return true
	}
	switch {
	case errors.Is(err, jetstream.ErrKeyRevisionMismatch):
		c.refresh(ctx)
	case ctx.Err() != nil:
	case outOfRoom(err): // every name that is due meets it: said once in a while, and by readiness
		c.s.bus.store.refused(c.s.log.With("max_store_bytes", c.s.bus.cfg.MaxStoreBytes), bucketPrefix+c.s.kv.Bucket(), err)
	default:
		c.s.log.Warn("the schedule cannot be written, trying again", "err", err)
	}
	return false
}

func (c *tenure) refresh(ctx context.Context) {
	timed, cancel := context.WithTimeout(ctx, c.s.lease/2)
	defer cancel()
	is, err := c.s.get(timed, c.key)
	if err != nil {
		return // the watch will tell
	}
	name := c.record.Name
	if c.sight = is; c.record.Name == "" {
		c.record.Name = name
	}
	c.lost = c.record.Owner != c.s.owner
}

// takeGroup writes that the group's next look may begin a while from now, on condition that no other daemon has just done so.
func (s *Schedule) takeGroup(ctx context.Context, g *group, apart time.Duration) bool {
	now := time.Now()
	s.mu.Lock()
	is, name, free := g.sight, g.name, !g.free.After(now)
	s.mu.Unlock()
	if !free { // since we looked
		return false
	}
	written := turn{Name: name, At: now.UTC(), Due: now.Add(apart).UTC()}
	revision, err := s.put(ctx, is.key, written, is.revision)
	if is = (sight{key: is.key, revision: revision, record: written}); err != nil {
		if is, err = s.get(ctx, is.key); err != nil {
			return false // the watch will tell
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.line.see(is, now)
	return revision > 0
}

// looked is what a look returned.
type looked struct {
	state []byte
	next  time.Time
}

// look calls look behind a guard, and renews the claim as long as that lasts. Its context ends when the claim is lost.
func (c *tenure) look(ctx context.Context, look Look) ([]byte, time.Time, error) {
	name, state := c.record.Name, c.record.State
	ctx, cancel := context.WithCancelCause(ctx)
	renewed := make(chan struct{})
	go func() {
		defer close(renewed)
		c.renew(ctx, cancel)
	}()
	got, err := guard(ctx, 0, func() (looked, error) {
		now, next := look(ctx, name, state)
		return looked{now, next}, nil
	})
	cancel(nil)
	<-renewed
	return got.state, got.next, err
}

func (c *tenure) renew(ctx context.Context, cancel context.CancelCauseFunc) {
	for pause(ctx, c.s.lease/3) {
		if !c.write(ctx, c.record) && c.lost {
			cancel(errLeaseLost)
			return
		}
	}
}

// giveBack leaves the name as it was before the claim: due.
func (c *tenure) giveBack(ctx context.Context) {
	c.end(ctx, func(*turn) {})
}

// finish writes the new state and the time of the next look in one. A name that was hastened while the look lasted is looked at again: what
// it was hastened for may have come after the look.
func (c *tenure) finish(ctx context.Context, state []byte, next time.Time) {
	c.end(ctx, func(r *turn) {
		hastened := !r.Due.Equal(c.due)
		r.State, r.Due = state, next.UTC()
		if soonest := r.At.Add(leastWait); hastened || r.Due.Before(soonest) {
			r.Due = soonest
		}
	})
}

// end gives the claim up with a changed record. It tries until that is written, the claim is lost, or ctx has ended; then once more. What is
// not written is taken over when the lease ends, and looked at again.
func (c *tenure) end(ctx context.Context, edit func(*turn)) {
	for wait := 100 * time.Millisecond; !c.lost; wait = min(2*wait, c.s.lease/3) {
		last := ctx.Err() != nil
		if c.tryEnd(ctx, edit) || last {
			return
		}
		pause(ctx, wait)
	}
}

func (c *tenure) tryEnd(ctx context.Context, edit func(*turn)) bool {
	if ctx.Err() != nil {
		timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
		defer cancel()
		ctx = timed
	}
	r := c.record
	r.Owner, r.Lease, r.At = "", 0, time.Now().UTC()
	edit(&r)
	if int64(len(r.State)) > c.s.bus.nc.MaxPayload()/2 {
		c.s.log.Error("a state is too large to be kept: the one before it stays", "name", client.Redacted(r.Name), "bytes", len(r.State))
		r.State = c.record.State
	}
	return c.write(ctx, r)
}
