package evaluate_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/cmd/internal/evaluate"
	"rawi/pipeline/message"
)

func predictions(t *testing.T, name string) []evaluate.Prediction {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var all []evaluate.Prediction
	for d := json.NewDecoder(strings.NewReader(string(b))); d.More(); {
		var p evaluate.Prediction
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

// TestFactScoreIsThatOfTheReferenceScorer holds the score against what the scorer of the labelled sets printed for a set with spans, ages,
// names in several spellings, agencies that are not scored, reports without facts and reports without a prediction.
func TestFactScoreIsThatOfTheReferenceScorer(t *testing.T) {
	gold, err := evaluate.Read("testdata/facts.gold.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var want evaluate.FactScore
	decode(t, "testdata/facts.json", &want)
	got, mistakes := evaluate.GradeFacts(gold, predictions(t, "testdata/facts.pred.jsonl"))
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("score (-reference +ours):\n%s", d)
	}
	if len(mistakes) == 0 || mistakes[0].Field == "" || mistakes[0].ID == "" {
		t.Errorf("mistakes %v", mistakes)
	}
}

func TestFactsAsLabelledScoreOne(t *testing.T) {
	gold, err := evaluate.Read("testdata/facts.gold.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var read []evaluate.Prediction
	for _, r := range gold {
		read = append(read, evaluate.Prediction{ID: r.ID, Facts: r.Facts})
	}
	score, _ := evaluate.GradeFacts(gold, read)
	for name, f := range score.Fields {
		if name != "agencies" && f.F1 != 1 { // labels name services that are not scored
			t.Errorf("%s: %+v", name, f)
		}
	}
	if score.BackgroundLeak != 0 {
		t.Errorf("%d labels leak", score.BackgroundLeak)
	}
}

// told is an extractor that finds the same arrest in every report.
type told struct{}

func (told) Process(_ context.Context, d message.Detected) ([]message.Article, error) {
	f := message.Facts{
		Action: message.ActionArrest, Day: &message.Days{From: "2022-02-03", To: "2022-02-05"}, Arrested: &message.Count{N: 3},
		Places: []message.Place{{Name: "سلا"}}, Ages: &message.Range{Min: 19, Max: 49},
	}
	return []message.Article{{ID: d.Raw.ID, Facts: f}}, nil
}

func TestPredictionsHaveTheFormOfLabels(t *testing.T) {
	reports := []evaluate.Labelled{
		{ID: "1", URL: "https://a.example/1", Published: "2022-02-06"}, {ID: "2", URL: "https://a.example/2", Published: "2022-02-06"},
	}
	tags := map[string]string{}
	for i, r := range reports {
		tags[message.ArticleID(message.Identity(r.URL))] = []string{"fr", "es"}[i]
	}
	line := evaluate.Line{Language: languages(tags), Extract: map[string]evaluate.Stage[message.Detected, message.Article]{"fr": told{}}}
	got, err := evaluate.Predict(t.Context(), reports, line)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"id":"1","facts":{"action":"arrest","ages":[19,49],"arrested":3,"date_from":"2022-02-03","date_to":"2022-02-05",` +
		`"places":["سلا"]}},{"id":"2"}]`
	if string(b) != want {
		t.Errorf("got  %s\nwant %s; %+q", b, want, b)
	}
}

type languages map[string]string

func (l languages) Process(_ context.Context, r message.Raw) ([]message.Detected, error) {
	return []message.Detected{{Type: message.DetectedV1, Raw: r, Language: l[r.ID]}}, nil
}

func TestAPlaceBesideTheMainOneIsAMistakeOfItsOwn(t *testing.T) {
	gold := []evaluate.Labelled{{ID: "r1", Kind: message.KindOperation, Published: "2022-06-24", Facts: evaluate.Flat{"places": []any{"Salé"}}}}
	read := []evaluate.Prediction{{ID: "r1", Facts: evaluate.Flat{"places": []any{"Salé", "Rabat"}}}}
	_, mistakes := evaluate.GradeFacts(gold, read)
	if len(mistakes) != 1 || mistakes[0].Field != "places" {
		t.Errorf("got mistakes %v, want one of places", mistakes)
	}
}
