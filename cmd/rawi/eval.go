package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"time"

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
	Figures  evalFiguresCommand  `cmd:"" help:"Measure merging and facts on labelled sets and print tables of the figures."`
}

type evalMergeCommand struct {
	Files       []string      `arg:"" help:"Labelled reports, one JSON object a line." type:"existingfile" placeholder:"FILE"`
	Assignments bool          `help:"Print which story each report was put into, one a line, instead of a score."`
	WhatIf      string        `name:"what-if" help:"Print which stories would merge or split under these changed rules of dedup, and both scores." type:"existingfile" placeholder:"RULES"`
	Shuffle     time.Duration `help:"Let reports arrive late, each by up to so much, in five orders; print the figures of each order." placeholder:"TIME"`
	Errors      int           `help:"Print so many wrongly merged or wrongly parted pairs to standard error; with --shuffle, changes." placeholder:"N"`
	JSON        bool          `help:"Print the changes of --what-if as JSON too, one a line; all else is JSON without it."`
}

func (c evalMergeCommand) Run(ctx context.Context, env environment) error {
	gold, err := evaluate.Read(c.Files...)
	if err != nil {
		return usageError{err}
	}
	progress := newMeter(env, "reports", len(gold))
	whole := line()
	whole.Language = metered{whole.Language, progress}
	merged, err := evaluate.Merge(ctx, gold, whole)
	progress.end()
	if err != nil {
		return err
	}
	if c.Shuffle > 0 {
		return c.shuffled(ctx, env, gold, merged)
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

// orders are so many orders of arrival that are tried.
const orders = 5

// shuffled prints the figures of the order of publication, and of orders in which each report comes late by a part of the time that was given.
func (c evalMergeCommand) shuffled(ctx context.Context, env environment, gold []evaluate.Labelled, inOrder evaluate.Merged) error {
	type figures struct {
		Order    int            `json:"order"` // 0: as published
		Pair     evaluate.Pairs `json:"pair_routed"`
		PairFrAr evaluate.Pairs `json:"pair_fr_ar"`
		Changes  int            `json:"changes"` // places where the stories differ from those of order 0
	}
	progress := newMeter(env, "reports", orders*len(gold))
	defer progress.end()
	for order := range orders + 1 {
		merged := inOrder
		if order > 0 {
			l := line()
			l.Language = metered{l.Language, progress}
			l.Delay = func(r evaluate.Labelled) time.Duration { return delay(order, r.ID, c.Shuffle) }
			var err error
			if merged, err = evaluate.Merge(ctx, gold, l); err != nil {
				return err
			}
		}
		score := evaluate.Grade(gold, merged.Stories())
		changes := evaluate.Compare(inOrder.Stories(), merged.Stories())
		progress.end()
		told := environment{out: env.err}
		if err := printChanges(told, first(changes, c.Errors), titlesOf(gold), false); err != nil {
			return err
		}
		if err := printJSON(env.out, figures{order, score.PairRouted, score.PairFrAr, len(changes)}); err != nil {
			return err
		}
	}
	return nil
}

// delay is how late a report arrives in one order: the same each time.
func delay(order int, id string, most time.Duration) time.Duration {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strconv.Itoa(order) + "\x00" + id)) // a hash's Write never fails
	return time.Duration(h.Sum64() % uint64(most))
}

func titlesOf(gold []evaluate.Labelled) map[string]string {
	titles := map[string]string{}
	for _, r := range gold {
		titles[r.ID] = r.Title
	}
	return titles
}

// compare prints what other rules would change, and the scores by today's and by those.
func (c evalMergeCommand) compare(ctx context.Context, env environment, gold []evaluate.Labelled, today evaluate.Merged) error {
	rules, err := readRules(c.WhatIf)
	if err != nil {
		return err
	}
	other, progress := line(), newMeter(env, "reports", len(gold))
	other.Language = metered{other.Language, progress}
	other.Dedup = dedup.By(rules, config.Default().Dedup, places.Default())
	then, err := evaluate.Merge(ctx, gold, other)
	progress.end()
	if err != nil {
		return err
	}
	if err := printChanges(env, evaluate.Compare(today.Stories(), then.Stories()), titlesOf(gold), c.JSON); err != nil {
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
	languages := stages.Languages(table)
	for _, lang := range languages {
		l.Extract[lang.Tag] = extract.New(lang, languages...)
	}
	return l
}
