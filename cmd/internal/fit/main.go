// Command fit prints the weights of dedup's rules as fitted on labelled sets, and on standard error how weights fitted on the other sets do on
// each set that was held out.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"rawi/cmd/internal/evaluate"
	"rawi/cmd/internal/evaluate/fit"
	"rawi/pipeline/message"
	"rawi/stages"
	"rawi/stages/extract"
	"rawi/stages/language"
	"rawi/stages/places"
)

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "fit:", err) //nolint:errcheck // nowhere left to say it
		os.Exit(1)
	}
}

// large is from how many reports a set is held out half by half: nothing else may be of its kind.
const large = 200

func run(ctx context.Context, args []string, out, report io.Writer) error {
	o := fit.Default()
	flags := flag.NewFlagSet("fit", flag.ContinueOnError)
	flags.Float64Var(&o.Pull, "pull", o.Pull, "how strongly weights are drawn towards those set by hand")
	flags.Float64Var(&o.Dated, "dated", o.Dated, "how many pairs a pair of one dated story counts for")
	flags.Float64Var(&o.General, "general", o.General, "how many pairs a pair of one story of general news counts for")
	version := flags.String("version", "1", "version of the rules")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the labelled sets to fit on, as files of one JSON object a line")
	}
	table := places.Default()
	sets, err := read(ctx, flags.Args(), line(table))
	if err != nil {
		return err
	}
	prior, err := fit.Prior()
	if err != nil {
		return err
	}
	prior.Version = *version
	pairs, all := make([][]fit.Pair, len(sets)), []fit.Pair(nil)
	for i, s := range sets {
		pairs[i] = fit.Pairs(s, table)
		all = append(all, pairs[i]...)
	}
	held, err := fit.Cross(ctx, sets, pairs, prior, o, table)
	if err != nil {
		return err
	}
	for _, h := range held {
		s := h.Score
		if _, err := fmt.Fprintf(report, "%s: pairs %.3f (P %.3f R %.3f), French with Arabic %.3f, B3 %.3f, traps %d, operations merged %d, peripheral %d of %d\n",
			h.Set, s.PairRouted.F1, s.PairRouted.P, s.PairRouted.R, s.PairFrAr.F1, s.B3Routed.F1, s.Traps, s.OperationsMerged,
			s.Peripheral.Merged, s.Peripheral.Reports); err != nil {
			return err
		}
	}
	return fit.Write(out, fit.Fit(all, prior, o))
}

// read reads labelled sets and what the stages extract from them; large ones come as halves.
func read(ctx context.Context, files []string, line evaluate.Line) ([]fit.Set, error) {
	var sets []fit.Set
	for _, name := range files {
		reports, err := evaluate.Read(name)
		if err != nil {
			return nil, err
		}
		articles, err := evaluate.Articles(ctx, reports, line)
		if err != nil {
			return nil, err
		}
		s := fit.Set{Name: filepath.Base(name), Reports: reports, Articles: articles}
		if len(reports) < large {
			sets = append(sets, s)
			continue
		}
		halves := s.Halves()
		sets = append(sets, halves[:]...)
	}
	return sets, nil
}

// line are the stages that make articles.
func line(table *places.Table) evaluate.Line {
	l := evaluate.Line{
		Language: language.New(language.Config{}), Extract: map[string]evaluate.Stage[message.Detected, message.Article]{},
	}
	languages := stages.Languages(table)
	for _, lang := range languages {
		l.Extract[lang.Tag] = extract.New(lang, languages...)
	}
	return l
}
