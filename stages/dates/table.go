package dates

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"time"

	"rawi/stages/tsv"
)

var (
	//go:embed data/months.tsv
	monthTable string
	//go:embed data/zones.tsv
	zoneTable string
	//go:embed data/changed.tsv
	changeTable string
)

// The tables are read once and never written again; a test holds every line to its form.
var (
	monthNames = sync.OnceValue(readMonths)
	zoneNames  = sync.OnceValue(readZones)
	changes    = sync.OnceValue(readChanges)
)

// Kinds of a month's name.
const (
	KindName  = "name"
	KindWord  = "word"  // a common word, too: a month only beside a day or a year
	KindShort = "short" // an abbreviation, without its dot
)

// Name is one spelling of a month.
type Name struct {
	Form  string // folded; of one word or two
	Month time.Month
	Kind  string
}

// Names lists the names of months in a language: "fr", "ar", "en" or "es".
func Names(lang string) []Name {
	var names []Name
	for _, row := range tsv.Rows(monthTable, 4) {
		n, err := strconv.Atoi(row[2])
		if row[0] != lang || err != nil {
			continue
		}
		for form := range strings.SplitSeq(row[3], "|") {
			names = append(names, Name{form, time.Month(n), row[1]})
		}
	}
	return names
}

// months are the names in all languages. begins holds the first words of those that have two.
type months struct {
	of     map[string]time.Month
	begins map[string]bool
}

func readMonths() months {
	m := months{map[string]time.Month{}, map[string]bool{}}
	for _, lang := range []string{"fr", "ar", "en", "es"} {
		for _, name := range Names(lang) {
			m.of[name.Form] = name.Month
			if first, _, two := strings.Cut(name.Form, " "); two {
				m.begins[first] = true
			}
		}
	}
	return m
}

// zone is an abbreviation of a time zone.
type zone struct {
	east int  // minutes
	word bool // a common word, too
}

func readZones() map[string]zone {
	zones := map[string]zone{}
	for _, row := range tsv.Rows(zoneTable, 3) {
		if n, err := strconv.Atoi(row[1]); err == nil {
			zones[row[0]] = zone{n, row[2] == "word"}
		}
	}
	return zones
}

func readChanges() []string {
	var words []string
	for _, row := range tsv.Rows(changeTable, 1) {
		words = append(words, row[0])
	}
	return words
}
