package places

import (
	"testing"

	"rawi/stages/text"
)

func TestCombiningFormsAreFolded(t *testing.T) {
	table := Default()
	if got := table.Combining("franco"); got != "FR" {
		t.Errorf("franco is of %q, want FR", got)
	}
	for form, iso := range table.combining {
		if text.Fold(form) != form {
			t.Errorf("%q of %s is not folded", form, iso)
		}
		if other, _, ok := table.Country(form, "fr"); ok && other != iso {
			t.Errorf("%q of %s is a word of %s, too", form, iso, other)
		}
	}
}
