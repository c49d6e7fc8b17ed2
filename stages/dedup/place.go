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
		second := &opinions[i+1]
		if second.joins() && second.score >= bridging && fit(best.entry, second.entry) && s.together(best.entry, second.entry) {
			return s.merge(in, best, second)
		}
	}
	outcome := message.OutcomeJoin
	if best.copyOf != "" {
		outcome = message.OutcomeCopy
	}
	d := s.decision(in, outcome, best, runnerUp(opinions[1:]))
	next := following(best.entry.State, message.ChangeUpdate, d)
	next.Members = slices.Concat(next.Members, []message.Member{in.member})
	next.Story.Reports = slices.Concat(next.Story.Reports, []message.Report{report(in.article, why(d))})
	return s.finish(next, best.entry.State, in)
}

func runnerUp(opinions []opinion) *opinion {
	if len(opinions) == 0 {
		return nil
	}
	return &opinions[0]
}

// open makes a story of an article that belongs to none.
func (s *Stage) open(in arrival, other *opinion) []message.State {
	d := s.decision(in, message.OutcomeNew, nil, other)
	state := message.State{
		Type: message.StateV1, Members: []message.Member{in.member},
		Story: message.Story{
			ID: message.StoryID(in.article.ID), Revision: 1, Change: message.ChangeNew, Reports: []message.Report{report(in.article, why(d))},
			Decision: d,
		},
	}
	if old, ok := s.index.Exact(state.Story.ID); ok { // an article that was moved away from the story that it had opened
		state.Story.Revision = old.State.Story.Revision + 1
	}
	return s.finish(state, message.State{}, in)
}

// merge joins two stories by the report that showed them to be one. The older survives, with the commit; the other's tombstone follows.
func (s *Stage) merge(in arrival, x, y *opinion) []message.State {
	survivor, loser := x.entry, y.entry
	if older(loser, survivor) {
		survivor, loser = loser, survivor
	}
	d := s.decision(in, message.OutcomeMerge, x, y)
	next := following(survivor.State, message.ChangeMerge, d)
	next.Members = slices.Concat(next.Members, loser.State.Members, []message.Member{in.member})
	next.Story.Reports = slices.Concat(next.Story.Reports, loser.State.Story.Reports, []message.Report{report(in.article, why(d))})
	next.Story.Aliases = union(union(next.Story.Aliases, loser.State.Story.Aliases), []string{loser.ID()})
	next.Story.Mentions = without(union(next.Story.Mentions, loser.State.Story.Mentions), next.Story.Aliases, survivor.ID())
	next.Story.MentionedBy = without(union(next.Story.MentionedBy, loser.State.Story.MentionedBy), next.Story.Aliases, survivor.ID())
	out := s.finish(next, survivor.State, in)
	return slices.Insert(out, 1, tombstone(loser.State, survivor.ID(), out[0].Story.Decision))
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
	next.Members, next.Story.Reports, next.Story.Values = nil, nil, nil
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

// finish computes what follows from the members and adds the links to other stories, with the states that these links change.
func (s *Stage) finish(next, before message.State, in arrival) []message.State {
	next.Members, next.Story.Reports = reduce(next.Members, next.Story.Reports)
	next.Story = story.Build(next.Story, next.Members)
	links := s.links(next.Story, in.member)
	next.Story.Mentions = union(next.Story.Mentions, links.mentions)
	next.Story.MentionedBy = union(next.Story.MentionedBy, links.mentionedBy)
	next.Former = leave(before, next)
	return append([]message.State{next}, s.backlinks(next, in.article.ID, at(in.article))...)
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
