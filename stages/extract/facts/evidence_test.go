package facts_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestEveryFactKeepsItsEvidence wants for each fact of the labelled reports a passage and a rule that say so.
func TestEveryFactKeepsItsEvidence(t *testing.T) {
	languages := packs()
	files, _ := filepath.Glob(filepath.Join(labelledSets, "*.jsonl"))
	for _, file := range files {
		if name := filepath.Base(file); !strings.HasPrefix(name, "d") && !strings.HasPrefix(name, "own-open") {
			continue
		}
		for _, l := range readLabelled(t, file) {
			if language, ok := languages[l.Lang]; ok {
				for _, fact := range unsupported(language.Analyse(l.document()).Facts) {
					t.Errorf("%s: no evidence of %s", l.ID, fact)
				}
			}
		}
	}
}

// TestAgesOfOthersAreNoEvidence: of one arrested only one age is meant.
func TestAgesOfOthersAreNoEvidence(t *testing.T) {
	text := "La police a arrêté mardi à Taza un homme de 47 ans. Un voisin âgé de 31 ans a tout vu."
	got := packs()["fr"].Analyse(extract.Document{Title: "Taza : un homme arrêté", Blocks: []message.Block{{Kind: message.BlockParagraph, Text: text}}}).Facts
	if got.Arrested == nil || got.Arrested.N != 1 || got.Ages == nil || *got.Ages != (message.Range{Min: 47, Max: 47}) {
		t.Fatalf("got arrested %+v, ages %+v; want 1 of 47", got.Arrested, got.Ages)
	}
	for _, e := range got.Evidence {
		if e.Fact == "ages" && e.Value != "47-47" {
			t.Errorf("evidence of ages %s, want that of 47 alone", e.Value)
		}
	}
}

// unsupported names the facts that no evidence supports. The country of a place is that place's.
func unsupported(f message.Facts) []string {
	has := map[string]bool{
		"action": f.Action != "", "day": f.Day != nil, "announced": f.Announced != nil, "places": len(f.Places) > 0, "arrested": f.Arrested != nil,
		"killed": f.Killed != nil, "wounded": f.Wounded != nil, "rescued": f.Rescued != nil, "ages": f.Ages != nil, "agencies": len(f.Agencies) > 0,
		"partners": len(f.Partners) > 0, "group": f.Group != "", "seized": len(f.Seized) > 0, "persons": len(f.Persons) > 0,
	}
	for _, e := range f.Evidence {
		delete(has, e.Fact)
	}
	var missing []string
	for fact, told := range has {
		if told {
			missing = append(missing, fact)
		}
	}
	slices.Sort(missing)
	return missing
}
