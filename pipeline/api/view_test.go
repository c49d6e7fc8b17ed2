package api

import (
	"fmt"
	"testing"
	"time"

	"rawi/pipeline/message"
)

func TestTheViewIsBoundedAndForgetsWhatChangedLongestAgo(t *testing.T) {
	v := newView()
	for i := range mostStories + 10 {
		s := message.Story{ID: fmt.Sprint("s", i), Revision: 1, Reports: []message.Report{{Article: fmt.Sprint("a", i)}}}
		v.put(&s, uint64(i+1))
	}
	if len(v.stories) != mostStories || v.owner("a0") != "" || v.owner("a10") != "s10" {
		t.Errorf("%d stories, a0 in %q, a10 in %q", len(v.stories), v.owner("a0"), v.owner("a10"))
	}
}

func TestTheOrderDoesNotGrowWithRevisions(t *testing.T) {
	v := newView()
	for revision := range 10_000 {
		s := message.Story{ID: fmt.Sprint("s", revision%7), Revision: revision + 1}
		v.put(&s, uint64(revision+1))
	}
	if found, _ := v.list(filter{}, 0, 200, time.Now()); len(found) != 7 || found[0].Sequence != 10_000 || found[6].Sequence != 9_994 {
		t.Errorf("got %+v", found)
	}
	if len(v.order) > 2000 {
		t.Errorf("the order of 7 stories has %d places", len(v.order))
	}
}

func TestOnlySoManyArticlesAreKnown(t *testing.T) {
	v := newView()
	for i := range mostArticles + 1 {
		v.note(fmt.Sprint("a", i), uint64(i+1))
	}
	if n := len(v.articles); n > mostArticles || v.place("a1") != 0 || v.place(fmt.Sprint("a", mostArticles)) == 0 {
		t.Errorf("%d articles, the second at %d", n, v.place("a1"))
	}
}

func TestSearchKnowsNoAccentsNoVowelSignsAndNoCase(t *testing.T) {
	for text, want := range map[string]string{
		"ARRESTATION à Salé": "arrestation a sale", "إِعْتِقَال": "اعتقال", "مدينة": "مدينه", "سلـــا": "سلا", "l’œuvre": "l'oeuvre", "\u202eabc": "abc",
	} {
		if got := fold(text); got != want {
			t.Errorf("%s: %s, want %s (%+q, %+q)", text, got, want, got, want)
		}
	}
}

// BenchmarkListing asks for the first page of 20,000 stories, and for one that only the last of them satisfies.
func BenchmarkListing(b *testing.B) {
	v := newView()
	for i := range 20_000 {
		s := message.Story{
			ID: fmt.Sprintf("s%016d", i), Revision: 1, Kind: message.KindOperation, Country: "MA",
			Titles:  map[string]string{"fr": fmt.Sprint("Arrestation à Salé ", i), "ar": "توقيف بسلا"},
			Reports: []message.Report{{Article: fmt.Sprint("a", i), Source: "courrier", Language: "fr"}},
		}
		v.put(&s, uint64(i+1))
	}
	for _, q := range []string{"", "arrestation sale 0"} {
		b.Run("q="+q, func(b *testing.B) {
			query := query{map[string]string{"q": q}, time.Now()}
			b.ReportAllocs()
			for b.Loop() {
				found, _ := v.list(filterOf(query), 0, 50, time.Now())
				if _, err := encode(StoryList{Stories: found}); err != nil || len(found) != 50 {
					b.Fatal(err, len(found))
				}
			}
		})
	}
}
