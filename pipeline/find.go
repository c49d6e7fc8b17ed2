package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// ErrNotKept says that the streams keep no such message: it never came, or longer ago than they remember.
var ErrNotKept = errors.New("not kept")

// Story returns the last state of a story by its id, also of one that was merged into another (see MergedInto) or whose reports were all taken
// back. It costs one read. errors.Is(err, ErrNotKept) where there is none.
func (b *Bus) Story(ctx context.Context, id string) (message.Story, error) {
	var s struct {
		Story message.Story `json:"story"`
	}
	err := b.lastState(ctx, id, &s)
	s.Story.Type = message.StoryV1
	return s.Story, err
}

// State returns the last state of a story by its id, as Story does, with its members.
func (b *Bus) State(ctx context.Context, id string) (message.State, error) {
	var s message.State
	err := b.lastState(ctx, id, &s)
	return s, err
}

func (b *Bus) lastState(ctx context.Context, id string, v any) error {
	stream, err := b.js.Stream(ctx, streamState)
	if err != nil {
		return fmt.Errorf("stream %s: %w", streamState, err)
	}
	m, err := stream.GetLastMsgForSubject(ctx, message.State{Story: message.Story{ID: id}}.Subject())
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("story %q: %w", id, ErrNotKept)
	}
	if err != nil {
		return fmt.Errorf("state of story %q: %w", id, err)
	}
	return b.open(m, v)
}

// Revisions gives fn the revisions of a story that are kept on its subjects, oldest first, with the retractions among them.
func (b *Bus) Revisions(ctx context.Context, id string, fn func(Envelope) error) error {
	return b.read(ctx, streamStories, []string{"news.story.*.*." + message.Token(id)}, Beginning(), fn)
}

// Article returns the article that stands at a sequence of its stream. errors.Is(err, ErrNotKept) where none does.
func (b *Bus) Article(ctx context.Context, sequence uint64) (message.Article, error) {
	var a message.Article
	m, err := b.original(ctx, streamArticles, sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return a, fmt.Errorf("article at %d: %w", sequence, ErrNotKept)
	}
	if err != nil {
		return a, err
	}
	return a, b.open(m, &a)
}

// open reads a stored message into v.
func (b *Bus) open(m *jetstream.RawStreamMsg, v any) error {
	body, err := b.codec.decode(m.Header, m.Data)
	if err == nil {
		err = json.Unmarshal(body, v)
	}
	if err != nil {
		return fmt.Errorf("message %d on %s cannot be read: %w", m.Sequence, m.Subject, err)
	}
	return nil
}

// FollowArticles gives fn the id and sequence of every article behind a sequence, those that are kept and those that come, until ctx ends or
// reading fails. Of the messages only headers are read.
func (b *Bus) FollowArticles(ctx context.Context, behind uint64, fn func(id string, sequence uint64)) error {
	start := fromSequence(behind + 1)
	start.FilterSubjects, start.HeadersOnly = []string{message.ArticleSubjects}, true
	return b.unlessRefused(ctx, func(ctx context.Context) error {
		cons, done, err := b.ordered(ctx, streamArticles, start)
		if err != nil {
			return err
		}
		defer done()
		err = heads(ctx, &horizon{stream: streamArticles}, cons, func(h head, _ uint64) error {
			fn(key{id: h.id()}.article(), h.seq)
			return nil
		})
		return fmt.Errorf("read stream %s: %w", streamArticles, err)
	})
}

// FollowStories gives fn every revision of a story behind a sequence that is on one of the subjects, those that are kept and those that come,
// until ctx ends, reading fails or fn does.
func (b *Bus) FollowStories(ctx context.Context, subjects []string, behind uint64, fn func(Envelope) error) error {
	start := fromSequence(behind + 1)
	start.FilterSubjects = subjects
	return b.unlessRefused(ctx, func(ctx context.Context) error {
		cons, done, err := b.ordered(ctx, streamStories, start)
		if err != nil {
			return err
		}
		defer done()
		return b.drain(ctx, &horizon{stream: streamStories}, cons, fn)
	})
}

// StoryEnds are the first and the last sequence of the stream of stories; last is 0 while nothing was ever stored there.
func (b *Bus) StoryEnds(ctx context.Context) (first, last uint64, err error) {
	s, err := b.js.Stream(ctx, streamStories)
	if err != nil {
		return 0, 0, fmt.Errorf("stream %s: %w", streamStories, err)
	}
	return s.CachedInfo().State.FirstSeq, s.CachedInfo().State.LastSeq, nil
}

// DeadBehind gives fn the dead letters behind a sequence that the filter chooses, oldest first, until fn fails.
func (b *Bus) DeadBehind(ctx context.Context, f DeadFilter, behind uint64, fn func(DeadLetter) error) error {
	start := fromSequence(behind + 1)
	if behind == 0 && !f.Since.IsZero() {
		start = Since(f.Since).config(nil)
	}
	start.FilterSubjects = []string{f.subject()}
	return b.readFrom(ctx, streamDead, start, func(e Envelope) error {
		d := DeadLetter{Sequence: e.Sequence}
		if err := e.Decode(&d.Dead); err != nil {
			return err
		}
		return fn(d)
	})
}
