package outbound

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// patience is how long an answer may take before its rate counts, and how often it is looked at after that.
const patience = 10 * time.Second

// errTooSlow is why an answer was given up whose bytes came one by one.
var errTooSlow = errors.New("the answer comes too slowly")

// watch ends one request that takes too long or whose bytes drip. One timer serves for both, since most requests end before it is due.
type watch struct {
	cancel  context.CancelCauseFunc
	ctx     context.Context //nolint:containedctx // its cause is what went wrong, and it lives no longer than the request
	timeout time.Duration
	rate    int64 // least bytes a second on the wire
	began   time.Time

	mu    sync.Mutex
	timer *time.Timer
	wire  *counter // nil until there is an answer
	since time.Time
	ended bool
}

func newWatch(ctx context.Context, timeout time.Duration, rate int64) *watch {
	w := &watch{timeout: timeout, rate: rate, began: time.Now()}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(min(patience, timeout), w.look)
	return w
}

// answered begins to count: what a server thinks before it answers is bounded elsewhere.
func (w *watch) answered(wire *counter) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wire, w.since = wire, time.Now()
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return
	}
	left := w.timeout - time.Since(w.began)
	if left <= 0 {
		w.cancel(fmt.Errorf("no complete answer within %s: %w", w.timeout, context.DeadlineExceeded))
		return
	}
	if w.wire != nil {
		took := time.Since(w.since)
		if n := w.wire.n.Load(); took >= patience && float64(n) < float64(w.rate)*took.Seconds() {
			w.cancel(fmt.Errorf("%w: %d bytes in %s", errTooSlow, n, took.Round(time.Second)))
			return
		}
	}
	w.timer.Reset(min(patience, left))
}

// because returns why the watch ended the request, where it did.
func (w *watch) because(err error) error {
	if cause := context.Cause(w.ctx); cause != nil && !errors.Is(err, cause) {
		return cause
	}
	return err
}

func (w *watch) end() {
	w.mu.Lock()
	w.ended = true
	w.timer.Stop()
	w.mu.Unlock()
	w.cancel(nil)
}
