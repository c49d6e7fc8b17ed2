package evaluate

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/extract"
	"rawi/stages/extract/ar"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/fr"
	"rawi/stages/language"
	"rawi/stages/places"
)

// set is the file of a labelled set: those named dev/ come with the project, others lie beside the checkout or the test is skipped.
func set(t *testing.T, name string) string {
	t.Helper()
	if dev, ok := strings.CutPrefix(name, "dev/"); ok {
		return filepath.Join("testdata", dev+".jsonl")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		file := filepath.Join(filepath.Dir(dir), "shared", "gold", name+".jsonl")
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	t.Skip("the set " + name + " is not beside the checkout")
	return ""
}

// whole is the line as the daemon runs it.
func whole() Line {
	table, concepts := places.Default(), concept.Default()
	line := Line{
		Language: language.New(language.Config{}), Extract: map[string]Stage[message.Detected, message.Article]{},
		Dedup: dedup.New(dedup.Default(), table),
	}
	for _, l := range []extract.Language{fr.Language(table, concepts), ar.Language(table, concepts)} {
		line.Extract[l.Tag] = extract.New(l)
	}
	return line
}

// labelled is the line with the languages and facts that the labels give.
func labelled(t *testing.T, name string, gold []Labelled) Line {
	t.Helper()
	o, languages := newOracle(t, name), map[string]string{}
	for _, r := range gold {
		languages[raw(r).ID] = r.Language
	}
	return Line{
		Language: known{languages}, Extract: map[string]Stage[message.Detected, message.Article]{"fr": o, "ar": o},
		Dedup: dedup.New(dedup.Default(), o.places),
	}
}

func grade(t *testing.T, gold []Labelled, line Line) Score {
	t.Helper()
	m, err := Merge(t.Context(), gold, line)
	if err != nil {
		t.Fatal(err)
	}
	s := Grade(gold, m.Stories())
	t.Logf("pair_routed %+v, fr_ar %+v, traps %d, operations merged %d, peripheral %+v", s.PairRouted, s.PairFrAr, s.Traps, s.OperationsMerged, s.Peripheral)
	for _, c := range m.Timings {
		t.Logf("%-12s %4d calls, %v each", c.Stage, c.Calls, c.PerCall)
	}
	return s
}

func TestMergingOfLabelledSets(t *testing.T) {
	for name, least := range map[string]struct{ routed, frAr float64 }{
		"dev/d1": {0.95, 0.95}, "dev/d2": {0.95, 0.95}, "real/fr-ar-2016": {0.7, 0.72},
	} {
		t.Run(name, func(t *testing.T) {
			gold, err := Read(set(t, name))
			if err != nil {
				t.Fatal(err)
			}
			s := grade(t, gold, whole())
			if s.PairRouted.F1 < least.routed || s.PairFrAr.F1 < least.frAr || s.OperationsMerged > 1 || s.Traps > 0 {
				t.Errorf("merging got worse: want F1 of at least %v (all) and %v (French with Arabic), at most one pair of operations merged, no trap",
					least.routed, least.frAr)
			}
		})
	}
}

func TestOrderOfArrivalWithinSixHoursHardlyMatters(t *testing.T) {
	for _, name := range []string{"dev/d1", "dev/d2"} {
		t.Run(name, func(t *testing.T) {
			gold, err := Read(set(t, name))
			if err != nil {
				t.Fatal(err)
			}
			ordered := grade(t, gold, whole()).PairRouted.F1
			for seed := range uint64(5) {
				random, line := rand.New(rand.NewPCG(seed, 0)), whole()
				line.Delay = func(Labelled) time.Duration { return time.Duration(random.Int64N(int64(6 * time.Hour))) }
				if got := grade(t, gold, line).PairRouted.F1; got < ordered-0.05 {
					t.Errorf("seed %d: F1 %.4f, in order %.4f", seed, got, ordered)
				}
			}
		})
	}
}

func TestDecisionOnLabelledFacts(t *testing.T) {
	for _, name := range []string{"dev/d1", "dev/d2"} {
		t.Run(name, func(t *testing.T) {
			file := set(t, name)
			gold, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			if s := grade(t, gold, labelled(t, file, gold)); s.OperationsMerged > 1 {
				t.Errorf("%d pairs of operations merged, want at most one", s.OperationsMerged)
			}
		})
	}
}

func TestReportsWithoutAnExtractorStandAlone(t *testing.T) {
	reports := []Labelled{{ID: "x", Language: "es", URL: "https://a.example/1"}, {ID: "y", Language: "es", URL: "https://a.example/2"}}
	line := Line{Language: known{map[string]string{raw(reports[0]).ID: "es", raw(reports[1]).ID: "es"}}}
	m, err := Merge(t.Context(), reports, line)
	if err != nil {
		t.Fatal(err)
	}
	stories := m.Stories()
	if len(stories) != 2 || stories["x"] == stories["y"] || m.Assignments[0].Language != "es" {
		t.Errorf("assignments %+v, want two stories in Spanish", m.Assignments)
	}
}

// refusing drops every article.
type refusing struct{}

func (refusing) Process(context.Context, message.Detected) ([]message.Article, error) {
	return nil, fault.Dropped("no_text")
}

func TestDroppedReportsAreCountedAndStandAlone(t *testing.T) {
	r := Labelled{ID: "x", Language: "fr", URL: "https://a.example/1"}
	line := Line{
		Language: known{map[string]string{raw(r).ID: "fr"}}, Extract: map[string]Stage[message.Detected, message.Article]{"fr": refusing{}},
	}
	m, err := Merge(t.Context(), []Labelled{r}, line)
	if err != nil {
		t.Fatal(err)
	}
	if m.Dropped["no_text"] != 1 || m.Stories()["x"] == "" {
		t.Errorf("dropped %v, assignments %+v", m.Dropped, m.Assignments)
	}
}
