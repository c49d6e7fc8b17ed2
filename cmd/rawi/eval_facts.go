package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rawi/cmd/internal/evaluate"
)

type evalFactsCommand struct {
	Files       []string `arg:"" help:"Labelled reports, one JSON object a line." type:"existingfile" placeholder:"FILE"`
	Predictions bool     `help:"Print the facts read of each report, one a line, instead of a score."`
	Errors      int      `help:"Print so many wrong values to standard error: field, report, label, what was read." placeholder:"N"`
}

func (c evalFactsCommand) Run(ctx context.Context, env environment) error {
	gold, err := evaluate.Read(c.Files...)
	if err != nil {
		return usageError{err}
	}
	if !c.Predictions && !slices.ContainsFunc(gold, evaluate.Labelled.HasFacts) {
		return usageError{fmt.Errorf("%s: no record of an operation or incident has \"facts\" to score against; print what is read with --predictions",
			strings.Join(c.Files, ", "))}
	}
	l, progress := line(), newMeter(env, "reports", len(gold))
	l.Language = metered{l.Language, progress}
	read, err := evaluate.Predict(ctx, gold, l)
	progress.end()
	if err != nil {
		return err
	}
	if c.Predictions {
		for _, p := range read {
			if err := printJSON(env.out, p); err != nil {
				return err
			}
		}
		return nil
	}
	score, mistakes := evaluate.GradeFacts(gold, read)
	for _, m := range first(mistakes, c.Errors) {
		fmt.Fprintln(env.err, m)
	}
	routed, _ := evaluate.GradeFacts(slices.DeleteFunc(gold, func(r evaluate.Labelled) bool { return l.Extract[r.Language] == nil }), read)
	return printJSON(env.out, struct {
		evaluate.FactScore
		Routed evaluate.FactScore `json:"routed"` // of the reports in a language that has a pack
	}{score, routed})
}
