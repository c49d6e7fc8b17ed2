package fit_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/cmd/internal/evaluate"
	"rawi/cmd/internal/evaluate/fit"
	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
	"rawi/stages/places"
)

func rules(t *testing.T, rows ...string) match.Rules {
	t.Helper()
	r, err := match.Parse("# version: test\n" + strings.Join(rows, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// made are pairs of which those of one story share a place, and all share a day.
func made(dated bool) []fit.Pair {
	var out []fit.Pair
	for i := range 40 {
		p := fit.Pair{A: fmt.Sprint("a", i), B: fmt.Sprint("b", i), Dated: dated, Same: i%4 == 0, Values: map[string]float64{"bias": 1, "day": 1}}
		if p.Same {
			p.Values["place"] = 1
		}
		out = append(out, p)
	}
	return out
}

func TestFitLearnsWhatTellsStoriesApart(t *testing.T) {
	prior := rules(t, "bias -1 -1", "day 1 1", "place 0.5 0.5", "age 2 2")
	got := fit.Fit(made(true), prior, fit.Default())
	if w := got.Weights["place"].Dated; w <= 0.5 {
		t.Errorf("place weighs %f, want more than before", w)
	}
	if w := got.Weights["age"]; w.Dated != 2 {
		t.Errorf("age weighs %f, want what it weighed before: nothing was seen of it", w.Dated)
	}
	if w := got.Weights["place"].General; w != 0.5 {
		t.Errorf("place weighs %f in general news, of which there was none", w)
	}
	if w := fit.Fit(made(false), prior, fit.Default()).Weights["place"]; w.General <= 0.5 || w.Dated != 0.5 {
		t.Errorf("place weighs %+v, want more in general news and no more elsewhere", w)
	}
	for _, p := range made(true) {
		if score := fit.Score(got, p); (score > 0) != p.Same {
			t.Errorf("%s: score %f, one story %t", p.A, score, p.Same)
		}
	}
}

func TestFitKeepsSigns(t *testing.T) {
	prior := rules(t, "bias -1 -1", "day 1 1", "place -0.5 -0.5")
	if w := fit.Fit(made(true), prior, fit.Default()).Weights["place"].Dated; w > 0 {
		t.Errorf("place weighs %f, want no more than 0: evidence against cannot become evidence for", w)
	}
}

func TestFitLooksAtNothingRuledOutOrUnscored(t *testing.T) {
	prior := rules(t, "bias -1 -1", "place 0.5 0.5")
	vetoed, unscored := made(true), made(true)
	for i := range vetoed {
		vetoed[i].Vetoed, unscored[i].Unscored = true, true
	}
	for _, pairs := range [][]fit.Pair{vetoed, unscored, nil} {
		if w := fit.Fit(pairs, prior, fit.Default()).Weights["place"].Dated; w != 0.5 {
			t.Errorf("place weighs %f, want what it weighed before", w)
		}
	}
}

func TestPriorNamesEveryRule(t *testing.T) {
	prior, err := fit.Prior()
	if err != nil {
		t.Fatal(err)
	}
	shipped := match.Default()
	for name := range shipped.Weights {
		if _, ok := prior.Weights[name]; !ok {
			t.Errorf("%s has no weight set by hand", name)
		}
	}
	for name := range prior.Weights {
		if _, ok := shipped.Weights[name]; !ok {
			t.Errorf("%s is no rule", name)
		}
	}
}

func TestWrittenRulesAreReadAsTheyWere(t *testing.T) {
	want := rules(t, "bias -1.25 -2", "place 0.5 0.75")
	var file bytes.Buffer
	if err := fit.Write(&file, want); err != nil {
		t.Fatal(err)
	}
	got, err := match.Parse(file.String())
	if err != nil {
		t.Fatal(err)
	}
	if got.Version != want.Version || len(got.Weights) != len(want.Weights) || got.Weights["place"] != want.Weights["place"] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// set has two stories of two reports each, told on one day in two towns.
func set() fit.Set {
	s := fit.Set{Name: "made", Articles: map[string]message.Article{}}
	for i, town := range []string{"ma-sale", "ma-nador", "ma-sale", "ma-nador"} {
		id := fmt.Sprint("r", i)
		at := time.Date(2024, 5, 1, 8+i, 0, 0, 0, time.UTC)
		s.Reports = append(s.Reports, evaluate.Labelled{ID: id, Language: "fr", Story: town, Published: at.Format(time.RFC3339)})
		s.Articles[id] = message.Article{ID: id, Language: "fr", Facts: message.Facts{
			Kind: message.KindOperation, Action: message.ActionArrest, Arrested: &message.Count{N: 4 + i%2},
			Day:    &message.Days{From: "2024-05-01", To: "2024-05-01", Precision: message.PrecisionDay},
			Places: []message.Place{{ID: town, Name: town, Kind: "city"}},
		}}
	}
	return s
}

func TestGroupPutsReportsOfOneHappeningTogether(t *testing.T) {
	s, table := set(), places.Default()
	pairs := fit.Pairs(s, table)
	if len(pairs) != 6 {
		t.Fatalf("%d pairs of four reports, want 6", len(pairs))
	}
	prior, err := fit.Prior()
	if err != nil {
		t.Fatal(err)
	}
	got, err := fit.Group(t.Context(), s, prior, table)
	if err != nil {
		t.Fatal(err)
	}
	if got["r0"] != got["r2"] || got["r1"] != got["r3"] || got["r0"] == got["r1"] {
		t.Errorf("stories %v, want r0 with r2 and r1 with r3", got)
	}
}

func TestCrossHoldsOutEachSetInTurn(t *testing.T) {
	sets, table := []fit.Set{set(), set()}, places.Default()
	pairs := [][]fit.Pair{fit.Pairs(sets[0], table), fit.Pairs(sets[1], table)}
	prior, err := fit.Prior()
	if err != nil {
		t.Fatal(err)
	}
	held, err := fit.Cross(t.Context(), sets, pairs, prior, fit.Default(), table)
	if err != nil {
		t.Fatal(err)
	}
	if len(held) != 2 || held[0].Score.PairRouted.F1 != 1 || held[1].Score.PairRouted.F1 != 1 {
		t.Errorf("held out: %+v, want both sets right", held)
	}
}

func TestHalvesAreCutByTime(t *testing.T) {
	halves := set().Halves()
	if len(halves[0].Reports) != 2 || halves[0].Reports[0].ID != "r0" || halves[1].Reports[0].ID != "r2" {
		t.Errorf("halves %+v", halves)
	}
}

func TestPairsAreWeighedAsWhenTheLaterReportCame(t *testing.T) {
	s, table := set(), places.Default()
	for id, a := range s.Articles {
		a.Signature.Words = []string{"fr:" + a.Facts.Places[0].ID, "fr:polic"}
		s.Articles[id] = a
	}
	few := s
	few.Reports = s.Reports[:2]
	whole := fit.Pairs(s, table)
	i := slices.IndexFunc(whole, func(p fit.Pair) bool { return p.A == "r1" && p.B == "r0" })
	if i < 0 {
		t.Fatalf("no pair of r1 and r0 among %+v", whole)
	}
	if d := cmp.Diff(fit.Pairs(few, table)[0], whole[i]); d != "" {
		t.Errorf("reports that came later changed the pair (-without +with them):\n%s", d)
	}
}
