package dedup_test

import (
	"errors"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

func TestReportKeepsTheBestStoryThatItDidNotJoin(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	take(t, s, saleArabic.article())
	opened := take(t, s, saleDrugs.article())[0]
	other := opened.Story.Reports[0].Why.Other
	if other == nil || other.Story != message.StoryID("a1") || other.Veto == "" {
		t.Fatalf("the report of another matter in the same town keeps %+v, want the arrest with its veto", other)
	}
	readBack(t, s, opened)
	if w := opened.Story.Reports[0].Why; len(w.Other.For)+len(w.Other.Against) > 6 {
		t.Errorf("%d reasons are kept of the story that was not joined, want six at most", len(w.Other.For)+len(w.Other.Against))
	}
}

func TestWeighingAReportAgainstAnyStory(t *testing.T) {
	s := newStage(t)
	take(t, s, saleFrench.article())
	take(t, s, saleArabic.article())
	take(t, s, saleDrugs.article())
	arrest, haul := message.StoryID("a1"), message.StoryID("a3")
	own, err := s.Weigh("a2", arrest)
	if err != nil || !own.Own || !own.Joins || own.Nearest != "a1" || own.Score <= 0 || len(own.For) == 0 {
		t.Errorf("its own story: %+v, %v; want it to join, nearest to a1", own, err)
	}
	other, err := s.Weigh("a2", haul)
	if err != nil || other.Own || other.Joins || other.Veto == "" || other.Nearest != "a3" {
		t.Errorf("the other story: %+v, %v; want a veto", other, err)
	}
	alone, err := s.Weigh("a3", haul)
	if err != nil || alone.Nearest != "" || !alone.Own {
		t.Errorf("its own story, of which it is the only report: %+v, %v", alone, err)
	}
	for article, story := range map[string]string{"a9": arrest, "a1": "s9"} {
		if _, err := s.Weigh(article, story); !errors.As(err, new(dedup.UnknownError)) {
			t.Errorf("%s against %s: %v, want UnknownError", article, story, err)
		}
	}
}
