package dedup_test

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

func TestAStorySaysInWhichPhaseItIsAndWhenItCloses(t *testing.T) {
	s := newStage(t)
	first := take(t, s, saleFrench.article())[0].Story
	closes := time.Date(2022, 1, 8, 0, 0, 0, 0, time.UTC) // the day after the 17th, and three weeks
	if first.Phase != message.PhaseBreaking || !first.Closes.Equal(closes) {
		t.Errorf("%s until %s, want breaking until %s", first.Phase, first.Closes, closes)
	}
	late := saleArabic
	late.at = "2021-12-18 21:05"
	if again := take(t, s, late.article())[0].Story; again.Phase != message.PhaseDeveloping || !again.Closes.Equal(closes.AddDate(0, 0, 1)) {
		t.Errorf("a day later %s until %s, want developing for a day more", again.Phase, again.Closes)
	}
	for at, want := range map[time.Time]string{
		first.FirstSeen.Add(time.Hour): message.PhaseBreaking, first.FirstSeen.Add(48 * time.Hour): message.PhaseDeveloping,
		closes.Add(-time.Second): message.PhaseDeveloping, closes: message.PhaseClosed,
	} {
		if got := first.PhaseAt(at); got != want {
			t.Errorf("at %s it is %s, want %s", at, got, want)
		}
	}
}

// TestAStoryTakesReportsUntilItSaysThatItCloses holds what is said against what is done: on the last day a report joins, on the next it opens.
func TestAStoryTakesReportsUntilItSaysThatItCloses(t *testing.T) {
	for hours, want := range map[int]string{-1: message.OutcomeJoin, +1: message.OutcomeNew} {
		s := newStage(t)
		closes := take(t, s, saleFrench.article())[0].Story.Closes
		clock := saleDrugs.article() // another matter, which only shows how late it is
		clock.ID, clock.Fetched = "clock", closes.Add(time.Duration(hours)*time.Hour)
		take(t, s, clock)
		late := saleArabic.article()
		late.Fetched = clock.Fetched
		if got := take(t, s, late)[0].Story.Decision.Outcome; got != want {
			t.Errorf("%d hours after its end a story gets %s, want %s", hours, got, want)
		}
	}
}

func TestValuesAreQuoted(t *testing.T) {
	s := newStage(t)
	a := saleFrench.article()
	long := "Le BCIJ a annoncé une opération. " + strings.Repeat("Des enquêteurs patients ont longtemps suivi les faits et gestes du suspect, ", 3) +
		"un homme de 24 ans arrêté à Salé, " + strings.Repeat("où il vivait avec les siens depuis des années et sans histoire, ", 3) + "selon la même source."
	a.Blocks = []message.Block{{Kind: message.BlockParagraph, Text: long}}
	start := strings.Index(long, "24 ans")
	a.Facts.Evidence = []message.Evidence{
		{Fact: "ages", Value: "24-24", Block: 0, Start: start, End: start + len("24 ans")},
		{Fact: "agencies", Value: "BCIJ", Block: 0, Start: 3, End: 7},
		{Fact: "arrested", Value: "1", Block: 7, Start: 0, End: 900}, // of another text
	}
	a.Facts.Agencies = []string{"BCIJ"}
	state := take(t, s, a)[0]
	quotes := map[string]string{}
	for _, v := range state.Story.Values {
		quotes[v.Fact] = v.Passages["a1"]
	}
	if quotes["agencies"] != "Le BCIJ a annoncé une opération." {
		t.Errorf("the agency is quoted as %q", quotes["agencies"])
	}
	if q := quotes["ages"]; !strings.Contains(q, "un homme de 24 ans arrêté à Salé") || len(q) > 200 || !strings.HasPrefix(q, "… ") || !strings.HasSuffix(q, " …") {
		t.Errorf("the age is quoted as %q", q)
	}
	readBack(t, s, state)
	wantDropped(t, s, a)
}
