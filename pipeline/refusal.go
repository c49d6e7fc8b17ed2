package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

// refused is a permission that the NATS user lacks.
type refused struct{ what string } // as the server says it: `Publish to "news.raw.x"`

func (r *refused) Error() string {
	hint := "give it the permissions of deployments/nats/accounts.conf"
	if strings.HasPrefix(r.what, "Subscription to \"_INBOX") {
		hint = "set nats.inbox_prefix to the inbox that it may subscribe to, such as _INBOX_desk"
	}
	return fmt.Sprintf("the NATS user has no permission for %s: %s", r.what, hint)
}

// refusals hears which permissions are refused. The server does not answer what it refuses, so that a request only runs into its timeout:
// who waits for the answer is told here.
type refusals struct {
	mu      sync.Mutex
	waiting map[int]context.CancelCauseFunc
	next    int
	said    time.Time
}

// heard tells everyone who waits, and the log where nobody does, once in a while.
func (r *refusals) heard(log *slog.Logger, err error) {
	_, what, _ := strings.Cut(err.Error(), "Permissions Violation for ")
	why := &refused{what: what}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, cancel := range r.waiting {
		cancel(why)
	}
	if len(r.waiting) > 0 || time.Since(r.said) < 10*time.Second {
		return
	}
	r.said = time.Now()
	log.Error("the NATS server refuses what has to be done", "err", why)
}

func (r *refusals) wait(cancel context.CancelCauseFunc) (done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		r.waiting = map[int]context.CancelCauseFunc{}
	}
	id := r.next
	r.next++
	r.waiting[id] = cancel
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.waiting, id)
	}
}

// unlessRefused calls f with a context that ends when the server refuses a permission, and returns which one.
func (b *Bus) unlessRefused(ctx context.Context, f func(context.Context) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer b.refusals.wait(cancel)()
	err := f(ctx)
	if why, ok := errors.AsType[*refused](context.Cause(ctx)); ok && err != nil {
		return why
	}
	return err
}

// asyncError hears what the server says without having been asked.
func (b *Bus) asyncError(_ *nats.Conn, _ *nats.Subscription, err error) {
	if errors.Is(err, nats.ErrPermissionViolation) {
		b.refusals.heard(b.log, err)
		return
	}
	b.log.Warn("NATS connection", "err", err)
}
