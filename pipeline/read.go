package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// errStop ends a reading on purpose.
var errStop = errors.New("stop reading")

// Envelope is a message as a reader sees it. Body is JSON, already decompressed.
type Envelope struct {
	Subject  string      `json:"subject"`
	Stream   string      `json:"stream"`
	Sequence uint64      `json:"sequence"`
	Time     time.Time   `json:"time"` // when it was stored
	Kind     string      `json:"kind"` // name and version of its type
	ID       string      `json:"id"`   // its idempotency key
	Header   nats.Header `json:"header"`
	Body     []byte      `json:"-"`
	Pending  uint64      `json:"-"` // messages behind it that were stored already
}

// Decode reads the body into v.
func (e Envelope) Decode(v any) error {
	if err := json.Unmarshal(e.Body, v); err != nil {
		return fmt.Errorf("decode message %d of stream %s: %w", e.Sequence, e.Stream, err)
	}
	return nil
}

// Start is where a reading begins.
type Start struct {
	policy jetstream.DeliverPolicy
	since  time.Time
}

// Live begins with what is stored from now on.
func Live() Start { return Start{policy: jetstream.DeliverNewPolicy} }

// Beginning begins with the oldest message kept.
func Beginning() Start { return Start{policy: jetstream.DeliverAllPolicy} }

// Since begins with what was stored at t.
func Since(t time.Time) Start {
	return Start{policy: jetstream.DeliverByStartTimePolicy, since: t}
}

// LastPerSubject begins with the last message of each subject.
func LastPerSubject() Start { return Start{policy: jetstream.DeliverLastPerSubjectPolicy} }

func (s Start) config(subjects []string) jetstream.OrderedConsumerConfig {
	cfg := jetstream.OrderedConsumerConfig{FilterSubjects: subjects, DeliverPolicy: s.policy}
	if s.policy == jetstream.DeliverByStartTimePolicy {
		cfg.OptStartTime = &s.since
	}
	return cfg
}

// Tail gives fn every message of the subjects, in the order of each stream, until ctx ends or fn fails. The end of ctx is no error. fn is
// called from one goroutine at a time. Nothing is acknowledged: readers do not disturb each other or the pipeline.
func (b *Bus) Tail(ctx context.Context, subjects []string, from Start, fn func(Envelope) error) error {
	byStream := map[string][]string{}
	for _, s := range subjects {
		stream := streamOf(s)
		if stream == "" {
			return fmt.Errorf("no stream stores %q: subjects begin with news.story., news.article., news.raw. or the like", s)
		}
		if !wellFormed(s) {
			return fmt.Errorf("%q is no subject: write tokens apart by dots, * for any one of them and > at the end for all that follow, "+
				"such as news.story.operation.ma.>", s)
		}
		byStream[stream] = append(byStream[stream], s)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var one sync.Mutex
	var readers sync.WaitGroup
	for stream, filters := range byStream {
		readers.Go(func() {
			cancel(b.follow(ctx, stream, filters, from, func(e Envelope) error {
				one.Lock()
				defer one.Unlock()
				return fn(e)
			}))
		})
	}
	readers.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

// wellFormed reports whether a server takes a subject to read from.
func wellFormed(subject string) bool {
	tokens := strings.Split(subject, ".")
	for i, t := range tokens {
		last := i == len(tokens)-1
		if t == "" || strings.ContainsFunc(t, func(r rune) bool { return r <= ' ' }) || len(t) > 1 && strings.ContainsAny(t, "*>") || t == ">" && !last {
			return false
		}
	}
	return true
}

// follow reads one stream until ctx ends or fn fails.
func (b *Bus) follow(ctx context.Context, stream string, subjects []string, from Start, fn func(Envelope) error) error {
	return b.unlessRefused(ctx, func(ctx context.Context) error {
		cons, done, err := b.ordered(ctx, stream, from.config(subjects))
		if err != nil {
			return err
		}
		defer done()
		return b.drain(ctx, &horizon{stream: stream}, cons, fn)
	})
}

// read gives fn what is stored now, and returns.
func (b *Bus) read(ctx context.Context, stream string, subjects []string, from Start, fn func(Envelope) error) error {
	return b.readFrom(ctx, stream, from.config(subjects), fn)
}

func (b *Bus) readFrom(ctx context.Context, stream string, start jetstream.OrderedConsumerConfig, fn func(Envelope) error) error {
	return b.unlessRefused(ctx, func(ctx context.Context) error { return b.readNow(ctx, stream, start, fn) })
}

func (b *Bus) readNow(ctx context.Context, stream string, start jetstream.OrderedConsumerConfig, fn func(Envelope) error) error {
	end, err := b.horizon(ctx, stream, start)
	if err != nil {
		return err
	}
	cons, done, err := b.ordered(ctx, stream, start)
	if err != nil {
		return err
	}
	defer done()
	if cons.CachedInfo().NumPending == 0 && end.last == 0 {
		return nil
	}
	upTo := func(e Envelope) error {
		if err := fn(e); err != nil || !end.reached(e.Sequence, e.Pending) {
			return err
		}
		return errStop
	}
	err = b.drain(ctx, end, cons, upTo)
	if errors.Is(err, errLags) {
		err = end.rest(ctx, func(m *keptMessage) error {
			e, err := b.envelopeOf(stream, m)
			if err != nil {
				return err
			}
			return upTo(e)
		})
	}
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

func (b *Bus) drain(ctx context.Context, to *horizon, cons jetstream.Consumer, fn func(Envelope) error) error {
	messages, err := cons.Messages()
	if err != nil {
		return fmt.Errorf("read stream %s: %w", to.stream, err)
	}
	defer messages.Stop()
	for {
		msg, err := to.next(ctx, messages)
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("read stream %s: %w", to.stream, err)
		}
		e, err := b.envelope(msg)
		if err != nil {
			return fmt.Errorf("read stream %s: %w", to.stream, err)
		}
		if err := fn(e); err != nil {
			return err
		}
	}
}

func (b *Bus) envelope(msg jetstream.Msg) (Envelope, error) {
	meta, err := msg.Metadata()
	if err != nil {
		return Envelope{}, err
	}
	body, err := b.codec.decode(msg.Headers(), msg.Data())
	if err != nil {
		return Envelope{}, fmt.Errorf("message %d: %w", meta.Sequence.Stream, err)
	}
	return Envelope{
		Subject: msg.Subject(), Stream: meta.Stream, Sequence: meta.Sequence.Stream, Time: meta.Timestamp,
		Kind: msg.Headers().Get(HeaderKind), ID: msg.Headers().Get(nats.MsgIdHdr), Header: msg.Headers(), Body: body, Pending: meta.NumPending,
	}, nil
}

// lastSequence is that of the last message ever stored in a stream.
func (b *Bus) lastSequence(ctx context.Context, stream string) (uint64, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return 0, fmt.Errorf("stream %s: %w", stream, err)
	}
	return s.CachedInfo().State.LastSeq, nil
}
