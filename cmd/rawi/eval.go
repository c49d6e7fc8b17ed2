package main

import (
	"context"
	"fmt"

	"rawi/cmd/internal/evaluate"
	"rawi/config"
	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/dedup"
	"rawi/stages/extract"
	"rawi/stages/language"
	"rawi/stages/places"
)

type evalCommand struct {
	Merge    evalMergeCommand    `cmd:"" help:"Merge labelled reports into stories and score the merging."`
	Feeds    evalFeedsCommand    `cmd:"" help:"Read a suite of feed files and print what was read, or a score."`
	Facts    evalFactsCommand    `cmd:"" help:"Read the facts of labelled reports and score them field by field."`
	Language evalLanguageCommand `cmd:"" help:"Tell the languages of labelled texts and score them language by language."`
	Pages    evalPagesCommand    `cmd:"" help:"Read a set of web pages and print what was read of each, or a score."`
}

type evalMergeCommand struct {
	Files       []string `arg:"" help:"Labelled reports, one JSON object a line." type:"existingfile" placeholder:"FILE"`
	Assignments bool     `help:"Print which story each report was put into, one a line, instead of a score."`
	WhatIf      string   `name:"what-if" help:"Print which stories would merge or split under these changed rules of dedup, and both scores." type:"existingfile" placeholder:"RULES"`
	Errors      int      `help:"Print so many wrongly merged or wrongly parted pairs to standard error." placeholder:"N"`
}

func (c evalMergeCommand) Run(ctx context.Context, env environment) error {
	gold, err := evaluate.Read(c.Files...)
	if err != nil {
		return usageError{err}
	}
	progress := newMeter(env.err, "reports", len(gold))
	whole := line()
	whole.Language = metered{whole.Language, progress}
	merged, err := evaluate.Merge(ctx, gold, whole)
	progress.end()
	if err != nil {
		return err
	}
	if c.WhatIf != "" {
		return c.compare(ctx, env, gold, merged)
	}
	if c.Assignments {
		for _, a := range merged.Assignments {
			if err := printJSON(env.out, a); err != nil {
				return err
			}
		}
		return nil
	}
	for _, m := range first(evaluate.Mistakes(gold, merged.Stories()), c.Errors) {
		fmt.Fprintln(env.err, m)
	}
	return printJSON(env.out, struct {
		evaluate.Score
		Slices  evaluate.Slices   `json:"slices"`
		Timings []evaluate.Timing `json:"timings"`
		Dropped map[string]int    `json:"dropped,omitempty"`
	}{evaluate.Grade(gold, merged.Stories()), evaluate.Slice(gold, merged.Stories()), merged.Timings, merged.Dropped})
}

// compare prints what other rules would change, and the scores by today's and by those.
func (c evalMergeCommand) compare(ctx context.Context, env environment, gold []evaluate.Labelled, today evaluate.Merged) error {
	rules, err := readRules(c.WhatIf)
	if err != nil {
		return err
	}
	other := line()
	other.Dedup = dedup.By(rules, config.Default().Dedup, places.Default())
	then, err := evaluate.Merge(ctx, gold, other)
	if err != nil {
		return err
	}
	titles := map[string]string{}
	for _, r := range gold {
		titles[r.ID] = r.Title
	}
	if err := printChanges(env, evaluate.Compare(today.Stories(), then.Stories()), titles, false); err != nil {
		return err
	}
	return printJSON(env.out, struct {
		Rules string         `json:"rules"`
		Today evaluate.Score `json:"today"`
		Then  evaluate.Score `json:"then"`
	}{rules.Version, evaluate.Grade(gold, today.Stories()), evaluate.Grade(gold, then.Stories())})
}

func first[T any](list []T, n int) []T { return list[:min(len(list), max(n, 0))] }

// line is the pipeline from language to dedup as the daemon runs it, without the bus between the stages.
func line() evaluate.Line {
	defaults, table := config.Default(), places.Default()
	l := evaluate.Line{
		Language: language.New(defaults.Language),
		Extract:  map[string]evaluate.Stage[message.Detected, message.Article]{},
		Dedup:    dedup.New(defaults.Dedup, table),
	}
	for _, lang := range stages.Languages(table) {
		l.Extract[lang.Tag] = extract.New(lang)
	}
	return l
}
