package evaluate_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/cmd/internal/evaluate"
)

// TestScoreIsThatOfTheReferenceScorer holds the score against what the scorer of the labelled sets printed for a set with every kind of
// report: peripheral ones, pairs that may or may not be one, reports without an assignment.
func TestScoreIsThatOfTheReferenceScorer(t *testing.T) {
	gold, err := evaluate.Read("testdata/score.gold.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var want evaluate.Score
	decode(t, "testdata/score.json", &want)
	if d := cmp.Diff(want, evaluate.Grade(gold, assigned(t, "testdata/score.pred.jsonl"))); d != "" {
		t.Errorf("score (-reference +ours):\n%s", d)
	}
}

func decode(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func assigned(t *testing.T, name string) map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	out := map[string]string{}
	for d := json.NewDecoder(f); d.More(); {
		var a evaluate.Assignment
		if err := d.Decode(&a); err != nil {
			t.Fatal(err)
		}
		out[a.ID] = a.Story
	}
	return out
}

func TestPerfectGroupingScoresOne(t *testing.T) {
	gold, err := evaluate.Read("testdata/score.gold.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for _, r := range gold {
		labels[r.ID] = r.Story
	}
	s := evaluate.Grade(gold, labels)
	if s.Pair.F1 != 1 || s.B3.F1 != 1 || s.Traps != 0 || s.OperationsMerged != 0 || s.Peripheral.Merged != 0 {
		t.Errorf("score %+v", s)
	}
}

func TestMistakesAreThePairsThatTheScoreCounts(t *testing.T) {
	gold, err := evaluate.Read("testdata/score.gold.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	pred := assigned(t, "testdata/score.pred.jsonl")
	score, mistakes := evaluate.Grade(gold, pred), evaluate.Mistakes(gold, pred)
	if len(mistakes) != score.Pair.FP+score.Pair.FN || !mistakes[0].Merged || mistakes[len(mistakes)-1].Merged {
		t.Errorf("%d mistakes, the score counts %d; want those merged first", len(mistakes), score.Pair.FP+score.Pair.FN)
	}
}
