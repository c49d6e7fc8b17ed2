package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

var errNoTell = errors.New("its messages are states, which only dedup may write: a replay has to tell of them itself, and lacks the stage for it")

// planStories looks which of the last states have stories that their subjects lack. States are not copied: the last one of a story is its truth,
// and a copy of it could undo a newer one.
func (b *Bus) planStories(ctx context.Context, p *ReplayPlan) error {
	r := p.request
	switch {
	case p.Stream != streamState || r.Tell == nil:
		return fmt.Errorf("stage %s: %w", p.Stage, errNoTell)
	case r.Source != "":
		return fmt.Errorf("stage %s: a story has many sources, so it cannot be replayed for %q alone", p.Stage, r.Source)
	}
	return b.read(ctx, streamState, []string{message.StateSubjects}, LastPerSubject(), func(e Envelope) error {
		if e.Time.Before(r.Since) || !r.Until.IsZero() && e.Time.After(r.Until) {
			return nil
		}
		lacking, err := b.lacking(ctx, p, e.Body)
		if err != nil {
			return fmt.Errorf("message %d of stream %s: %w", e.Sequence, streamState, err)
		}
		for _, s := range lacking {
			p.Subjects[s.Subject()]++
			p.Messages++
		}
		if len(lacking) > 0 {
			p.chosen = append(p.chosen, e.Sequence)
		}
		return nil
	})
}

// lacking are the stories of a state whose subjects carry an older revision or none.
func (b *Bus) lacking(ctx context.Context, p *ReplayPlan, body []byte) ([]message.Story, error) {
	var state message.State
	if err := json.Unmarshal(body, &state); err != nil {
		return nil, err
	}
	stories, err := p.request.Tell.Process(ctx, state)
	if err != nil {
		return nil, err
	}
	var lacking []message.Story
	for _, s := range stories {
		told, _, err := b.lastRevision(ctx, s.Subject())
		if err != nil {
			return nil, err
		}
		if told < s.Revision {
			lacking = append(lacking, s)
		}
	}
	return lacking, nil
}

// tell publishes what is lacking of one state. Where a newer state has taken its place the running daemon tells of that one.
func (s *sender) tell(ctx context.Context, seq uint64) error {
	m, err := s.message(ctx, seq)
	if m == nil {
		return err
	}
	body, err := s.bus.codec.decode(m.Header, m.Data)
	if err != nil {
		return fmt.Errorf("message %d of stream %s: %w", seq, streamState, err)
	}
	lacking, err := s.bus.lacking(ctx, s.plan, body)
	if err != nil {
		return fmt.Errorf("message %d of stream %s: %w", seq, streamState, err)
	}
	for _, story := range lacking {
		stored, err := s.bus.tellAgain(ctx, story, observe.NextSpan(m.Header.Get(HeaderTrace)), s.plan)
		if err != nil {
			return err
		}
		if stored {
			s.progress.Sent++
		} else {
			s.progress.Already++
		}
	}
	return nil
}

// tellAgain publishes a story that its subject lacks. Its id may still be known to a stream that was purged, and then it needs another one; the
// expected last revision of the subject keeps it from being told twice all the same.
func (b *Bus) tellAgain(ctx context.Context, story message.Story, trace string, p *ReplayPlan) (stored bool, err error) {
	out, err := b.codec.encode(story, trace)
	if err != nil {
		return false, err
	}
	ack, err := b.publishNewest(ctx, story, out)
	if err != nil || !ack.Duplicate {
		return err == nil, err
	}
	told, _, err := b.lastRevision(ctx, out.Subject)
	if err != nil || told >= story.Revision {
		return false, err
	}
	out.Header.Set(HeaderReplay, p.ID)
	out.Header.Set(nats.MsgIdHdr, p.prefix(story.ID)+story.Key())
	ack, err = b.publishNewest(ctx, story, out)
	return err == nil && !ack.Duplicate, err
}
