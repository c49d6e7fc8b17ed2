package places

import (
	"testing"
	"unicode/utf8"
)

func TestCountriesAreKnownBehindWhatArabicJoins(t *testing.T) {
	table := Default()
	for word, of := range table.country {
		if r, _ := utf8.DecodeRuneInString(word); r < 'ء' || r > 'ي' {
			continue
		}
		joined := []string{"و" + word, "ب" + word, "وب" + word}
		if of.adjective {
			joined = append(joined, "ال"+word, "وال"+word)
		}
		for _, fold := range append(joined, word) {
			if _, _, ok := table.Country(fold, "ar"); !ok {
				t.Errorf("%q is of no country, want that of %q; %+q", fold, word, fold)
			}
		}
	}
}
