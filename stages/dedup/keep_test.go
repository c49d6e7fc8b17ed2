package dedup_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/stages/dedup"
)

// throughFile is a stage that knows what another one wrote down.
func throughFile(t *testing.T, s *dedup.Stage) *dedup.Stage {
	t.Helper()
	var memory bytes.Buffer
	if err := s.Save(&memory); err != nil {
		t.Fatal(err)
	}
	other := newStage(t)
	if err := other.Load(&memory); err != nil {
		t.Fatal(err)
	}
	return other
}

// TestWhatWasReadBackAnswersAsWhatIsAtHand asks the same of a stage and of one that has read what it wrote: articles, rulings and explanations.
func TestWhatWasReadBackAnswersAsWhatIsAtHand(t *testing.T) {
	taken := saleArabic
	taken.id, taken.outlet = "a5", "retire"
	for name, q := range questions() {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			for _, r := range []told{saleFrench, saleArabic, saleDrugs, taken} {
				take(t, s, r.article())
			}
			rule(t, s, ruling(0, "retract", "", "", "a5"))
			say := func(s *dedup.Stage) string {
				said, err := q(t, s)
				body, bad := json.Marshal(said)
				if bad != nil {
					t.Fatal(bad)
				}
				return fmt.Sprint(string(body), " ", err)
			}
			if d := cmp.Diff(say(throughFile(t, s)), say(s)); d != "" {
				t.Errorf("answer of what was read back (-) and of what is at hand (+):\n%s", d)
			}
		})
	}
}

func TestShapeTellsSettingsApart(t *testing.T) {
	c := dedup.Default()
	one := dedup.New(c, nil).Shape()
	c.Live++
	if other := dedup.New(c, nil).Shape(); one == other || one != dedup.New(dedup.Default(), nil).Shape() {
		t.Errorf("shapes are %q and %q", one, other)
	}
}
