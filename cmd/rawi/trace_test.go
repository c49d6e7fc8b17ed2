package main

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

func TestTrailIsToldInWords(t *testing.T) {
	began := time.Date(2021, 12, 17, 10, 0, 0, 0, time.Local)
	trail := pipeline.Trail{
		Article: "a1", Stories: []string{"s1"},
		Hops: []pipeline.Hop{
			{Stream: "FETCH", Sequence: 4, Subject: "news.fetch.courrier", Kind: message.FetchV1, Time: began},
			{Stream: "RAW", Sequence: 12, Subject: "news.raw.crawl.courrier", Kind: message.RawV1, Time: began.Add(1500 * time.Millisecond)},
			{Stream: "STATE", Sequence: 9, Subject: "news.state.s1", Kind: message.StateV1, Time: began.Add(2 * time.Second), Story: "s1", Revision: "3", Change: "update"},
		},
	}
	var b strings.Builder
	if err := printTrail(&b, trail, 160); err != nil {
		t.Fatal(err)
	}
	want := `article a1
2021-12-17 10:00:00             FETCH 4          courrier links to it
2021-12-17 10:00:01       +1.5s  RAW 12           brought by crawl from courrier
2021-12-17 10:00:02      +500ms  STATE 9          decided: update of story s1, revision 3
in story s1: rawi story s1
`
	if got := b.String(); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestTrailKeepsToANarrowTerminal(t *testing.T) {
	trail := pipeline.Trail{Article: "a1", Stories: []string{"s1"}, Hops: []pipeline.Hop{
		{Stream: "RAW", Sequence: 36, Subject: "news.raw.crawl.courrier-du-bouregreg", Kind: message.RawV1},
		{Stream: "STORIES", Sequence: 123456, Subject: "news.story.operation.ma.s1", Kind: message.StoryV1, Revision: "3", Replay: "20261122t101500-a1b2c3"},
	}}
	var b strings.Builder
	if err := printTrail(&b, trail, 80); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if n := len(strings.TrimRight(line, "\n")); n > 80 {
			t.Errorf("%d cells: %s", n, line)
		}
	}
	if got := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(got, "told on news.story.operation.ma, revision 3, in replay 20261122t101500-a1b2c3") {
		t.Errorf("something is missing:\n%s", b.String())
	}
}

func TestTrailSaysHowItEnds(t *testing.T) {
	raw := pipeline.Hop{Stream: "RAW", Sequence: 1, Subject: "news.raw.feed.courrier", Kind: message.RawV1}
	dead := pipeline.Hop{Stream: "DEAD", Sequence: 7, Subject: "news.dead.language.no_text", Kind: message.DeadV1}
	for _, tt := range []struct {
		trail pipeline.Trail
		want  string
	}{
		{pipeline.Trail{Hops: []pipeline.Hop{raw}, Waits: []pipeline.Wait{{Stage: "language"}}}, "waits for language"},
		{pipeline.Trail{Hops: []pipeline.Hop{raw}, Waits: []pipeline.Wait{{Stage: "language", Started: true}}}, "language works on it"},
		{pipeline.Trail{Hops: []pipeline.Hop{raw, dead}}, "dead letter of language, no_text: rawi dead show 7"},
		{pipeline.Trail{Hops: []pipeline.Hop{raw}}, "ended here"},
	} {
		var b strings.Builder
		if err := printTrail(&b, tt.trail, 160); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), tt.want) || strings.Contains(b.String(), "ended here") != (tt.want == "ended here") {
			t.Errorf("got:\n%s\nwant in it %q", b.String(), tt.want)
		}
	}
}
