package facts_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/facts"
)

// seed is what a scraped page is known to tell.
type seed struct {
	file, lang, published string
	want                  string   // flat facts, as JSON
	recalled              []string // some of the recalled happenings, each as parts of its JSON
}

// TestSeeds reads the scraped pages beside the checkout: what they tell is known, furniture and background included.
func TestSeeds(t *testing.T) {
	dir, ok := shared("seeds")
	if !ok {
		t.Skip("the scraped pages are not beside this checkout")
	}
	languages := packs()
	for _, s := range []seed{
		{
			file: "000", lang: "fr", published: "2021-12-18T10:00:00+01:00",
			want: `{"action":"foiled-attack","age":24,"agencies":["DGST","BCIJ"],"arrested":1,"country":"MA","date":"2021-12-16","group":"ISIS",` +
				`"partners":["US"],"places":["Salé"]}`,
		},
		{
			file: "001", lang: "fr", published: "2022-12-09T10:00:00+01:00",
			want: `{"action":"foiled-attack","agencies":["BCIJ"],"ages":[19,49],"arrested":13,"country":"MA","group":"ISIS","places":["Casablanca",` +
				`"Beni Mellal","Mohammédia","Khnifra","Témara","Tiflet","Tanger","Ksar El-Kébir","Rissani","Berkan"]}`,
			recalled: []string{`"from":"2003-05-01"`},
		},
		{
			file: "003", lang: "ar", published: "2022-09-27T18:00:00+01:00",
			want: `{"action":"dismantling","agencies":["BCIJ","DGST","CGI"],"arrested":12,"country":"MA","date":"2022-09-27","group":"ISIS",` +
				`"partners":["ES"],"places":["الناظور","مليلية"]}`,
			recalled: []string{`"from":"2022-06-01"`, `"id":"ma-berkane"`, `"ages":{"min":37,"max":37}`, `"from":"2021-12-18"`, `"partners":["US"]`},
		},
		{
			file: "004", lang: "ar", published: "2022-05-06T18:00:00+01:00",
			want: `{"action":"arrest","age":37,"agencies":["BCIJ","DGST","FBI"],"arrested":1,"country":"MA","date":"2022-05-06","group":"ISIS",` +
				`"partners":["US"],"places":["بركان"]}`,
			recalled: []string{`"from":"2021-03-01"`, `"id":"ma-oujda"`},
		},
	} {
		t.Run(s.file, func(t *testing.T) {
			a := process(t, languages[s.lang], dir, s)
			flat, err := json.Marshal(facts.Flat(a.Facts))
			if err != nil {
				t.Fatal(err)
			}
			if string(flat) != s.want {
				t.Errorf("got  %s\nwant %s\ngot in code points: %+q", flat, s.want, flat)
			}
			recalled, err := json.Marshal(a.Recalled)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range s.recalled {
				if !strings.Contains(string(recalled), part) {
					t.Errorf("recalled %s, want %s in it", recalled, part)
				}
			}
		})
	}
	t.Run("002", func(t *testing.T) {
		a := process(t, languages["fr"], dir, seed{file: "002", published: "2020-10-12T10:00:00+01:00"})
		if f := a.Facts; f.Action != "" || f.Day != nil || f.Arrested != nil || len(f.Agencies) > 0 {
			t.Errorf("got facts of a happening in an analysis: %+v", f)
		}
	})
}

func process(t *testing.T, language extract.Language, dir string, s seed) message.Article {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, s.file+"_*.txt"))
	if len(files) != 1 {
		t.Fatalf("got %d files for seed %s, want 1", len(files), s.file)
	}
	body, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	published, err := time.Parse(time.RFC3339, s.published)
	if err != nil {
		t.Fatal(err)
	}
	raw := message.Raw{
		ID: "a" + s.file, ContentType: "text/plain; charset=utf-8", Body: body, Fetched: published,
		URL: "https://outlet.example/" + s.file, Outlet: message.Outlet{Name: "outlet", Country: "MA", Zone: "Africa/Casablanca"},
		Found: message.Found{Entry: message.Entry{Published: published}},
	}
	articles, err := extract.New(language).Process(t.Context(), message.Detected{Raw: raw, Language: language.Tag})
	if err != nil || len(articles) != 1 {
		t.Fatalf("got %d articles, error %v, want 1", len(articles), err)
	}
	return articles[0]
}
