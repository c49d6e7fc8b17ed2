package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"rawi/pipeline/message"
)

// Ruler is a Fold that also follows what people decide. Rulings stand in the stream that the fold reads, in line with its other messages, and
// what Rule returns is committed behind the same fence: nothing is written behind the fold's back, and a ruling that comes twice, or after a
// crash, is known by what it has left.
type Ruler[S message.Message] interface {
	Rule(ctx context.Context, r message.Ruling) ([]S, error)
}

// decision is how the fold decides on a message, by its kind.
func (w *foldWorker[I, S]) decision(j *job) (func(context.Context) ([]S, error), error) {
	ruler, rules := w.fold.(Ruler[S])
	if rules && j.msg.Headers().Get(HeaderKind) == message.RulingV1 {
		r, err := decodeAs[message.Ruling](w.p.bus.codec, j)
		return func(ctx context.Context) ([]S, error) { return ruler.Rule(ctx, r) }, err
	}
	in, err := decodeAs[I](w.p.bus.codec, j)
	return func(ctx context.Context) ([]S, error) { return w.fold.Process(ctx, in) }, err
}

// NoAnswerError says that a ruling is stored and that no daemon has followed it yet.
type NoAnswerError struct {
	Ruling string
	Waited time.Duration
}

func (e NoAnswerError) Error() string {
	return fmt.Sprintf("no daemon has answered within %s: the decision %s is stored, and followed once a daemon runs dedup (rawi status)", e.Waited, e.Ruling)
}

// RefusedError says that a daemon has refused a ruling, and why. Its dead letter tells the same.
type RefusedError struct{ Why string }

func (e RefusedError) Error() string { return "the daemon refused: " + e.Why }

const (
	storeTimeout = 10 * time.Second       // for the server to take a ruling
	answerPause  = 100 * time.Millisecond // between two looks for the answer
)

// Rule stores a ruling and waits for what a running daemon makes of it: the states that carry it, the deciding one first. To store the same
// ruling again is harmless. Its errors are NoAnswerError, RefusedError, or say why the ruling is not stored.
func (b *Bus) Rule(ctx context.Context, r message.Ruling, wait time.Duration) ([]message.State, error) {
	a := answer{bus: b, ruling: r}
	err := b.unlessRefused(ctx, func(ctx context.Context) (err error) {
		if a.state, err = b.lastSequence(ctx, streamState); err == nil {
			a.dead, err = b.lastSequence(ctx, streamDead)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := b.storeRuling(ctx, r); err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for {
		err := a.look(timed) // while the server is away there is no answer
		if _, refused := errors.AsType[RefusedError](err); refused || a.whole() {
			return a.found, err
		}
		if pause(timed, answerPause) {
			continue
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case len(a.found) > 0:
			return a.found, nil
		}
		return nil, NoAnswerError{r.ID, wait}
	}
}

func (b *Bus) storeRuling(ctx context.Context, r message.Ruling) error {
	out, err := b.codec.encode(r, "")
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	_, err = b.publish(timed, out)
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("the decision was not stored: %w; a daemon of before this command may be running, whose streams do not take decisions", err)
	}
	return err
}

// answer looks for what became of a ruling.
type answer struct {
	bus         *Bus
	ruling      message.Ruling
	state, dead uint64 // sequences up to which the streams were read
	found       []message.State
	until       uint64 // sequence of the last state that the decision makes: they are stored one after another
}

// whole reports whether all that the ruling makes was read.
func (a *answer) whole() bool { return len(a.found) > 0 && a.state >= a.until }

// look reads on in both streams. Only the last state of a story is kept, so that a later one may stand there already: it still carries the ruling.
func (a *answer) look(ctx context.Context) error {
	err := a.each(ctx, streamState, &a.state, func(e Envelope) error {
		var s message.State
		if err := e.Decode(&s); err != nil {
			return err
		}
		if carries(s, a.ruling.ID) {
			a.found = append(a.found, s)
			a.until = max(a.until, e.Sequence+partsOf(e, s, a.ruling.ID)-1)
		}
		return nil
	})
	if err != nil || len(a.found) > 0 {
		return err
	}
	return a.each(ctx, streamDead, &a.dead, func(e Envelope) error {
		var d message.Dead
		if err := e.Decode(&d); err != nil || ownID(d.MsgID) != a.ruling.Key() {
			return err
		}
		return RefusedError{reasonOf(d)}
	})
}

func (a *answer) each(ctx context.Context, stream string, from *uint64, fn func(Envelope) error) error {
	for {
		e, ok, err := a.bus.next(ctx, stream, *from+1)
		if err != nil || !ok {
			return err
		}
		*from = e.Sequence
		if err := fn(e); err != nil {
			return err
		}
	}
}

func reasonOf(d message.Dead) string {
	if len(d.Errors) == 0 {
		return d.Reason
	}
	return d.Errors[len(d.Errors)-1]
}

// partsOf is how many states a ruling makes, by the first of them; 1 where another decision made this one, which says nothing of it.
func partsOf(e Envelope, s message.State, ruling string) uint64 {
	n, err := strconv.ParseUint(e.Header.Get(headerParts), 10, 16)
	if hand := s.Story.Decision.Hand; err != nil || n == 0 || hand == nil || hand.Ruling != ruling {
		return 1
	}
	return n
}

// carries tells whether a state was made by a ruling or has reports that are there, or not there, by it.
func carries(s message.State, ruling string) bool {
	by := func(h *message.Hand) bool { return h != nil && h.Ruling == ruling }
	return by(s.Story.Decision.Hand) ||
		slices.ContainsFunc(s.Story.Reports, func(r message.Report) bool { return r.Why != nil && by(r.Why.Hand) }) ||
		slices.ContainsFunc(s.Withdrawn, func(w message.Withdrawn) bool { return by(&w.Hand) })
}
