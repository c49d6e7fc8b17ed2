package evaluate

import (
	"context"
	"encoding/json"
	"fmt"

	"rawi/stages/extract/facts"
)

// Flat are the facts of one happening in the form of labelled sets, by the name of the field; values are as encoding/json reads them.
type Flat map[string]any

// Prediction is what is read of the main happening of one report. Facts is nil where it tells of none, and where no extractor reads its
// language.
type Prediction struct {
	ID    string `json:"id"`
	Facts Flat   `json:"facts,omitempty"`
}

// Predict reads the facts of labelled reports, one prediction for each in their order. Labels are not read.
func Predict(ctx context.Context, reports []Labelled, line Line) ([]Prediction, error) {
	articles, err := Articles(ctx, reports, line)
	if err != nil {
		return nil, err
	}
	all := make([]Prediction, len(reports))
	for i, r := range reports {
		all[i].ID = r.ID
		a, ok := articles[r.ID]
		if !ok {
			continue
		}
		if all[i].Facts, err = flat(facts.Flat(a.Facts)); err != nil {
			return nil, fmt.Errorf("facts of labelled report %s: %w", r.ID, err)
		}
	}
	return all, nil
}

// flat gives facts the types that a label has after it was read.
func flat(read map[string]any) (Flat, error) {
	if len(read) == 0 {
		return nil, nil
	}
	b, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	var f Flat
	err = json.Unmarshal(b, &f)
	return f, err
}

// text is a value that is one string; empty where the field is absent or something else.
func (f Flat) text(field string) string {
	s, _ := f[field].(string)
	return s
}

// texts is a value that is a list of strings.
func (f Flat) texts(field string) []string {
	list, _ := f[field].([]any)
	var out []string
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
