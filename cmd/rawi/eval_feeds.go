package main

import (
	"context"
	"fmt"
	"path/filepath"

	"rawi/cmd/internal/evaluate/feeds"
	"rawi/cmd/internal/show"
)

type evalFeedsCommand struct {
	Manifest string `arg:"" help:"List of the suite's files, one JSON object a line; the files lie below its folder." type:"existingfile" placeholder:"MANIFEST"`
	Score    bool   `help:"Print one score instead of a result for each file."`
	Errors   int    `help:"Print so many files that were read wrongly to standard error." placeholder:"N"`
}

// Run prints one JSON object for each file, in the order of the manifest, or what they come to.
func (c evalFeedsCommand) Run(ctx context.Context, env environment) error {
	cases, err := feeds.Manifest(c.Manifest)
	if err != nil {
		return usageError{err}
	}
	progress := newMeter(env, "feeds", len(cases))
	var score feeds.Score
	told := 0
	err = feeds.Read(ctx, filepath.Dir(c.Manifest), cases, func(of feeds.Case, r feeds.Result) error {
		progress.step()
		if wrong := score.Add(of, r); len(wrong) > 0 && told < c.Errors {
			told++
			progress.end()
			fmt.Fprintf(env.err, "%s: %s\n", of.File, show.Line(wrong[0]))
		}
		if c.Score {
			return nil
		}
		return printJSON(env.out, r)
	})
	progress.end()
	if err != nil || !c.Score {
		return err
	}
	return printJSON(env.out, score)
}
