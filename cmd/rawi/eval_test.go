package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEvalFeedsPrintsResultsOrAScore(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "manifest.jsonl")
	for name, text := range map[string]string{
		"a.xml":          `<rss><channel><title>كود</title><item><title>سلا</title><link>https://a.example/1</link></item></channel></rss>`,
		"b.xml":          `<p>`,
		"manifest.jsonl": `{"id":7,"file":"a.xml","usable":true,"reference_entries":1}` + "\n" + `{"id":8,"file":"b.xml","usable":true}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, errs, code := command(t, "eval", "feeds", manifest)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 2 || !strings.Contains(lines[0], `"id":7`) || !strings.Contains(lines[0], `"title":"سلا"`) || !strings.Contains(lines[1], `"err":`) {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	out, errs, code = command(t, "eval", "feeds", "--score", "--errors", "1", manifest)
	var score struct {
		Usable int     `json:"usable"`
		Share  float64 `json:"usable_parsed_share"`
	}
	if err := json.Unmarshal([]byte(out), &score); err != nil || code != 0 || score.Usable != 2 || score.Share != 0.5 || !strings.HasPrefix(errs, "b.xml: ") {
		t.Errorf("%d: %s%s", code, out, errs)
	}
	if _, errs, code = command(t, "eval", "feeds", filepath.Join(dir, "a.xml")); code != exitUsage || !strings.Contains(errs, "a.xml:1: ") {
		t.Errorf("a manifest that is none: %d %s", code, errs)
	}
}

func TestMeterWritesOnlyWhereSomebodyLooks(t *testing.T) {
	var b bytes.Buffer
	m := newMeter(environment{err: &b}, "feeds", 4)
	m.step()
	m.end()
	if b.Len() > 0 {
		t.Errorf("wrote %q into a file", b.String())
	}
	if want := "[#######.......................] 1 of 4 feeds"; m.line() != want {
		t.Errorf("got %s\nwant %s", m.line(), want)
	}
}
