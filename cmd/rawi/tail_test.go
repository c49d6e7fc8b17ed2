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
