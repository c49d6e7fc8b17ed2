package show_test

import (
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
)

func sale() message.Story {
	return message.Story{
		Phase: message.PhaseDeveloping,
		ID:    "s0000000000000001", Revision: 2, Change: message.ChangeUpdate, Kind: message.KindOperation, Country: "MA", Independent: 2,
		Titles: map[string]string{"ar": "توقيف متطرف بسلا", "fr": "Un extrémiste arrêté à Salé"},
		Facts: message.Facts{
			Day:    &message.Days{From: "2021-12-16", To: "2021-12-16", Precision: message.PrecisionDay},
			Places: []message.Place{{ID: "ma-sale", Name: "Salé"}},
		},
		Values: []message.Value{{Fact: "ages", Value: "24", Reports: []string{"a1", "a2"}}},
		Reports: []message.Report{
			{Article: "a1", Source: "courrier", Language: "fr", Title: "Un extrémiste arrêté à Salé", Published: time.Date(2021, 12, 17, 18, 0, 0, 0, time.UTC)},
			{Article: "a2", Source: "hawadit", Language: "ar", Title: "توقيف متطرف بسلا", CopyOf: "a1", Why: &message.Why{
				Outcome: message.OutcomeMerge, Score: 6.25, Rules: "1", For: []message.Reason{{Fact: "action", Detail: "arrest", Weight: 2}},
				Against: []message.Reason{{Fact: "ages", Detail: "24 and 25", Weight: -1.5}}, Merged: &message.Rejected{Story: "s7", Score: 3},
			}},
		},
		Mentions: []string{"s9"},
		Decision: message.Decision{
			Article: "a2", Outcome: message.OutcomeJoin, Score: 7.5, Rules: "1", For: []message.Reason{{Fact: "day", Detail: "2021-12-16", Weight: 3}},
			RunnerUp: &message.Rejected{Story: "s8", Score: 2, Veto: "cities far apart"},
		},
	}
}

func TestTableShowsBothLanguagesOfAStory(t *testing.T) {
	var b strings.Builder
	if err := show.Stories(&b, []message.Story{sale()}, 140); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"STORY             KIND      CC PHASE      DAY        PLACES                   FR AR SRC TITLE\n" +
		"s0000000000000001 operation MA developing 2021-12-16 Salé                     1  1  2   Un extrémiste arrêté à Salé\n" +
		strings.Repeat(" ", 88) + "توقيف متطرف بسلا\n"
	if got := b.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s\n%+q", got, want, got)
	}
}

func TestStorySaysWhyItsReportJoined(t *testing.T) {
	var b strings.Builder
	if err := show.Story(&b, sale()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2021-12-17 18:00", "undated", "copy of a1", "recalls s9", "a2 join, score 7.50", "+3.00  day", "not joined: s8, score 2.00, veto: cities far apart", "24", "2 of 2 reports"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

func TestStorySaysWhyEachReportJoinedAfterAMention(t *testing.T) {
	s := sale()
	s.Decision = message.Decision{Article: "a9", Outcome: message.OutcomeMention, Rules: "1"}
	var b strings.Builder
	if err := show.Story(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"    merge, score 6.25, rules 1\n", "+2.00  action", "-1.50  ages       24 and 25", "merged: s7, score 3.00", "decision: a9 mention"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

func TestStorySaysWhatAPersonDecided(t *testing.T) {
	s := sale()
	h := &message.Hand{Act: message.ActSplit, By: "Samira", Reason: "autre\naffaire", At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	s.Decision = message.Decision{Outcome: message.OutcomeHand, Rules: "2", Hand: h}
	s.Reports[1].Why.Hand, s.SplitFrom, s.Withdrawn = h, "s6", []string{"a7"}
	s.Values[0].Passages, s.Tolls = map[string]string{"a2": "un homme de 24 ans"}, []message.Toll{{Fact: "killed", Value: "5", Article: "a1"}}
	var b strings.Builder
	if err := show.Story(&b, s); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"decision: hand, score", "\n  by hand: split, 2026-11-22 09:00 by Samira: autre affaire\n", "\n    by hand: split", "split from s6\n", "taken back a7\n",
		"a2  un homme de 24 ans\n", "killed 5", "\n  developing\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, b.String())
		}
	}
}

func TestStoryNamesNobodyWhereAnOutletTookItsPageAway(t *testing.T) {
	s := sale()
	r := message.Withdrawal(message.Fetch{ID: "a7"}, "taken away", time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
	s.Decision = message.Decision{Outcome: message.OutcomeRetract, Rules: "2", Hand: r.Hand()}
	var b strings.Builder
	if err := show.Story(&b, s); err != nil {
		t.Fatal(err)
	}
	if want := "\n  by its outlet: retract, 2026-11-22 09:00: taken away\n"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is missing in:\n%s", want, b.String())
	}
}

func TestHostileTitleStaysOnItsLine(t *testing.T) {
	got := show.Line("a\x1b[2Jb\u202ec\u2066d\ne\u009bf\u200fg")
	if want := "a[2Jbcd efg"; got != want {
		t.Errorf("got %+q, want %+q", got, want)
	}
}
