package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// lagPause is how long no message has to come before the rest is asked of the leader.
const lagPause = 2 * time.Second

// errLags ends a reading of a copy that has no more, and not yet what the leader has; or of a reader that the server has lost.
var errLags = errors.New("the copy of the stream lags behind")

// next is the next message of a reading. Where none comes, and there are more, it fails with errLags: the rest is for the leader to tell.
func (h *horizon) next(ctx context.Context, messages jetstream.MessagesContext) (jetstream.Msg, error) {
	if h.last == 0 {
		return messages.Next(jetstream.NextContext(ctx))
	}
	timed, cancel := context.WithTimeout(ctx, lagPause)
	defer cancel()
	msg, err := messages.Next(jetstream.NextContext(timed))
	if ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return nil, errLags
	}
	return msg, err
}

// rest gives fn what the leader has behind the last message that was seen, until fn fails. It takes a question for each.
func (h *horizon) rest(ctx context.Context, fn func(*keptMessage) error) error {
	for {
		var m *keptMessage
		err := h.bus.patiently(ctx, func(ctx context.Context) (err error) {
			timed, cancel := context.WithTimeout(ctx, requestTimeout)
			defer cancel()
			m, err = h.bus.askLeader(timed, h.stream, h.following())
			return err
		})
		if err != nil || m == nil {
			return err
		}
		h.seen = m.Sequence
		if filters := h.start.FilterSubjects; len(filters) > 0 && !slices.ContainsFunc(filters, func(f string) bool { return covers(f, m.Subject) }) {
			continue
		}
		if err := fn(m); err != nil {
			return err
		}
	}
}

// following asks for the first message behind the last one that was seen.
func (h *horizon) following() map[string]any {
	if since := h.start.OptStartTime; since != nil && h.seen == 0 {
		return map[string]any{"start_time": since, "next_by_subj": ">"}
	}
	return map[string]any{"seq": max(h.seen+1, h.start.OptStartSeq), "next_by_subj": ">"}
}
