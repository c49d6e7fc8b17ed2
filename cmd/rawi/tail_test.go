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

func TestTailRefusesTopicsOnWhichNothingIsPublished(t *testing.T) {
	s := startSmall(t)
	for topic, want := range map[string]string{
		"news.story.operations.>":    "the kinds are operation",
		"news.story.operation.mar.>": "two letters of ISO 3166-1",
		"news.story.operation.MA.>":  "written small",
		"news.story.operation.ma":    "news.story.<kind>.<country>.<id>",
		"news.story.*.ma.s1.r2":      "news.story.<kind>.<country>.<id>",
		"news.article.arabic.>":      "a BCP 47 tag",
		"news.dead.extract-french.>": `no stage "extract-french": the stages are language`,
		"news.frob.>":                "subjects begin with",
		"news.story.operation..s1":   "is no subject",
	} {
		_, errs, code := command(t, "tail", "--server", s.url, "--topic", topic)
		if code == 0 || !strings.Contains(errs, want) {
			t.Errorf("%s: exit code %d, %s, want %s", topic, code, errs, want)
		}
	}
}

func TestTailTakesEveryTopicThatThereIs(t *testing.T) {
	s := startSmall(t)
	err := checkTopics(t.Context(), s.bus, []string{
		">", "news.>", "news.story.>", "news.story.*.ma.>", "news.story.operation.xx.*", "news.story.operation.>", "news.story.*.*.s1", "news.article.fr.>",
		"news.article.>", "news.lang.*.courrier", "news.lang.und.>", "news.lang.fr-ma-abcdefgh.>", "news.dead.>", "news.dead.language.>", "news.dead.sink-desk.>", "news.dead.*.gone",
	})
	if err != nil {
		t.Error(err)
	}
}
