package dates

import (
	"strconv"
	"strings"
	"testing"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

func TestEveryLineOfTheTablesIsRead(t *testing.T) {
	months := 0
	for n, row := range tsv.Rows(monthTable, 4) {
		months += strings.Count(row[3], "|") + 1
		if month, err := strconv.Atoi(row[2]); err != nil || month < 1 || month > 12 || len(row) != 4 || row[3] == "" {
			t.Errorf("months line %d: got %q, want language, kind, number and forms", n, row)
		}
	}
	read := 0
	for _, lang := range []string{"fr", "ar", "en", "es"} {
		read += len(Names(lang))
	}
	if read != months {
		t.Errorf("read %d of %d names of months", read, months)
	}
	for n, row := range tsv.Rows(zoneTable, 3) {
		minutes, err := strconv.Atoi(row[1])
		if err != nil || minutes < -12*60 || minutes > 14*60 || row[2] != "" && row[2] != "word" || text.Fold(row[0]) != row[0] {
			t.Errorf("zones line %d: got %q, want a name in lower case, minutes and nothing or word", n, row)
		}
	}
	for _, word := range changes() {
		if text.Fold(word) != word {
			t.Errorf("%s (%+q) is changed by folding and can never match", word, word)
		}
	}
}

// TestASpellingMeansOneMonth holds the languages together: a lone date does not say in which of them it is written.
func TestASpellingMeansOneMonth(t *testing.T) {
	for _, lang := range []string{"fr", "ar", "en", "es"} {
		for _, name := range Names(lang) {
			if got := monthNames().of[name.Form]; got != name.Month {
				t.Errorf("%s (%+q) is %s in %s and %s elsewhere", name.Form, name.Form, name.Month, lang, got)
			}
		}
	}
}
