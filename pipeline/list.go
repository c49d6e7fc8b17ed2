package pipeline

import (
	"context"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// Stories are the current stories, by id: the last revision of each, without those that were retracted or merged into another.
func Stories(ctx context.Context, b *Bus) ([]message.Story, error) {
	last := map[string]message.Story{}
	err := b.read(ctx, streamStories, []string{message.StorySubjects}, LastPerSubject(), func(e Envelope) error {
		var s message.Story
		if err := e.Decode(&s); err != nil {
			return err
		}
		if old, ok := last[s.ID]; !ok || newer(s, old) {
			last[s.ID] = s
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var current []message.Story
	for _, s := range last {
		if s.Change != message.ChangeRetract && s.MergedInto == "" {
			current = append(current, s)
		}
	}
	slices.SortFunc(current, func(a, b message.Story) int { return strings.Compare(a.ID, b.ID) })
	return current, nil
}

// newer prefers the higher revision; one revision can stand on two subjects, retracted on the one and told on the other.
func newer(s, than message.Story) bool {
	if s.Revision != than.Revision {
		return s.Revision > than.Revision
	}
	return than.Change == message.ChangeRetract
}

// DeadLetter is a dead letter with its place in the stream of dead letters.
type DeadLetter struct {
	Sequence uint64 `json:"dead_sequence"`
	message.Dead
}

// Dead gives fn every dead letter kept that begins as start says, oldest first.
func (b *Bus) Dead(ctx context.Context, from Start, fn func(DeadLetter) error) error {
	return b.dead(ctx, message.DeadSubjects, from, fn)
}

func (b *Bus) dead(ctx context.Context, subject string, from Start, fn func(DeadLetter) error) error {
	return b.read(ctx, streamDead, []string{subject}, from, func(e Envelope) error {
		d := DeadLetter{Sequence: e.Sequence}
		if err := e.Decode(&d.Dead); err != nil {
			return err
		}
		return fn(d)
	})
}

// States gives fn the last state of every story, also of those that were retracted or merged into another: what the dedup stage knows.
func States(ctx context.Context, b *Bus, fn func(message.State) error) error {
	return b.read(ctx, streamState, []string{message.StateSubjects}, LastPerSubject(), func(e Envelope) error {
		var s message.State
		if err := e.Decode(&s); err != nil {
			return err
		}
		return fn(s)
	})
}

// Articles gives fn every article that is kept, and what people decided, in the order in which dedup reads them.
func Articles(ctx context.Context, b *Bus, from Start, fn func(Envelope) error) error {
	return b.read(ctx, streamArticles, []string{message.ArticleSubjects, message.RulingSubjects}, from, withoutHeartbeats(fn))
}
