// Package number reads numbers in running French and Arabic: tokens come in, values with their extent and their vagueness go out.
package number

import (
	_ "embed"
	"strconv"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

// Number is a number as a report gives it.
type Number struct {
	Value  float64
	Approx bool // "une dizaine", عشرات: the value is an order of magnitude
	Plural bool // "des dizaines", "des milliers", مئات: several times Value
	Start  int  // index of its first token
	End    int  // index after its last token
}

// kind is what a number word does inside a number.
type kind string

const (
	unit    kind = "unit"
	ten     kind = "ten"
	eighty  kind = "eighty"
	hundred kind = "hundred"
	power   kind = "power"
	about   kind = "about"
	half    kind = "half"
	teen    kind = "teen"
	powers  kind = "powers"
	twice   kind = "twice"
	ordinal kind = "ordinal"
	measure kind = "measure" // a unit that is told in fractions
)

type word struct {
	kind  kind
	value float64
}

//go:embed data/french.tsv
var frenchData string

//go:embed data/arabic.tsv
var arabicData string

// The word lists are read once and never written again.
var (
	frenchWords = readWords(frenchData)
	arabicWords = readWords(arabicData)
)

// readWords reads an embedded list; a test holds every line to this form.
func readWords(data string) map[string]word {
	words := map[string]word{}
	for _, row := range tsv.Rows(data, 3) {
		if value, err := strconv.ParseFloat(row[2], 64); err == nil {
			words[row[0]] = word{kind(row[1]), value}
		}
	}
	return words
}

// follows reports whether only one byte of space, or a dropped hyphen, stands between token i-1 and token i.
func follows(tokens []text.Token, i int) bool {
	return i < len(tokens) && tokens[i].Start-tokens[i-1].End == 1
}
