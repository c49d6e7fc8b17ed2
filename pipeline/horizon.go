package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// horizon is how far a reading of what is stored now has to go. On a cluster a reader is given to any server that has a copy of the stream, and a copy
// may lag behind: what it holds is everything only once it has come up to the last message that the stream's leader knows.
type horizon struct {
	bus    *Bus
	stream string
	start  jetstream.OrderedConsumerConfig
	last   uint64 // sequence of the last message to be read, by the leader; 0 where there is none, or nothing that can lag
	seen   uint64 // that of the last one that came
}

// horizon asks the leader. Of the stream of stories it does not: whoever may read nothing else may not ask either, and to see a story a moment later
// does no harm.
func (b *Bus) horizon(ctx context.Context, stream string, start jetstream.OrderedConsumerConfig) (*horizon, error) {
	h := &horizon{bus: b, stream: stream, start: start}
	if !b.clustered() || stream == streamStories {
		return h, nil
	}
	return h, b.patiently(ctx, h.look)
}

func (h *horizon) look(ctx context.Context) error {
	timed, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	filters := h.start.FilterSubjects
	if len(filters) == 0 {
		filters = []string{">"}
	}
	last := uint64(0)
	for _, filter := range filters {
		m, err := h.bus.askLeader(timed, h.stream, map[string]any{"last_by_subj": filter})
		if err != nil {
			return fmt.Errorf("read stream %s: %w", h.stream, err)
		}
		since := h.start.OptStartTime
		if m != nil && m.Sequence >= h.start.OptStartSeq && (since == nil || !m.Time.Before(*since)) {
			last = max(last, m.Sequence)
		}
	}
	h.last = last
	return nil
}

// reached says that a message is the last one, which has so many behind it on the server that is read from.
func (h *horizon) reached(sequence, pending uint64) bool {
	h.seen = sequence
	return pending == 0 && sequence >= h.last
}

// lagPause is how long no message has to come before the leader is asked once more what there is.
const lagPause = time.Second

// next is the next message of a reading. Where the last one was removed before the copy had it, the reading ends with errStop.
func (h *horizon) next(ctx context.Context, messages jetstream.MessagesContext) (jetstream.Msg, error) {
	for h.last > 0 {
		timed, cancel := context.WithTimeout(ctx, lagPause)
		msg, err := messages.Next(jetstream.NextContext(timed))
		cancel()
		if err == nil || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
			return msg, err
		}
		if err := h.look(ctx); err == nil && h.last <= h.seen {
			return nil, errStop
		}
	}
	return messages.Next(jetstream.NextContext(ctx))
}
