package dedup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
)

// ReasonRefused is the reason of the dead letter of a ruling that cannot be followed.
const ReasonRefused = "refused"

// ReasonOverruled is the reason for which a ruling is dropped that was followed before, or that a later one has replaced.
const ReasonOverruled = "overruled"

// Rule follows what a person decided, and returns the states that result, the deciding one first. Like Process it changes nothing, and the same
// ruling that comes again yields what a crash left undone, or is dropped. One that cannot be followed is refused with what is wrong.
func (s *Stage) Rule(_ context.Context, r message.Ruling) ([]message.State, error) {
	act, ok := map[string]func(message.Ruling) ([]message.State, error){
		message.ActMerge: s.ruleMerge, message.ActSplit: s.ruleSplit, message.ActMove: s.ruleMove, message.ActRetract: s.ruleRetract,
	}[r.Act]
	if !ok || r.ID == "" {
		return nil, refuse("%q is nothing that can be decided, or the ruling has no id", r.Act)
	}
	states, err := act(r)
	return s.aged(states), err
}

func refuse(format string, args ...any) error {
	return fault.Permanently(ReasonRefused, fmt.Errorf(format, args...))
}

// done answers a ruling that was followed before: with what is still to be done.
func done(left []message.State) ([]message.State, error) {
	if len(left) > 0 {
		return left, nil
	}
	return nil, fault.Dropped(ReasonOverruled)
}

// ruled is the decision of a person, as old as the last one on the stories that it changes: a ruling on old stories must not make all others
// old, nor them young.
func (s *Stage) ruled(r message.Ruling, on ...message.State) message.Decision {
	d := message.Decision{Outcome: message.OutcomeHand, Rules: s.matcher.Version(), Hand: r.Hand()}
	if len(r.Articles) > 0 {
		d.Article = r.Articles[0]
	}
	for _, state := range on {
		d.At = later(d.At, state.Story.Decision.At)
	}
	return d
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// story finds a story that a ruling names.
func (s *Stage) story(id string) (*index.Entry, error) {
	e, ok := s.index.Story(id)
	if !ok {
		return nil, refuse("%w", UnknownError{"story", id})
	}
	return e, nil
}

// ruleMerge merges one story into another. All reports of both stay there from now on.
func (s *Stage) ruleMerge(r message.Ruling) ([]message.State, error) {
	survivor, err := s.story(r.Story)
	if err != nil {
		return nil, err
	}
	loser, err := s.story(r.Other)
	if err != nil {
		return nil, err
	}
	switch {
	case survivor == loser && r.Story == r.Other:
		return nil, refuse("%s cannot be merged with itself: name two stories", r.Story)
	case survivor == loser && ruledSince(survivor.State, r):
		return done(s.entailed(survivor.State))
	case survivor == loser:
		return nil, refuse("%s and %s are one story already: %s", r.Story, r.Other, survivor.ID())
	case len(survivor.State.Members)+len(loser.State.Members) > mostReports:
		return nil, refuse("%s and %s have more than %d reports together, which no story takes", r.Story, r.Other, mostReports)
	case empty(survivor) || empty(loser):
		return nil, refuse("%s has no reports: they were taken back", emptyOf(survivor, loser))
	}
	d := s.ruled(r, survivor.State, loser.State)
	next := s.joined(survivor.State, loser.State, d)
	next.Story.Reports = slices.Clone(next.Story.Reports)
	for i, report := range next.Story.Reports {
		next.Story.Reports[i].Why = underHand(report.Why, d.Hand)
	}
	next = computed(next, survivor.State)
	return append([]message.State{next}, s.entailed(next)...), nil
}

func empty(e *index.Entry) bool { return len(e.State.Members) == 0 }

// emptyOf names the one of two stories that has no reports.
func emptyOf(a, b *index.Entry) string {
	if empty(a) {
		return a.ID()
	}
	return b.ID()
}

// underHand is why a report is in its story, with the ruling that keeps it there.
func underHand(w *message.Why, h *message.Hand) *message.Why {
	kept := message.Why{}
	if w != nil {
		kept = *w
	}
	kept.Hand = h
	return &kept
}

// ruledSince tells whether a report of a story is there, or was taken back, by a ruling or a later one.
func ruledSince(state message.State, r message.Ruling) bool {
	since := func(h *message.Hand) bool { return h != nil && (h.Ruling == r.ID || h.At.After(r.At)) }
	return slices.ContainsFunc(state.Story.Reports, func(o message.Report) bool { return o.Why != nil && since(o.Why.Hand) }) ||
		slices.ContainsFunc(state.Withdrawn, func(w message.Withdrawn) bool { return since(&w.Hand) })
}

// newer leaves out the articles on which the ruling, or a later one, was followed before. All of them must be known.
func (s *Stage) newer(r message.Ruling) (articles []string, err error) {
	if len(r.Articles) == 0 {
		return nil, refuse("no article is named")
	}
	for _, article := range r.Articles {
		hand, known := s.hand(article)
		switch {
		case !known && r.By == "":
			return nil, fault.Dropped(ReasonOverruled) // a page that never became a report
		case !known:
			return nil, refuse("%w", UnknownError{"article", article})
		case slices.Contains(articles, article):
		case hand != nil && hand.By != "" && r.By == "": // what a person decided outranks the outlet
		case hand == nil || hand.Ruling != r.ID && r.At.After(hand.At):
			articles = append(articles, article)
		}
	}
	return articles, nil
}

// hand is the last ruling on an article, nil where there was none.
func (s *Stage) hand(article string) (last *message.Hand, known bool) {
	if _, w := s.index.Withdrawn(article); w != nil {
		last, known = &w.Hand, true
	}
	e, i := s.listed(article)
	if e == nil {
		return last, known
	}
	for _, r := range e.State.Story.Reports {
		if r.Article == e.State.Members[i].Article && r.Why != nil && r.Why.Hand != nil && (last == nil || r.Why.Hand.At.After(last.At)) {
			last = r.Why.Hand
		}
	}
	return last, true
}

// ruleSplit makes a story of its own of some reports of a story. The two are never merged again but by hand.
func (s *Stage) ruleSplit(r message.Ruling) ([]message.State, error) {
	id := message.StoryID(r.ID)
	if made, ok := s.index.Exact(id); ok {
		return done(s.entailed(made.State))
	}
	from, err := s.story(r.Story)
	if err != nil {
		return nil, err
	}
	articles, err := s.newer(r)
	if err != nil || len(articles) == 0 {
		return nil, orDone(err)
	}
	for _, article := range articles {
		if e, _ := s.listed(article); e != from {
			return nil, refuse("article %s is not in story %s but %s", article, from.ID(), where(e))
		}
	}
	if len(articles) == len(s.settled(from.State).Members) {
		return nil, refuse("story %s would be left empty: leave out the reports that are to stay", from.ID())
	}
	d := s.ruled(r, from.State)
	p := takeOut(from.State, articles, &message.Why{Outcome: message.OutcomeHand, Rules: d.Rules, Hand: d.Hand})
	alone(p.members)
	next := message.State{
		Type: message.StateV1, Members: p.members, Apart: []string{from.ID()},
		Story: message.Story{ID: id, Revision: 1, Change: message.ChangeNew, Reports: p.reports, Decision: d, SplitFrom: from.ID()},
	}
	return s.moved(next, message.State{}), nil
}

// orDone is the error of a ruling, or says that it was followed before.
func orDone(err error) error {
	if err == nil {
		return fault.Dropped(ReasonOverruled)
	}
	return err
}

func where(e *index.Entry) string {
	if e == nil {
		return "in none"
	}
	return "in " + e.ID()
}

// moved are the states of a story that takes reports of others, of those others, and of the stories that are linked with it.
func (s *Stage) moved(next, before message.State) []message.State {
	next = computed(next, before)
	for _, m := range next.Members {
		if m.Moved > 0 {
			next = s.linked(next, m)
		}
	}
	return append([]message.State{next}, s.entailed(next)...)
}

// ruleMove puts reports into another story. That and the ones they were in are never merged again but by hand.
func (s *Stage) ruleMove(r message.Ruling) ([]message.State, error) {
	to, err := s.story(r.Story)
	if err != nil {
		return nil, err
	}
	articles, err := s.newer(r)
	if err != nil {
		return nil, err
	}
	if len(articles) == 0 {
		return done(s.entailed(to.State))
	}
	from := map[*index.Entry][]string{}
	for _, article := range articles {
		e, _ := s.listed(article)
		if e == to {
			return nil, refuse("article %s is in story %s already", article, to.ID())
		}
		if e != nil {
			from[e] = append(from[e], article)
		}
	}
	d := s.ruled(r, to.State)
	next := s.next(to.State, message.ChangeUpdate, d)
	why := &message.Why{Outcome: message.OutcomeHand, Rules: d.Rules, Hand: d.Hand}
	for _, e := range inOrder(from) {
		if len(from[e]) == len(s.settled(e.State).Members) {
			return nil, refuse("story %s would be left empty: merge it instead (rawi story merge %s %s)", e.ID(), to.ID(), e.ID())
		}
		next = with(next, takeOut(e.State, from[e], why))
		next.Apart = union(next.Apart, []string{e.ID()})
	}
	next = with(next, s.putBack(articles, why))
	alone(next.Members)
	if len(next.Members) > mostReports {
		return nil, refuse("story %s would have more than %d reports", to.ID(), mostReports)
	}
	return s.moved(next, to.State), nil
}

func inOrder(from map[*index.Entry][]string) []*index.Entry {
	var out []*index.Entry
	for e := range from {
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b *index.Entry) int { return strings.Compare(a.ID(), b.ID()) })
	return out
}

// with is a state with reports of another story.
func with(state message.State, p part) message.State {
	state.Members = slices.Concat(state.Members, p.members)
	state.Story.Reports = slices.Concat(state.Story.Reports, p.reports)
	return state
}
