package main

import (
	"context"
	"fmt"

	"rawi/cmd/internal/evaluate/pages"
	"rawi/cmd/internal/show"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/extract/host"
	"rawi/stages/places"
)

type evalPagesCommand struct {
	Dir   string `arg:"" help:"Folder of pages: files NAME.html, and beside each NAME.json with its name, lang, url, title, date, author and text." type:"existingdir" placeholder:"DIR"`
	Score bool   `help:"Print one score instead of a result for each page."`
	Times int    `help:"Read each page so often, and tell the shortest time." default:"1" placeholder:"N"`
	Worst int    `help:"Print so many pages that were read worst to standard error, with what is wrong." placeholder:"N"`
}

// Run prints one JSON object for each page, by language and name, or what they come to.
func (c evalPagesCommand) Run(ctx context.Context, env environment) error {
	all, err := pages.Load(c.Dir)
	if err != nil {
		return usageError{err}
	}
	progress := newMeter(env, "pages", len(all))
	var score pages.Score
	reader := pageReader()
	reader.Times = c.Times
	err = reader.Read(ctx, all, func(p pages.Page, r pages.Result) error {
		progress.step()
		score.Add(p, r)
		if c.Score {
			return nil
		}
		return printJSON(env.out, r)
	})
	progress.end()
	if err != nil {
		return err
	}
	score.Settle()
	for _, m := range first(score.Worst, c.Worst) {
		fmt.Fprintln(env.err, show.Line(m.String()))
	}
	if !c.Score {
		return nil
	}
	return printJSON(env.out, score)
}

// pageReader is the part of the daemon that reads pages, with a clock. What it learns of hosts ends with it.
func pageReader() pages.Reader {
	parts := extract.Parts{Hosts: host.NewBook(&host.Memory{})}
	r := pages.Reader{Line: line(), Clock: &pages.Clock{}}
	languages := stages.Languages(places.Default())
	for i, lang := range languages {
		languages[i] = r.Clock.Over(lang)
	}
	for _, lang := range languages {
		r.Line.Extract[lang.Tag] = extract.New(lang, languages...).With(parts)
	}
	return r
}
