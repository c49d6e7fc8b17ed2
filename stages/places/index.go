package places

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"rawi/stages/text"
)

// entry is one name of one or more places.
type entry struct {
	words  []string
	exact  string // the name in lower case with its accents, where the accents alone tell it from a common word; else ""
	skip   int    // leading words that are not part of the surface: the preposition in "au Caire"
	arabic bool
	cue    bool    // a homograph in this script
	strict bool    // an everyday word: no place at all unless a word announces it
	places []int32 // best first
}

// buildIndex files every name under its first word, longest first, so that the first entry that fits is the longest match.
func (t *Table) buildIndex() {
	x := indexer{t, map[string]int{}}
	for i := range t.places {
		p := &t.places[i]
		for _, name := range p.Names.French {
			x.addLatin(int32(i), name)
		}
		for _, name := range p.Names.Other {
			x.addLatin(int32(i), name)
		}
		for _, name := range p.Names.Arabic {
			x.addName(int32(i), entry{words: nameWords(name), arabic: true, cue: p.flagged("cue:ar"), strict: p.flagged("word:ar")})
		}
	}
	x.addSpellings()
	for _, entries := range t.index {
		slices.SortStableFunc(entries, func(a, b entry) int { return len(b.words) - len(a.words) })
		for _, e := range entries {
			slices.SortStableFunc(e.places, t.better)
		}
	}
}

// contractions are what stands before a name whose own article "Le" or "Les" they swallow: "au Caire", "des Mureaux".
var contractions = map[string][]string{"le": {"au", "du"}, "les": {"aux", "des"}}

// indexer files names; it knows where each name was filed, because thousands may begin with one word: El, San, بني.
type indexer struct {
	table *Table
	filed map[string]int // script and words of a name to its place among the entries of its first word
}

func (x indexer) addLatin(place int32, name string) {
	words, p := nameWords(name), &x.table.places[place]
	e := entry{words: words, cue: p.flagged("cue:fr"), strict: p.flagged("word:fr")}
	if lower := strings.ToLower(text.Clean(name)); e.cue && lower != text.Fold(name) {
		e.exact = lower
	}
	x.addName(place, e)
	if len(words) < 2 {
		return
	}
	for _, c := range contractions[words[0]] {
		short := e
		short.words, short.skip, short.exact = append([]string{c}, words[1:]...), 1, ""
		x.addName(place, short)
	}
}

func (x indexer) addName(place int32, e entry) {
	if len(e.words) == 0 {
		return
	}
	first := e.words[0]
	key := e.key()
	if i, twice := x.filed[key]; twice {
		other := &x.table.index[first][i]
		if !slices.Contains(other.places, place) {
			other.places = append(other.places, place)
			other.cue = other.cue || e.cue
		}
		return
	}
	e.strict = e.strict && len(e.words) == 1 // "الجزائر العاصمة" needs no help
	e.places = []int32{place}
	x.filed[key] = len(x.table.index[first])
	x.table.index[first] = append(x.table.index[first], e)
}

// arabic are the countries whose own names of places are Arabic: there is one way to write them.
var arabic = []string{
	"MA", "DZ", "TN", "LY", "MR", "EG", "SD", "LB", "SY", "IQ", "JO", "PS", "IL", "SA", "YE", "OM", "AE", "QA", "KW", "BH",
}

// hard are the letters that Arabic outlets write for g: ستراسبورغ, ستراسبورج, ستراسبورك, ستراسبورق.
var hard = []string{"ج", "ك", "ق"}

// shortestForeign is how many letters a name must have to be filed under other spellings of it.
const shortestForeign = 5

// addSpellings files foreign names with g under its other spellings, where no place has that name already.
func (x indexer) addSpellings() {
	for i := range x.table.places {
		p := &x.table.places[i]
		if p.Kind == KindCountry || slices.Contains(arabic, p.Country) {
			continue
		}
		for _, name := range p.Names.Arabic {
			if !strings.Contains(name, "غ") || utf8.RuneCountInString(name) < shortestForeign {
				continue
			}
			for _, letter := range hard {
				e := entry{words: nameWords(strings.ReplaceAll(name, "غ", letter)), arabic: true, cue: p.flagged("cue:ar"), strict: p.flagged("word:ar")}
				if _, taken := x.filed[e.key()]; !taken {
					x.addName(int32(i), e)
				}
			}
		}
	}
}

// key tells entries apart by script and words.
func (e *entry) key() string { return fmt.Sprint(e.arabic, " ", strings.Join(e.words, " ")) }

// nameWords are the words of a name exactly as Find sees them in a text.
func nameWords(name string) []string {
	var forms []string
	for _, w := range appendWords(nil, text.Tokens(name)) {
		if w.form != "" {
			forms = append(forms, w.form)
		}
	}
	return forms
}

// ranks order the bearers of one name: a country before its capital, a city before the province named after it.
var ranks = map[string]int{KindCountry: 0, KindCity: 1, KindProvince: 2, KindRegion: 3, KindSite: 4, KindQuarter: 5}

func (t *Table) better(a, b int32) int {
	p, q := &t.places[a], &t.places[b]
	if p.flagged("minor") != q.flagged("minor") {
		if p.flagged("minor") {
			return 1
		}
		return -1
	}
	if d := ranks[p.Kind] - ranks[q.Kind]; d != 0 {
		return d
	}
	return int(a - b)
}
