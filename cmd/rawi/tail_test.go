package main

import (
	"encoding/json"
	"strings"
	"testing"

	"rawi/pipeline"
	"rawi/pipeline/message"
)

func TestTailSaysWhatAnArticleThatNoStageReadsIs(t *testing.T) {
	for _, tt := range []struct {
		confidence, title, url, want string
	}{
		{message.ConfidenceHigh, "Detenidos tres\nhombres en Melilla", "https://a.example/1", "es: Detenidos tres hombres en Melilla  https://a.example/1"},
		{message.ConfidenceLow, "", "https://a.example/1", "es?: https://a.example/1"},
		{message.ConfidenceHigh, "", "", "es: a1"},
	} {
		d := message.Detected{Type: message.DetectedV1, Language: "es", Confidence: tt.confidence, Raw: message.Raw{ID: "a1", URL: tt.url}}
		d.Raw.Found.Entry.Title = tt.title
		body, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		line := tailLine(pipeline.Envelope{Subject: "news.lang.es.a", Kind: message.DetectedV1, Body: body})
		if !strings.HasSuffix(line, " news.lang.es.a "+tt.want) {
			t.Errorf("got %q, want it to end in %q", line, tt.want)
		}
	}
}

func TestTailSaysWhyAStoryChanged(t *testing.T) {
	for want, d := range map[string]message.Decision{
		"update r3, 1 reports (join, score 5.85): Salé": {Outcome: message.OutcomeJoin, Score: 5.85},
		"update r3, 1 reports (mention): Salé":          {Outcome: message.OutcomeMention},
		"update r3, 1 reports (split by Samira: autre affaire): Salé": {
			Outcome: message.OutcomeHand, Hand: &message.Hand{Act: message.ActSplit, By: "Samira", Reason: "autre\naffaire"},
		},
		"update r3, 1 reports (retract by its outlet): Salé": {Outcome: message.OutcomeRetract, Hand: &message.Hand{Act: message.ActRetract, Reason: "410"}},
	} {
		body, err := json.Marshal(message.Story{
			Type: message.StoryV1, ID: "s1", Revision: 3, Change: message.ChangeUpdate, Titles: map[string]string{"fr": "Salé"},
			Reports: []message.Report{{Article: "a1"}}, Decision: d,
		})
		if err != nil {
			t.Fatal(err)
		}
		line := tailLine(pipeline.Envelope{Subject: "news.story.operation.ma.s1", Kind: message.StoryV1, Body: body})
		if !strings.HasSuffix(line, " news.story.operation.ma.s1 "+want) {
			t.Errorf("got %q, want it to end in %q", line, want)
		}
	}
}
