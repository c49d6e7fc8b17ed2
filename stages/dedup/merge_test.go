package dedup_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/places"
)

// bridge are two reports of one arrest, the second of which names no town and was published too late to look for the first by its words, and a
// third from between them.
func bridge() (first, second, third message.Article) {
	early, late, between := saleFrench, saleArabic, saleFrench
	late.at, late.places, late.partners = "2021-12-23 22:05", "", ""
	between.id, between.outlet, between.at = "a3", "agency", "2021-12-20 12:00"
	return early.article(), late.article(), between.article()
}

func TestReportThatComesAWeekLateFindsItsStoryByDayAndPlace(t *testing.T) {
	late := saleArabic
	late.at = "2021-12-23 22:05"
	wantStories(t, stories(t, saleFrench, late), []string{"a1", "a2"})
}

// merged is a stage that holds the first two reports apart, and what it makes of the third.
func merged(t *testing.T) (s *dedup.Stage, third message.Article, states []message.State) {
	t.Helper()
	s = newStage(t)
	first, second, third := bridge()
	take(t, s, first)
	if got := take(t, s, second)[0].Story.Decision.Outcome; got != message.OutcomeNew {
		t.Fatalf("second report: %s, want a story of its own", got)
	}
	return s, third, decide(t, s, third)
}

func TestLateReportMergesTwoStories(t *testing.T) {
	s, third, states := merged(t)
	if len(states) != 2 {
		t.Fatalf("%d states, want survivor and tombstone", len(states))
	}
	survivor, tombstone := states[0].Story, states[1]
	if survivor.ID != message.StoryID("a1") || survivor.Change != message.ChangeMerge || len(survivor.Reports) != 3 {
		t.Errorf("survivor %s, change %s, %d reports; want that of the older report, merge, 3", survivor.ID, survivor.Change, len(survivor.Reports))
	}
	if !slices.Equal(survivor.Aliases, []string{message.StoryID("a2")}) {
		t.Errorf("aliases %q, want the merged story", survivor.Aliases)
	}
	if tombstone.Story.MergedInto != survivor.ID || len(tombstone.Members) != 0 || tombstone.Story.Revision != 2 || len(tombstone.Former) != 1 {
		t.Errorf("tombstone %+v, want one that names the survivor and holds no members", tombstone)
	}
	for _, state := range states {
		s.Apply(state)
	}
	wantDropped(t, s, third)
}

func TestCrashBetweenMergeAndTombstone(t *testing.T) {
	s, third, states := merged(t)
	s.Apply(states[0]) // and the process dies
	again, err := s.Process(t.Context(), third)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(states[1:], again); d != "" {
		t.Errorf("what the crash left undone (-want +got):\n%s", d)
	}
	s.Apply(again[0])
	wantDropped(t, s, third)
}

func TestCrashBetweenReportAndMention(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	states, err := s.Process(t.Context(), berkane.article())
	if err != nil || len(states) != 2 {
		t.Fatalf("%d states and %v, want the story and the mark on the other", len(states), err)
	}
	s.Apply(states[0]) // and the process dies
	again, err := s.Process(t.Context(), berkane.article())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(states[1:], again); d != "" {
		t.Errorf("what the crash left undone (-want +got):\n%s", d)
	}
}

func TestApplyTwiceAndOutOfOrderChangesNothing(t *testing.T) {
	s := newStage(t)
	first := take(t, s, saleFrench.article())
	take(t, s, saleArabic.article())
	before := decide(t, s, berkane.article())
	s.Apply(first[0])
	if d := cmp.Diff(before, decide(t, s, berkane.article())); d != "" {
		t.Errorf("an old revision changed the memory:\n%s", d)
	}
	wantDropped(t, s, saleArabic.article())
}

func decide(t testing.TB, s *dedup.Stage, a message.Article) []message.State {
	t.Helper()
	states, err := s.Process(t.Context(), a)
	if err != nil {
		return nil
	}
	return states
}

// stream is a stream of reports on few happenings, with revisions, copies and mentions among them.
func stream(seed uint64, n int) []message.Article {
	r := rand.New(rand.NewPCG(seed, 1))
	towns := []string{"ma-sale", "ma-tanger", "ma-berkane", "ma-nador", "ma-fes", "ma-agadir"}
	start := time.Date(2022, 1, 1, 8, 0, 0, 0, time.UTC)
	var out []message.Article
	for i := range n {
		happening := r.IntN(n/3 + 1)
		day := start.AddDate(0, 0, happening/2)
		at := day.Add(time.Duration(r.IntN(40)) * time.Hour)
		report := told{
			id: fmt.Sprintf("x%d", r.IntN(n)), outlet: fmt.Sprintf("o%d", r.IntN(9)), lang: []string{"fr", "ar"}[r.IntN(2)],
			at: at.Format("2006-01-02 15:04"), kind: "operation", action: "arrest", day: day.Format(time.DateOnly), places: towns[happening%len(towns)],
			arrested: 1 + happening%5, about: terror, words: fmt.Sprintf("w%d v%d u%d", happening, happening%7, i),
		}
		if r.IntN(4) == 0 && len(out) > 0 {
			report.recalls = []message.Facts{out[r.IntN(len(out))].Facts}
		}
		out = append(out, report.article())
	}
	return out
}

func TestReplayOfLastStatesDecidesTheSame(t *testing.T) {
	for seed := range uint64(8) {
		s, last := newStage(t), map[string]message.State{}
		articles := stream(seed, 120)
		for _, a := range articles {
			for _, state := range decide(t, s, a) {
				s.Apply(state)
				last[state.Story.ID] = state
			}
		}
		replayed := newStage(t)
		replayed.Apply(message.State{Story: message.Story{ID: "left over", Revision: 1}})
		replayed.Reset()
		for _, state := range last { // in the random order of a map
			replayed.Apply(state)
		}
		for _, a := range stream(seed+100, 60) {
			a.ID = "probe " + a.ID
			if d := cmp.Diff(decide(t, s, a), decide(t, replayed, a)); d != "" {
				t.Fatalf("seed %d, article %s (-live +replayed):\n%s", seed, a.ID, d)
			}
		}
	}
}

func TestProcessChangesNothing(t *testing.T) {
	s := newStage(t)
	for _, a := range stream(3, 60) {
		first := decide(t, s, a)
		if d := cmp.Diff(first, decide(t, s, a)); d != "" {
			t.Fatalf("the same article decided twice (-first +second):\n%s", d)
		}
		for _, state := range first {
			s.Apply(state)
		}
	}
}

func TestRevisionsHaveNoGaps(t *testing.T) {
	s, revision := newStage(t), map[string]int{}
	for _, a := range stream(5, 200) {
		for _, state := range decide(t, s, a) {
			s.Apply(state)
			if id := state.Story.ID; state.Story.Revision != revision[id]+1 {
				t.Fatalf("story %s: revision %d after %d", id, state.Story.Revision, revision[id])
			}
			revision[state.Story.ID]++
		}
	}
}

func TestEveryArticleStandsInOneStory(t *testing.T) {
	s, last := newStage(t), map[string]message.State{}
	for _, a := range stream(7, 200) {
		for _, state := range decide(t, s, a) {
			s.Apply(state)
			last[state.Story.ID] = state
		}
	}
	in := map[string]string{}
	for id, state := range last {
		for _, m := range state.Members {
			if other := in[m.Article]; other != "" {
				t.Errorf("article %s stands in %s and %s", m.Article, id, other)
			}
			in[m.Article] = id
		}
	}
}

func TestStoriesExpireButStayKnown(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	later := berkane
	later.recalls = nil
	take(t, s, later.article()) // half a year on
	wantDropped(t, s, saleFrench.article())
	if got := take(t, s, saleArabic.article())[0].Story; got.Decision.Outcome != message.OutcomeNew {
		t.Errorf("joined a story closed half a year ago: %s", got.Decision.Outcome)
	}
}

func BenchmarkProcess(b *testing.B) {
	table := places.Default()
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := dedup.New(dedup.Default(), table)
			articles := crowd(n + 2000)
			for _, a := range articles[:n] {
				s.Apply(opened(a))
			}
			b.ResetTimer()
			for i := 0; b.Loop(); i++ {
				if _, err := s.Process(b.Context(), articles[n+i%2000]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// opened is the state of a story of one report.
func opened(a message.Article) message.State {
	m := message.Member{
		Article: a.ID, Digest: a.Digest, Source: a.Outlet.Name, Language: a.Language, Published: a.Published.Time, Facts: a.Facts, Signature: a.Signature,
	}
	story := message.Story{
		ID: message.StoryID(a.ID), Revision: 1, Reports: []message.Report{{Article: a.ID, URL: a.URL, Language: a.Language}},
		Decision: message.Decision{At: a.Fetched}, FirstSeen: a.Published.Time,
	}
	return message.State{Story: story, Members: []message.Member{m}}
}

// crowd are reports of as many happenings over three weeks, their words as unevenly common as those of a language.
func crowd(n int) []message.Article {
	r := rand.New(rand.NewPCG(1, 2))
	words := rand.NewZipf(r, 1.2, 8, 200_000)
	towns := slices.Collect(func(yield func(string) bool) {
		for p := range places.Default().All {
			if p.Kind == places.KindCity && !yield(p.ID) {
				return
			}
		}
	})
	start := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	out := make([]message.Article, n)
	for i := range out {
		at := start.Add(time.Duration(r.IntN(20*24*60)) * time.Minute)
		a := told{
			id: fmt.Sprintf("c%d", i), outlet: fmt.Sprintf("o%d", r.IntN(300)), lang: []string{"fr", "ar"}[r.IntN(2)], at: at.Format("2006-01-02 15:04"),
			kind: "operation", action: "arrest", day: at.Format(time.DateOnly), places: towns[r.IntN(len(towns))], arrested: 1 + r.IntN(20), about: terror,
		}.article()
		for range 90 {
			a.Signature.Words = append(a.Signature.Words, fmt.Sprintf("%s:w%d", a.Language, words.Uint64()))
		}
		for range 12 {
			a.Signature.Names = append(a.Signature.Names, fmt.Sprintf("n%d", words.Uint64()))
		}
		a.Signature.Shingles = 200
		for range 128 {
			a.Signature.MinHash = append(a.Signature.MinHash, r.Uint32())
		}
		out[i] = a
	}
	return out
}
