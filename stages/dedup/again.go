package dedup

import (
	"bytes"
	"encoding/json"
	"slices"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// again handles an article that a story lists already: the same revision, or an older one, yields only what a crash left undone; a newer one,
// or the same one in which today's extractor reads something else, takes the place of the old, and the story's facts are computed anew.
// It is never a second report, and it stays in its story.
func (s *Stage) again(e *index.Entry, i int, a message.Article) ([]message.State, error) {
	old := e.State.Members[i]
	if a.Fetched.Before(old.Fetched) || old.Digest == a.Digest && !readAnew(e.State, i, a) {
		if left := s.unfinished(e, a); len(left) > 0 {
			return left, nil
		}
		return nil, fault.Dropped("known")
	}
	a.ID = old.Article // where it came under another address of the same page
	in := arrive(a)
	in.member.CopyOf = old.CopyOf
	d := s.decision(in, message.OutcomeRevision, nil, nil)
	if last := e.State.Story.Decision.At; last.After(d.At) { // an article of last week that is read anew makes its story no older
		d.At = last
	}
	next := following(e.State, message.ChangeUpdate, d)
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

// readAnew reports whether an article, of the same bytes as member i, tells something else than it did: its extractor has changed. One that
// came under another address or from another source is no better reading, and neither is one whose time is only that of its fetch.
func readAnew(s message.State, i int, a message.Article) bool {
	old, is := s.Members[i], member(a)
	dated := !old.Published.Equal(old.Fetched) && !is.Published.Equal(is.Fetched)
	if old.Article != is.Article || old.Source != is.Source || !dated && !old.Fetched.Equal(is.Fetched) {
		return false
	}
	is.CopyOf, is.Fetched, is.Reduced = old.CopyOf, old.Fetched, old.Reduced
	if old.Reduced {
		is.Signature, is.Recalled = message.Signature{}, nil
		if old.Facts.Kind == "" {
			is.Facts = message.Facts{}
		}
	}
	if !equal(old, is) {
		return true
	}
	for _, r := range s.Story.Reports {
		if r.Article == old.Article {
			now := report(a, r.Why)
			now.CopyOf = r.CopyOf
			return !equal(r, now)
		}
	}
	return false
}

// equal compares what is stored: a state read back from its stream has lost what JSON does not tell apart, such as nil and empty lists.
func equal(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
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
