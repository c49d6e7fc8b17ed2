package match

import (
	_ "embed" // the rules are data
	"errors"
	"fmt"
	"strconv"
	"strings"
)

//go:embed data/rules.tsv
var defaultRules string

// Weights are what one piece of evidence weighs, in log odds.
type Weights struct {
	Dated   float64 // where both reports tell of something that happened on a day: an operation, an accident, a disaster
	General float64 // in all other news
}

// Rules are the weights of all evidence, by name, and the version that decisions carry.
type Rules struct {
	Version string
	Weights map[string]Weights
}

// weight panics on an unknown name: names stand in the code, and a test reads every one.
func (r Rules) weight(name string, dated bool) float64 {
	w, ok := r.Weights[name]
	if !ok {
		panic("match: no rule " + name)
	}
	if dated {
		return w.Dated
	}
	return w.General
}

// Default are the rules that ship with rawi.
func Default() Rules {
	r, err := Parse(defaultRules)
	if err != nil {
		panic(err) // embedded at build time; a test reads it
	}
	return r
}

// Parse reads rules: lines of name, weight for dated happenings and weight for general news, apart by tabs; "#" begins a comment; the first
// comment that begins with "version:" names the version.
func Parse(text string) (Rules, error) {
	r := Rules{Weights: map[string]Weights{}}
	for i, line := range strings.Split(text, "\n") {
		body, comment, _ := strings.Cut(line, "#")
		if v, ok := strings.CutPrefix(strings.TrimSpace(comment), "version:"); ok && r.Version == "" {
			r.Version = strings.TrimSpace(v)
		}
		if err := r.add(strings.Fields(body)); err != nil {
			return Rules{}, fmt.Errorf("rules line %d: %w", i+1, err)
		}
	}
	if r.Version == "" {
		return Rules{}, errors.New("rules: no line \"# version: ...\"")
	}
	return r, nil
}

// Changed are the default rules with those of a text in place of theirs. The text has the form that Parse reads, and may leave out the version and
// all rules that stay; a rule that is not among the default ones is an error.
func Changed(text string) (Rules, error) {
	base := Default()
	changes, err := Parse(text + "\n# version: " + base.Version + ", changed\n")
	if err != nil {
		return Rules{}, err
	}
	for name, w := range changes.Weights {
		if _, ok := base.Weights[name]; !ok {
			return Rules{}, fmt.Errorf("rules: there is no rule %q, and a new one needs code that weighs it", name)
		}
		base.Weights[name] = w
	}
	base.Version = changes.Version
	return base, nil
}

func (r Rules) add(row []string) error {
	if len(row) == 0 {
		return nil
	}
	if len(row) != 3 {
		return fmt.Errorf("want a name and two weights, got %q", row)
	}
	if _, twice := r.Weights[row[0]]; twice {
		return fmt.Errorf("%s stands twice", row[0])
	}
	dated, err := strconv.ParseFloat(row[1], 64)
	if err != nil {
		return fmt.Errorf("weight of %s: %w", row[0], err)
	}
	general, err := strconv.ParseFloat(row[2], 64)
	if err != nil {
		return fmt.Errorf("weight of %s: %w", row[0], err)
	}
	r.Weights[row[0]] = Weights{dated, general}
	return nil
}
