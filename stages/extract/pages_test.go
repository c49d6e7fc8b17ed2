package extract_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

var results = flag.String("results", "", "write one result line a page to this file, in the form that the pages' scorer reads")

// packs are the languages with the markers of their packs and nothing else: what the engine alone makes of a page.
func packs(t testing.TB) map[string]*extract.Stage {
	t.Helper()
	stages := map[string]*extract.Stage{}
	for _, tag := range []string{"fr", "ar"} {
		table, err := os.ReadFile(filepath.Join(tag, "data", "markers.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		markers, err := extract.ParseMarkers(string(table))
		if err != nil {
			t.Fatal(err)
		}
		stages[tag] = extract.New(extract.Language{Tag: tag, Version: "1", Markers: markers})
	}
	return stages
}

type sample struct {
	Name, Lang, URL, Title, Date, Text string
	body                               []byte
}

func samples(t testing.TB) (all []sample) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(shared(t, "pages"), "*", "*.json"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var s sample
		if err := json.Unmarshal(data, &s); err != nil || s.Text == "" {
			continue
		}
		if s.body, err = os.ReadFile(strings.TrimSuffix(name, ".json") + ".html"); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// shared finds a folder of the test data that lies beside a checkout; the path leads nowhere when there is none.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if _, err := os.Stat(filepath.Join(dir, "shared", path)); err == nil {
			break
		}
	}
	return filepath.Join(dir, "shared", path)
}

func detected(s sample) message.Detected {
	return message.Detected{Language: s.Lang, Raw: message.Raw{
		ID: s.Name, URL: s.URL, Status: 200, ContentType: "text/html", Body: s.body, Fetched: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
	}}
}

// TestRealPages reads annotated pages of real outlets where they lie beside the checkout.
func TestRealPages(t *testing.T) {
	all := samples(t)
	if len(all) == 0 {
		t.Skip("no annotated pages beside this checkout")
	}
	stages := packs(t)
	var lines []byte
	var slowest time.Duration
	began := time.Now()
	for _, s := range all {
		start := time.Now()
		out, err := stages[s.Lang].Process(t.Context(), detected(s))
		slowest = max(slowest, time.Since(start))
		if err != nil {
			t.Errorf("%s: %v", s.Name, err)
			continue
		}
		lines = append(lines, resultLine(t, s.Name, out[0])...)
	}
	t.Logf("%d pages, %v a page, slowest %v", len(all), time.Since(began)/time.Duration(len(all)), slowest)
	if *results != "" {
		if err := os.WriteFile(*results, lines, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func resultLine(t *testing.T, name string, a message.Article) []byte {
	t.Helper()
	texts := make([]string, len(a.Blocks))
	for i, b := range a.Blocks {
		texts[i] = b.Text
	}
	published := ""
	if !a.Published.Time.IsZero() {
		published = a.Published.Time.Format(time.RFC3339)
	}
	line, err := json.Marshal(map[string]any{
		"name": name, "title": a.Title, "lead": a.Lead, "text": strings.Join(texts, "\n"), "published": published, "authors": a.Authors,
		"origin": a.Published.Origin, "access": a.Access, "credit": a.Credit, "agreement": a.Quality.Agreement,
	})
	if err != nil {
		t.Fatal(err)
	}
	return append(line, '\n')
}

func BenchmarkPages(b *testing.B) {
	all := samples(b)
	if len(all) == 0 {
		b.Skip("no annotated pages beside this checkout")
	}
	stages := packs(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s := all[i%len(all)]
		if _, err := stages[s.Lang].Process(b.Context(), detected(s)); err != nil {
			b.Fatal(err)
		}
	}
}
