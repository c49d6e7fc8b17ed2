package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// loss is what a stream has no longer, although it was stored and nothing was meant to remove it.
type loss struct {
	stream   string
	messages uint64
	why      []string
}

func (l *loss) add(n uint64, format string, args ...any) {
	if n > 0 {
		l.messages += n
		l.why = append(l.why, fmt.Sprintf(format, args...))
	}
}

// inspect holds the embedded store against what the last process wrote down of it. Damage of the states refuses the start, since stories that
// are not known would be told anew; all other damage is said, and what it would block is mended.
func (b *Bus) inspect(ctx context.Context) error {
	if b.server == nil {
		return nil
	}
	timed, cancel := context.WithTimeout(ctx, b.cfg.StartTimeout)
	defer cancel()
	b.sayVanished()
	if err := b.ensureStreams(timed); err != nil { // a stream whose description is damaged takes its messages up again
		return b.unfit(err)
	}
	fatal := error(nil)
	if !hasCheckpoint(b.cfg) { // else whoever has to read all states looks before, or the daemon does while it runs
		var err error
		if fatal, err = b.lookAtStates(timed); err != nil {
			return err
		}
	}
	streams, err := b.server.streams() // what reading has found is known by now
	if err != nil {
		return err
	}
	for _, s := range streams {
		if s.Name != streamState || !b.server.counted.Load() {
			fatal = errors.Join(fatal, b.judge(damage(s, b.server.was(s.Name), time.Now())))
		}
		if err := errors.Join(b.mendConsumers(timed, s, b.server.stoppedAt(s.Name)), b.replaceReaders(s)); err != nil {
			return err
		}
	}
	if fatal != nil {
		b.server.distrust() // the next start has to find the same
		return fatal
	}
	b.server.remember(false)
	return nil
}

// was is what a stream held when it was last written down.
func (e *embedded) was(stream string) mark {
	m := e.before.Streams[stream]
	m.Last = max(m.Last, e.past[stream])
	return m
}

// lookAtStates reads every state, once in a process, and returns what is fatal about those that cannot be read, or why it could not look.
func (b *Bus) lookAtStates(ctx context.Context) (fatal, err error) {
	if b.server == nil || b.server.counted.Load() {
		return nil, nil
	}
	unreadable, err := b.unreadableStates(ctx)
	if err != nil {
		return nil, err
	}
	streams, err := b.server.streams() // reading may have found that the end is lost
	if err != nil {
		return nil, err
	}
	was, lost := b.server.was(streamState), loss{stream: streamState}
	if i := slices.IndexFunc(streams, func(s server.StreamDetail) bool { return s.Name == streamState }); i >= 0 {
		lost = damage(streams[i], was, time.Now())
	}
	more := unreadable - min(was.Unreadable, unreadable) // than was accepted before
	lost.add(more, "%d messages cannot be read", more)
	b.server.unreadable.Store(unreadable)
	b.server.counted.Store(true)
	if fatal = b.judge(lost); fatal != nil {
		b.server.distrust() // the next start has to find the same
	}
	return fatal, nil
}

// unreadableStates is how many states cannot be read. While others are written it is at least so many: each that is written may have taken the
// place of one that was counted.
func (b *Bus) unreadableStates(ctx context.Context) (n uint64, err error) {
	for range 5 {
		before, err := b.tail(ctx, streamState)
		if err != nil {
			return 0, err
		}
		readable, err := b.countStates(ctx, before.last)
		if err != nil {
			return 0, err
		}
		after, err := b.tail(ctx, streamState) // what reading has found is known by now
		if err != nil {
			return 0, err
		}
		if after.last == before.last {
			return after.messages - min(readable, after.messages), nil
		}
		if written := after.last - before.last; before.messages > readable+written {
			return before.messages - readable - written, nil
		}
	}
	return 0, nil
}

// lookLater looks at the states while the daemon runs, where it began without reading them. What it finds is said: the memory has what they held.
func (p *Pipeline) lookLater(ctx context.Context) {
	if !pause(ctx, p.tuning.later) {
		return
	}
	fatal, err := p.bus.lookAtStates(ctx)
	switch {
	case fatal != nil:
		p.log.Error("the store is damaged: the daemon knows from its checkpoint what is lost, and would not without it", "err", fatal)
	case err != nil && ctx.Err() == nil:
		p.log.Warn("it was not looked whether all states can be read", "err", err)
	}
}

// lookAtStore writes down what the embedded store holds. Where a stream ends before it did a minute ago the server has met damage while it
// read: that is said, and the stages are put right.
func (b *Bus) lookAtStore(ctx context.Context) {
	if b.server == nil {
		return
	}
	streams, err := b.server.streams()
	if err != nil {
		b.log.Warn("the store was not looked at", "err", err)
		return
	}
	for _, s := range streams {
		had := b.server.ends[s.Name]
		if b.server.ends[s.Name] = s.State.LastSeq; s.State.LastSeq >= had {
			continue
		}
		if s.Name == streamState {
			b.server.distrust() // the next start has to find it
		}
		b.log.Error("the store is damaged: a stream has lost its end while it was read", "dir", b.cfg.Dir, "stream", s.Name, "last_seq", s.State.LastSeq, "had", had)
		if err := b.mendConsumers(ctx, s, nil); err != nil {
			b.log.Error("a stage would pass over new messages, start the daemon again", "err", err)
		}
	}
	b.server.remember(false)
}

// sayVanished names the streams that the server did not find, before they are made again.
func (b *Bus) sayVanished() {
	streams, err := b.server.streams()
	if err != nil {
		return // said by the next to ask
	}
	for name, was := range b.server.before.Streams {
		if was.Messages > 0 && !slices.ContainsFunc(streams, func(s server.StreamDetail) bool { return s.Name == name }) {
			b.log.Error("the server did not find a stream that was there: what describes it is damaged, its messages are taken up again where they can be read",
				"dir", b.cfg.Dir, "stream", name, "messages", was.Messages, "last_seq", was.Last)
		}
	}
}

// damage is what a stream lost since it was written down. Messages go for three reasons without being lost: their age, the limit of a stream
// whose oldest go, and a newer message of their subject.
func damage(s server.StreamDetail, was mark, now time.Time) loss {
	l := loss{stream: s.Name}
	if s.State.Lost != nil {
		l.add(uint64(len(s.State.Lost.Msgs)), "the server lost %d messages", len(s.State.Lost.Msgs))
	}
	if s.State.LastSeq < was.Last {
		l.add(was.Last-s.State.LastSeq, "it ends at %d, and had %d", s.State.LastSeq, was.Last)
	}
	i := slices.IndexFunc(layouts(), func(l layout) bool { return l.name == s.Name })
	if i < 0 || len(l.why) > 0 {
		return l // a bucket, or the rest is part of the same
	}
	layout := layouts()[i]
	aged := !was.Oldest.IsZero() && now.Sub(was.Oldest) > layout.age
	switch {
	case layout.discardOld || aged:
	case layout.perSubject > 0:
		l.add(was.Messages-min(s.State.Msgs, was.Messages), "it has %d messages, and had %d", s.State.Msgs, was.Messages)
	default:
		l.add(uint64(s.State.NumDeleted), "%d messages are gone from between others", s.State.NumDeleted)
		if was.Messages > 0 {
			l.add(max(s.State.FirstSeq, was.First)-was.First, "it begins at %d, and began at %d", s.State.FirstSeq, was.First)
		}
	}
	return l
}

// judge says what a loss means.
func (b *Bus) judge(l loss) error {
	if l.messages == 0 {
		return nil
	}
	if l.stream == streamState && !b.cfg.accepts(acceptDamage) {
		return fmt.Errorf("data directory %s is damaged: stream %s lost %d messages (%s). They are the memory of which report belongs to which story: "+
			"without them reports that are already told would be told again. Restore the directory from a copy; or start once with accept: damage "+
			"(RAWI_ACCEPT=damage) to go on with what is left, and bring back the articles that are kept with rawi replay --from dedup --since 30d",
			b.cfg.Dir, l.stream, l.messages, strings.Join(l.why, ", "))
	}
	b.log.Error("the store is damaged: messages are lost, going on with what is left", "dir", b.cfg.Dir, "stream", l.stream,
		"messages", l.messages, "why", strings.Join(l.why, ", "))
	return nil
}

// mendConsumers makes sure that every stage is given what its stream holds. A consumer that is ahead of its stream would pass over as many
// new messages as were lost, one whose position is not that of the last stop over others: the server keeps positions without a checksum. What
// a stage is given twice is recognised.
func (b *Bus) mendConsumers(ctx context.Context, s server.StreamDetail, stopped map[string]position) error {
	for _, c := range s.Consumer {
		is := positionOf(c)
		was, known := stopped[c.Name]
		ahead := max(is.Delivered, is.Finished) > s.State.LastSeq
		switch {
		case !ahead && (!known || is == was):
			continue
		case !ofStage(c):
			b.log.Error("a subscriber is ahead of its stream, and will not be given the next messages: it has to make its consumer again",
				"stream", s.Name, "consumer", c.Name, "delivered", is.Delivered, "last_seq", s.State.LastSeq)
			continue
		}
		if err := b.js.DeleteConsumer(ctx, s.Name, c.Name); err != nil {
			return fmt.Errorf("the position of consumer %s on stream %s is damaged, and it cannot be removed: %w", c.Name, s.Name, err)
		}
		b.log.Error("the position of a stage is damaged, it reads all that is kept again", "stream", s.Name, "stage", c.Name,
			"delivered", is.Delivered, "finished", is.Finished, "in_hand", is.InHand, "last_seq", s.State.LastSeq)
	}
	return nil
}

// replaceReaders makes it possible to make the consumers again that the server could not read.
func (b *Bus) replaceReaders(s server.StreamDetail) error {
	for _, name := range b.server.had[s.Name] {
		if slices.ContainsFunc(s.Consumer, func(c *server.ConsumerInfo) bool { return c.Name == name }) {
			continue
		}
		aside, err := b.server.setAside(s.Name, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody has removed it meanwhile
		}
		if err != nil {
			return fmt.Errorf("consumer %s of stream %s is damaged and cannot be moved aside: %w", name, s.Name, err)
		}
		b.log.Error("the position of a reader is lost: a stage reads all that is kept again, a subscriber has to make its consumer again",
			"stream", s.Name, "consumer", name, "moved_to", aside)
	}
	return nil
}

// countStates reads every state up to a sequence, so that the server notices the damaged ones now and not one by one.
func (b *Bus) countStates(ctx context.Context, last uint64) (readable uint64, err error) {
	cons, err := b.js.OrderedConsumer(ctx, streamState, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{message.StateSubjects}, DeliverPolicy: jetstream.DeliverAllPolicy, HeadersOnly: true,
	})
	if err != nil {
		return 0, fmt.Errorf("read stream %s: %w", streamState, err)
	}
	for pending := cons.CachedInfo().NumPending; pending > 0; {
		batch, err := cons.FetchNoWait(1000)
		if err != nil {
			return readable, fmt.Errorf("read stream %s: %w", streamState, err)
		}
		took := uint64(0)
		for msg := range batch.Messages() {
			took++
			if meta, err := msg.Metadata(); err == nil {
				if pending = meta.NumPending; meta.Sequence.Stream <= last {
					readable++
				}
			}
		}
		if took == 0 {
			break // there are no more that can be read
		}
	}
	return readable, ctx.Err()
}
