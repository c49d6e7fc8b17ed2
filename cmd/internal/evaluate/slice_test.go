package evaluate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/cmd/internal/evaluate"
)

// labelled is a report of the 17th of December.
func labelled(id, lang, story, kind string, change func(*evaluate.Labelled)) evaluate.Labelled {
	r := evaluate.Labelled{ID: id, Language: lang, Story: story, Kind: kind, Published: "2021-12-17T20:00:00+01:00"}
	if change != nil {
		change(&r)
	}
	return r
}

func slices() []evaluate.Labelled {
	in := func(place, day string) func(*evaluate.Labelled) {
		return func(r *evaluate.Labelled) {
			r.Facts = evaluate.Flat{"places": []any{place}, "date": day}
		}
	}
	return []evaluate.Labelled{
		labelled("1", "fr", "salé", "operation", in("Salé", "2021-12-16")),
		labelled("2", "ar", "salé", "operation", in("سلا", "2021-12-16")),
		labelled("3", "fr", "salé", "operation", func(r *evaluate.Labelled) { r.Near = "1" }),
		labelled("4", "fr", "haul", "operation", in("Salé", "2021-12-15")),
		labelled("5", "fr", "tanger", "operation", in("Tanger", "2021-12-16")),
		labelled("6", "fr", "berkane", "operation", func(r *evaluate.Labelled) { r.Mentions = []string{"salé"}; r.Published = "2022-06-03T11:40:00Z" }),
		labelled("7", "fr", "trial", "justice", nil),
		labelled("8", "en", "salé", "operation", nil), // of a language that is not routed
	}
}

func TestFiguresBySliceOfWhatIsHard(t *testing.T) {
	pred := map[string]string{"1": "a", "2": "a", "3": "b", "4": "a", "5": "e", "6": "a", "7": "g"}
	got := evaluate.Slice(slices(), pred)
	want := map[string]evaluate.Trap{
		evaluate.TrapMention: {Pairs: 3, Merged: 2}, evaluate.TrapPlace: {Pairs: 1, Merged: 1}, evaluate.TrapDay: {Pairs: 2},
		evaluate.TrapFollow: {Pairs: 5}, evaluate.TrapPeripheral: {},
	}
	if d := cmp.Diff(want, got.Traps); d != "" {
		t.Errorf("traps (-want +got):\n%s", d)
	}
	if p := got.Languages["ar-fr"]; p.TP != 1 || p.FP != 2 || p.FN != 1 {
		t.Errorf("ar-fr %+v", p)
	}
	if p := got.Languages["fr-fr"]; p.TP != 0 || p.FN != 1 || p.FP != 3 {
		t.Errorf("fr-fr %+v", p)
	}
	if p := got.Sizes["4-7"]; p.TP != 1 || p.FN != 2 {
		t.Errorf("stories of four: %+v", p)
	}
	if got.Copies.FN != 1 || got.Copies.TP != 0 {
		t.Errorf("copies %+v", got.Copies)
	}
}

func TestChangesOfAGrouping(t *testing.T) {
	before := map[string]string{"1": "a", "2": "a", "3": "b", "4": "c", "5": "c", "6": "d", "7": "e", "8": "e", "9": "f", "10": "f"}
	after := map[string]string{"1": "x", "2": "x", "3": "x", "4": "y", "5": "z", "6": "d", "7": "p", "8": "q", "9": "q", "10": "f", "11": "new"}
	want := []evaluate.Change{
		{Kind: "mixed", Before: [][]string{{"10", "9"}, {"7", "8"}}, After: [][]string{{"8", "9"}, {"10"}, {"7"}}},
		{Kind: "merge", Before: [][]string{{"1", "2"}, {"3"}}, After: [][]string{{"1", "2", "3"}}},
		{Kind: "split", Before: [][]string{{"4", "5"}}, After: [][]string{{"4"}, {"5"}}},
	}
	if d := cmp.Diff(want, evaluate.Compare(before, after)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if same := evaluate.Compare(before, before); len(same) != 0 {
		t.Errorf("no difference gives %+v", same)
	}
}
