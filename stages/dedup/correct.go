package dedup

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

// redecide looks whether a report whose facts have changed still belongs to its story, and returns the states by which it leaves; nil where it
// stays. It leaves where the other reports rule it out or score it down by what it says now and did not by what it said before: that they
// have grown away from each other in the meantime is no reason. A story of this report alone may turn out to be another one. What a person
// has put into its story stays there.
func (s *Stage) redecide(e *index.Entry, i int, in arrival) []message.State {
	old := e.State.Members[i]
	if byHand(e.State, old.Article) || equal(old.Facts, in.member.Facts) {
		return nil
	}
	others := *e
	others.Reports = slices.DeleteFunc(slices.Clone(e.Reports), func(r *match.Report) bool { return r.Article == old.Article })
	switch {
	case len(e.State.Members) == 1:
		return s.rejoin(e, in)
	case len(others.Reports) == 0: // all others are copies that are not kept whole
		return nil
	}
	was := s.arriveAgain(e, i)
	now, before := s.consider(in, s.look(in.report), &others), s.consider(was, s.look(was.report), &others)
	if now.joins() || !before.joins() && (now.veto == "" || before.veto != "") {
		return nil
	}
	now.entry = e
	return s.depart(e, in, now)
}

// byHand tells whether a person has put a report into its story.
func byHand(state message.State, article string) bool {
	return slices.ContainsFunc(state.Story.Reports, func(r message.Report) bool {
		return r.Article == article && r.Why != nil && r.Why.Hand != nil
	})
}

// weighOthers compares a report with all stories that it may belong to but one.
func (s *Stage) weighOthers(in arrival, but *index.Entry) []opinion {
	return slices.DeleteFunc(s.weigh(in), func(o opinion) bool { return o.entry == but })
}

// depart moves a report out of a story, into the one that fits or into one of its own.
func (s *Stage) depart(from *index.Entry, in arrival, now opinion) []message.State {
	in.member.Moved++
	in.member.CopyOf = ""
	opinions := s.weighOthers(in, from)
	if len(opinions) > 0 && opinions[0].joins() {
		best := &opinions[0]
		in.member.CopyOf = best.copyOf
		d := s.decision(in, message.OutcomeRevision, best, &now)
		d.At = later(d.At, best.entry.State.Story.Decision.At)
		next := s.next(best.entry.State, message.ChangeUpdate, d)
		return s.moved(with(next, part{[]message.Member{in.member}, []message.Report{report(in.article, why(d))}}), best.entry.State)
	}
	d := s.decision(in, message.OutcomeRevision, nil, &now)
	d.At = later(d.At, from.State.Story.Decision.At)
	state, before := s.opened(in, d)
	state.Story.SplitFrom = from.ID()
	return s.moved(state, before)
}

// rejoin merges a story of one report with the one that the report belongs to by what it says now; nil where there is none.
func (s *Stage) rejoin(own *index.Entry, in arrival) []message.State {
	opinions := s.weighOthers(in, own)
	if len(opinions) == 0 || !opinions[0].joins() || !fit(opinions[0].entry, own) || s.apart(own.State, opinions[0].entry.ID()) {
		return nil
	}
	best := &opinions[0]
	in.member.CopyOf = best.copyOf
	survivor, loser := best.entry, own
	if older(loser, survivor) {
		survivor, loser = loser, survivor
	}
	d := s.decision(in, message.OutcomeRevision, best, runnerUp(opinions[1:]))
	d.At = later(later(d.At, survivor.State.Story.Decision.At), loser.State.Story.Decision.At)
	next := revised(s.joined(survivor.State, loser.State, d), in)
	for i, r := range next.Story.Reports {
		if r.Article == in.article.ID {
			next.Story.Reports[i].Why = why(d)
		}
	}
	next = s.linked(computed(next, survivor.State), in.member)
	return append([]message.State{next}, s.entailed(next)...)
}
