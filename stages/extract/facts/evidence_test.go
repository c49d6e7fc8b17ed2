package facts_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rawi/pipeline/message"
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
