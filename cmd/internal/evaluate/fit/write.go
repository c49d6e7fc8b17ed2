package fit

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"rawi/stages/dedup/match"
)

// header says what the file is.
const header = `# version: %s
# Weights of the evidence that two reports tell of one happening, in log odds: name, weight for dated happenings, weight for general news. Own work.
# Logistic regression over pairs of reports of labelled sets, published at most %d days apart and not ruled out by a veto, starting from and drawn
# towards weights set by hand, signs kept (cmd/internal/fit), each pair as it was when the later report came. A weight of 0 is evidence that those
# sets do not bear out: it is kept for the next fit.
`

// Write writes rules as dedup reads them, by name. It fails where w does.
func Write(w io.Writer, rules match.Rules) error {
	if _, err := fmt.Fprintf(w, header, rules.Version, reach); err != nil {
		return fmt.Errorf("write rules: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(rules.Weights)) {
		x := rules.Weights[name]
		if _, err := fmt.Fprintf(w, "%s\t%.2f\t%.2f\n", name, x.Dated+0, x.General+0); err != nil {
			return fmt.Errorf("write rules: %w", err)
		}
	}
	return nil
}
