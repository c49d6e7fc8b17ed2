package feeds_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"rawi/cmd/internal/evaluate/feeds"
)

const (
	sound  = `<rss version="2.0"><channel><title>Journal</title><link>https://a.example/</link><item><title>Un</title><link>https://a.example/1</link><pubDate>Fri, 17 Dec 2021 10:00:00 +0000</pubDate></item></channel></rss>`
	nofeed = `<html><body>Bienvenue</body></html>`
)

// suite writes files and their manifest and returns the manifest's path.
func suite(t *testing.T, manifest string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "manifest.jsonl")
	if err := os.WriteFile(path, []byte(manifest), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func scored(t *testing.T, path string) (score feeds.Score, results []feeds.Result, wrong []string) {
	t.Helper()
	cases, err := feeds.Manifest(path)
	if err != nil {
		t.Fatal(err)
	}
	err = feeds.Read(t.Context(), filepath.Dir(path), cases, func(c feeds.Case, r feeds.Result) error {
		results = append(results, r)
		wrong = append(wrong, score.Add(c, r)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return score, results, wrong
}

func TestScoreCountsWhatWasLost(t *testing.T) {
	path := suite(t, `
{"id":"a","file":"a.xml","group":"rss","usable":true,"reference_entries":1,"expect_source":"assertion","expect":{"entries":1,"feed":{"title":"<b>Journal</b>","link":"https://a.example/"},"items":{"0":{"title":"Un","published":1639735200,"links":["https://b.example/","https://a.example/1"]}}}}
{"id":2,"file":"a.xml","group":"rss","usable":true,"reference_entries":3,"expect_source":"construction","source":"own","expect":{"entries":3,"items":{"0":{"title":"Deux","published_absent":true,"published":null}}}}
{"id":3,"file":"b.html","group":"html","usable":true,"reference_entries":1,"expect_source":"bozo-only","expect":{"entries":5}}
{"id":4,"file":"b.html","group":"html","usable":false,"expect_source":"assertion","expect":{"error":true}}
`, map[string]string{"a.xml": sound, "b.html": nofeed})
	score, results, wrong := scored(t, path)
	if score.Files != 4 || score.Usable != 3 || score.Parsed != 2 || score.Share != 0.6667 || score.Silent != 1 || score.MustFail != 1 || score.MustFailFailed != 1 {
		t.Errorf("score %+v", score)
	}
	for field, want := range map[string]feeds.Field{
		"entries": {Right: 1, Of: 2, Share: 0.5}, "title": {Right: 1, Of: 2, Share: 0.5}, "date": {Right: 1, Of: 3, Share: 0.3333},
		"link": {Right: 1, Of: 1, Share: 1}, "feed.title": {Right: 1, Of: 1, Share: 1},
	} {
		if score.Fields[field] != want {
			t.Errorf("%s: %+v, want %+v", field, score.Fields[field], want)
		}
	}
	if own := (feeds.Class{Files: 1, Usable: 1, Parsed: 1, Silent: 1, Wrong: 1}); score.Own != own || score.Peers.Files != 3 || score.Classes["html"].Parsed != 0 {
		t.Errorf("own %+v, peers %+v, classes %+v", score.Own, score.Peers, score.Classes)
	}
	if said := strings.Join(wrong, "\n"); !strings.Contains(said, "without a word: 1 of 3") || !strings.Contains(said, "an HTML page") || !strings.Contains(said, `got "Un", want "\"Deux\""`) {
		t.Errorf("said:\n%s", said)
	}
	if line, _ := json.Marshal(results[0]); !strings.HasPrefix(string(line), `{"id":"a","damaged":false,"entries":1,"feed":{"title":"Journal",`) ||
		!strings.Contains(string(line), `"published":1639735200,"updated":null`) {
		t.Errorf("result line %s", line)
	}
	if results[2].Err == "" || string(results[2].ID) != "3" {
		t.Errorf("result of what is no feed: %+v", results[2])
	}
}

func TestManifestThatIsNoneIsToldWhere(t *testing.T) {
	for _, tt := range []struct{ manifest, want string }{
		{"", "lists no files"},
		{"{}\n", "manifest.jsonl:1: want an id"},
		{"\n{\"id\":1,\"file\":\"../../etc/passwd\"}\n", "manifest.jsonl:2: want an id, and a file below"},
		{"no\n", "manifest.jsonl:1: invalid character"},
	} {
		if _, err := feeds.Manifest(suite(t, tt.manifest, nil)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.manifest, err, tt.want)
		}
	}
	for manifest, want := range map[string]string{
		`{"id":1,"file":"none.xml"}`:                    "none.xml",
		`{"id":1,"file":"a.xml","sha256":"0123456789"}`: "sha256 differs",
	} {
		path := suite(t, manifest, map[string]string{"a.xml": sound})
		cases, err := feeds.Manifest(path)
		if err != nil {
			t.Fatal(err)
		}
		err = feeds.Read(t.Context(), filepath.Dir(path), cases, func(feeds.Case, feeds.Result) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", manifest, err, want)
		}
	}
}

// peers is the suite of other parsers' feeds, which is not ours to ship.
func peers(t *testing.T) string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "..", "..", "shared", "feeds", "manifest.jsonl")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no folder shared/feeds beside the checkout")
	}
	return path
}

func TestPeerSuiteIsReadAsWellAsIsWanted(t *testing.T) {
	score, _, _ := scored(t, peers(t))
	peers, own := float64(score.Peers.Parsed)/float64(score.Peers.Usable), float64(score.Own.Parsed)/float64(score.Own.Usable)
	if peers < 0.989 || own < 0.994 || score.Silent > 0 || score.MustFailFailed < score.MustFail {
		t.Errorf("peers %.4f, own %.4f, silent losses %d; want 0.989, 0.994 and none", peers, own, score.Silent)
	}
	// What feedparser, whose own suite is the larger part of this one, reaches on the whole of it.
	for field, want := range map[string]float64{"title": 0.93, "link": 0.973, "date": 0.997, "content": 0.88, "entries": 0.995} {
		if got := score.Fields[field].Share; got < want {
			t.Errorf("%s is right in %.4f, want %.4f", field, got, want)
		}
	}
}

// TestScoreIsThatOfTheSuitesOwnScorer compares with the scorer that came with the suite.
func TestScoreIsThatOfTheSuitesOwnScorer(t *testing.T) {
	manifest := peers(t)
	scorer := filepath.Join(filepath.Dir(manifest), "score.py")
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3")
	}
	ours, results, _ := scored(t, manifest)
	file, err := os.Create(filepath.Join(t.TempDir(), "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if err := json.NewEncoder(file).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), python, scorer, manifest, file.Name()).Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs feeds.Score
	if err := json.Unmarshal(out, &theirs); err != nil {
		t.Fatal(err)
	}
	ours.Own, ours.Peers, ours.Classes = theirs.Own, theirs.Peers, theirs.Classes // which it does not count
	if !reflect.DeepEqual(ours, theirs) {
		t.Errorf("our score\n%+v\ntheirs\n%+v", ours, theirs)
	}
}
