package feed

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// shared finds a folder beside the checkout that holds test data which is not ours to ship; the test is left out where it does not exist.
func shared(t testing.TB, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		found := filepath.Join(filepath.Dir(dir), "shared", path)
		if _, err := os.Stat(found); err == nil {
			return found
		}
	}
	t.Skip("no folder shared/" + path + " beside the checkout")
	return ""
}

// peerCase is one line of the manifest.
type peerCase struct {
	ID          int    `json:"id"`
	File        string `json:"file"`
	ContentType string `json:"http_content_type"`
	Source      string `json:"source"`
	Usable      bool   `json:"usable"`
	Reference   int    `json:"reference_entries"`
}

func peerCases(t testing.TB, dir string) []peerCase {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []peerCase
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		var c peerCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

func unix(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	seconds := t.Unix()
	return &seconds
}

func resultLine(c peerCase, r Result, err error) map[string]any {
	line := map[string]any{"id": c.ID, "damaged": r.Damaged, "entries": len(r.Items)}
	if err != nil {
		line["err"] = err.Error()
	}
	line["feed"] = map[string]any{"title": r.Title, "link": r.Link, "description": r.Description, "language": r.Language}
	items := []map[string]any{}
	for _, i := range r.Items[:min(len(r.Items), 60)] {
		items = append(items, map[string]any{
			"title": i.Title, "link": i.Link, "id": i.GUID, "published": unix(i.Published), "updated": unix(i.Updated),
			"summary": i.Summary, "content": i.Content,
		})
	}
	line["items"] = items
	return line
}

// TestPeerSuite reads the feeds of other parsers' test suites; with -v it prints what their scorer says.
func TestPeerSuite(t *testing.T) {
	dir := shared(t, "feeds")
	var results bytes.Buffer
	usable, parsed, own, ownParsed, silent := 0, 0, 0, 0, 0
	for _, c := range peerCases(t, dir) {
		body, err := os.ReadFile(filepath.Join(dir, c.File))
		if err != nil {
			t.Fatal(err)
		}
		r, err := Read(t.Context(), body, Origin{ContentType: c.ContentType})
		switch {
		case c.Usable && c.Source == "own":
			own++
			if err == nil {
				ownParsed++
			}
		case c.Usable:
			usable++
			if err == nil {
				parsed++
			}
		}
		if err == nil && !r.Damaged && !r.Capped && len(r.Items) < c.Reference {
			silent++
			t.Logf("silent loss in %s: %d of %d items", c.File, len(r.Items), c.Reference)
		}
		if err != nil && c.Usable {
			t.Logf("%s: %v", c.File, err)
		}
		line, err := json.Marshal(resultLine(c, r, err))
		if err != nil {
			t.Fatal(err)
		}
		results.Write(append(line, '\n'))
	}
	t.Logf("peers %d/%d, own %d/%d, silent losses %d", parsed, usable, ownParsed, own, silent)
	if parsed*10000 < usable*9870 || ownParsed*1000 < own*990 || silent > 0 {
		t.Error("want 98.7 % of the peers' usable files, 99 % of ours, and no silent loss")
	}
	if testing.Verbose() {
		printScore(t, dir, results.Bytes())
	}
}

func printScore(t *testing.T, dir string, results []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "results.jsonl")
	if err := os.WriteFile(path, results, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{filepath.Join(dir, "score.py"), filepath.Join(dir, "manifest.jsonl"), path}
	if group := os.Getenv("FEED_GROUP"); group != "" {
		args = append(args, group)
	}
	out, err := exec.CommandContext(t.Context(), "python3", args...).CombinedOutput()
	t.Logf("%s (%v)", out, err)
}
