// Package ruling sends what a person decides about stories to the daemon, after it was tried on the stories as they are.
package ruling

import (
	"context"
	"errors"
	"fmt"
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

// Trial tries a ruling on a memory of the stories, and gives it its time and its id. Its errors are ImpossibleError or say why nothing could be tried.
type Trial func(ctx context.Context, r message.Ruling) (message.Ruling, error)

// Decide tries a ruling, so that what cannot be done is said at once, and gives it to the daemon. It returns the ruling with its time and its id, and
// the stories that it changed, the deciding one first. Its errors are those of pipeline.Bus.Rule and of the trial.
func Decide(ctx context.Context, bus *pipeline.Bus, try Trial, r message.Ruling, wait time.Duration) (message.Ruling, []message.State, error) {
	r, err := try(ctx, r)
	if err != nil {
		return r, nil, err
	}
	states, err := bus.Rule(ctx, r, wait)
	return r, states, err
}

// OnStates tries on a memory, an empty one, that is filled from the states of all stories.
func OnStates(bus *pipeline.Bus, memory *dedup.Stage) Trial {
	return func(ctx context.Context, r message.Ruling) (message.Ruling, error) {
		err := pipeline.States(ctx, bus, func(s message.State) error {
			memory.Apply(s)
			return nil
		})
		if err != nil {
			return r, err
		}
		return On(ctx, memory, r)
	}
}

// On tries on a memory that knows all stories, and leaves it as it is.
func On(ctx context.Context, memory *dedup.Stage, r message.Ruling) (message.Ruling, error) {
	r.At = time.Now().UTC()
	for _, article := range r.Articles {
		if last := memory.Hand(article); last != nil && !r.At.After(last.At) { // the clock of who made it may be ahead of ours
			r.At = last.At.Add(time.Millisecond)
		}
	}
	r.ID = message.RulingID(r)
	return r, try(ctx, memory, r)
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
