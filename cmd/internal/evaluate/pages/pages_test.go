package pages_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"rawi/cmd/internal/evaluate"
	"rawi/cmd/internal/evaluate/pages"
	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// set writes files below a new folder.
func set(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// stage is a stage as a function.
type stage[I, O any] func(I) ([]O, error)

func (s stage[I, O]) Process(_ context.Context, in I) ([]O, error) { return s(in) }

// line reads a page as its words: the first line is the title, "dropped" is no article.
func line() evaluate.Line {
	return evaluate.Line{
		Language: stage[message.Raw, message.Detected](func(in message.Raw) ([]message.Detected, error) {
			return []message.Detected{{Raw: in, Language: in.Outlet.Language}}, nil
		}),
		Extract: map[string]evaluate.Stage[message.Detected, message.Article]{
			"fr": stage[message.Detected, message.Article](func(in message.Detected) ([]message.Article, error) {
				title, text, _ := strings.Cut(string(in.Raw.Body), "\n")
				if title == "dropped" {
					return nil, fault.Dropped("video")
				}
				return []message.Article{{Title: title, Language: "fr", Authors: []string{"Samia Test"}, Blocks: []message.Block{{Text: text}}}}, nil
			}),
		},
	}
}

func scored(t *testing.T, dir string) (pages.Score, []pages.Result) {
	t.Helper()
	all, err := pages.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var score pages.Score
	var results []pages.Result
	err = pages.Reader{Line: line(), Clock: &pages.Clock{}}.Read(t.Context(), all, func(p pages.Page, r pages.Result) error {
		score.Add(p, r)
		results = append(results, r)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	score.Settle()
	return score, results
}

var small = map[string]string{
	"fr/a.html": "Salé : un homme arrêté !\nun deux trois quatre cinq six",
	"fr/a.json": `{"name":"a","lang":"fr","url":null,"title":"Salé: un homme arrêté","date":"2021-12-17","author":"Nobody;Samia Test","text":"un deux trois quatre cinq"}`,
	"fr/b.html": "dropped",
	"fr/b.json": `{"name":"b","lang":"fr","title":"Deux","text":"sept huit neuf dix"}`,
	"fr/c.html": "Trois\nsans mesure",
	"fr/c.json": `{"name":"c","lang":"fr"}`,
	"ar/d.html": "سلا",
	"ar/d.json": `{"name":"d","lang":"ar","text":"أوقفت المصالح الأمنية شابا"}`,
}

func TestScoreCountsWhatWasReadAndWhatWasNot(t *testing.T) {
	score, results := scored(t, set(t, small))
	fr := score.ByLanguage["fr"]
	// Of a, two of three runs of four words are right and none is missing; of b there is nothing to be precise about.
	if fr.Precision != 0.6667 || fr.Recall != 0.5 || fr.F1 != 0.5714 || fr.Pages != 2 || fr.Errors != 1 || fr.Poor != 1 {
		t.Errorf("got %+v", fr)
	}
	if fr.TitlesRight != 1 || fr.Titles != 2 || fr.DatesMissing != 1 || fr.DatesWrong != 0 || fr.AuthorsRight != 1 || fr.Authors != 1 {
		t.Errorf("got %+v", fr)
	}
	if len(results) != 4 || results[0].Name != "d" || !strings.Contains(results[0].Error, "told as ar") || !strings.Contains(results[2].Error, "video") {
		t.Errorf("got %+v", results)
	}
	if worst := score.Worst[0].String(); !strings.HasPrefix(worst, "0.000 ar d: ") {
		t.Errorf("got %s as the worst", worst)
	}
}

// TestScoreIsThatOfTheScorer compares with the scorer that comes with the annotated pages, where it lies beside the checkout.
func TestScoreIsThatOfTheScorer(t *testing.T) {
	scorer := shared(t, "pages/score.py")
	python, err := exec.LookPath("python3")
	if _, missing := os.Stat(scorer); missing != nil || err != nil {
		t.Skip("no scorer beside this checkout, or nothing to run it with")
	}
	dir := set(t, small)
	score, results := scored(t, dir)
	var lines []string
	for _, r := range results {
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(b))
	}
	file := filepath.Join(t.TempDir(), "results.jsonl")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, scorer, dir, file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs map[string]pages.Class
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	for lang, own := range score.ByLanguage {
		if w := theirs[lang]; own.F1 != w.F1 || own.Precision != w.Precision || own.Recall != w.Recall || own.DatesMissing != w.DatesMissing ||
			own.TitlesRight != w.TitlesRight || own.Poor != w.Poor || own.AuthorsRight != w.AuthorsRight {
			t.Errorf("%s: got %+v, the scorer says %s", lang, own, out)
		}
	}
}

func shared(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
		if found := filepath.Join(dir, "shared", path); exists(found) {
			return found
		}
	}
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func TestBadSetsAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		files      map[string]string
	}{
		{"empty", "holds no pages", nil},
		{"page alone", "has no a.json beside it", map[string]string{"a.html": "x"}},
		{"no JSON", "a.json: ", map[string]string{"a.html": "x", "a.json": "{"}},
		{"no name", "at least name and lang", map[string]string{"a.html": "x", "a.json": "{}"}},
		{"no day", `"hier" wants an ISO day`, map[string]string{"a.html": "x", "a.json": `{"name":"a","lang":"fr","date":"hier"}`}},
		{"twice", "both describe", map[string]string{"a.html": "x", "a.json": `{"name":"a","lang":"fr"}`, "b/a.html": "x", "b/a.json": `{"name":"a","lang":"fr"}`}},
	} {
		if _, err := pages.Load(set(t, tt.files)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}
