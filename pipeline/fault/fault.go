// Package fault says what an error means for the message that caused it: try again, not before a time, give up now, or drop on purpose.
//
// A stage returns one of these, or any plain error, and the runtime in package pipeline acts on it:
//
//	plain error              retried with growing delays, a dead letter after the last attempt
//	After(d, err)            retried no sooner than d from now
//	Permanently(reason, err) a dead letter at once: no retry will cure it
//	Dropped(reason)          acknowledged and counted under its reason: intended, not an error
//
// Reasons are short constants in [a-z0-9_]: they become metric labels and subject tokens. Input text never belongs in one.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Permanent is an error that no retry will cure.
type Permanent struct {
	Reason string
	Err    error
}

// Permanently marks err as one that no retry will cure. A nil err is replaced by the reason itself.
func Permanently(reason string, err error) error {
	if err == nil {
		err = errors.New(reason)
	}
	return &Permanent{Reason: reason, Err: err}
}

func (p *Permanent) Error() string { return p.Reason + ": " + p.Err.Error() }

// Unwrap returns the cause.
func (p *Permanent) Unwrap() error { return p.Err }

// Delayed is an error that must not be retried before Delay has passed, such as an HTTP 429 with Retry-After.
type Delayed struct {
	Delay time.Duration
	Err   error
}

// After asks for a retry no sooner than d from now. A negative d counts as zero.
func After(d time.Duration, err error) error {
	if err == nil {
		err = errors.New("asked to wait")
	}
	return &Delayed{Delay: max(d, 0), Err: err}
}

func (d *Delayed) Error() string { return fmt.Sprintf("not before %s: %v", d.Delay, d.Err) }

// Unwrap returns the cause.
func (d *Delayed) Unwrap() error { return d.Err }

// Drop is the intended end of a message that yields nothing.
type Drop struct{ Reason string }

// Dropped ends a message on purpose; it is counted under reason and is not an error to anyone.
func Dropped(reason string) error { return &Drop{Reason: reason} }

func (d *Drop) Error() string { return "dropped: " + d.Reason }
