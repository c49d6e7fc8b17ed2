package language

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/tsv"
)

//go:embed data/words.tsv
var wordLists string

// mostLists bounds the languages of data/words.tsv.
const mostLists = 24

// words holds the function words of data/words.tsv, each with the lists it stands in: bit i of the set is tags[i].
type words struct {
	tags []string
	of   map[string]uint32

	french, arabic, persian, urdu int // places of these in tags
}

func parseWords(table string) words {
	w := words{of: map[string]uint32{}}
	for _, row := range tsv.Rows(table, 2) {
		i := w.list(row[0])
		for word := range strings.FieldsSeq(row[1]) {
			w.of[word] |= 1 << i
		}
	}
	w.french, w.arabic, w.persian, w.urdu = w.list("fr"), w.list("ar"), w.list("fa"), w.list("ur")
	return w
}

// list is the place of a language; one that is new is put at the end.
func (w *words) list(tag string) int {
	if i := w.place(tag); i >= 0 {
		return i
	}
	w.tags = append(w.tags, tag)
	return len(w.tags) - 1
}

// evidence is what the words of a text say. Evidence of several texts adds up.
type evidence struct {
	words  int            // in other scripts than the Arabic
	arabic int            // in Arabic script
	hits   [mostLists]int // words that stand in each list
	lower  int            // words in small letters
	odd    int            // of these, how many are spelt as no French word is
}

func (e *evidence) add(o evidence) {
	e.words, e.arabic, e.lower, e.odd = e.words+o.words, e.arabic+o.arabic, e.lower+o.lower, e.odd+o.odd
	for i, n := range o.hits {
		e.hits[i] += n
	}
}

// share is the share that a list has of the words in its script.
func (w words) share(e evidence, list int) float64 {
	of := e.words
	if w.arabicScript(list) {
		of = e.arabic
	}
	return float64(e.hits[list]) / float64(max(of, 1))
}

// oddness is the share of the words in small letters that are spelt as no French word is; names, which are spelt in any way, do not count.
func (e evidence) oddness() float64 { return float64(e.odd) / float64(max(e.lower, 1)) }

func (w words) arabicScript(list int) bool {
	return list == w.arabic || list == w.persian || list == w.urdu
}

// best is the list of Latin script in which most words stand, one list apart; -1 leaves none out.
func (w words) best(e evidence, except int) (list int) {
	list = -1
	for i := range w.tags {
		if i != except && !w.arabicScript(i) && (list < 0 || e.hits[i] > e.hits[list]) {
			list = i
		}
	}
	return list
}

// second is the largest share among the lists other than a given one.
func (w words) second(e evidence, first int) float64 { return w.share(e, w.best(e, first)) }

// named is the language of a list, undetermined for those that are no languages of ours.
func (w words) named(list int) string {
	if strings.HasPrefix(w.tags[list], "x-") {
		return message.Undetermined
	}
	return w.tags[list]
}

// place is the place of a language's list, -1 where there is none.
func (w words) place(tag string) int { return slices.Index(w.tags, tag) }

// weigh reads the words of a text. It allocates nothing: a text may be long.
func (w words) weigh(text string) (e evidence) {
	var t token
	for _, r := range text {
		if !apart(r) {
			t.add(r)
			continue
		}
		w.count(&e, &t)
		t.clear()
	}
	w.count(&e, &t)
	return e
}

// count adds one word to the evidence.
func (w words) count(e *evidence, t *token) {
	if t.letters == 0 {
		return
	}
	if t.arabic {
		e.arabic++
	} else {
		e.words++
	}
	set := w.of[string(t.lower[:t.n])]
	if t.arabic && set&(1<<w.arabic) == 0 && w.dressed(t.lower[:t.n]) {
		set |= 1 << w.arabic
	}
	for i := 0; set>>i != 0; i++ {
		e.hits[i] += int(set >> i & 1)
	}
	if t.upper || t.arabic {
		return
	}
	e.lower++
	if set&(1<<w.french) == 0 && t.odd() {
		e.odd++
	}
}

// dressed reports an Arabic word that carries the article, or a function word behind a conjunction: والمدينة, بالقرب, وكان.
func (w words) dressed(word []byte) bool {
	const letter = 2 // bytes
	rest := word
	if len(rest) > 2*letter && isOneOf(string(rest[:letter]), "و", "ف") {
		rest = rest[letter:]
		if w.of[string(rest)]&(1<<w.arabic) != 0 {
			return true
		}
	}
	if len(rest) > 4*letter && isOneOf(string(rest[:letter]), "ب", "ك") {
		rest = rest[letter:]
	}
	return len(rest) > 3*letter && isOneOf(string(rest[:2*letter]), "ال", "لل")
}

func isOneOf(s string, a, b string) bool { return s == a || s == b }

// apart separates words at anything but letters, marks and digits: an elision (l', qu') is a word of its own.
func apart(r rune) bool {
	switch {
	case r < 0x80:
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9')
	case r >= 0x620 && r <= 0x64a:
		return false
	}
	return scriptOf(r) < 0 && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// longestWord is how many bytes of a word are looked at; no function word is as long.
const longestWord = 48

// token is one word while it is read, in small letters.
type token struct {
	lower   [longestWord]byte
	n       int
	letters int
	digits  int
	upper   bool // has a capital
	arabic  bool // begins with a letter of Arabic script
}

func (t *token) clear() { t.n, t.letters, t.digits, t.upper, t.arabic = 0, 0, 0, false, false }

func (t *token) add(r rune) {
	switch {
	case r >= 'a' && r <= 'z':
		t.letters++
	case r >= '0' && r <= '9':
		t.digits++
	case r >= 0x620 && r <= 0x6ff:
		t.arabic = t.arabic || t.letters == 0
		t.letters++
	default:
		t.letters++
		if l := unicode.ToLower(r); l != r {
			r, t.upper = l, true
		}
	}
	if room := t.lower[t.n:t.n]; t.n+4 <= longestWord {
		t.n += len(utf8.AppendRune(room, r))
	}
}

// odd reports a word that is spelt as French words are not: digits for letters, the letters k and w, the combinations with which other languages
// write their sounds, and the endings of Romance languages that kept them. The future (pourra, sera) is left alone.
func (t *token) odd() bool {
	word := t.lower[:t.n]
	if t.digits > 0 {
		return chat(word)
	}
	if t.letters < 4 {
		return false
	}
	last, before := word[len(word)-1], word[len(word)-2]
	if last == 'o' || last == 'a' && before != 'r' || last == 'h' || last == 'j' || last == 'z' && before == 't' {
		return true
	}
	return strange(word)
}

// strange reports letters within a word that French ones do not have.
func strange(word []byte) bool {
	same := 1
	for i, b := range word {
		if b == 'k' || b == 'w' {
			return true
		}
		if i == 0 {
			continue
		}
		before := word[i-1]
		switch {
		case b == 'h' && (before == 'g' || before == 'd' || before == 's'), b == 'j' && before == 'd', b == before && (b == 'a' || b == 'i' || b == 'u'):
			return true
		case b == before:
			if same++; same == 3 {
				return true
			}
			continue
		}
		same = 1
	}
	return false
}

// chat reports whether a word in small letters spells an Arabic letter with a digit: before or between Latin letters ("3la", "ba9i"), but no
// ordinal or unit ("7e", "9h"), where one letter follows, and no name of a road or fund ("a7", "g7").
func chat(word []byte) bool {
	letters, digits, at := 0, 0, -1
	for i, b := range word {
		switch {
		case b >= '0' && b <= '9':
			digits++
			if at < 0 && (b == '3' || b == '5' || b == '7' || b == '9') {
				at = i
			}
		case b >= 'a' && b <= 'z':
			letters++
		default:
			return false
		}
	}
	followed := at >= 0 && at+1 < len(word) && word[at+1] >= 'a'
	return followed && letters >= 2 && digits <= 2 && !ordinal(string(word))
}

// ordinal reports whether word is a number with a unit or the ending of an ordinal: 3ème, 7th, 9mm.
func ordinal(word string) bool {
	switch ending := strings.TrimLeft(word, "0123456789"); ending {
	case "er", "re", "ere", "eme", "emes", "nd", "th", "rd", "st", "mn", "min", "km", "kg", "cm", "mm", "ha", "go", "mo", "ko", "kw", "mw", "gw", "ans", "eur":
		return len(ending) < len(word)
	}
	return false
}
