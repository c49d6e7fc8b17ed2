package dedup

import (
	"math"
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/story"
)

// place decides on an article that no story lists yet.
func (s *Stage) place(in arrival) []message.State {
	opinions := s.weigh(in)
	if len(opinions) == 0 || !opinions[0].joins() {
		return s.open(in, runnerUp(opinions))
	}
	best := &opinions[0]
	in.member.CopyOf = best.copyOf
	for i := range opinions[1:] {
		if second := &opinions[i+1]; s.bridges(best, second) {
			return s.merge(in, best, second)
		}
	}
	outcome := message.OutcomeJoin
	if best.copyOf != "" {
		outcome = message.OutcomeCopy
	}
	d := s.decision(in, outcome, best, runnerUp(opinions[1:]))
	next := s.next(best.entry.State, message.ChangeUpdate, d)
	next.Members = slices.Concat(next.Members, []message.Member{in.member})
	next.Story.Reports = slices.Concat(next.Story.Reports, []message.Report{report(in.article, why(d))})
	return s.finish(next, best.entry.State, in)
}

// bridges tells whether a report that belongs to one story shows a second one to be the same.
func (s *Stage) bridges(best, second *opinion) bool {
	return second.joins() && second.score >= bridging && fit(best.entry, second.entry) && !s.apart(best.entry.State, second.entry.ID()) &&
		s.together(best.entry, second.entry)
}

func runnerUp(opinions []opinion) *opinion {
	if len(opinions) == 0 {
		return nil
	}
	return &opinions[0]
}

// open makes a story of an article that belongs to none.
func (s *Stage) open(in arrival, other *opinion) []message.State {
	state, before := s.opened(in, s.decision(in, message.OutcomeNew, nil, other))
	return s.finish(state, before, in)
}

// opened is the first state of a story of one article, or the next one of a story of which all reports were taken back.
func (s *Stage) opened(in arrival, d message.Decision) (state, before message.State) {
	state = message.State{
		Type: message.StateV1, Members: []message.Member{in.member},
		Story: message.Story{
			ID: s.free(in.article.ID), Revision: 1, Change: message.ChangeNew, Reports: []message.Report{report(in.article, why(d))},
			Decision: d,
		},
	}
	if old, ok := s.index.Exact(state.Story.ID); ok {
		before = old.State
		state.Story.Revision, state.Withdrawn, state.Former = before.Story.Revision+1, before.Withdrawn, before.Former
		state.Apart = before.Apart
	}
	return state, before
}

// free is the id of the story that an article opens. It is made of the article's id, and of more where the story of that id goes on without the
// article or lives on under another name.
func (s *Stage) free(article string) string {
	for text := article; ; text += "+" {
		id := message.StoryID(text)
		e, ok := s.index.Story(id)
		if !ok || e.ID() == id && len(e.State.Members) == 0 && e.Merged() == "" {
			return id
		}
	}
}

// merge joins two stories by the report that showed them to be one. The older survives, with the commit; the other's tombstone follows.
func (s *Stage) merge(in arrival, x, y *opinion) []message.State {
	survivor, loser := x.entry, y.entry
	if older(loser, survivor) {
		survivor, loser = loser, survivor
	}
	d := s.decision(in, message.OutcomeMerge, x, y)
	next := s.joined(survivor.State, loser.State, d)
	next.Members = append(next.Members, in.member)
	next.Story.Reports = append(next.Story.Reports, report(in.article, why(d)))
	next = s.linked(computed(next, survivor.State), in.member)
	return append([]message.State{next}, s.follow(next, in.article.ID, at(in.article))...)
}

// joined is the next state of a story with all that another one has; what follows from its members is not computed yet.
func (s *Stage) joined(survivor, loser message.State, d message.Decision) message.State {
	next, loser := s.next(survivor, message.ChangeMerge, d), s.settled(loser)
	id := survivor.Story.ID
	next.Members = slices.Concat(next.Members, loser.Members)
	next.Story.Reports = slices.Concat(next.Story.Reports, loser.Story.Reports)
	next.Story.Aliases = union(union(next.Story.Aliases, loser.Story.Aliases), []string{loser.Story.ID})
	next.Story.Mentions = without(union(next.Story.Mentions, loser.Story.Mentions), next.Story.Aliases, id)
	next.Story.MentionedBy = without(union(next.Story.MentionedBy, loser.Story.MentionedBy), next.Story.Aliases, id)
	next.Apart = without(union(next.Apart, loser.Apart), next.Story.Aliases, id)
	next.Withdrawn = slices.Concat(next.Withdrawn, loser.Withdrawn)
	return next
}

// fit tells whether one story may hold the reports of two, and the one that shows them to be one.
func fit(a, b *index.Entry) bool { return len(a.State.Members)+len(b.State.Members) < mostReports }

func older(a, b *index.Entry) bool {
	if d := a.State.Story.FirstSeen.Compare(b.State.Story.FirstSeen); d != 0 {
		return d < 0
	}
	return a.ID() < b.ID()
}

// tombstone is the last state of a story whose reports another one took.
func tombstone(loser message.State, survivor string, d message.Decision) message.State {
	next := following(loser, message.ChangeMerge, d)
	next.Story.MergedInto = survivor
	next.Members, next.Story.Reports, next.Story.Values, next.Withdrawn = nil, nil, nil, nil
	next.Former = leave(loser, next)
	return next
}

// following is the next revision of a story, as yet unchanged.
func following(s message.State, change string, d message.Decision) message.State {
	s.Story.Revision++
	s.Story.Change = change
	s.Story.Decision = d
	s.Story.LastChanged = d.At
	return s
}

// next is the following revision of a story with the reports that it still has.
func (s *Stage) next(state message.State, change string, d message.Decision) message.State {
	return following(s.settled(state), change, d)
}

// finish computes what follows from the members and adds the links to other stories, with the states that these links change.
func (s *Stage) finish(next, before message.State, in arrival) []message.State {
	next = s.linked(computed(next, before), in.member)
	return append([]message.State{next}, s.backlinks(next, in.article.ID, at(in.article))...)
}

// computed is a state with what follows from its members.
func computed(next, before message.State) message.State {
	next.Members, next.Story.Reports = reduce(next.Members, next.Story.Reports)
	next.Story = story.Build(next.Story, next.Members)
	next.Story.Withdrawn = nil
	for _, w := range next.Withdrawn {
		article := w.Member.Article
		if !slices.ContainsFunc(next.Members, func(m message.Member) bool { return m.Article == article }) { // not put back since
			next.Story.Withdrawn = union(next.Story.Withdrawn, []string{article})
		}
	}
	next.Former = leave(before, next)
	return next
}

// linked is a state with the links to the stories that a report of it recalls, or that recall the report.
func (s *Stage) linked(next message.State, m message.Member) message.State {
	links := s.links(next.Story, m)
	next.Story.Mentions = union(next.Story.Mentions, links.mentions)
	next.Story.MentionedBy = union(next.Story.MentionedBy, links.mentionedBy)
	return next
}

// leave lists the topics that a story has left with its next state: those left before, the one it stood on where that changed, and none to
// which it came back. A story that was merged away leaves the one it stands on.
func leave(before, next message.State) []message.Left {
	stands := next.Story.Topic()
	var former []message.Left
	for _, l := range before.Former {
		if l.Topic != stands {
			former = append(former, l)
		}
	}
	if was := before.Story.Topic(); before.Story.ID != "" && (was != stands || next.Story.MergedInto != "") {
		former = append(former, message.Left{Topic: was, Revision: next.Story.Revision})
	}
	return former
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func without(list, drop []string, also string) []string {
	var out []string
	for _, x := range list {
		if x != also && !slices.Contains(drop, x) {
			out = append(out, x)
		}
	}
	return out
}

func round(x float64) float64 { return math.Round(x*100) / 100 }
