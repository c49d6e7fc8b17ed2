package crash

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

// errEnd ends the reading of a stream.
var errEnd = errors.New("everything was read")

// Collect reads what a run left behind. Nothing may write to the streams meanwhile.
func Collect(ctx context.Context, b *pipeline.Bus) (Found, error) {
	f := Found{Dead: map[int][]string{}}
	if err := readAll(ctx, b, message.StateSubjects, f.state); err != nil {
		return f, err
	}
	if err := readAll(ctx, b, message.StorySubjects, f.story); err != nil {
		return f, err
	}
	err := b.Dead(ctx, pipeline.Beginning(), func(l pipeline.DeadLetter) error {
		n, ok := NumberOf(string(l.Body))
		if !ok {
			f.Strays = append(f.Strays, fmt.Sprintf("%s.%s of %s %s: %v", l.Stage, l.Reason, l.Of, l.MsgID, l.Errors))
			return nil
		}
		f.Dead[n] = append(f.Dead[n], l.Stage+"."+l.Reason)
		return nil
	})
	return f, err
}

// readAll gives fn what a stream holds, up to its end.
func readAll(ctx context.Context, b *pipeline.Bus, subjects string, fn func(pipeline.Envelope) error) error {
	err := b.Tail(ctx, []string{subjects}, pipeline.Beginning(), func(e pipeline.Envelope) error {
		if err := fn(e); err != nil || e.Pending > 0 {
			return err
		}
		return errEnd
	})
	if errors.Is(err, errEnd) {
		return nil
	}
	return errors.Join(fmt.Errorf("%s was not read to its end", subjects), err)
}

func (f *Found) state(e pipeline.Envelope) error {
	var s message.State
	if err := e.Decode(&s); err != nil {
		return err
	}
	f.Decisions = max(f.Decisions, e.Sequence)
	f.States = append(f.States, State{
		ID: s.Story.ID, Revision: s.Story.Revision, Merged: s.Story.MergedInto != "", Numbers: numbers(s.Story.Reports), Members: len(s.Members),
	})
	return nil
}

func (f *Found) story(e pipeline.Envelope) error {
	var s message.Story
	if err := e.Decode(&s); err != nil {
		return err
	}
	f.Told = append(f.Told, Told{
		ID: s.ID, Revision: s.Revision, Subject: e.Subject, Retract: s.Change == message.ChangeRetract, Numbers: numbers(s.Reports),
	})
	return nil
}

// numbers of reports; -1 stands for an address that is none of the oracle's.
func numbers(reports []message.Report) []int {
	all := make([]int, len(reports))
	for i, r := range reports {
		n, ok := NumberOf(r.URL)
		if !ok {
			n = -1
		}
		all[i] = n
	}
	slices.Sort(all)
	return all
}
