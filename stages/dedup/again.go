package dedup

import (
	"slices"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// again handles an article that a story lists already: the same revision, or an older one, yields only what a crash left undone; a newer one
// takes the place of the old, and the story's facts are computed anew. It is never a second report.
func (s *Stage) again(e *index.Entry, i int, a message.Article) ([]message.State, error) {
	old := e.State.Members[i]
	if old.Digest == a.Digest || a.Fetched.Before(old.Fetched) {
		if left := s.unfinished(e, a); len(left) > 0 {
			return left, nil
		}
		return nil, fault.Dropped("known")
	}
	a.ID = old.Article // where it came under another address of the same page
	in := arrive(a)
	in.member.CopyOf = old.CopyOf
	next := following(e.State, message.ChangeUpdate, s.decision(in, message.OutcomeRevision, nil, nil))
	next.Members = slices.Clone(next.Members)
	next.Members[i] = in.member
	next.Story.Reports = slices.Clone(next.Story.Reports)
	for j, r := range next.Story.Reports {
		if r.Article == a.ID {
			next.Story.Reports[j] = report(a, r.Why)
		}
	}
	return s.finish(next, e.State, in), nil
}

// unfinished are the states that should have followed the last decisions on a story and did not: tombstones of stories merged into
// it, and marks on the stories that it is linked with.
func (s *Stage) unfinished(e *index.Entry, a message.Article) []message.State {
	var out []message.State
	for _, alias := range e.State.Story.Aliases {
		if loser, ok := s.index.Exact(alias); ok && loser.Merged() == "" {
			out = append(out, tombstone(loser.State, e.ID(), e.State.Story.Decision))
		}
	}
	return append(out, s.backlinks(e.State, a.ID, at(a))...)
}
