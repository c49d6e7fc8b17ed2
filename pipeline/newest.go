package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// publishNewest publishes a message. A story goes out only while its subject carries no newer revision: a process that was stopped for a while
// and comes back must not tell what others have told more of since. Such a story counts as a duplicate.
func (b *Bus) publishNewest(ctx context.Context, m message.Message, out *nats.Msg, o ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	story, ok := m.(message.Story)
	if !ok {
		return b.publish(ctx, out, o...)
	}
	for {
		var told int
		var sequence uint64
		err := patiently(ctx, func() (err error) {
			told, sequence, err = b.lastRevision(ctx, out.Subject)
			return err
		})
		if err != nil {
			return nil, err
		}
		if told >= story.Revision {
			return &jetstream.PubAck{Stream: streamStories, Sequence: sequence, Duplicate: true}, nil
		}
		ack, err := b.publish(ctx, out, append(o, jetstream.WithExpectLastSequencePerSubject(sequence))...)
		if !errors.Is(err, errFenced) {
			return ack, err
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
}

// patiently asks the server again until it answers or ctx ends, as publish does: while a cluster has no leader nobody answers, and that is no
// failure of the message in hand.
func patiently(ctx context.Context, ask func() error) error {
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		err := ask()
		if err == nil || errors.Is(err, nats.ErrConnectionClosed) || !pause(ctx, wait) {
			return err
		}
	}
}

// lastRevision is the revision that a story's subject carries and its sequence; both 0 where it carries none.
func (b *Bus) lastRevision(ctx context.Context, subject string) (revision int, sequence uint64, err error) {
	stream, err := b.storiesStream(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("stream %s: %w", streamStories, err)
	}
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, fmt.Errorf("last message of %s: %w", subject, err)
	}
	revision, err = strconv.Atoi(m.Header.Get(HeaderRevision))
	if err != nil {
		return 0, m.Sequence, nil //nolint:nilerr // whoever wrote it gave no revision: ours is newer than that
	}
	return revision, m.Sequence, nil
}

// storiesStream is the stream of stories, looked up once: it is asked for every story.
func (b *Bus) storiesStream(ctx context.Context) (jetstream.Stream, error) {
	if s := b.stories.Load(); s != nil {
		return *s, nil
	}
	s, err := b.js.Stream(ctx, streamStories)
	if err == nil {
		b.stories.Store(&s)
	}
	return s, err
}
