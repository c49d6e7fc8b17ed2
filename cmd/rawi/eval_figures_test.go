package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadmeShowsTheFiguresOfTheLabelledSets(t *testing.T) {
	if raced {
		t.Skip("takes minutes under the race detector, which has nothing to find where one goroutine counts")
	}
	const sets = "../internal/evaluate/testdata/"
	files, err := filepath.Glob(sets + "d*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	own, err := filepath.Glob(sets + "own-*.jsonl")
	if err != nil || len(files) < 2 || len(own) < 2 {
		t.Fatalf("labelled sets: %q %q %v", files, own, err)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(name, readme, 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := command(t, slices.Concat([]string{"eval", "figures", "--write", name}, files, own)...)
	if code != 0 {
		t.Fatalf("%d: %s", code, errs)
	}
	now, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(readme), string(now)); d != "" {
		t.Errorf("README.md shows other figures than are measured today; the command above its tables writes them anew (- README, + today):\n%s", d)
	}
	if !strings.Contains(string(now), "\n| d1 | 81 |") || !strings.Contains(string(now), "\n| own-held | ") {
		t.Errorf("no figures of the sets:\n%s", now)
	}
}

func TestEvalFiguresNeedsAPlaceToWriteTo(t *testing.T) {
	name := filepath.Join(t.TempDir(), "notes.md")
	if err := os.WriteFile(name, []byte("# Notes\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs, code := command(t, "eval", "figures", "../internal/evaluate/testdata/d1.jsonl", "--write", name)
	if code == 0 || !strings.Contains(errs, "<!-- figures: begin -->") {
		t.Errorf("%d: %s", code, errs)
	}
	if b, err := os.ReadFile(name); err != nil || string(b) != "# Notes\n" {
		t.Errorf("file became %q, %v", b, err)
	}
}
