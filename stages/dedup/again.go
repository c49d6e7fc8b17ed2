package dedup

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// again handles an article that a story lists already: the same revision, or an older one, yields only what a crash left undone; a newer one,
// or the same one in which today's extractor reads something else, takes the place of the old, and the story's facts are computed anew.
// It is never a second report. It stays in its story unless its facts are others now, by which it does not belong there: see redecide.
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
	in.member.CopyOf, in.member.Moved, in.member.Read = old.CopyOf, old.Moved, 0
	if a.Digest == old.Digest {
		in.member.Read = old.Read + 1
	}
	if moved := s.redecide(e, i, in); moved != nil {
		return moved, nil
	}
	d := s.decision(in, message.OutcomeRevision, nil, nil)
	d.At = later(d.At, e.State.Story.Decision.At) // an article of last week that is read anew makes its story no older
	next := revised(s.next(e.State, message.ChangeUpdate, d), in)
	return s.finish(next, e.State, in), nil
}

// revised is a state with a new revision of one of its reports in the place of the old one.
func revised(state message.State, in arrival) message.State {
	state.Members, state.Story.Reports = slices.Clone(state.Members), slices.Clone(state.Story.Reports)
	for i, m := range state.Members {
		if m.Article == in.article.ID {
			state.Members[i] = in.member
		}
	}
	for i, r := range state.Story.Reports {
		if r.Article == in.article.ID {
			state.Story.Reports[i] = report(in.article, r.Why)
		}
	}
	return state
}

// readAnew reports whether an article, of the same bytes as member i, tells something else than it did: its extractor has changed. One that
// came under another address or from another source is no better reading, and neither is one whose time is only that of its fetch.
func readAnew(s message.State, i int, a message.Article) bool {
	old, is := s.Members[i], member(a)
	dated := !old.Published.Equal(old.Fetched) && !is.Published.Equal(is.Fetched)
	if old.Article != is.Article || old.Source != is.Source || !dated && !old.Fetched.Equal(is.Fetched) {
		return false
	}
	is.CopyOf, is.Fetched, is.Reduced, is.Read, is.Moved = old.CopyOf, old.Fetched, old.Reduced, old.Read, old.Moved
	if old.Passages == nil { // reduced, or of a version that kept none
		is.Passages = nil
	}
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
	return s.follow(e.State, a.ID, at(a))
}

// follow are the states that a state entails: tombstones of stories merged into it, stories that its reports have left, and marks on the stories
// that it is linked with. What was committed already is not among them.
func (s *Stage) follow(state message.State, article string, at time.Time) []message.State {
	out := append(s.tombstones(state), s.left(state)...)
	for _, link := range s.backlinks(state, article, at) {
		i := slices.IndexFunc(out, func(o message.State) bool { return o.Story.ID == link.Story.ID })
		if i < 0 {
			out = append(out, link)
			continue
		}
		out[i].Story.Mentions, out[i].Story.MentionedBy = link.Story.Mentions, link.Story.MentionedBy
	}
	return out
}

// entailed is follow for a state that a person, or a correction, has made.
func (s *Stage) entailed(state message.State) []message.State {
	return s.follow(state, state.Story.Decision.Article, state.Story.Decision.At)
}

// tombstones are the last states of stories merged into one that do not say so yet.
func (s *Stage) tombstones(state message.State) []message.State {
	var out []message.State
	for _, alias := range state.Story.Aliases {
		if loser, ok := s.index.Exact(alias); ok && loser.Merged() == "" {
			out = append(out, tombstone(loser.State, state.Story.ID, state.Story.Decision))
		}
	}
	return out
}
