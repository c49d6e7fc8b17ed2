package facts_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"rawi/stages/extract"
	"rawi/stages/extract/ar"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/fr"
	"rawi/stages/places"
)

// TestAllocationsDoNotGrowWithTheTables reads the same reports with the built-in tables and with twice as many places, concepts and words.
func TestAllocationsDoNotGrowWithTheTables(t *testing.T) {
	const more = 3000
	var rows, terms, words strings.Builder
	for i := range more {
		fmt.Fprintf(&rows, "ma-more-%d\tcity\tMA\t\t34\t-7\tZzville%d\tزز%d\n", i, i, i)
		fmt.Fprintf(&terms, "act:more-%d\tzzfaire%d\tززفعل%d\n", i, i, i)
		fmt.Fprintf(&words, "thing\t-\tzzchose%d|ززشيء%d\n", i, i)
	}
	table, err := places.LoadOver(places.Config{}, strings.NewReader(rows.String()))
	if err != nil {
		t.Fatal(err)
	}
	concepts, err := concept.Over(strings.NewReader(terms.String()))
	if err != nil {
		t.Fatal(err)
	}
	wide := map[string]extract.Language{"fr": fr.Language(table, concepts, words.String()), "ar": ar.Language(table, concepts, words.String())}
	for tag, built := range packs() {
		var reports []labelled
		for _, l := range readLabelled(t, filepath.Join(labelledSets, "d1.jsonl")) {
			if l.Lang == tag {
				reports = append(reports, l)
			}
		}
		read := func(lang extract.Language) float64 {
			return testing.AllocsPerRun(3, func() {
				for _, l := range reports {
					lang.Analyse(l.document())
				}
			})
		}
		if few, many := read(built), read(wide[tag]); many > 1.01*few {
			t.Errorf("%s: %.0f allocations with the built-in tables, %.0f with %d more rows in each", tag, few, many, more)
		}
	}
}
