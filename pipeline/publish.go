package pipeline

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
)

// ReasonTooBig is the reason of a dead letter for a message that is larger than the server takes, even compressed.
const ReasonTooBig = "too_big"

// errFenced says that the state stream holds something that this writer has not seen.
var errFenced = errors.New("another writer has written to the state stream")

// Answers of the server, by https://github.com/nats-io/nats-server/blob/main/server/errors.json
const (
	codeNoResources   jetstream.ErrorCode = 10023 // the store's limit
	codeNoStorage     jetstream.ErrorCode = 10047 // the same, found elsewhere
	codeStoreFailed   jetstream.ErrorCode = 10077 // the stream's limit
	codeHeaderTooLong jetstream.ErrorCode = 10097
)

// firstWait is the pause after a first try that failed; pauses grow up to longestWait, which a cluster without a leader makes everyone wait.
const (
	firstWait   = 100 * time.Millisecond
	longestWait = time.Second
)

// publish stores a message and returns the server's receipt. It tries again, with the same message id, until ctx ends: a leader change
// takes seconds, a full store until someone makes room. Only what no repetition cures comes back at once: errFenced, or a permanent fault.
func (b *Bus) publish(ctx context.Context, m *nats.Msg, options ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	if int64(len(m.Data)) > b.nc.MaxPayload()-headerRoom {
		return nil, fault.Permanently(ReasonTooBig, fmt.Errorf("%d bytes for %s, the server takes %d", len(m.Data), m.Subject, b.nc.MaxPayload()))
	}
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		ack, err := b.js.PublishMsg(ctx, m, options...)
		if err == nil && wait > firstWait && ack.Duplicate { // perhaps it repeats our own first try, whose receipt was lost
			var own bool
			own, err = b.ours(ctx, m, ack)
			ack.Duplicate = !own
		}
		if err == nil {
			b.store.accepted(b.log, streamOf(m.Subject))
			return ack, nil
		}
		if final := b.refusal(err); final != nil {
			return nil, fmt.Errorf("publish %s: %w", m.Subject, final)
		}
		if ctx.Err() == nil {
			b.store.refused(b.log.With("max_store_bytes", b.cfg.MaxStoreBytes), streamOf(m.Subject), err)
		}
		if !pause(ctx, wait) {
			return nil, fmt.Errorf("publish %s: %w; last answer: %w", m.Subject, context.Cause(ctx), err)
		}
	}
}

// ours reports whether the message that the server takes m for a repetition of says the same. It may be another writer's: the id of a state
// names its story and revision, and not the article that it was made from. What is no longer there is not ours.
func (b *Bus) ours(ctx context.Context, m *nats.Msg, ack *jetstream.PubAck) (bool, error) {
	body, err := b.codec.decode(m.Header, m.Data)
	if err != nil {
		return false, nil //nolint:nilerr // whatever it is, it is not what is stored
	}
	timed, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	e, ok, err := b.next(timed, ack.Stream, ack.Sequence)
	return ok && e.Sequence == ack.Sequence && bytes.Equal(e.Body, body), err
}

// dieSending kills the process when the server has a message and the process has no receipt.
func (b *Bus) dieSending(m *nats.Msg, options ...jetstream.PublishOpt) {
	_, _ = b.js.PublishMsgAsync(m, options...)
	_ = b.nc.Flush()
	die()
}

// refusal is what an answer of the server means where trying again cannot help; nil where it can.
func (b *Bus) refusal(err error) error {
	switch {
	case errors.Is(err, nats.ErrMaxPayload):
		return fault.Permanently(ReasonTooBig, err)
	case errors.Is(err, nats.ErrBadSubject):
		return fault.Permanently(ReasonNoStream, err)
	case errors.Is(err, nats.ErrConnectionClosed):
		return err // for good: the message stays where it is, for the next start
	}
	switch codeOf(err) {
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return errFenced
	case jetstream.JSErrCodeStreamMessageExceedsMaximum, codeHeaderTooLong:
		return fault.Permanently(ReasonTooBig, err)
	}
	return nil
}

func codeOf(err error) jetstream.ErrorCode {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok {
		return api.ErrorCode
	}
	return 0
}

// pause waits for d and reports whether ctx is still alive.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
