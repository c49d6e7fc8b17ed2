package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rawi/pipeline"
)

// Whoever asks how things are may do so in a terminal of 80 columns.
func TestStatusFitsATerminal(t *testing.T) {
	many := map[string]uint64{"unchanged": 12_345_678}
	kept := map[string]uint64{"und-Cyrl": 12_345_678, "und-Tfng": 12_345_678, "und-Grek": 12_345_678, "es": 12_345_678, "en": 1}
	sum := pipeline.Sum{
		Start: 123_456, Accepted: 12_345_678, Replayed: 123_456, Split: 12_345, Linked: 12_345_678, Duplicate: 1_234_567,
		Kept: kept, Dropped: many, Dead: many, InFlight: 123_456, Daemons: 1,
	}
	r := pipeline.Report{Sum: &sum, Paused: true, Not: "", Stages: []pipeline.Status{
		{
			Name: "extract-fr", Pending: 1_234_567, InFlight: 10_000, Oldest: 71*time.Hour + 59*time.Minute,
			Counts: pipeline.Counts{OK: 12_345_678, Duplicate: 123_456, Retry: 12_345, Dropped: map[string]uint64{"unchanged": 123_456}},
		},
		{
			Name: "dedup", Role: pipeline.RoleStandby,
			Restored: &pipeline.Restored{Checkpoint: 12_345_678, Replayed: 12_345_678, Took: time.Hour + 1234*time.Millisecond},
		},
		{Name: "publish", Role: pipeline.RoleActive},
	}}
	var b strings.Builder
	if err := printStatus(&b, r); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestStatusSaysHowTheMemoryWasFilled(t *testing.T) {
	for want, r := range map[string]pipeline.Restored{
		"  started in 2.1s: 99666 states of a checkpoint, 12 of the stream\n": {Checkpoint: 99666, Replayed: 12, Took: 2100 * time.Millisecond},
		"  started in 40ms: 0 states of a checkpoint, 7 of the stream\n  the checkpoint was set aside: it is damaged\n": {
			Replayed: 7, Took: 40 * time.Millisecond, Aside: "it is damaged",
		},
	} {
		var b strings.Builder
		err := printStatus(&b, pipeline.Report{Stages: []pipeline.Status{{Name: "dedup", Restored: &r}, {Name: "publish"}}})
		if err != nil || !strings.Contains(b.String(), want) || strings.Count(b.String(), "started") != 1 {
			t.Errorf("got:\n%s%v\nwant in it, once:\n%s", b.String(), err, want)
		}
	}
}

func TestStatusCountsWhatNoStageReadsByLanguage(t *testing.T) {
	r := pipeline.Report{Sum: &pipeline.Sum{Kept: map[string]uint64{"en": 3, "es": 12, "und": 3, "tr": 1, "de": 2}}}
	var b strings.Builder
	if err := printStatus(&b, r); err != nil {
		t.Fatal(err)
	}
	want := "articles in languages that no stage reads:\n  12 in es, 3 in en, 3 in und, 3 in others\n  rawi tail --since 24h --topic 'news.lang.es.>'\n"
	if !strings.Contains(b.String(), want) {
		t.Errorf("got:\n%s\nwant in it:\n%s", b.String(), want)
	}
	b.Reset()
	if err := printStatus(&b, pipeline.Report{Sum: &pipeline.Sum{Kept: map[string]uint64{"es": 0}}}); err != nil || strings.Contains(b.String(), "no stage reads") {
		t.Errorf("with nothing unread, got:\n%s%v", b.String(), err)
	}
}

func TestStatusDoesNotBlameTheStagesForAFullDisk(t *testing.T) {
	for _, c := range []struct{ not, want string }{
		{"", "sources pause until the stages have caught up\n"},
		{"the disk of the store has 5 bytes left in /d and needs 9", "sources pause\nnot ready: the disk of the store has 5 bytes left"},
	} {
		var b strings.Builder
		if err := printStatus(&b, pipeline.Report{Paused: true, Not: c.not}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), c.want) {
			t.Errorf("got:\n%s\nwant in it:\n%s", b.String(), c.want)
		}
	}
}
