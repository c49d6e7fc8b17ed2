package crash

import (
	"slices"
	"strings"
	"testing"
)

// good is what a run without faults leaves of two operations of two reports.
func good() ([]Article, Found) {
	issued := []Article{
		{Number: 0, Operation: 0, Fate: Linked},
		{Number: 1, Operation: 0, Fate: Linked},
		{Number: 2, Operation: 1, Fate: Linked},
		{Number: 3, Operation: 1, Fate: Dead},
		{Number: 4, Operation: 1, Fate: Dropped},
	}
	return issued, Found{
		States:    []State{{ID: "a", Revision: 2, Numbers: []int{0, 1}, Members: 2}, {ID: "b", Revision: 1, Numbers: []int{2}, Members: 1}},
		Decisions: 3,
		Told: []Told{
			{ID: "a", Revision: 1, Numbers: []int{0}}, {ID: "b", Revision: 1, Numbers: []int{2}}, {ID: "a", Revision: 2, Numbers: []int{0, 1}},
		},
		Dead: map[int][]string{3: {"crawl.gone"}},
	}
}

func TestCheckFindsNothingWhereNothingIsWrong(t *testing.T) {
	issued, found := good()
	if got := append(Check(issued, found), Compare(found.Groups(), Expected(issued))...); len(got) > 0 {
		t.Errorf("problems: %v", got)
	}
	if n := found.Overtaken(); n != 0 {
		t.Errorf("%d revisions overtaken, want 0", n)
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name  string
		want  []string // kinds of problem
		spoil func(f *Found)
	}{
		{"an article that is nowhere", []string{"lost", "untold"}, func(f *Found) { f.States[0].Numbers, f.States[0].Members = []int{0}, 1 }},
		{"an article in two stories", []string{"doubled", "doubled"}, func(f *Found) {
			f.States[1].Numbers, f.States[1].Members = []int{1, 2}, 2
			f.Told[1].Numbers = []int{1, 2}
		}},
		{"a member without a report", []string{"doubled"}, func(f *Found) { f.States[0].Members = 3 }},
		{"an article that was never issued", []string{"stray", "untold"}, func(f *Found) {
			f.States[1].Numbers, f.States[1].Members = []int{2, 9}, 2
		}},
		{"a dead letter of something else", []string{"stray"}, func(f *Found) { f.Strays = []string{"publish.panic"} }},
		{"a linked article that is dead as well", []string{"fate"}, func(f *Found) { f.Dead[0] = []string{"dedup.panic"} }},
		{"a closed page that was read", []string{"fate", "untold"}, func(f *Found) {
			f.States[1].Numbers, f.States[1].Members = []int{2, 4}, 2
		}},
		{"a dead letter that is missing", []string{"lost"}, func(f *Found) { delete(f.Dead, 3) }},
		{"a dead letter twice", []string{"doubled"}, func(f *Found) { f.Dead[3] = []string{"crawl.gone", "crawl.gone"} }},
		{"a revision that was left out", []string{"revision", "untold"}, func(f *Found) { f.States[0].Revision = 3 }},
		{"a decision that was stored twice", []string{"revision"}, func(f *Found) { f.Decisions = 4 }},
		{"a revision that was told twice", []string{"doubled"}, func(f *Found) { f.Told = append(f.Told, f.Told[2]) }},
		{"a revision that came late", []string{"doubled", "untold"}, func(f *Found) { f.Told[0], f.Told[2] = f.Told[2], f.Told[0] }},
		{"a last revision that was never told", []string{"untold"}, func(f *Found) { f.Told = f.Told[:2] }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			issued, found := good()
			tt.spoil(&found)
			var got []string
			for _, p := range Check(issued, found) {
				got = append(got, p.Kind)
			}
			if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(tt.want))) {
				t.Errorf("got %v, want %v", Check(issued, found), tt.want)
			}
		})
	}
}

func TestStoriesOfAnotherGroupingAreTold(t *testing.T) {
	want := [][]int{{0, 1}, {2}}
	for _, got := range [][][]int{{{0}, {1}, {2}}, {{0, 1, 2}}, {{0, 2}, {1}}, nil} {
		if len(Compare(got, want)) == 0 {
			t.Errorf("%v passes for %v", got, want)
		}
	}
}

func TestReportsOfAStoryMergedAwayCountOnce(t *testing.T) {
	issued, found := good()
	found.States = append(found.States, State{ID: "c", Revision: 1, Merged: true})
	found.Decisions++
	if got := Check(issued, found); len(got) > 0 {
		t.Errorf("problems: %v", got)
	}
}

func TestIssuedArticlesAreEachOfTheirOwn(t *testing.T) {
	issued, err := Issue(2000)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Issue(2000)
	if err != nil {
		t.Fatal(err)
	}
	texts, fates, languages := map[string]bool{}, map[Fate]int{}, map[string]int{}
	for i, a := range issued {
		text := a.Title + strings.Join(a.Body, " ")
		if texts[text] || strings.Contains(text, "<") || strings.Contains(text, "%!") {
			t.Fatalf("article %d is not its own: %q", i, text)
		}
		texts[text] = true
		fates[a.Fate]++
		languages[a.Language]++
		if n, ok := NumberOf("http://127.0.0.1:1" + a.Path() + `"`); !ok || n != i {
			t.Errorf("the number of %s is read as %d, %t", a.Path(), n, ok)
		}
		if text != again[i].Title+strings.Join(again[i].Body, " ") {
			t.Errorf("article %d is another one the second time", i)
		}
	}
	if fates[Linked] != 1900 || fates[Dead] != 50 || fates[Dropped] != 50 || languages["fr"] != 1200 || languages["ar"] != 800 {
		t.Errorf("fates %v, languages %v", fates, languages)
	}
	if got := len(Expected(issued)); got != 400 {
		t.Errorf("%d stories, want 400", got)
	}
}
