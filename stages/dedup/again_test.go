package dedup_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// readBack puts a state into a stage as a start does, from its stream.
func readBack(t *testing.T, s *dedup.Stage, state message.State) {
	t.Helper()
	body, err := json.Marshal(state)
	var back message.State
	if err == nil {
		err = json.Unmarshal(body, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Apply(back)
}

// salé is the report of an arrest, as its first extractor read it.
func salé() message.Article {
	return told{
		id: "a1", outlet: "courrier", lang: "fr", at: "2021-12-17 20:12", kind: message.KindOperation, action: message.ActionArrest, day: "2021-12-16",
		places: "sale", arrested: 1, age: 42, about: terror, words: "Salé suspect interpellé",
	}.article()
}

// The bytes are the same, and a better extractor reads them: the report is corrected in its place. Once: the next time there is nothing new.
func TestArticleThatIsReadAnewIsARevisionOfItsReport(t *testing.T) {
	s := newStage(t)
	a := salé()
	first := decide(t, s, a)[0]
	readBack(t, s, first)
	wantDropped(t, s, a)
	better := salé()
	better.Facts.Ages = &message.Range{Min: 24, Max: 24}
	states := decide(t, s, better)
	if len(states) != 1 || states[0].Story.Revision != 2 || len(states[0].Members) != 1 || len(states[0].Story.Reports) != 1 ||
		states[0].Story.Facts.Ages.Min != 24 || states[0].Story.Decision.Outcome != message.OutcomeRevision {
		t.Fatalf("got %+v", states)
	}
	readBack(t, s, states[0])
	wantDropped(t, s, better)
	title := better
	title.Title = "Salé : un partisan de l'EI interpellé"
	if states = decide(t, s, title); len(states) != 1 || states[0].Story.Reports[0].Title != title.Title {
		t.Errorf("got %+v", states)
	}
}

func TestReadingAnewDoesNotMakeAStoryOlder(t *testing.T) {
	s := newStage(t)
	a := salé()
	take(t, s, a)
	later := salé()
	later.ID, later.Outlet.Name, later.Fetched = "a2", "atlas", a.Fetched.Add(48*time.Hour)
	joined := take(t, s, later)
	if len(joined) == 0 || len(joined[0].Members) != 2 {
		t.Fatalf("got %+v", joined)
	}
	better := salé()
	better.Title = "Salé : un partisan de l'EI interpellé"
	states := decide(t, s, better)
	if len(states) == 0 || !states[0].Story.LastChanged.Equal(joined[0].Story.LastChanged) {
		t.Errorf("got %+v", states)
	}
}

func TestSameBytesThatSayNothingNewAreKnown(t *testing.T) {
	for name, change := range map[string]func(a *message.Article){
		"fetched again":                       func(a *message.Article) { a.Fetched = a.Fetched.Add(30 * time.Hour) },
		"by another extractor":                func(a *message.Article) { a.Extractor = "fr/99" },
		"found elsewhere":                     func(a *message.Article) { a.Found.How = "section" },
		"fetched before, and told otherwise":  func(a *message.Article) { a.Fetched, a.Title = a.Fetched.Add(-time.Hour), "Rabat" },
		"from another source, told otherwise": func(a *message.Article) { a.Outlet.Name, a.Title = "courrier-2", "Rabat" },
		"undated, fetched later": func(a *message.Article) {
			a.Published, a.Fetched, a.Title = message.Moment{}, a.Fetched.Add(30*time.Hour), "Rabat"
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			take(t, s, salé())
			a := salé()
			change(&a)
			wantDropped(t, s, a)
		})
	}
}

// asStored are states as their stream gives them back.
func asStored(t *testing.T, states []message.State) []message.State {
	t.Helper()
	body, err := json.Marshal(states)
	var back []message.State
	if err == nil {
		err = json.Unmarshal(body, &back)
	}
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// Pages that claim another page's URL as theirs, and tell something else, do not take its revisions.
func TestAnArticleIsKnownByItsIDBeforeItsURL(t *testing.T) {
	for _, other := range []string{"b0", "b1", "b2", "b3"} {
		s := newStage(t)
		page := saleFrench.article()
		page.URL = "https://atlas.example/page"
		page.ID = message.ArticleID(message.Identity(page.URL))
		own := take(t, s, page)[0].Story.ID
		claims := berkane.article()
		claims.ID, claims.Outlet, claims.URL, claims.Canonical = other, page.Outlet, "https://atlas.example/"+other, page.URL
		take(t, s, claims)
		page.Digest, page.Fetched = "another", page.Fetched.Add(time.Hour)
		if got := take(t, s, page)[0]; got.Story.ID != own || !slices.Equal(articles(got), []string{page.ID}) {
			t.Errorf("the revision goes to %s of %q, want %s of %s", got.Story.ID, articles(got), own, page.ID)
		}
	}
}
