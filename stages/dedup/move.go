package dedup

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// A report goes from one story to another by two states. The first is that of the story which takes it: from then on it is there, since its
// member says that it was moved once more. The second takes it out of the other story; a crash between them leaves it listed twice, and the
// message that was not acknowledged, or whatever changes that story next, puts it right.

// settled is a state without the reports that another story has taken.
func (s *Stage) settled(state message.State) message.State {
	taken := map[string]bool{}
	for _, m := range state.Members {
		if !s.index.Shared(m.Article) {
			continue
		}
		if e, ok := s.index.Owner(m.Article); ok && e.ID() != state.Story.ID {
			taken[m.Article] = s.elsewhere(e, m)
		}
	}
	return lacking(state, func(article string) bool { return taken[article] })
}

// elsewhere tells whether a story has a report by a later move.
func (s *Stage) elsewhere(e *index.Entry, m message.Member) bool {
	i := slices.IndexFunc(e.State.Members, func(o message.Member) bool { return o.Article == m.Article })
	return i >= 0 && e.State.Members[i].Moved > m.Moved
}

// lacking is a state without some of its reports. Where it has none of them it is the same.
func lacking(state message.State, gone func(article string) bool) message.State {
	if !slices.ContainsFunc(state.Members, func(m message.Member) bool { return gone(m.Article) }) {
		return state
	}
	state.Members = slices.DeleteFunc(slices.Clone(state.Members), func(m message.Member) bool { return gone(m.Article) })
	state.Story.Reports = slices.DeleteFunc(slices.Clone(state.Story.Reports), func(r message.Report) bool { return gone(r.Article) })
	alone(state.Members)
	return state
}

// alone makes copies of what is not among the reports of their story accounts of their own. The list is the story's own, to be changed.
func alone(members []message.Member) {
	there := make(map[string]bool, len(members))
	for _, m := range members {
		there[m.Article] = true
	}
	for i := range members {
		if !there[members[i].CopyOf] {
			members[i].CopyOf = ""
		}
	}
}

// emptied is a state that was computed, retracted where no report is left in it.
func emptied(state message.State) message.State {
	if len(state.Members) == 0 {
		state.Story.Change, state.Story.Values, state.Story.Tolls, state.Story.Independent = message.ChangeRetract, nil, nil, 0
	}
	return state
}

// part are some reports of a story, as another one takes them.
type part struct {
	members []message.Member
	reports []message.Report
}

// takeOut takes reports out of a story, each with the same account of why it goes.
func takeOut(from message.State, articles []string, w *message.Why) part {
	var p part
	for _, m := range from.Members {
		if slices.Contains(articles, m.Article) {
			m.Moved++
			p.members = append(p.members, m)
		}
	}
	for _, r := range from.Story.Reports {
		if slices.Contains(articles, r.Article) {
			r.Why = w
			p.reports = append(p.reports, r)
		}
	}
	return p
}

// left are the states of the stories that still list reports which another story has taken by now, by the decision that moved them.
func (s *Stage) left(taker message.State) []message.State {
	var from []*index.Entry
	for _, m := range taker.Members {
		if m.Moved == 0 {
			continue
		}
		for _, e := range s.index.Listing(m.Article) {
			if e.ID() != taker.Story.ID && !slices.Contains(taker.Story.Aliases, e.ID()) && !slices.Contains(from, e) {
				from = append(from, e)
			}
		}
	}
	var out []message.State
	for _, e := range from {
		rest := lacking(s.settled(e.State), func(article string) bool { return movedTo(taker, e.State, article) })
		if len(rest.Members) < len(e.State.Members) {
			d := taker.Story.Decision
			d.At = later(d.At, e.State.Story.Decision.At)
			change := message.ChangeUpdate
			if taker.Story.SplitFrom == e.ID() {
				change = message.ChangeSplit
			}
			out = append(out, emptied(computed(following(rest, change, d), e.State)))
		}
	}
	return out
}

// movedTo tells whether a report that both stories list was moved to the first.
func movedTo(taker, from message.State, article string) bool {
	has := func(m message.Member) bool { return m.Article == article }
	i, j := slices.IndexFunc(taker.Members, has), slices.IndexFunc(from.Members, has)
	return i >= 0 && j >= 0 && taker.Members[i].Moved > from.Members[j].Moved
}

// apart tells whether a person holds two stories to be different ones.
func (s *Stage) apart(a message.State, b string) bool {
	other, ok := s.index.Story(b)
	return ok && (s.heldFrom(a, b) || s.heldFrom(other.State, a.Story.ID))
}

// heldFrom tells whether a state names a story, or one that was merged into it, as another one.
func (s *Stage) heldFrom(a message.State, b string) bool {
	return slices.ContainsFunc(a.Apart, func(id string) bool {
		e, ok := s.index.Story(id)
		return ok && e.ID() == b
	})
}
