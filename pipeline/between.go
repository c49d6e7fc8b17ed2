package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// ErrNotRead says that a fold's memory cannot be asked: the pipeline starts or stops, or the state stream cannot be read.
var ErrNotRead = errors.New("the states are not read yet, or cannot be read")

// question is what somebody wants of a fold's memory.
type question struct {
	ask  func()
	done chan error
}

// asks are the questions to one stage, and what ends the wait for an answer.
type asks struct {
	questions chan question // nil where the stage has no memory
	over      chan struct{} // closed when the stage runs no more
}

func newAsks() asks { return asks{make(chan question), make(chan struct{})} }

// Between calls ask between two messages of a fold, on the goroutine to which its memory belongs, when that holds everything that was committed. ask
// may read the memory and must not change it; no message is worked on meanwhile, so it has to be quick. It is called at most once, and not at
// all where the error is ErrNotRead. After an error of ctx it may still be called: what it writes must not be read then.
func (p *Pipeline) Between(ctx context.Context, stage string, ask func()) error {
	i := slices.IndexFunc(p.stages, func(c *consumer) bool { return c.Name == stage && c.asks.questions != nil })
	if i < 0 {
		return fmt.Errorf("stage %q keeps no memory", stage)
	}
	if !p.running.Load() {
		return ErrNotRead
	}
	c, q := p.stages[i], question{ask, make(chan error, 1)}
	select {
	case c.asks.questions <- q:
	case <-c.asks.over:
		return ErrNotRead
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-q.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// answerer is a worker with a memory that can be asked.
type answerer interface {
	answer(ctx context.Context, q question)
}

// answer catches up first, as on a message: another daemon may have decided meanwhile.
func (w *foldWorker[I, S]) answer(ctx context.Context, q question) {
	timed, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	if err := w.catchUp(timed); err != nil {
		q.done <- errors.Join(ErrNotRead, err)
		return
	}
	_, err := guard(context.Background(), 0, func() (struct{}, error) {
		q.ask()
		return struct{}{}, nil
	})
	w.stale = w.stale || err != nil // whoever panics may have left anything behind
	q.done <- err
}
