package facts

import (
	_ "embed"
	"fmt"

	"rawi/stages/tsv"
)

// Strengths of a rule.
const (
	Strong = "strong" // told in so many words
	Fair   = "fair"   // bound by position
	Weak   = "weak"   // the best guess where no more is said
)

// Rule is one of the ways in which a fact is read, named by message.Evidence.Rule.
type Rule struct {
	Name     string
	Strength string // Strong, Fair, Weak
	Sees     string // what it saw, in English
}

//go:embed data/rules.tsv
var ruleTable string

// Rules lists every rule by its name.
func Rules() map[string]Rule {
	rules := map[string]Rule{}
	for line, cells := range tsv.Rows(ruleTable, 3) {
		r := Rule{Name: cells[0], Strength: cells[1], Sees: cells[2]}
		if _, twice := rules[r.Name]; twice || r.Sees == "" || r.Strength != Strong && r.Strength != Fair && r.Strength != Weak {
			panic(fmt.Sprintf("embedded table of rules: line %d: %q", line, cells)) // a fault of the build, caught by every test that asks for rules
		}
		rules[r.Name] = r
	}
	return rules
}
