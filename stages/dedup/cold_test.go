package dedup_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// others are stories of another matter, more than are kept at hand. They stand where they are applied before, and put all else away where they are
// applied after it.
func others(t *testing.T) []message.State {
	t.Helper()
	const n = 600
	s, out := newStage(t), []message.State(nil)
	for i := range n {
		r := told{
			id: fmt.Sprint("other", i), outlet: "marches", lang: "fr", at: "2021-12-17 09:00", kind: "economy",
			about: fmt.Sprintf("obj:other%d", i), words: fmt.Sprintf("cours%d bourse%d hausse%d", i, i, i),
		}
		states, err := s.Process(t.Context(), r.article())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, states...)
	}
	return out
}

// question is something that can come after some stories were told, and what a stage says to it.
type question func(*testing.T, *dedup.Stage) (any, error)

func questions() map[string]question {
	process := func(a message.Article) question {
		return func(t *testing.T, s *dedup.Stage) (any, error) {
			t.Helper()
			return s.Process(t.Context(), a)
		}
	}
	decide := func(r message.Ruling) question {
		return func(t *testing.T, s *dedup.Stage) (any, error) {
			t.Helper()
			return s.Rule(t.Context(), r)
		}
	}
	weigh := func(story string) question {
		return func(_ *testing.T, s *dedup.Stage) (any, error) { return s.Weigh("a2", story) }
	}
	corrected, copied := saleArabic, saleFrench
	corrected.age, corrected.places, corrected.day, corrected.action = 61, "ma-nador", "2021-12-01", "seizure"
	later := corrected.article()
	later.Fetched = later.Fetched.AddDate(0, 0, 1)
	copied.id, copied.outlet = "a9", "copiste"
	arrest, haul := message.StoryID("a1"), message.StoryID("a3")
	return map[string]question{
		"the same again": process(saleFrench.article()), "a correction": process(later), "another report": process(copied.article()),
		"a report that recalls": process(berkane.article()),
		"merge":                 decide(ruling(1, message.ActMerge, haul, arrest)), "split": decide(ruling(1, message.ActSplit, arrest, "", "a2")),
		"move": decide(ruling(1, message.ActMove, haul, "", "a2")), "retract": decide(ruling(1, message.ActRetract, "", "", "a2")),
		"put back": decide(ruling(9, message.ActMove, haul, "", "a5")),
		"its own":  weigh(arrest), "the other": weigh(haul),
	}
}

// TestWhatIsPutAwayAnswersAsWhatIsAtHand asks two stages the same that know the same: in one the stories that are asked for were put away, in the
// other they are at hand.
func TestWhatIsPutAwayAnswersAsWhatIsAtHand(t *testing.T) {
	s, committed := newStage(t), []message.State(nil)
	taken := saleArabic
	taken.id, taken.outlet = "a5", "retire"
	for _, r := range []told{saleFrench, saleArabic, saleDrugs, taken} {
		committed = append(committed, take(t, s, r.article())...)
	}
	committed = append(committed, rule(t, s, ruling(0, message.ActRetract, "", "", "a5"))...)
	crowd := others(t)
	for name, q := range questions() {
		t.Run(name, func(t *testing.T) {
			atHand, putAway := answer(t, q, crowd, committed), answer(t, q, committed, crowd)
			if d := cmp.Diff(atHand, putAway); d != "" {
				t.Errorf("answer of what is at hand (-) and of what was put away (+):\n%s", d)
			}
		})
	}
}

// answer is the answer of a stage that knows some states and then others.
func answer(t *testing.T, q question, first, then []message.State) string {
	t.Helper()
	s := newStage(t)
	for _, list := range [][]message.State{first, then} {
		for _, state := range list {
			s.Apply(state)
		}
	}
	said, err := q(t, s)
	body, bad := json.Marshal(said)
	if bad != nil {
		t.Fatal(bad)
	}
	return fmt.Sprint(string(body), " ", err)
}
