package dedup_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

// corrected is a report as it stands an hour later.
func corrected(r told, change func(*told)) message.Article {
	was := r.article()
	change(&r)
	a := r.article()
	a.ID, a.URL, a.Published, a.Fetched = was.ID, was.URL, was.Published, was.Fetched.Add(time.Hour)
	return a
}

// elsewhere is what an outlet corrects: it was another town and another man.
func elsewhere(r *told) {
	r.places, r.day, r.age, r.words = "ma-nador", "2021-12-09", 51, "autr homm nador"
}

func TestACorrectionOfFactsTakesAReportOutOfItsStory(t *testing.T) {
	s, arrest, _ := arrests(t)
	a := corrected(saleArabic, elsewhere)
	states := decide(t, s, a)
	if len(states) < 2 || !slices.Equal(articles(states[0]), []string{"a2"}) || !slices.Equal(articles(states[1]), []string{"a1"}) {
		t.Fatalf("got %d states, want a story of the corrected report, and the other without it: %+v", len(states), states)
	}
	made := states[0].Story
	if made.Change != message.ChangeNew || made.SplitFrom != arrest || states[1].Story.Change != message.ChangeSplit {
		t.Errorf("changes %s from %q and %s, want new from %s and split", made.Change, made.SplitFrom, states[1].Story.Change, arrest)
	}
	if o := made.Reports[0].Why.Other; made.Decision.Outcome != message.OutcomeRevision || o == nil || o.Story != arrest || o.Veto == "" {
		t.Errorf("decision %+v, want a revision that the old story rules out", made.Decision)
	}
	readBack(t, s, states[0]) // and the process dies
	if d := cmp.Diff(asStored(t, states[1:]), asStored(t, decide(t, s, a))); d != "" {
		t.Errorf("what the crash left undone (-want +got):\n%s", d)
	}
	for _, state := range states[1:] {
		readBack(t, s, state)
	}
	wantDropped(t, s, a)
	wantDropped(t, s, saleFrench.article())
}

func TestACorrectionMayMoveAReportIntoAnotherStory(t *testing.T) {
	s, _, _ := arrests(t)
	nador := saleFrench
	nador.id, nador.outlet = "a8", "rif"
	elsewhere(&nador)
	opened := take(t, s, nador.article())[0].Story
	states := take(t, s, corrected(saleArabic, elsewhere))
	if states[0].Story.ID != opened.ID || !slices.Equal(articles(states[0]), []string{"a2", "a8"}) {
		t.Errorf("got %q in %s, want it beside the report of the other town in %s", articles(states[0]), states[0].Story.ID, opened.ID)
	}
}

func TestACorrectionMayShowAStoryOfOneReportToBeAnother(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	wrong := saleArabic
	elsewhere(&wrong)
	alone := take(t, s, wrong.article())[0].Story
	right := corrected(wrong, func(r *told) { *r = saleArabic })
	states := take(t, s, right)
	if len(states) != 2 || states[0].Story.ID != message.StoryID("a1") || !slices.Equal(articles(states[0]), []string{"a1", "a2"}) ||
		states[1].Story.ID != alone.ID || states[1].Story.MergedInto != states[0].Story.ID {
		t.Fatalf("got %+v", states)
	}
	wantDropped(t, s, right)
}

func TestATypoMovesNothing(t *testing.T) {
	s, arrest, _ := arrests(t)
	states := take(t, s, corrected(saleArabic, func(r *told) { r.words = "بسيج مخطط سلا" }))
	if states[0].Story.ID != arrest || len(states[0].Members) != 2 {
		t.Errorf("got %q in %s", articles(states[0]), states[0].Story.ID)
	}
}

// The bytes are the same, and today's extractor reads other facts in them: a replay must not leave the report where it does not belong.
func TestAReplayedReportLeavesTheStoryThatItsFactsContradict(t *testing.T) {
	s, _, _ := arrests(t)
	a := saleArabic.article()
	a.Facts = corrected(saleArabic, elsewhere).Facts
	states := take(t, s, a)
	if !slices.Equal(articles(states[0]), []string{"a2"}) {
		t.Fatalf("got %q, want the report alone", articles(states[0]))
	}
	wantDropped(t, s, a)
}

func TestAReportThatIsReadAnewIsComparedByWhatItSaysNow(t *testing.T) {
	s := newStage(t)
	take(t, s, saleArabic.article())
	a := saleArabic.article()
	a.Facts = corrected(saleArabic, elsewhere).Facts
	take(t, s, a)
	like := saleFrench
	like.id, like.outlet = "a8", "rif"
	elsewhere(&like)
	if got := take(t, s, like.article())[0]; got.Story.ID != message.StoryID("a2") {
		t.Errorf("a report of the town and day that it names now goes to %s, want its story", got.Story.ID)
	}
}
