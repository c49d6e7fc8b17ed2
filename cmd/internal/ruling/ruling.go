// Package ruling sends what a person decides about stories to the daemon, after it was tried on the stories as they are.
package ruling

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// ImpossibleError says that a decision cannot be taken, and why.
type ImpossibleError struct {
	error

	Unknown bool // it names a story or a report that there is not
}

func (e ImpossibleError) Unwrap() error { return e.error }

// Decide tries a ruling on a memory, an empty one, so that what cannot be done is said at once, and gives it to the daemon. It returns the ruling with its time and
// its id, and the stories that it changed, the deciding one first. Its errors are those of pipeline.Bus.Rule and ImpossibleError.
func Decide(
	ctx context.Context, bus *pipeline.Bus, memory *dedup.Stage, r message.Ruling, wait time.Duration,
) (message.Ruling, []message.State, error) {
	r.At = time.Now().UTC()
	err := pipeline.States(ctx, bus, func(s message.State) error {
		memory.Apply(s)
		r.At = after(r.At, s, r.Articles)
		return nil
	})
	if err != nil {
		return r, nil, err
	}
	r.ID = message.RulingID(r)
	if err := try(ctx, memory, r); err != nil {
		return r, nil, err
	}
	states, err := bus.Rule(ctx, r, wait)
	return r, states, err
}

// after is a time behind all rulings on the articles: the clock of who made the last one may be ahead of ours.
func after(at time.Time, s message.State, articles []string) time.Time {
	behind := func(h *message.Hand) {
		if h != nil && !at.After(h.At) {
			at = h.At.Add(time.Millisecond)
		}
	}
	for _, report := range s.Story.Reports {
		if report.Why != nil && slices.Contains(articles, report.Article) {
			behind(report.Why.Hand)
		}
	}
	for _, w := range s.Withdrawn {
		if slices.Contains(articles, w.Member.Article) {
			behind(&w.Hand)
		}
	}
	return at
}

// try follows a ruling on a copy of the daemon's memory.
func try(ctx context.Context, memory *dedup.Stage, r message.Ruling) error {
	_, err := memory.Rule(ctx, r)
	if permanent, ok := errors.AsType[*fault.Permanent](err); ok {
		if _, unknown := errors.AsType[dedup.UnknownError](err); unknown {
			return ImpossibleError{fmt.Errorf("%w; rawi stories lists the stories, rawi story ID the articles of one", permanent.Err), true}
		}
		return ImpossibleError{permanent.Err, false}
	}
	return err
}
