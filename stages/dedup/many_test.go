package dedup_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// copyOf is the n-th page with one text, fetched so many minutes after the first.
func copyOf(n int, outlet string) message.Article {
	a := saleFrench.article()
	a.ID, a.Digest = message.ArticleID(fmt.Sprint(n)), message.Digest(fmt.Sprint(n))
	a.Outlet = message.Outlet{Name: outlet, Title: outlet}
	a.URL = fmt.Sprintf("https://%s.example/%d/dix-sept-decembre", outlet, n)
	a.Fetched = a.Fetched.Add(time.Duration(n) * time.Minute)
	a.Published.Time = a.Published.Time.Add(time.Duration(n) * time.Minute)
	a.Signature.Shingles = 200
	for i := range uint32(128) {
		a.Signature.MinHash = append(a.Signature.MinHash, i*7919)
	}
	return a
}

// many takes n copies, by as many outlets as outlet names, and returns the last state of every story.
func many(t testing.TB, s *dedup.Stage, n int, outlet func(int) string) map[string]message.State {
	t.Helper()
	last := map[string]message.State{}
	for i := range n {
		for _, state := range take(t, s, copyOf(i, outlet(i))) {
			last[state.Story.ID] = state
		}
	}
	return last
}

func newspaper(i int) string { return fmt.Sprintf("o%d", i) }

func TestOneTextInHundredsOfOutletsIsOneStory(t *testing.T) {
	for id, state := range many(t, newStage(t), 600, newspaper) {
		if len(state.Story.Reports) != 600 || state.Story.Independent != 1 {
			t.Errorf("story %s of %d reports and %d sources, want one of 600 and 1", id, len(state.Story.Reports), state.Story.Independent)
		}
	}
}

func TestOneTextOnHundredsOfPagesOfAnOutletIsOneStory(t *testing.T) {
	wall := func(i int) message.Article { // the same notice in place of each article, for two weeks
		a := copyOf(i, "atlas")
		a.Facts, a.Recalled = message.Facts{Kind: message.KindOther}, nil
		a.Fetched, a.Published.Time = a.Fetched.Add(time.Duration(i)*time.Hour), a.Published.Time.Add(time.Duration(i)*time.Hour)
		return a
	}
	s, stories := newStage(t), map[string]int{}
	for i := range 300 {
		for _, state := range take(t, s, wall(i)) {
			stories[state.Story.ID] = len(state.Story.Reports)
		}
	}
	if len(stories) != 1 {
		t.Errorf("%d stories, want one: %v", len(stories), stories)
	}
}

func TestAStoryTakesNoMoreThanItsRecordHolds(t *testing.T) {
	const n = 2100
	var sizes []int
	for _, state := range many(t, newStage(t), n, newspaper) {
		sizes = append(sizes, len(state.Members))
		body, err := json.Marshal(state)
		if err != nil {
			t.Fatal(err)
		}
		if most := 700*len(state.Members) + 128<<10; len(body) > most {
			t.Errorf("%d bytes for %d reports, want at most %d", len(body), len(state.Members), most)
		}
	}
	slices.Sort(sizes)
	if !slices.Equal(sizes, []int{n - 2048, 2048}) {
		t.Errorf("stories of %d reports, want one of 2048 and one of the rest", sizes)
	}
}

func TestEveryOneOfManyCopiesIsKnownWhenItComesAgain(t *testing.T) {
	s := newStage(t)
	last := many(t, s, 200, newspaper)
	replayed := newStage(t)
	for _, state := range last {
		replayed.Apply(state)
	}
	for i := range 200 {
		wantDropped(t, s, copyOf(i, newspaper(i)))
		wantDropped(t, replayed, copyOf(i, newspaper(i)))
	}
	mobile := copyOf(150, newspaper(150))
	mobile.ID, mobile.Digest, mobile.Canonical = "mobile", "with another date line", mobile.URL
	mobile.Fetched = mobile.Fetched.Add(-time.Second)
	wantDropped(t, replayed, mobile)
}

func TestCorrectionOfOneOfManyCopiesIsNoFurtherReport(t *testing.T) {
	s := newStage(t)
	many(t, s, 100, newspaper)
	a := copyOf(90, newspaper(90))
	a.Digest, a.Fetched, a.Title = "corrected", a.Fetched.Add(time.Hour), "Correction"
	state := take(t, s, a)[0]
	i := slices.IndexFunc(state.Story.Reports, func(r message.Report) bool { return r.Article == a.ID })
	if len(state.Story.Reports) != 100 || state.Story.Reports[i].Title != "Correction" || state.Story.Reports[i].Why.Outcome != message.OutcomeCopy {
		t.Errorf("%d reports, the corrected one %+v; want 100, with its new title and the reason for which it came", len(state.Story.Reports), state.Story.Reports[i])
	}
	wantDropped(t, s, a)
}

// TestLongStoryKeepsItsFirstAndLatestReports reads a story that many outlets tell in words of their own.
func TestLongStoryKeepsItsFirstAndLatestReports(t *testing.T) {
	s := newStage(t)
	var last message.State
	for i := range 150 {
		r := saleFrench
		r.id, r.outlet, r.words = fmt.Sprintf("x%d", i), newspaper(i), fmt.Sprintf("%s own%d", saleFrench.words, i)
		last = take(t, s, r.article())[0]
	}
	if len(last.Members) != 150 || last.Story.Independent != 150 || last.Story.Facts.Ages.Min != 24 {
		t.Fatalf("%d members, %d independent", len(last.Members), last.Story.Independent)
	}
	for i, m := range last.Members {
		if reduced := i >= 64 && i < 150-32; m.Reduced != reduced || reduced == (len(m.Signature.Words) > 0) || m.Facts.Day == nil {
			t.Errorf("member %d: reduced %t, %d words", i, m.Reduced, len(m.Signature.Words))
		}
	}
	for _, v := range last.Story.Values {
		if v.Fact == "ages" && len(v.Reports) != 150 {
			t.Errorf("age by %d reports, want all 150", len(v.Reports))
		}
	}
}

func TestEachReportSaysWhyItJoinedWhateverComesLater(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	take(t, s, saleArabic.article())
	var sale message.Story
	for _, state := range take(t, s, berkane.article()) {
		if state.Story.ID == message.StoryID("a1") {
			sale = state.Story
		}
	}
	if sale.Decision.Outcome != message.OutcomeMention {
		t.Fatalf("last decision %+v, want the mention", sale.Decision)
	}
	first, second := sale.Reports[0].Why, sale.Reports[1].Why
	if first == nil || first.Outcome != message.OutcomeNew || first.Rules == "" {
		t.Errorf("first report: %+v, want that it opened the story", first)
	}
	if second == nil || second.Outcome != message.OutcomeJoin || second.Score <= 0 || len(second.For) == 0 || len(second.For)+len(second.Against) > 6 {
		t.Errorf("second report: %+v, want a join with a score and at most six reasons", second)
	}
	if want := berkane.article().Fetched; !sale.LastChanged.Equal(want) || sale.LastChanged.Location() != time.UTC {
		t.Errorf("last changed %s, want %s in UTC", sale.LastChanged, want)
	}
}

func TestReportThatMergesTwoStoriesSaysWhyForBoth(t *testing.T) {
	_, third, states := merged(t)
	reports := states[0].Story.Reports
	i := slices.IndexFunc(reports, func(r message.Report) bool { return r.Article == third.ID })
	if y := reports[i].Why; y == nil || y.Outcome != message.OutcomeMerge || y.Merged == nil || len(y.For) == 0 || len(y.Merged.For) == 0 {
		t.Errorf("why %+v, want the reasons for both stories", reports[i].Why)
	}
}

func BenchmarkLongStory(b *testing.B) {
	for _, n := range []int{100, 500, 2000} {
		s := newStage(b)
		var last message.State
		for _, last = range many(b, s, n, newspaper) {
		}
		next := copyOf(n, newspaper(n))
		b.Run(fmt.Sprint("process/", n), func(b *testing.B) {
			for b.Loop() {
				decide(b, s, next)
			}
		})
		b.Run(fmt.Sprint("apply/", n), func(b *testing.B) {
			states := []message.State{last, decide(b, s, next)[0]}
			states[0].Story.Revision = states[1].Story.Revision
			for i := 0; b.Loop(); i++ {
				s.Apply(states[i%2])
			}
		})
	}
}
