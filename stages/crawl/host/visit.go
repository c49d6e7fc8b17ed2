package host

import (
	"context"
	"fmt"
	"time"

	"rawi/pipeline/fault"
)

// Start waits for a slot, up to the hold, and returns nil when the request may leave. Where the slot is further away the error is a
// fault.After. Delay is the Crawl-delay that the host asks for.
func (v *Visit) Start(ctx context.Context, delay time.Duration) error {
	v.delay = delay
	for {
		wait, claim, err := v.slot(time.Now())
		switch {
		case err != nil:
			return err
		case !claim:
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			return v.begin(ctx)
		}
		if err := v.claim(ctx); err != nil {
			return err
		}
	}
}

// slot takes one of our slots and says how long it is away. Claim is true where there is none left and more are to be had.
func (v *Visit) slot(now time.Time) (wait time.Duration, claim bool, err error) {
	s, h := v.schedule, v.host
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Before(v.opens()) {
		return 0, false, v.later(now, ErrNotYet)
	}
	interval := s.limits.interval(h.record, v.delay, now)
	if interval == 0 {
		return 0, false, nil
	}
	slot, ours := h.ours(interval, now)
	if !ours {
		slot = latest(now, h.record.Next, h.soonest(interval))
	}
	if wait = slot.Sub(now); wait > v.patience(interval, now) {
		return 0, false, v.tooFar(now, wait)
	}
	if !ours {
		return 0, true, nil
	}
	h.given, h.next = slot, slot.Add(interval)
	h.keep(s, v.id, time.Time{})
	return wait, false, nil
}

// tooFar says when to come back for a slot that is too far away to wait for it. Who goes before the queue comes back while the slot is still too
// far away for those in the queue.
func (v *Visit) tooFar(now time.Time, wait time.Duration) error {
	if v.urgent == 0 {
		return v.later(now, ErrNotYet)
	}
	return fault.After(wait-v.urgent/2, fmt.Errorf("%w at %s", ErrNotYet, v.host.name))
}

// ours is the next slot that is left of our claim. It has to end with the claim: what comes after it is somebody else's.
func (h *known) ours(interval time.Duration, now time.Time) (slot time.Time, ok bool) {
	slot = latest(now, h.next, h.soonest(interval))
	return slot, !slot.Add(interval).After(h.until)
}

// soonest is the first moment that is far enough from the last request, or from the one that waits for its slot.
func (h *known) soonest(interval time.Duration) time.Time {
	return latest(h.last, h.given).Add(interval)
}

// patience is how far ahead a slot may be taken. Messages that were told to come back now come before those that were not, which take what is
// left over. Without that, new messages would keep the old ones waiting. Among several daemons nobody knows all who were told.
func (v *Visit) patience(interval time.Duration, now time.Time) time.Duration {
	h, hold := v.host, v.schedule.limits.Hold
	if v.urgent > 0 {
		return v.urgent
	}
	if _, told := h.promised[v.id]; told || !h.alone || !h.record.Tail.After(now) {
		return hold
	}
	return min(hold, interval/2)
}

// claim takes slots: as many as messages are waiting for, as far as nobody else wants some.
func (v *Visit) claim(ctx context.Context) error {
	s, h := v.schedule, v.host
	return h.only(ctx, func() error {
		s.mu.Lock()
		now := time.Now()
		interval := s.limits.interval(h.record, v.delay, now)
		_, has := h.ours(interval, now)
		patience := v.patience(interval, now)
		run, took, soonest := v.wanted(interval), h.record.Took, h.soonest(interval)
		s.mu.Unlock()
		if has || interval == 0 { // another message has claimed while this one waited
			return nil
		}
		var from, until time.Time
		err := s.change(ctx, h, func(r *record) bool {
			if r.By != s.name {
				run = 1
			}
			from = latest(time.Now().Add(v.margin), r.Next, soonest)
			until = from.Add(time.Duration(run) * interval)
			r.Next, r.Took = until, took
			return time.Until(from) <= max(patience, v.margin)
		}, func() { h.next, h.until, h.run = from, until, run })
		v.margin *= 2
		return err
	})
}

// wanted is how many slots to claim: twice as many as the last time while we have the host for ourselves.
func (v *Visit) wanted(interval time.Duration) int {
	h := v.host
	if interval == 0 {
		return 1
	}
	most := min(max(maxRun, int(time.Second/interval)), int(runTime/interval))
	return max(min(1+len(h.promised), 2*h.run, most), 1)
}

// begin marks the start of the request, unless the host was closed while it waited. Starts go through a gate one by one: on a machine that
// has much to do one may be late, and must not have the next one on its heels.
func (v *Visit) begin(ctx context.Context) error {
	s, h := v.schedule, v.host
	select {
	case h.gate <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("wait for our turn: %w", ctx.Err())
	}
	defer func() { <-h.gate }()
	for {
		s.mu.Lock()
		now := time.Now()
		wait := h.last.Add(s.limits.interval(h.record, v.delay, now)).Sub(now)
		if now.Before(v.opens()) {
			defer s.mu.Unlock()
			return v.later(now, ErrNotYet)
		}
		if wait <= 0 {
			h.last, v.began = now, now
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// Done says that the request is over and the host had no objection to it. A visit that never started says nothing.
func (v *Visit) Done(ctx context.Context) error {
	if v.began.IsZero() {
		return nil
	}
	s, h := v.schedule, v.host
	s.mu.Lock()
	took := time.Since(v.began)
	if h.record.Took == 0 {
		h.record.Took = took
	}
	h.record.Took += (took - h.record.Took) / 4
	failed := h.record.Failed > 0
	s.mu.Unlock()
	if !failed {
		return nil // the rest is written with the next claim
	}
	return v.write(ctx, func(r *record) { r.Failed = 0 })
}

// Refused says that the host wants to be left alone for a while, or does not say how long where wait is 0. It returns a fault.After with the
// error. Of requests that were under way together only the first one counts.
func (v *Visit) Refused(ctx context.Context, wait time.Duration, why error) error {
	now := time.Now()
	refused := func(r *record) {
		if r.Moved.Before(v.began) {
			r.Level, r.Moved = min(r.level(now)+1, maxDoublings+2), now
		}
		if wait == 0 {
			wait = min(busy<<max(r.Level-1, 0), longestBusy)
		}
		r.Open = latest(r.Open, now.Add(wait))
	}
	if err := v.write(ctx, refused); err != nil {
		return err
	}
	if err := v.tell(ctx, wait); err != nil {
		return err
	}
	return v.comeBack(why)
}

// Displeased says that the host answered, but not with what was asked for: it is asked less often for a while.
func (v *Visit) Displeased(ctx context.Context) error {
	now := time.Now()
	return v.write(ctx, func(r *record) {
		if r.Moved.Before(v.began) {
			r.Level, r.Moved = min(r.level(now)+1, maxDoublings), now
			r.Next = latest(r.Next, now.Add(v.schedule.limits.interval(*r, v.delay, now)))
		}
	})
}

// Closed asks for no page of the host for a while that nobody is to blame for, and returns a fault.After with the error.
func (v *Visit) Closed(ctx context.Context, wait time.Duration, why error) error {
	until := time.Now().Add(wait)
	if err := v.write(ctx, func(r *record) { r.Shut = latest(r.Shut, until) }); err != nil {
		return err
	}
	return v.comeBack(why)
}

// Again lets a redirect go on that stays within the schedule: it takes the next slot, before the queue, for in a queue the page would stand
// behind others that do the same and never arrive.
func (v *Visit) Again(ctx context.Context, delay time.Duration) error {
	v.urgent = urgentHold
	return v.Start(ctx, delay)
}

// Failed says that no connection came about; the host is skipped for a while, ever longer. The error is returned as it is: this message has
// failed, the others only wait.
func (v *Visit) Failed(ctx context.Context, why error) error {
	now := time.Now()
	err := v.write(ctx, func(r *record) {
		if r.Open.After(v.began) && r.Open.After(now) {
			return // another request under way has said so
		}
		r.Failed++
		r.Open = latest(r.Open, now.Add(min(away<<min(r.Failed-1, 10), longestAway)))
	})
	if err != nil {
		return fmt.Errorf("%w (%w)", why, err)
	}
	return why
}

func (v *Visit) comeBack(why error) error {
	s := v.schedule
	s.mu.Lock()
	defer s.mu.Unlock()
	return v.later(time.Now(), why)
}

// write changes the record at once. Slots that we hold are given up: they are of a time at which the host is to be left alone.
func (v *Visit) write(ctx context.Context, apply func(*record)) error {
	h := v.host
	return h.only(ctx, func() error {
		return v.schedule.change(ctx, h, func(r *record) bool {
			apply(r)
			return true
		}, func() { h.until = time.Time{} })
	})
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for our turn: %w", ctx.Err())
	}
}
