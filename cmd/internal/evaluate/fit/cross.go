package fit

import (
	"context"
	"errors"
	"fmt"

	"rawi/cmd/internal/evaluate"
	"rawi/pipeline/fault"
	"rawi/stages/dedup"
	"rawi/stages/dedup/match"
)

// Held is how weights fitted on all other sets do on one.
type Held struct {
	Set   string
	Score evaluate.Score
}

// Cross fits on all sets but one and lets dedup decide on that one, for each set in turn; pairs are those of the sets, in their order. It fails
// where dedup does.
func Cross(ctx context.Context, sets []Set, pairs [][]Pair, prior match.Rules, o Options, places match.Places) ([]Held, error) {
	var out []Held
	for i, s := range sets {
		var others []Pair
		for j, p := range pairs {
			if i != j {
				others = append(others, p...)
			}
		}
		stories, err := Group(ctx, s, Fit(others, prior, o), places)
		if err != nil {
			return nil, err
		}
		out = append(out, Held{s.Name, evaluate.Grade(s.Reports, stories)})
	}
	return out, nil
}

// Group tells the story into which dedup puts each report of a set by these rules, in the order of their publication. A report without an article,
// or whose article is dropped, has none.
func Group(ctx context.Context, s Set, rules match.Rules, places match.Places) (map[string]string, error) {
	stage := dedup.By(rules, dedup.Default(), places)
	story := map[string]string{} // of an article, by the last state that lists it
	for _, r := range byTime(s.Reports) {
		a, ok := s.Articles[r.ID]
		if !ok {
			continue
		}
		states, err := stage.Process(ctx, a)
		if drop := (*fault.Drop)(nil); err != nil && !errors.As(err, &drop) {
			return nil, fmt.Errorf("group %s: report %s: %w", s.Name, r.ID, err)
		}
		for _, state := range states {
			stage.Apply(state)
			for _, m := range state.Members {
				story[m.Article] = state.Story.ID
			}
		}
	}
	out := map[string]string{}
	for _, r := range s.Reports {
		if id := story[s.Articles[r.ID].ID]; id != "" {
			out[r.ID] = id
		}
	}
	return out, nil
}
