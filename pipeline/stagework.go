package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// stageWorker runs a Stage.
type stageWorker[I any, O message.Message] struct {
	*consumer
	stage Stage[I, O]
}

func (w *stageWorker[I, O]) load(context.Context) error { return nil }

func (w *stageWorker[I, O]) final() bool { return false }

func (w *stageWorker[I, O]) attempt(ctx context.Context, j *job) (made, error) {
	if j.heartbeat() {
		return w.passOn(ctx, j, 0)
	}
	outs, err := guarded(ctx, w.consumer, j, func() ([]O, error) {
		in, err := decodeAs[I](w.p.bus.codec, j)
		if err != nil {
			return nil, err
		}
		timed, cancel := context.WithTimeout(ctx, w.Deadline)
		defer cancel()
		return guard(timed, w.p.tuning.overrun, func() ([]O, error) { return w.stage.Process(timed, in) })
	})
	if err != nil {
		return made{}, err
	}
	w.p.fail.reach(w.Name, stepProcessed)
	var m made
	for _, out := range outs {
		ack, err := w.p.storeOutcome(ctx, w.counts, out, j)
		if err != nil {
			return m, err
		}
		m.add(ack)
	}
	return m, nil
}

// decodeAs reads a message as I. What cannot be read now cannot be read later.
func decodeAs[I any](c codec, j *job) (I, error) {
	var in I
	if want, ok := any(in).(message.Message); ok && want.Schema() != j.msg.Headers().Get(HeaderKind) {
		return in, fault.Permanently(ReasonUndecodable, fmt.Errorf("kind is %q, not %q", j.msg.Headers().Get(HeaderKind), want.Schema()))
	}
	body, err := c.decode(j.msg.Headers(), j.msg.Data())
	if err != nil {
		return in, fault.Permanently(ReasonUndecodable, err)
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return in, fault.Permanently(ReasonUndecodable, err)
	}
	return in, nil
}

// panicked is a panic of a stage.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guard calls f and turns a panic into a permanent fault. Where f has not returned some time after ctx ended it is left behind: its
// goroutine cannot be ended from outside, but the stage and its other messages go on. An overrun of 0 waits for ever.
func guard[T any](ctx context.Context, overrun time.Duration, f func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer, 1)
	go func() {
		var a answer
		defer func() {
			if v := recover(); v != nil {
				a.err = fault.Permanently(ReasonPanic, &panicked{value: v, stack: debug.Stack()})
			}
			done <- a
		}()
		a.value, a.err = f()
	}()
	late := ctx.Done()
	var abandon <-chan time.Time
	for {
		select {
		case a := <-done:
			return a.value, a.err
		case <-late:
			late = nil
			if overrun > 0 {
				abandon = time.After(overrun)
			}
		case <-abandon:
			var none T
			return none, fault.Permanently(ReasonStuck, fmt.Errorf("no answer %s after the deadline: %w", overrun, context.Cause(ctx)))
		}
	}
}
