package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	"rawi/pipeline"
)

func TestStatusTellsHowSinksAreDoing(t *testing.T) {
	name := strings.Repeat("a", 32)
	got := sinkLines([]pipeline.SinkStatus{{
		Name: name, Kind: "webhook", Lag: 12_345_678, Delivered: 1_234_567_890, Retried: 12_345_678, Dead: 123_456,
		Trouble: "https://desk.example answered 500:\x1b[31m not now",
	}})
	table, trouble, _ := strings.Cut(got, "  https:")
	for line := range strings.Lines(table) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if !strings.Contains(table, name) || !strings.Contains(table, " 12345678 ") || strings.Contains(trouble, "\x1b") || !strings.Contains(trouble, "not now") {
		t.Errorf("got:\n%q", got)
	}
	if got := sinkLines(nil); got != "" {
		t.Errorf("without sinks: %q", got)
	}
}
