package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// reentries counts the messages that came into the streams before the state stream, and were neither brought by a source nor made by a stage:
// retried dead letters, replayed messages and what people decided. Each of them says so in a header or by its subject, so the streams themselves
// are the counter. A message and its entry in the account are stored in one step, whoever brings it and whenever that process dies.
type reentries struct {
	mu    sync.Mutex
	until map[string]uint64 // sequence up to which each stream was looked at
	n     uint64
}

// scanTimeout bounds one look at the streams: the watch has other things to do, and the next look goes on where this one ended.
const scanTimeout = 15 * time.Second

// begin forgets what was and counts what is stored from now on.
func (r *reentries) begin(ctx context.Context, b *Bus) error {
	ends, err := b.ends(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until, r.n = ends, 0
	return err
}

// count is the number of messages that were brought back since begin, up to the given ends of the streams.
func (r *reentries) count(ctx context.Context, b *Bus, ends map[string]uint64) (uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	timed, cancel := context.WithTimeout(ctx, scanTimeout)
	defer cancel()
	if r.until == nil {
		r.until = map[string]uint64{}
	}
	for stream, end := range ends {
		err := b.scan(timed, stream, fromSequence(r.until[stream]+1), end, func(h head) error {
			if reentered(h.header) || covers(message.RulingSubjects, h.subject) && message.ByHand(ownID(h.id())) {
				r.n++
			}
			r.until[stream] = h.seq
			return nil
		})
		if err != nil {
			return r.n, fmt.Errorf("count replayed messages: %w", err)
		}
		r.until[stream] = max(r.until[stream], end) // also where the last messages were removed
	}
	return r.n, nil
}

// ends are the last sequences of the streams before the state stream.
func (b *Bus) ends(ctx context.Context) (map[string]uint64, error) {
	ends := map[string]uint64{}
	for _, l := range layouts() {
		if l.name == streamState {
			break
		}
		last, err := b.lastSequence(ctx, l.name)
		if err != nil {
			return nil, err
		}
		ends[l.name] = last
	}
	return ends, nil
}

// reentered says that a message was brought back by a retry or a replay.
func reentered(h nats.Header) bool { return h.Get(HeaderRetry) != "" || h.Get(HeaderOriginal) != "" }

// head is a stored message without its body.
type head struct {
	seq     uint64
	time    time.Time
	subject string
	size    int64 // of the body, in bytes
	header  nats.Header
}

func (h head) id() string { return h.header.Get(nats.MsgIdHdr) }

func fromSequence(seq uint64) jetstream.OrderedConsumerConfig {
	return jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: max(seq, 1)}
}

// scan gives fn the heads of a stream's messages from where start says up to a sequence.
func (b *Bus) scan(ctx context.Context, stream string, start jetstream.OrderedConsumerConfig, last uint64, fn func(head) error) error {
	if last < start.OptStartSeq {
		return nil
	}
	start.HeadersOnly = true
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
	upTo := func(h head, pending uint64) error {
		if h.seq > last {
			return errStop
		}
		if err := fn(h); err != nil || !end.reached(h.seq, pending) && h.seq < last {
			return err
		}
		return errStop
	}
	err = heads(ctx, end, cons, upTo)
	if errors.Is(err, errLags) {
		err = end.rest(ctx, func(m *keptMessage) error {
			header, err := m.header()
			if err != nil {
				return fmt.Errorf("message %d: %w", m.Sequence, err)
			}
			return upTo(head{seq: m.Sequence, time: m.Time, subject: m.Subject, size: int64(len(m.Data)), header: header}, 0)
		})
	}
	if err != nil && !errors.Is(err, errStop) {
		return fmt.Errorf("read stream %s: %w", stream, err)
	}
	return nil
}

func heads(ctx context.Context, to *horizon, cons jetstream.Consumer, fn func(h head, pending uint64) error) error {
	messages, err := cons.Messages()
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		msg, err := to.next(ctx, messages)
		if err != nil {
			return err
		}
		meta, err := msg.Metadata()
		if err != nil {
			return err
		}
		h := head{seq: meta.Sequence.Stream, time: meta.Timestamp, subject: msg.Subject(), header: msg.Headers()}
		_, _ = fmt.Sscan(h.header.Get(nats.MsgSize), &h.size) // the server's own header: where it is missing nothing is said of the size
		if err := fn(h, meta.NumPending); err != nil {
			return err
		}
	}
}
