package feed

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"rawi/pipeline/message"
)

// emitFunc publishes one message, and returns nil once it is stored.
type emitFunc = func(context.Context, message.Message) error

// poll asks one feed, emits what is new in it, and returns its next state. Where anything failed, the validators of before are kept: they may
// only stand for what is stored.
func (p *Poller) poll(ctx context.Context, f Feed, s state, emit emitFunc) state {
	now := time.Now().UTC()
	a, err := p.fetch(ctx, s)
	asked := retryAfter(a.header, now)
	next := s
	next.Last = now
	if err == nil {
		next, err = p.take(ctx, f, next, a, emit)
	}
	if err != nil {
		s.Last, s.Error, s.Failures = now, shown(err.Error()), s.Failures+1
		wait := p.cfg.backOff(s.Failures)
		if a.status == http.StatusGone {
			wait = longestWait
		}
		s.Next = now.Add(max(jitter(max(wait, asked)), asked)) // jitter makes a wait that was asked for longer, never shorter
		return s
	}
	next.Error, next.Failures, next.Moved = "", 0, a.moved
	next.Next = now.Add(max(jitter(p.cfg.interval(f, next)), asked, min(fresh(a.header), p.cfg.Ceiling)))
	return next
}

// take makes messages of an answer.
func (p *Poller) take(ctx context.Context, f Feed, s state, a answer, emit emitFunc) (state, error) {
	switch {
	case a.status == http.StatusNotModified:
		s.keepValidators(a.header, false)
		s.Quiet++
		return s, nil
	case a.status != http.StatusOK:
		return s, statusError(a, s.Last)
	case a.hash == s.BodyHash:
		s.Full = s.Last
		s.keepValidators(a.header, true)
		s.Quiet++
		return s, nil
	}
	origin := Origin{URL: s.URL, ContentType: a.header.Get("Content-Type"), Zone: zone(f.Outlet.Zone), Now: s.Last, MaxItems: p.cfg.MaxItems}
	result, err := Read(a.body, origin)
	if err != nil {
		return s, fmt.Errorf("read feed: %w", err)
	}
	emitted, err := p.emitNew(ctx, sighting{p.cfg, f, result, s.Last}, emit)
	if err != nil {
		return s, err
	}
	s.keepValidators(a.header, true)
	s.BodyHash, s.Items, s.Damaged, s.Capped = a.hash, len(result.Items), result.Damaged, result.Capped
	s.Full = s.Last
	s.Pace = pace(result.Items, s.Last)
	s.Quiet++
	if emitted > 0 {
		s.Quiet = 0
	}
	return s, nil
}

// keepValidators takes over the strings by which the server knows this version again. A 304 may refresh them; what it leaves out still holds.
func (s *state) keepValidators(h http.Header, all bool) {
	if etag := h.Get("ETag"); etag != "" || all {
		s.ETag = etag
	}
	if modified := h.Get("Last-Modified"); modified != "" || all {
		s.LastModified = modified
	}
}

func zone(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC // the configuration's own check names unknown zones
}

// emitNew emits the items that were not seen before, or have changed since, oldest first. What was emitted is remembered even when a later
// one fails, so that a bus that comes and goes is not given everything again each time.
func (p *Poller) emitNew(ctx context.Context, s sighting, emit emitFunc) (emitted int, err error) {
	known := seen{Items: map[string]sighted{}}
	if err := load(ctx, p.store, seenKey(s.feed.URL), &known); err != nil {
		return 0, err
	}
	if known.Items == nil {
		known.Items = map[string]sighted{}
	}
	known.Poll++
	for i := len(s.result.Items) - 1; i >= 0 && err == nil; i-- {
		id, digest, m := s.message(s.result.Items[i])
		if m == nil {
			continue
		}
		if known.Items[id].Digest != digest {
			if err = emit(ctx, m); err != nil {
				err = fmt.Errorf("emit item: %w", err)
				break
			}
			emitted++
		}
		known.mark(id, digest)
	}
	known.forget(2 * p.cfg.MaxItems)
	if saveErr := save(context.WithoutCancel(ctx), p.store, seenKey(s.feed.URL), known); err == nil {
		err = saveErr
	}
	return emitted, err
}
