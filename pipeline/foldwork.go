package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// foldWorker runs a Fold. One goroutine uses it, so nothing here is locked.
type foldWorker[I any, S message.Message] struct {
	*consumer
	kept  keeping
	fold  Fold[I, S]
	last  uint64    // sequence of the state stream up to which everything was applied
	made  time.Time // when that stream was made
	pin   string    // under which the last message came
	stale bool      // the fold cannot be trusted: everything has to be read again
}

func (w *foldWorker[I, S]) final() bool { return true }

// load brings the fold to the state of the stream. An error leaves it stale.
func (w *foldWorker[I, S]) load(ctx context.Context) error {
	began := time.Now()
	w.stale = true
	end, err := w.p.bus.tail(ctx, streamState)
	if err != nil {
		return err
	}
	w.made = end.made
	r, err := w.fill(ctx, end)
	if err != nil {
		return fmt.Errorf("replay stream %s: %w", streamState, err)
	}
	w.stale = false
	r.Took = time.Since(began)
	w.sayRestored(r)
	return nil
}

// readOn applies the states from a place on, and returns how many they are.
func (w *foldWorker[I, S]) readOn(ctx context.Context, end tail, from jetstream.OrderedConsumerConfig) (n int, err error) {
	from.FilterSubjects = []string{message.StateSubjects}
	err = w.p.bus.readFrom(ctx, streamState, from, func(e Envelope) error {
		n++
		w.last = max(w.last, e.Sequence)
		return w.replay(e)
	})
	if err == nil {
		err = w.advance(ctx, end) // what the server that was read from did not have yet
	}
	return n, err
}

func (w *foldWorker[I, S]) replay(e Envelope) error {
	var state S
	if err := json.Unmarshal(e.Body, &state); err != nil {
		return fmt.Errorf("message %d (%s) is not a state: %w", e.Sequence, e.Subject, err)
	}
	if err := w.apply(state); err != nil {
		return fmt.Errorf("message %d (%s): %w", e.Sequence, e.Subject, err)
	}
	w.kept.note(e.Subject, e.Sequence)
	return nil
}

// apply guards against a panic, after which the fold's memory cannot be trusted any more.
func (w *foldWorker[I, S]) apply(state S) error {
	_, err := guard(context.Background(), 0, func() (struct{}, error) {
		w.fold.Apply(state)
		return struct{}{}, nil
	})
	return err
}

// attempt decides and commits. Where another writer got ahead, what it wrote is read and the decision made anew.
func (w *foldWorker[I, S]) attempt(ctx context.Context, j *job) (made, error) {
	if j.heartbeat() {
		return w.heartbeat(ctx, j)
	}
	decide, err := w.decision(j)
	if err != nil {
		return made{}, err
	}
	fenced := j.pin() != w.pin // since the last message another daemon may have decided
	w.pin = j.pin()
	for range 5 {
		if err := w.ready(ctx, fenced); err != nil {
			return made{}, err
		}
		m, err := w.once(ctx, j, decide)
		if !errors.Is(err, errFenced) {
			return m, err
		}
		fenced = true
		w.log.Warn("another writer has written to the state stream, reading on", "stream_seq", w.last)
	}
	return made{}, errFenced
}

// ready catches up where the fold is stale or others may have written, until it succeeds: a state that cannot be read must not cost
// messages.
func (w *foldWorker[I, S]) ready(ctx context.Context, others bool) error {
	for w.stale || others {
		err := w.catchUp(ctx)
		if err == nil {
			w.stalled.Store(nil)
			return nil
		}
		w.stalled.Store(&err)
		w.log.Error("state cannot be read, trying again", "err", err)
		if !pause(ctx, time.Second) {
			return err
		}
	}
	return nil
}

// once commits the outputs one after another; each is in the log before it is in memory.
func (w *foldWorker[I, S]) once(ctx context.Context, j *job, decide func(context.Context) ([]S, error)) (made, error) {
	outs, err := guarded(ctx, w.consumer, j, func() ([]S, error) {
		timed, cancel := context.WithTimeout(ctx, w.Deadline)
		defer cancel()
		return guard(timed, 0, func() ([]S, error) { return decide(timed) })
	})
	if err != nil {
		return made{}, err
	}
	w.p.fail.reach(w.Name, stepProcessed)
	if len(outs) == 0 {
		return made{duplicate: 1}, nil // it has decided on this message before
	}
	var m made
	for i, out := range outs {
		j.parts = len(outs) - i
		w.p.bus.linkBefore(ctx, j, out)
		ack, err := w.p.storeOutcome(ctx, w.counts, out, j, jetstream.WithExpectLastSequence(w.last))
		if err != nil {
			return m, err
		}
		if ack.Duplicate { // stored by someone else, or by us in an answer that was lost: it is in the stream
			return m, errFenced
		}
		w.p.fail.reach(w.Name, stepCommitted)
		m.add(ack)
		if i == 0 {
			w.p.decided(out)
		}
		w.last = ack.Sequence
		if err := w.apply(out); err != nil {
			w.stale = true
			return m, fault.Permanently(ReasonPanic, err)
		}
		w.kept.note(out.Subject(), ack.Sequence)
	}
	return m, nil
}
