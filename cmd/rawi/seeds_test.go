package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

// seeds are five real articles as scraped text, menus, teasers and comment forms included. They belong to their publishers and are not part
// of the project: the test runs where a folder "shared" beside the checkout holds them.
var seeds = []struct {
	file, outlet, country, published string
}{
	{"000_9fa4b3c4ce58f48e.txt", "seed-000", "MA", "2021-12-18T10:00:00+01:00"},
	{"001_792e234e483bc51b.txt", "seed-001", "MA", "2022-12-08T10:00:00+01:00"},
	{"002_ae4344b2155fb8d9.txt", "seed-002", "MA", "2020-10-20T10:00:00+01:00"},
	{"003_8d06ba8b4c5afd43.txt", "seed-003", "", "2022-09-27T18:00:00+01:00"},
	{"004_f747331039b38cf6.txt", "seed-004", "", "2022-05-06T18:00:00+01:00"},
}

func seedFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "seeds")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no folder shared/seeds beside the checkout")
	}
	return dir
}

func seedRaw(t *testing.T, dir string, i int) message.Raw {
	t.Helper()
	s := seeds[i]
	body, err := os.ReadFile(filepath.Join(dir, s.file))
	if err != nil {
		t.Fatal(err)
	}
	published, err := time.Parse(time.RFC3339, s.published)
	if err != nil {
		t.Fatal(err)
	}
	url := "https://" + s.outlet + ".example/" + s.file
	return message.Raw{
		Type: message.RawV1, ID: message.ArticleID(url), Digest: message.Digest(string(body)), URL: url,
		Outlet: message.Outlet{Name: s.outlet, Country: s.country, Family: s.outlet, Zone: "Africa/Casablanca"},
		Found:  message.Found{How: message.FoundLink, Entry: message.Entry{Published: published}}, ContentType: "text/plain; charset=utf-8", Body: body, Fetched: published,
	}
}

// feedLine sends raw articles through the line, in order, and returns the state of every story and the article texts.
func feedLine(t *testing.T, raws ...message.Raw) (stories map[string]message.State, texts map[string]message.Article) {
	t.Helper()
	l := line()
	stories, texts = map[string]message.State{}, map[string]message.Article{}
	for _, raw := range raws {
		detected, err := l.Language.Process(t.Context(), raw)
		if err != nil {
			t.Fatalf("%s: %v", raw.Outlet.Name, err)
		}
		articles, err := l.Extract[detected[0].Language].Process(t.Context(), detected[0])
		if err != nil {
			t.Fatalf("%s: %v", raw.Outlet.Name, err)
		}
		texts[raw.Outlet.Name] = articles[0]
		states, err := l.Dedup.Process(context.Background(), articles[0])
		if err != nil {
			t.Fatalf("%s: %v", raw.Outlet.Name, err)
		}
		for _, s := range states {
			l.Dedup.Apply(s)
			stories[s.Story.ID] = s
		}
	}
	return stories, texts
}

func storyOf(t *testing.T, stories map[string]message.State, outlet string) message.Story {
	t.Helper()
	for _, s := range stories {
		for _, m := range s.Members {
			if m.Source == outlet && s.Story.MergedInto == "" {
				return s.Story
			}
		}
	}
	t.Fatalf("no story holds the report of %s", outlet)
	return message.Story{}
}

func TestSeedsAreFiveStoriesOfWhichOneRecallsTwo(t *testing.T) {
	dir := seedFolder(t)
	order := []int{2, 0, 4, 3, 1} // by time of publication
	raws := make([]message.Raw, len(order))
	for i, n := range order {
		raws[i] = seedRaw(t, dir, n)
	}
	stories, texts := feedLine(t, raws...)
	id := map[int]string{}
	for i, s := range seeds {
		story := storyOf(t, stories, s.outlet)
		id[i] = story.ID
		if len(story.Reports) != 1 {
			t.Errorf("%s: story of %d reports, want one of its own", s.outlet, len(story.Reports))
		}
	}
	for i, want := range [][]string{{}, {}, {}, {id[0], id[4]}, {}} {
		got := storyOf(t, stories, seeds[i].outlet).Mentions
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s mentions %v, want %v (ids %v)", seeds[i].outlet, got, want, id)
		}
	}
	for outlet, a := range texts {
		for _, furniture := range []string{"LEAVE A REPLY", "Please enter", "Related articles", "Articles similaires", "Bouton retour", "Aller plus loin", "Villiers-le-Bel", "Ces articles devraient", "اضف تعليق", "لا تعليقات", "أخبار عاجلة"} {
			if strings.Contains(a.Text(), furniture) {
				t.Errorf("%s keeps %q (%+q)", outlet, furniture, furniture)
			}
		}
	}
}

// TestArabicReportsOfSaleJoinTheFrenchSeed feeds the labelled Arabic reports of the arrest in Salé after the French seed that tells of it.
func TestArabicReportsOfSaleJoinTheFrenchSeed(t *testing.T) {
	dir := seedFolder(t)
	raws := []message.Raw{seedRaw(t, dir, 0)}
	labelled, err := os.ReadFile(filepath.Join(dir, "..", "gold", "dev", "d1.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var arabic []string
	for row := range strings.Lines(string(labelled)) {
		var r struct {
			ID, Outlet, Lang, URL, Title, Text, Story string
			Published                                 time.Time
		}
		if err := json.Unmarshal([]byte(row), &r); err != nil {
			t.Fatal(err)
		}
		if r.Story != "d1-S01" || r.Lang != "ar" {
			continue
		}
		arabic = append(arabic, r.Outlet)
		raws = append(raws, message.Raw{
			Type: message.RawV1, ID: message.ArticleID(r.URL), Digest: message.Digest(r.Text), URL: r.URL,
			Outlet: message.Outlet{Name: r.Outlet, Family: r.Outlet, Zone: "Africa/Casablanca"}, ContentType: "text/plain; charset=utf-8",
			Found: message.Found{How: message.FoundLink, Entry: message.Entry{Title: r.Title, Published: r.Published}}, Body: []byte(r.Text), Fetched: r.Published,
		})
	}
	if len(arabic) < 3 {
		t.Fatalf("only %d Arabic reports are labelled", len(arabic))
	}
	stories, _ := feedLine(t, raws...)
	want := storyOf(t, stories, "seed-000").ID
	for _, outlet := range arabic {
		if got := storyOf(t, stories, outlet).ID; got != want {
			t.Errorf("the report of %s stands in %s, not with the seed in %s", outlet, got, want)
		}
	}
}
