package main

import (
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

func busyView() view {
	now := time.Date(2026, 3, 1, 12, 0, 2, 0, time.UTC)
	stages := func(ok uint64) pipeline.Report {
		return pipeline.Report{Sum: &pipeline.Sum{}, Stages: []pipeline.Status{
			{Name: "feed", Source: true, Counts: pipeline.Counts{OK: ok}},
			{Name: "extract-fr", Pending: 1_234_567, InFlight: 256, Oldest: 71 * time.Hour, Trouble: "the store is full", Counts: pipeline.Counts{OK: ok, Retry: 12}},
		}}
	}
	return view{
		now: now, then: now.Add(-2 * time.Second), report: stages(30), before: stages(10),
		sources: []registry.Entry{{Source: config.Source{Name: "atlas-presse"}, State: registry.StateFailing}, {Source: config.Source{Name: "courrier"}, State: registry.StateOK}},
		stories: []message.Story{
			{
				ID: "s1", Kind: "operation", Country: "MA", LastChanged: now, Reports: []message.Report{{Language: "fr"}, {Language: "ar"}},
				Titles: map[string]string{"fr": "Salé\x1b[31m : interpellé", "ar": "توقيف مشتبه فيه بسلا"},
			},
		},
	}
}

func TestTopShowsStagesSourcesAndStories(t *testing.T) {
	var b strings.Builder
	if err := busyView().draw(&b, 80, 0); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	for _, want := range []string{"account closed  ready", "10.0", "1234567", "the store is full", "rawi sources show atlas-presse", "interpellé", "توقيف مشتبه فيه بسلا"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q (%+q) in:\n%s", want, want, out)
		}
	}
	if strings.Contains(out, "sources show courrier") || strings.Contains(out, "\x1b") {
		t.Errorf("got:\n%q", out)
	}
	for line := range strings.Lines(out) {
		if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestTopFitsTheScreen(t *testing.T) {
	var b strings.Builder
	if err := busyView().draw(&b, 80, 6); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != 6 {
		t.Errorf("%d lines, want 6", n)
	}
}

func TestTopHasNoRateBeforeItLookedTwice(t *testing.T) {
	v := busyView()
	restarted := v
	restarted.before.Stages[0].Counts.OK = 99
	first := v
	first.then, first.before = time.Time{}, pipeline.Report{}
	for _, v := range []view{first, restarted} {
		if got := v.pace(v.report.Stages[0]); got != "-" {
			t.Errorf("a rate of %s", got)
		}
	}
}

func TestNewsDeskKeepsTheLatestOfEachStory(t *testing.T) {
	n := &newsDesk{}
	for _, body := range []string{`{"id":"a","revision":1}`, `{"id":"b","revision":1}`, `{"id":"a","revision":2}`, `{"id":"b","revision":2,"change":"retract"}`} {
		if err := n.take(pipeline.Envelope{Body: []byte(body)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := n.newest(); len(got) != 1 || got[0].ID != "a" || got[0].Revision != 2 {
		t.Errorf("kept %+v", got)
	}
}
