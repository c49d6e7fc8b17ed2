package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// fill fills the memory from the checkpoint and the states after it, or from all states. A memory that could not be trusted, and one of a stream
// that has changed under it, is filled from the stream alone.
func (w *foldWorker[I, S]) fill(ctx context.Context, end tail) (r Restored, err error) {
	if w.kept.keeper != nil && !w.kept.begun {
		r, err = w.fromCheckpoint(ctx, end)
		if err == nil {
			return r, nil
		}
		if unfit, ok := errors.AsType[unfitError](err); ok {
			w.setAside(unfit)
		} else if !errors.Is(err, errNone) {
			return r, err
		}
	}
	if fatal, err := w.p.bus.lookAtStates(ctx); fatal != nil || err != nil {
		return r, errors.Join(fatal, err)
	}
	w.fold.Reset()
	w.kept.forget()
	w.last = 0
	n, err := w.readOn(ctx, end, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy})
	return Restored{Replayed: n}, err
}

func (w *foldWorker[I, S]) fromCheckpoint(ctx context.Context, end tail) (r Restored, err error) {
	if w.last, err = w.kept.recall(ctx, w.p.bus, end); err != nil {
		return r, err
	}
	r.Checkpoint = len(w.kept.ledger)
	if w.last < end.last {
		r.Replayed, err = w.readOn(ctx, end, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: w.last + 1})
	}
	if err == nil {
		err = w.settled(ctx)
	}
	if _, broken := errors.AsType[*panicked](err); broken {
		return r, unfitError{fmt.Errorf("what came after it cannot be applied to it: %w", err)}
	}
	return r, err
}

// settled holds the memory against the stream at a moment at which it knows all of it.
func (w *foldWorker[I, S]) settled(ctx context.Context) error {
	for range settleTries {
		end, err := w.p.bus.tail(ctx, streamState)
		switch {
		case err != nil:
			return err
		case !end.made.Equal(w.made) || end.last < w.last:
			return unfitError{errors.New("the stream has become another one")}
		case end.last == w.last:
			return w.kept.settle(end)
		}
		if err := w.advance(ctx, end); err != nil {
			return err
		}
	}
	return unfitError{errors.New("others write to the stream too fast to hold it against that")}
}

func (w *foldWorker[I, S]) setAside(why error) {
	err := w.kept.aside()
	w.kept.unused = why.Error()
	w.log.Warn("the checkpoint is set aside, all states are read instead", "file", w.kept.name, "why", why, "err", err)
}

func (w *foldWorker[I, S]) sayRestored(r Restored) {
	w.log.Info("state loaded", "from_checkpoint", r.Checkpoint, "replayed", r.Replayed, "stream_seq", w.last, "took", r.Took)
	w.kept.next = time.Now().Add(w.kept.every)
	if w.kept.begun {
		return
	}
	if w.kept.begun = true; r.Checkpoint == 0 {
		w.kept.next = time.Now() // the next start need not do the same again
	}
	r.Aside = w.kept.unused
	w.restored.Store(&r)
	w.p.metrics.Restored(w.Name, r.Checkpoint, r.Replayed, r.Took)
}

// saveInTime writes the memory down where it is time for it.
func (w *foldWorker[I, S]) saveInTime(ctx context.Context) {
	if w.kept.keeper == nil || time.Now().Before(w.kept.next) {
		return
	}
	w.kept.next = time.Now().Add(w.kept.every)
	w.save(ctx)
}

// rest writes the memory down at an orderly stop.
func (w *foldWorker[I, S]) rest(ctx context.Context) {
	w.kept.writing.Wait()
	w.save(context.WithoutCancel(ctx))
	w.kept.writing.Wait()
}

// save writes the memory down. The line waits while it is copied to the system's buffers, and not while the disk takes it from there.
func (w *foldWorker[I, S]) save(ctx context.Context) {
	if w.stale || !w.kept.due(w.last) || w.kept.busy.Load() {
		return
	}
	began, at := time.Now(), w.last
	head, entries, err := w.describe(ctx)
	if err != nil {
		w.log.Debug("no checkpoint, the server does not answer", "err", err)
		return
	}
	f, n, err := w.write(head, entries)
	if err != nil {
		w.sayUnsaved(err)
		return
	}
	w.kept.at = at
	pause := time.Since(began)
	w.kept.busy.Store(true)
	w.kept.writing.Go(func() {
		defer w.kept.busy.Store(false)
		if err := w.kept.place(f); err != nil {
			w.sayUnsaved(err)
			return
		}
		w.log.Debug("checkpoint written", "file", w.kept.name, "states", head.Subjects, "stream_seq", at, "bytes", n, "paused", pause, "took", time.Since(began))
		w.p.metrics.Checkpoint(w.Name, n, pause)
		if w.kept.trouble.Swap(false) {
			w.log.Info("checkpoints are written again", "file", w.kept.name)
		}
	})
}

// describe makes the head and the ledger of a checkpoint.
func (w *foldWorker[I, S]) describe(ctx context.Context) (checkpoint, []entry, error) {
	if !w.p.bus.nc.IsConnected() {
		return checkpoint{}, nil, nats.ErrDisconnected // at a stop nobody waits for it
	}
	timed, cancel := context.WithTimeout(ctx, anchorTimeout)
	defer cancel()
	entries := w.kept.ledger.ordered()
	anchors, err := w.p.bus.anchors(timed, entries)
	return checkpoint{
		Stream: streamState, Made: w.made, Sequence: w.last, Shape: w.kept.keeper.Shape(), Subjects: len(entries), Anchors: anchors, Saved: time.Now().UTC(),
	}, entries, err
}

// write writes the new file, and leaves none where that fails.
func (w *foldWorker[I, S]) write(head checkpoint, entries []entry) (*os.File, int64, error) {
	f, err := w.kept.create()
	if err != nil {
		return nil, 0, err
	}
	n, err := head.write(&roomy{to: f, disk: w.p.disk}, entries, func(to io.Writer) error {
		_, err := guard(context.Background(), 0, func() (struct{}, error) { return struct{}{}, w.kept.keeper.Save(to) })
		w.p.fail.reach(w.Name, stepCheckpoint)
		return err
	})
	if err != nil {
		return nil, 0, errors.Join(err, drop(f))
	}
	return f, n, nil
}

// sayUnsaved tells once why there is no checkpoint: the daemon goes on without.
func (w *foldWorker[I, S]) sayUnsaved(err error) {
	if errors.Is(err, errTaken) {
		w.log.Debug("no checkpoint", "file", w.kept.name, "err", err)
		return
	}
	if !w.kept.trouble.Swap(true) {
		w.log.Warn("no checkpoint can be written, the daemon goes on and its next start takes longer: make room, or set checkpoint: 0s",
			"file", w.kept.name, "err", err)
	}
}
