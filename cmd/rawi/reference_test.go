package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReferenceIsWhatTheCodeSays holds the pages in deployments/reference to commands, settings, metrics and subjects as they are.
func TestReferenceIsWhatTheCodeSays(t *testing.T) {
	pages, err := referencePages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"commands": "## rawi sources list", "settings": "`RAWI_FEED_WORKERS`", "metrics": "| `rawi_stage_messages_total` | counter | `stage, result` |",
		"subjects": "`news.story.{kind}.{country}.{story}`",
	} {
		text := pages[name]
		if !strings.Contains(text, want) {
			t.Errorf("the page of %s lacks %s", name, want)
		}
		is, err := os.ReadFile(filepath.Join("..", "..", "deployments", "reference", name+".md"))
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(strings.Split(string(is), "\n"), strings.Split(text, "\n")); diff != "" {
			t.Errorf("the page of %s is not what the code says: go generate ./cmd/rawi\n%s", name, diff)
		}
	}
	if len(pages) != 4 {
		t.Errorf("%d pages", len(pages))
	}
}

func TestReferenceKnowsEveryMetricOfADaemon(t *testing.T) {
	pages, err := referencePages(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"| `rawi_story_freshness_seconds` | histogram |", "| `rawi_conservation_difference` | gauge |", "| `rawi_trace_spans_total` | counter | `result` |"} {
		if !strings.Contains(pages["metrics"], line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	out, errs, code := command(t, "reference", "metrics")
	if code != 0 || out != pages["metrics"] {
		t.Errorf("exit code %d: %s", code, errs)
	}
	if _, errs, code := command(t, "reference", "novels"); code != exitUsage || !strings.Contains(errs, "commands, metrics, settings, subjects") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
