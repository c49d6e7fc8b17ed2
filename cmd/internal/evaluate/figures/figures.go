// Package figures writes how well labelled sets are merged and read as tables for people.
package figures

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"rawi/cmd/internal/evaluate"
	"rawi/cmd/internal/evaluate/fit"
	"rawi/stages/places"
)

// Set are the figures of one labelled set.
type Set struct {
	Name    string             `json:"set"`
	Merge   evaluate.Score     `json:"merge"`
	HeldOut *evaluate.Score    `json:"held_out,omitempty"` // by weights that were fitted on the other sets alone; nil where there is none other
	Facts   evaluate.FactScore `json:"facts"`              // of the reports in a language that has a pack
}

// Measure reads and merges labelled sets, each by itself on a line of its own, and once more by weights that were fitted on the others.
func Measure(ctx context.Context, files []string, line func() evaluate.Line) ([]Set, error) {
	var all []Set
	var sets []fit.Set
	for _, name := range files {
		reports, err := evaluate.Read(name)
		if err != nil {
			return nil, err
		}
		l := line()
		s := Set{Name: strings.TrimSuffix(filepath.Base(name), ".jsonl")}
		merged, err := evaluate.Merge(ctx, reports, l)
		if err != nil {
			return nil, err
		}
		s.Merge = evaluate.Grade(reports, merged.Stories())
		articles, err := evaluate.Articles(ctx, reports, l)
		if err != nil {
			return nil, err
		}
		if s.Facts, err = read(ctx, reports, l); err != nil {
			return nil, err
		}
		all, sets = append(all, s), append(sets, fit.Set{Name: s.Name, Reports: reports, Articles: articles})
	}
	return all, hold(ctx, all, sets)
}

func read(ctx context.Context, reports []evaluate.Labelled, l evaluate.Line) (evaluate.FactScore, error) {
	predicted, err := evaluate.Predict(ctx, reports, l)
	if err != nil {
		return evaluate.FactScore{}, err
	}
	routed := slices.DeleteFunc(slices.Clone(reports), func(r evaluate.Labelled) bool { return l.Extract[r.Language] == nil })
	score, _ := evaluate.GradeFacts(routed, predicted)
	return score, nil
}

// hold merges each set by weights that were fitted on the others.
func hold(ctx context.Context, all []Set, sets []fit.Set) error {
	if len(sets) < 2 {
		return nil
	}
	prior, err := fit.Prior()
	if err != nil {
		return err
	}
	pairs := make([][]fit.Pair, len(sets))
	for i, s := range sets {
		pairs[i] = fit.Pairs(s, places.Default())
	}
	held, err := fit.Cross(ctx, sets, pairs, prior, fit.Default(), places.Default())
	for i, h := range held {
		all[i].HeldOut = &h.Score
	}
	return err
}

// fields are the columns of the table of facts: the field of the score, and its heading.
var fields = [][2]string{
	{"action", "action"},
	{"date", "day"},
	{"main_place", "main place"},
	{"places", "places"},
	{"arrested", "arrested"},
	{"killed", "killed"},
	{"wounded", "wounded"},
	{"age", "age"},
	{"agencies", "agencies"},
	{"partners", "partners"},
}

// Markdown writes the figures as two tables: of merging, and of facts.
func Markdown(sets []Set) string {
	var b strings.Builder
	b.WriteString("| merging | reports | P | R | F1 | French with Arabic F1 | B³ F1 | recalled merged | operations merged | F1 held out |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, s := range sets {
		m := s.Merge
		if m.PairRouted.TP+m.PairRouted.FN == 0 { // every report tells of something else
			continue
		}
		held := "–"
		if s.HeldOut != nil {
			held = fmt.Sprintf("%.3f", s.HeldOut.PairRouted.F1)
		}
		fmt.Fprintf(&b, "| %s | %d | %.3f | %.3f | %.3f | %.3f | %.3f | %d | %d | %s |\n", s.Name, m.Reports, m.PairRouted.P, m.PairRouted.R,
			m.PairRouted.F1, m.PairFrAr.F1, m.B3Routed.F1, m.Traps, m.OperationsMerged, held)
	}
	b.WriteString("\n| facts, F1 |")
	for _, f := range fields {
		fmt.Fprintf(&b, " %s |", f[1])
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(fields)) + "\n")
	for _, s := range sets {
		fmt.Fprintf(&b, "| %s |", s.Name)
		for _, f := range fields {
			b.WriteString(" " + cell(s.Facts.Fields[f[0]]) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// cell is the F1 of a field; a dash where no label has one.
func cell(f evaluate.Field) string {
	if f.Gold == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", f.F1)
}

// Lines between which a file holds the tables.
const (
	begin = "<!-- figures: begin -->"
	end   = "<!-- figures: end -->"
)

// Into puts tables into a text, between the two lines that mark their place.
func Into(text, tables string) (string, error) {
	before, rest, ok := strings.Cut(text, begin+"\n")
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		return "", fmt.Errorf("no place for the figures: put the lines %s and %s where they belong", begin, end)
	}
	return before + begin + "\n" + tables + end + after, nil
}
