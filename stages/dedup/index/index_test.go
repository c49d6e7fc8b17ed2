package index_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

var start = time.Date(2022, 3, 1, 12, 0, 0, 0, time.UTC)

func limits() index.Limits {
	return index.Limits{Live: 21 * 24 * time.Hour, Known: 90 * 24 * time.Hour}
}

// story is the state of a story of one report, changed so many days after the start.
func story(id, article string, revision, day int, words ...string) message.State {
	at := start.AddDate(0, 0, day)
	return message.State{
		Story: message.Story{
			ID: id, Revision: revision, Decision: message.Decision{At: at}, Reports: []message.Report{{Article: article, URL: "https://x.example/" + article}},
		},
		Members: []message.Member{member(article, day, words...)},
	}
}

func member(article string, day int, words ...string) message.Member {
	return message.Member{
		Article: article, Digest: "d", Language: "fr", Published: start.AddDate(0, 0, day), Signature: message.Signature{Words: words},
	}
}

func candidates(x *index.Index, day int, words ...string) []string {
	var ids []string
	for _, e := range x.Candidates(match.Prepare(member("probe", day, words...)), 10) {
		ids = append(ids, e.ID())
	}
	return ids
}

func want(t *testing.T, got []string, ids ...string) {
	t.Helper()
	if !slices.Equal(got, ids) {
		t.Errorf("got %q, want %q", got, ids)
	}
}

func TestCandidatesShareTermsOfTheSameDays(t *testing.T) {
	x := index.New(limits())
	x.Apply(story("s1", "a1", 1, 0, "fr:flood", "fr:nador"))
	x.Apply(story("s2", "a2", 1, 0, "fr:flood"))
	x.Apply(story("s3", "a3", 1, 12, "fr:flood", "fr:nador"))
	want(t, candidates(x, 1, "fr:flood", "fr:nador"), "s1", "s2")
	want(t, candidates(x, 1, "fr:election"))
}

// The rarest words of a report may all be those of another month: a text that takes up its own wording again and again is such a case.
func TestWordsOfOtherWeeksDoNotCrowdOutTheStoriesOfTheseDays(t *testing.T) {
	var old []string
	for i := range 100 {
		old = append(old, fmt.Sprintf("fr:wording%d", i))
	}
	x := index.New(limits())
	x.Apply(story("old", "a1", 1, 0, old...))
	x.Apply(story("s1", "a2", 1, 15, "fr:flood"))
	x.Apply(story("s2", "a3", 1, 15, "fr:flood"))
	want(t, candidates(x, 16, append(old, "fr:flood")...), "s1", "s2")
}

// A town of which much is told is less rare than a word, and still says more than all the words together.
func TestWhatHappenedThereThenIsACandidateWhateverItsWording(t *testing.T) {
	inSale := func(s message.State) message.State {
		s.Members[0].Facts = message.Facts{
			Day:    &message.Days{From: "2022-03-01", To: "2022-03-01", Precision: message.PrecisionDay},
			Places: []message.Place{{ID: "ma-sale", Kind: "city", Country: "MA"}},
		}
		return s
	}
	x := index.New(limits())
	x.Apply(inSale(story("s1", "a", 1, 0, "ar:one")))
	var words []string
	for i := range 90 {
		words = append(words, fmt.Sprintf("fr:word%d", i))
		x.Apply(story(fmt.Sprintf("other%d", i), fmt.Sprintf("b%d", i), 1, 0, words[i]))
		other := inSale(story(fmt.Sprintf("later%d", i), fmt.Sprintf("c%d", i), 1, 15, "fr:later"))
		other.Members[0].Facts.Day = &message.Days{From: "2022-03-16", To: "2022-03-16", Precision: message.PrecisionDay}
		x.Apply(other)
	}
	probe := inSale(story("", "probe", 1, 1, words...)).Members[0]
	if found := x.Candidates(match.Prepare(probe), 10); found[0].ID() != "s1" {
		t.Errorf("the first candidate is %s, want s1", found[0].ID())
	}
}

func TestRevisionTakesThePlaceOfTheOlderOne(t *testing.T) {
	x := index.New(limits())
	x.Apply(story("s1", "a1", 2, 0, "fr:nador"))
	x.Apply(story("s1", "a1", 1, 0, "fr:flood"))
	want(t, candidates(x, 0, "fr:nador"), "s1")
	want(t, candidates(x, 0, "fr:flood"))
}

func TestUnchangedStoriesAreClosedAndThenForgotten(t *testing.T) {
	x := index.New(limits())
	x.Apply(story("s1", "a1", 1, 0, "fr:flood"))
	x.Apply(story("s2", "a2", 1, 30, "fr:other"))
	want(t, candidates(x, 0, "fr:flood"))
	if _, ok := x.Owner("a1"); !ok {
		t.Error("the report of a closed story is not known any more")
	}
	x.Apply(story("s3", "a3", 1, 120, "fr:other"))
	if _, ok := x.Owner("a1"); ok {
		t.Error("a story unchanged for four months is still known")
	}
	if known, live := x.Size(); known != 2 || live != 1 {
		t.Errorf("%d known and %d live, want 2 and 1", known, live)
	}
}

func TestMergedStoryIsFoundUnderItsOldName(t *testing.T) {
	survivor := story("s1", "a1", 2, 0, "fr:flood")
	survivor.Story.Aliases = []string{"s2"}
	survivor.Members = append(survivor.Members, member("a2", 0, "fr:nador"))
	loser := story("s2", "a2", 1, 0, "fr:nador")
	for _, order := range [][]message.State{{survivor, loser}, {loser, survivor}} {
		x := index.New(limits())
		for _, s := range order {
			x.Apply(s)
		}
		if e, ok := x.Story("s2"); !ok || e.ID() != "s1" {
			t.Errorf("s2 is not found as s1")
		}
		if e, ok := x.Owner("a2"); !ok || e.ID() != "s1" {
			t.Errorf("the merged report is not found in s1")
		}
		want(t, candidates(x, 0, "fr:nador"), "s1")
	}
}

func TestAnArticleIsKnownByItsAddress(t *testing.T) {
	x := index.New(limits())
	x.Apply(story("s1", "a1", 1, 0))
	if e, ok := x.Owner(message.ArticleID(message.Identity("http://www.x.example/a1?utm_source=feed"))); !ok || e.ID() != "s1" {
		t.Error("the article is not found by its address")
	}
}

func TestRareTermsWeighMore(t *testing.T) {
	x := index.New(limits())
	for i, id := range []string{"s1", "s2", "s3", "s4"} {
		words := []string{"fr:polic"}
		if i == 0 {
			words = append(words, "fr:rissani")
		}
		x.Apply(story(id, "a"+id, 1, 0, words...))
	}
	weight := func(word string) float64 {
		return x.Rarity().Weigh(nil, match.Prepare(member("probe", 1, word)), true)[0]
	}
	if weight("fr:rissani") <= weight("fr:polic") {
		t.Errorf("rare %f, common %f", weight("fr:rissani"), weight("fr:polic"))
	}
}
