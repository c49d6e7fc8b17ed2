package dedup_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

var decided = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// ruling is a decision of Samira, so many minutes after nine.
func ruling(minute int, act, story, other string, articles ...string) message.Ruling {
	r := message.Ruling{
		Type: message.RulingV1, Act: act, Story: story, Other: other, Articles: articles, By: "Samira", Reason: "autre affaire",
		At: decided.Add(time.Duration(minute) * time.Minute),
	}
	r.ID = message.RulingID(r)
	return r
}

// rule lets the stage follow a ruling and commits the states, after a trip through their stream.
func rule(t *testing.T, s *dedup.Stage, r message.Ruling) []message.State {
	t.Helper()
	states, err := s.Rule(t.Context(), r)
	if err != nil {
		t.Fatalf("%s: %v", r.Act, err)
	}
	for _, state := range states {
		readBack(t, s, state)
	}
	return states
}

func wantOverruled(t *testing.T, s *dedup.Stage, r message.Ruling) {
	t.Helper()
	states, err := s.Rule(t.Context(), r)
	var drop *fault.Drop
	if !errors.As(err, &drop) || drop.Reason != dedup.ReasonOverruled || len(states) > 0 {
		t.Errorf("%s again: %d states, %v; want nothing to be done", r.Act, len(states), err)
	}
}

func wantRefused(t *testing.T, s *dedup.Stage, r message.Ruling, why string) {
	t.Helper()
	_, err := s.Rule(t.Context(), r)
	var permanent *fault.Permanent
	if !errors.As(err, &permanent) || permanent.Reason != dedup.ReasonRefused || !strings.Contains(err.Error(), why) {
		t.Errorf("%s %s %s %q: %v, want it refused with %q", r.Act, r.Story, r.Other, r.Articles, err, why)
	}
}

func articles(state message.State) []string {
	var out []string
	for _, m := range state.Members {
		out = append(out, m.Article)
	}
	slices.Sort(out)
	return out
}

// arrests is a stage with the arrest of Salé in two languages (a1, a2) and a seizure in the same town (a3).
func arrests(t *testing.T) (s *dedup.Stage, arrest, haul string) {
	t.Helper()
	s = newStage(t)
	take(t, s, saleFrench.article())
	take(t, s, saleArabic.article())
	take(t, s, saleDrugs.article())
	return s, message.StoryID("a1"), message.StoryID("a3")
}

func TestStoriesMergedByHandStayOne(t *testing.T) {
	s, arrest, haul := arrests(t)
	r := ruling(1, message.ActMerge, haul, arrest)
	states := rule(t, s, r)
	survivor := states[0].Story
	if survivor.ID != haul || survivor.Change != message.ChangeMerge || !slices.Equal(articles(states[0]), []string{"a1", "a2", "a3"}) {
		t.Fatalf("got %s, %s of %q; want the first story, merge, of all three", survivor.ID, survivor.Change, articles(states[0]))
	}
	if h := survivor.Decision.Hand; h == nil || h.By != "Samira" || h.Reason != "autre affaire" || survivor.Decision.Outcome != message.OutcomeHand {
		t.Errorf("decision %+v, want that of Samira with her reason", survivor.Decision)
	}
	if len(states) != 2 || states[1].Story.MergedInto != haul || !slices.Equal(survivor.Aliases, []string{arrest}) {
		t.Errorf("%d states, aliases %q; want a tombstone and the old id as an alias", len(states), survivor.Aliases)
	}
	wantOverruled(t, s, r)
	wantRefused(t, s, ruling(2, message.ActMerge, arrest, haul), "one story already")

	changed := saleFrench
	changed.age, changed.words = 61, "autre homme nador"
	changed.places, changed.day = "ma-nador", "2021-12-01"
	later := changed.article()
	later.Fetched = later.Fetched.Add(48 * time.Hour)
	again := take(t, s, later)
	if again[0].Story.ID != haul || len(again[0].Members) != 3 {
		t.Errorf("a revision with other facts leaves the story that a person made: %s of %q", again[0].Story.ID, articles(again[0]))
	}
	if w := reportOf(again[0], "a1").Why; w.Hand == nil {
		t.Error("the ruling is forgotten with the revision")
	}
}

func reportOf(state message.State, article string) message.Report {
	for _, r := range state.Story.Reports {
		if r.Article == article {
			return r
		}
	}
	return message.Report{}
}

func TestReportsSplitOffByHandStayApart(t *testing.T) {
	s, arrest, _ := arrests(t)
	r := ruling(1, message.ActSplit, arrest, "", "a2")
	states := rule(t, s, r)
	if len(states) < 2 || !slices.Equal(articles(states[0]), []string{"a2"}) || !slices.Equal(articles(states[1]), []string{"a1"}) {
		t.Fatalf("got %d states, want a story of a2 and the rest", len(states))
	}
	made := states[0].Story
	if made.Change != message.ChangeNew || made.SplitFrom != arrest || states[1].Story.Change != message.ChangeSplit || states[1].Story.ID != arrest {
		t.Errorf("the new story says %s from %q, the other %s; want new from %s, and split", made.Change, made.SplitFrom, states[1].Story.Change, arrest)
	}
	if w := made.Reports[0].Why; w.Outcome != message.OutcomeHand || w.Hand.Act != message.ActSplit || w.Hand.By != "Samira" {
		t.Errorf("why it is there: %+v, want the split by Samira", w)
	}
	wantOverruled(t, s, r)
	wantDropped(t, s, saleArabic.article())
	if w, err := s.Weigh("a2", arrest); err != nil || w.Joins || !strings.HasPrefix(w.Veto, "hand: ") {
		t.Errorf("weighed against the story that it was taken out of: %+v, %v; want it held apart by hand", w, err)
	}

	bridge := saleFrench
	bridge.id, bridge.outlet, bridge.at = "a7", "agency", "2021-12-17 23:00"
	joined := take(t, s, bridge.article())
	if joined[0].Story.Change == message.ChangeMerge {
		t.Errorf("a third report merges what a person held apart: %+v", joined[0].Story.Decision)
	}

	one := rule(t, s, ruling(2, message.ActMerge, arrest, made.ID))[0]
	if len(one.Members) != 3 || slices.Contains(one.Apart, made.ID) {
		t.Errorf("merged by hand again: %q, apart from %q", articles(one), one.Apart)
	}
	wantOverruled(t, s, r) // an old ruling that is replayed does not undo a later one
}

// A story may have been opened by the very report that leaves it.
func TestTheReportThatOpenedAStoryMayLeaveIt(t *testing.T) {
	s, arrest, _ := arrests(t)
	states := rule(t, s, ruling(1, message.ActSplit, arrest, "", "a1"))
	if states[0].Story.ID == arrest || states[1].Story.ID != arrest {
		t.Errorf("the new story is %s, the rest %s; want the rest to keep %s", states[0].Story.ID, states[1].Story.ID, arrest)
	}
	wantDropped(t, s, saleFrench.article())
}

func TestAReportMovedByHand(t *testing.T) {
	s, arrest, haul := arrests(t)
	r := ruling(1, message.ActMove, haul, "", "a2")
	states := rule(t, s, r)
	if states[0].Story.ID != haul || !slices.Equal(articles(states[0]), []string{"a2", "a3"}) || !slices.Equal(articles(states[1]), []string{"a1"}) {
		t.Fatalf("got %q in %s and %q", articles(states[0]), states[0].Story.ID, articles(states[1]))
	}
	if states[1].Story.Decision.Hand == nil || states[1].Story.Change != message.ChangeUpdate {
		t.Errorf("the story that it left says %+v, want an update with the ruling", states[1].Story.Decision)
	}
	wantOverruled(t, s, r)
	back := rule(t, s, ruling(2, message.ActMove, arrest, "", "a2"))
	if !slices.Equal(articles(back[0]), []string{"a1", "a2"}) {
		t.Errorf("moved back: %q", articles(back[0]))
	}
	wantOverruled(t, s, r)
}

func TestRulingsThatCannotBeFollowedSayWhy(t *testing.T) {
	s, arrest, haul := arrests(t)
	wantRefused(t, s, ruling(1, message.ActSplit, arrest, "", "a9"), `no article "a9" is known`)
	wantRefused(t, s, ruling(1, message.ActSplit, arrest, "", "a3"), "article a3 is not in story")
	wantRefused(t, s, ruling(1, message.ActSplit, arrest, "", "a1", "a2"), "would be left empty")
	wantRefused(t, s, ruling(1, message.ActSplit, "s9", "", "a1"), `no story "s9" is known`)
	wantRefused(t, s, ruling(1, message.ActSplit, arrest, ""), "no article is named")
	wantRefused(t, s, ruling(1, message.ActMove, arrest, "", "a1"), "already")
	wantRefused(t, s, ruling(1, message.ActMove, arrest, "", "a3"), "rawi story merge "+arrest+" "+haul)
	wantRefused(t, s, ruling(1, message.ActMove, "s9", "", "a1"), `no story "s9" is known`)
	wantRefused(t, s, ruling(1, message.ActMerge, arrest, arrest), "itself")
	wantRefused(t, s, ruling(1, message.ActMerge, arrest, "s9"), `no story "s9" is known`)
	wantRefused(t, s, ruling(1, message.ActRetract, "", "", "a1", "a3"), "one story at a time")
	wantRefused(t, s, ruling(1, "rename", arrest, ""), "rename")
}

func TestAReportTakenBackStaysAwayAndCanBePutBack(t *testing.T) {
	s, arrest, haul := arrests(t)
	states := rule(t, s, ruling(1, message.ActRetract, "", "", "a2"))
	if len(states) != 1 || !slices.Equal(articles(states[0]), []string{"a1"}) || !slices.Equal(states[0].Story.Withdrawn, []string{"a2"}) {
		t.Fatalf("got %q, withdrawn %q", articles(states[0]), states[0].Story.Withdrawn)
	}
	if d := states[0].Story.Decision; d.Outcome != message.OutcomeRetract || d.Hand.Reason != "autre affaire" {
		t.Errorf("decision %+v", d)
	}
	newer := saleArabic.article()
	newer.Digest, newer.Fetched = "another", newer.Fetched.Add(48*time.Hour)
	for _, a := range []message.Article{saleArabic.article(), newer} {
		if _, err := s.Process(t.Context(), a); err == nil || !strings.Contains(err.Error(), "withdrawn") {
			t.Errorf("the report comes back with %v", err)
		}
	}
	empty := rule(t, s, ruling(2, message.ActRetract, "", "", "a3"))[0]
	if empty.Story.ID != haul || empty.Story.Change != message.ChangeRetract || len(empty.Members) != 0 || empty.Story.Kind != message.KindOperation {
		t.Errorf("a story without reports: %+v, want it retracted where it stands", empty.Story)
	}
	back := rule(t, s, ruling(3, message.ActMove, arrest, "", "a2", "a3"))[0]
	if !slices.Equal(articles(back), []string{"a1", "a2", "a3"}) || len(back.Story.Withdrawn) > 0 {
		t.Errorf("put back: %q, withdrawn still %q", articles(back), back.Story.Withdrawn)
	}
	wantDropped(t, s, saleArabic.article())
}

// Where no person took it back, a page that is there again is read again.
func TestAPageThatIsThereAgainIsAReportAgain(t *testing.T) {
	s, _, haul := arrests(t)
	gone := ruling(1, message.ActRetract, "", "", "a3")
	gone.By, gone.At = "", saleDrugs.article().Fetched.Add(time.Hour)
	rule(t, s, gone)
	if _, err := s.Process(t.Context(), saleDrugs.article()); err == nil {
		t.Error("what was read before the page went is a report again")
	}
	there := saleDrugs.article()
	there.Fetched = there.Fetched.Add(2 * time.Hour)
	states := take(t, s, there)
	if states[0].Story.ID != haul || states[0].Story.Revision != 3 || states[0].Story.Change != message.ChangeNew {
		t.Errorf("got %s revision %d %s, want the story again", states[0].Story.ID, states[0].Story.Revision, states[0].Story.Change)
	}
}

func TestAnOutletTakesBackWhatIsThereAndNoPersonHasRuledOn(t *testing.T) {
	s, arrest, _ := arrests(t)
	gone := func(seen string) message.Ruling {
		return message.Withdrawal(message.Fetch{ID: "a3", Seen: seen}, "status 410", decided)
	}
	rule(t, s, gone("1h"))
	wantOverruled(t, s, gone("1h"))
	wantOverruled(t, s, gone("6h"))
	wantOverruled(t, s, message.Withdrawal(message.Fetch{ID: "a9"}, "status 410", decided))
	rule(t, s, ruling(2, message.ActMove, arrest, "", "a3"))
	later := gone("24h")
	later.At = decided.Add(24 * time.Hour)
	wantOverruled(t, s, later)
}

// TestACrashBetweenTheStatesOfARuling commits only the first state of each ruling, then lets other things happen, then delivers it again.
func TestACrashBetweenTheStatesOfARuling(t *testing.T) {
	_, arrest, haul := arrests(t)
	for name, r := range map[string]message.Ruling{
		"merge": ruling(1, message.ActMerge, arrest, haul),
		"split": ruling(1, message.ActSplit, arrest, "", "a2"),
		"move":  ruling(1, message.ActMove, haul, "", "a2"),
	} {
		t.Run(name, func(t *testing.T) {
			s, _, _ := arrests(t)
			states, err := s.Rule(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			readBack(t, s, states[0]) // and the process dies
			again, err := s.Rule(t.Context(), r)
			if d := cmp.Diff(states[1:], again); err != nil || d != "" {
				t.Errorf("what the crash left undone: %v\n(-want +got):\n%s", err, d)
			}
			changed := saleArabic.article()
			changed.Digest, changed.Fetched = "another", changed.Fetched.Add(time.Hour)
			if got := decide(t, s, changed); len(got) == 0 || got[0].Story.ID != states[0].Story.ID {
				t.Errorf("a revision of the report in between goes to another story than the ruling: %+v", got)
			}
			for _, state := range again {
				readBack(t, s, state)
			}
			wantOverruled(t, s, r)
		})
	}
}

// TestRulingsAmongReports mixes rulings of all kinds into a stream, with crashes, and holds what must always hold: an article is in one story,
// revisions have no gap, and whoever starts from the last states decides the same.
func TestRulingsAmongReports(t *testing.T) {
	seeds := uint64(12)
	if raced {
		seeds = 2
	}
	for seed := range seeds {
		l := &life{s: newStage(t), last: map[string]message.State{}, r: rand.New(rand.NewPCG(seed, 9))}
		came := map[string]message.Article{}
		for i, a := range stream(seed, 90) {
			a.Fetched = decided.Add(time.Duration(i) * time.Minute)
			came[a.ID] = a
			l.commit(t, decide(t, l.s, a))
			if i%3 == 0 {
				l.rule(t, i)
			}
		}
		for _, a := range came { // what was delivered before changes nothing, and nothing was left undone
			if states := decide(t, l.s, a); len(states) > 0 {
				t.Errorf("seed %d: article %s again: %s of %s", seed, a.ID, states[0].Story.Decision.Outcome, states[0].Story.ID)
			}
		}
		l.check(t, seed)
	}
}

// life is a stage with the last states that it has committed.
type life struct {
	s    *dedup.Stage
	last map[string]message.State
	r    *rand.Rand
}

func (l *life) commit(t *testing.T, states []message.State) {
	t.Helper()
	for _, state := range states {
		if was := l.last[state.Story.ID].Story.Revision; state.Story.Revision != was+1 {
			t.Fatalf("story %s: revision %d after %d, %s", state.Story.ID, state.Story.Revision, was, state.Story.Decision.Outcome)
		}
		l.s.Apply(state)
		l.last[state.Story.ID] = state
	}
}

// rule makes up a ruling on what there is, commits part of what follows, and delivers it again.
func (l *life) rule(t *testing.T, minute int) {
	t.Helper()
	var ids []string
	for id, state := range l.last {
		if len(state.Members) > 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	pick := func() message.State { return l.last[ids[l.r.IntN(len(ids))]] }
	from, to := pick(), pick()
	article := from.Members[l.r.IntN(len(from.Members))].Article
	r := []message.Ruling{
		ruling(minute, message.ActMerge, to.Story.ID, from.Story.ID), ruling(minute, message.ActSplit, from.Story.ID, "", article),
		ruling(minute, message.ActMove, to.Story.ID, "", article), ruling(minute, message.ActRetract, "", "", article),
	}[l.r.IntN(4)]
	states, err := l.s.Rule(t.Context(), r)
	if err != nil {
		return
	}
	l.commit(t, states[:1+l.r.IntN(len(states))]) // and the process dies
	states, err = l.s.Rule(t.Context(), r)
	if err == nil {
		l.commit(t, states)
	}
	wantOverruled(t, l.s, r)
}

func (l *life) check(t *testing.T, seed uint64) {
	t.Helper()
	in := map[string]string{}
	for id, state := range l.last {
		for _, a := range articles(state) {
			if in[a] != "" {
				t.Errorf("seed %d: article %s stands in %s and %s", seed, a, id, in[a])
			}
			in[a] = id
		}
		if n := len(state.Story.Reports); n != len(state.Members) {
			t.Errorf("seed %d: story %s has %d reports of %d members", seed, id, n, len(state.Members))
		}
	}
	replayed := newStage(t)
	for _, state := range l.last {
		readBack(t, replayed, state)
	}
	for _, a := range stream(seed+100, 30) {
		a.ID = fmt.Sprint("probe ", a.ID)
		if d := cmp.Diff(asStored(t, decide(t, l.s, a)), asStored(t, decide(t, replayed, a))); d != "" {
			t.Fatalf("seed %d, article %s (-live +replayed):\n%s", seed, a.ID, d)
		}
	}
}

// A copy may go where its original is not: it is an account of its own there.
func TestACopyWithoutItsOriginalIsNoCopy(t *testing.T) {
	copied := func(t *testing.T) (s *dedup.Stage, arrest, haul string) {
		t.Helper()
		s, arrest, haul = arrests(t)
		again := saleFrench
		again.id, again.outlet, again.at = "a7", "agency", "2021-12-17 23:00"
		a := again.article()
		first := saleFrench.article()
		first.Signature.MinHash, first.Signature.Shingles = signed(), 200
		a.Signature.MinHash, a.Signature.Shingles = signed(), 200
		first.Digest, first.Fetched = "signed", first.Fetched.Add(time.Minute)
		take(t, s, first)
		if got := take(t, s, a)[0]; got.Members[2].CopyOf != "a1" {
			t.Fatalf("got %+v, want a copy of a1", got.Members[2])
		}
		return s, arrest, haul
	}
	copies := func(t *testing.T, states []message.State) {
		t.Helper()
		for _, state := range states {
			for _, m := range state.Members {
				if m.CopyOf != "" && !slices.Contains(articles(state), m.CopyOf) || reportOf(state, m.Article).CopyOf != m.CopyOf {
					t.Errorf("%s is a copy of %q in the story of %q", m.Article, m.CopyOf, articles(state))
				}
			}
		}
	}
	for name, r := range map[string]func(arrest, haul string) message.Ruling{
		"split":            func(arrest, _ string) message.Ruling { return ruling(1, message.ActSplit, arrest, "", "a7") },
		"move":             func(_, haul string) message.Ruling { return ruling(1, message.ActMove, haul, "", "a7") },
		"move of original": func(_, haul string) message.Ruling { return ruling(1, message.ActMove, haul, "", "a1") },
		"retract original": func(_, _ string) message.Ruling { return ruling(1, message.ActRetract, "", "", "a1") },
	} {
		t.Run(name, func(t *testing.T) {
			s, arrest, haul := copied(t)
			copies(t, rule(t, s, r(arrest, haul)))
		})
	}
	s, arrest, haul := copied(t)
	both := rule(t, s, ruling(1, message.ActMove, haul, "", "a1", "a7"))[0]
	if i := slices.IndexFunc(both.Members, func(m message.Member) bool { return m.Article == "a7" }); both.Members[i].CopyOf != "a1" {
		t.Error("a copy that goes with its original is none any more")
	}
	rule(t, s, ruling(2, message.ActRetract, "", "", "a7"))
	copies(t, rule(t, s, ruling(3, message.ActMove, arrest, "", "a7")))
}

func signed() []uint32 {
	var out []uint32
	for i := range uint32(128) {
		out = append(out, i*2654435761)
	}
	return out
}

// A merge that is replayed when later rulings hold the reports has nothing left to say.
func TestAMergeIsOverruledByLaterRulings(t *testing.T) {
	s, arrest, haul := arrests(t)
	take(t, s, berkane.article())
	r := ruling(1, message.ActMerge, arrest, haul)
	rule(t, s, r)
	rule(t, s, ruling(2, message.ActMerge, arrest, message.StoryID("a4")))
	wantOverruled(t, s, r)
	wantRefused(t, s, ruling(3, message.ActMerge, arrest, haul), "one story already")
}

// Two reports leave a story one after the other, and the first has died before it was taken out: nothing of the story is left then.
func TestAStoryThatAllReportsHaveLeftIsRetracted(t *testing.T) {
	s, arrest, _ := arrests(t)
	first := corrected(saleArabic, elsewhere)
	readBack(t, s, decide(t, s, first)[0]) // and the process dies
	states := take(t, s, corrected(saleFrench, func(r *told) { r.places, r.day, r.age, r.words = "ma-agadir", "2021-11-02", 33, "port agadir" }))
	wantDropped(t, s, first)
	last := states[slices.IndexFunc(states, func(state message.State) bool { return state.Story.ID == arrest })]
	if len(last.Members) != 0 || last.Story.Change != message.ChangeRetract || last.Story.Independent != 0 || last.Story.Values != nil {
		t.Errorf("the story says %s of %q: %+v; want it retracted", last.Story.Change, articles(last), last.Story)
	}
}

// The mobile page of a report that a person took back is that report.
func TestAReportTakenBackStaysAwayUnderAnotherAddress(t *testing.T) {
	s := newStage(t)
	page := saleFrench.article()
	page.URL = "https://atlas.example/page"
	page.ID = message.ArticleID(message.Identity(page.URL))
	take(t, s, page)
	rule(t, s, ruling(1, message.ActRetract, "", "", page.ID))
	mobile := page
	mobile.ID, mobile.URL, mobile.Canonical, mobile.Fetched = "m1", "https://m.atlas.example/page", page.URL, page.Fetched.Add(time.Hour)
	if _, err := s.Process(t.Context(), mobile); err == nil || !strings.Contains(err.Error(), "withdrawn") {
		t.Errorf("the report comes back with %v", err)
	}
	other := berkane.article()
	other.Outlet, other.Canonical = page.Outlet, page.URL
	if states := decide(t, s, other); len(states) == 0 {
		t.Error("a page that claims its address and tells something else is lost")
	}
}
