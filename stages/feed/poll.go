package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"rawi/pipeline/message"
)

// emitFunc publishes one message, and returns nil once it is stored.
type emitFunc = func(context.Context, message.Message) error

// errCut is the error of a poll that a stop has ended.
var errCut = errors.New("cut short")

// poll asks one feed, emits what is new in it, and returns its next state and when to poll it again. Where anything failed, the validators of
// before are kept: they may only stand for what is stored. Its only errors are errCut, and a fault.Delayed where it is not a host's turn.
func (p *Poller) poll(ctx context.Context, f Feed, s state, emit emitFunc) (state, time.Time, error) {
	now := time.Now().UTC()
	s.Source, s.Last, s.Polls = f.Outlet.Name, now, s.Polls+1
	a, err := p.ask(ctx, s.url(f), s)
	next, gap := s, false
	if err == nil {
		gap, err = p.take(ctx, f, &next, a, emit)
	}
	if err != nil {
		if ctx.Err() != nil {
			return s, time.Time{}, errCut
		}
		if notYet(err) {
			return s, time.Time{}, err
		}
		return s.failed(err, now), p.retry(ctx, f, s, a), nil
	}
	next.Error, next.Failures, next.Since = "", 0, time.Time{}
	next.noteMove(f, a.moved, now)
	own := p.hubWait(ctx, f, &next, p.cfg.wait(f, next, gap, now))
	wait := max(jitter(own), retryAfter(a.header, now), next.Asks.least(a.header, p.cfg.Ceiling))
	return next, next.Asks.awake(now.Add(wait)), nil
}

// failed is the state after a poll that failed. A move that was followed and leads nowhere is taken back.
func (s state) failed(err error, now time.Time) state {
	if s.Failures == 0 {
		s.Since = now
	}
	s.Error, s.Failures = shown(err.Error()), s.Failures+1
	if s.Failures >= moveBack {
		s.Address, s.Move = "", move{}
	}
	return s
}

// retry returns when to ask again after a failure. A host that asks to be left alone means all of its feeds.
func (p *Poller) retry(ctx context.Context, f Feed, s state, a answer) time.Time {
	wait := max(p.cfg.backOff(s.Failures+1), f.Interval)
	asked := p.spare(ctx, s.url(f), a, s.Last, wait)
	if a.status == http.StatusGone {
		wait = longestWait
	}
	return s.Last.Add(max(jitter(max(wait, asked)), asked)) // jitter makes a wait that was asked for longer, never shorter
}

// take makes messages of an answer. It reports whether items may have come and gone since the last poll.
func (p *Poller) take(ctx context.Context, f Feed, s *state, a answer, emit emitFunc) (gap bool, err error) {
	switch {
	case a.status == http.StatusNotModified:
		s.keepValidators(a)
		s.Rhythm.learn(nil, nil, s.Last)
		return false, nil
	case a.body == nil:
		return false, statusError(a, s.Last)
	case a.whole() && a.hash == s.BodyHash:
		s.Full = s.Last
		s.keepValidators(a)
		s.Rhythm.learn(nil, nil, s.Last)
		return false, nil
	}
	sight, err := p.read(ctx, f, *s, a)
	if err != nil {
		return false, err
	}
	b, err := p.newBatch(ctx, f, a.whole(), emit)
	if err != nil {
		return false, err
	}
	err = b.add(ctx, sight)
	if gap = err == nil && b.gap() && a.whole(); gap {
		err = p.catchUp(ctx, b, sight, s.url(f))
	}
	if saveErr := b.known.save(context.WithoutCancel(ctx), p.store, f.URL); err == nil {
		err = saveErr
	}
	if err != nil {
		return false, err
	}
	s.keepValidators(a)
	s.noteCut(a.cut)
	return s.learn(sight, b, a, gap), nil
}

func (p *Poller) read(ctx context.Context, f Feed, s state, a answer) (sighting, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.cfg.Timeout, fmt.Errorf("not done within %s", p.cfg.Timeout))
	defer cancel()
	origin := Origin{URL: s.url(f), ContentType: a.header.Get("Content-Type"), Zone: zone(f.Outlet.Zone), Now: s.Last, MaxItems: p.cfg.MaxItems}
	result, err := Read(ctx, a.body, origin)
	if a.cut != nil && len(result.Items) == 0 {
		err = a.cut // whatever the rest was like
	}
	if err != nil {
		return sighting{}, fmt.Errorf("read feed: %w", err)
	}
	result.Damaged = result.Damaged || a.cut != nil
	return sighting{p.cfg, f, result, s.Last}, nil
}

// maxGaps is how many polls in a row may find nothing but new items before that is no sign of haste: some feeds give their items new ids
// each time.
const maxGaps = 3

// learn notes what a document tells of its feed, and returns whether a gap is worth hurrying for.
func (s *state) learn(sight sighting, b *batch, a answer, gap bool) bool {
	result := sight.result
	if !a.whole() {
		s.Rhythm.learn(b.fresh, nil, s.Last)
		if a.cut != nil {
			s.Items, s.Empty, s.Damaged = len(result.Items), b.empty, true
		}
		return false
	}
	all := make([]time.Time, 0, len(result.Items))
	for _, item := range result.Items {
		all = append(all, item.Published)
		if item.Published.After(s.Newest) && !item.Published.After(s.Last) {
			s.Newest = item.Published
		}
	}
	s.Rhythm.learn(b.fresh, all, s.Last)
	s.usual(makeupOf(result.Items))
	s.BodyHash, s.Full = a.hash, s.Last
	s.Items, s.Empty, s.Damaged = len(result.Items), b.empty, result.Damaged
	s.Capped, s.Asks = result.Capped, result.head.asks
	base := baseOf(Origin{URL: s.url(sight.feed)})
	s.Hub = cmp.Or(linkHeader(a.header, "hub", base), result.head.hub)
	s.Topic = cmp.Or(linkHeader(a.header, "self", base), result.head.self)
	if !gap {
		s.GapRun = 0
		return false
	}
	s.Gaps++
	s.GapRun++
	return s.GapRun <= maxGaps
}

func zone(name string) *time.Location {
	if loc, err := time.LoadLocation(name); err == nil {
		return loc
	}
	return time.UTC // the configuration's own check names unknown zones
}
