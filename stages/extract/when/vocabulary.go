package when

import (
	_ "embed"
	"strconv"
	"strings"

	"rawi/stages/dates"
	"rawi/stages/text"
	"rawi/stages/tsv"
)

// class is the part that a word plays in a date; the head of the data files explains each. Months have three: weak ones are common words, short
// ones abbreviations, and both are months only beside a day, a year or a cue.
type class string

const (
	none     class = ""
	month    class = "month"
	weak     class = "weak"
	short    class = "short"
	weekday  class = "weekday"
	relative class = "relative"
	part     class = "part"
	night    class = "night"
	last     class = "last"
	this     class = "this"
	unit     class = "unit"
	dual     class = "dual"
	ago      class = "ago"
	since    class = "since"
	edge     class = "edge"
	link     class = "link"
	of       class = "of"
	to       class = "to"
	between  class = "between"
	cue      class = "cue"
	until    class = "until"
	shade    class = "shade"
	bar      class = "bar"
	skip     class = "skip"
	first    class = "first"
	ordinal  class = "ordinal"
	teen     class = "teen"
	tens     class = "tens"
	counted  class = "counted"
	figure   class = "figure" // a number in digits
)

// Units of time, as the data files number them.
const (
	minuteUnit = 1 + iota
	hourUnit
	dayUnit
	weekUnit
	monthUnit
	yearUnit
	weekendUnit
	weekStartUnit
	weekMiddleUnit
)

// term is one word, or several, of a date.
type term struct {
	class   class
	value   int
	article bool // written with ال or with a preposition and it
	leaning bool // written with و or a preposition
	next    int  // index of the token after it
}

// folded is a form as it stands in a text: its tokens, one space apart.
func folded(form string) string {
	tokens := text.Words(form)
	folds := make([]string, len(tokens))
	for i := range tokens {
		folds[i] = tokens[i].Fold
	}
	return strings.Join(folds, " ")
}

type entry struct {
	class  class
	value  int
	longer bool // a longer term begins with these words
}

type vocabulary struct {
	entries map[string]entry
	arabic  bool
}

//go:embed data/french.tsv
var frenchData string

//go:embed data/arabic.tsv
var arabicData string

// The vocabularies are read once and never written again.
var (
	frenchWords = vocabulary{entries: readEntries(frenchData, "fr")}
	arabicWords = vocabulary{entries: readEntries(arabicData, "ar"), arabic: true}
)

// monthClass is the part that a month's name plays, by its kind.
var monthClass = map[string]class{dates.KindName: month, dates.KindWord: weak, dates.KindShort: short}

// readEntries reads an embedded list, and the names of months in a language; a test holds every line to this form.
func readEntries(data, lang string) map[string]entry {
	entries := map[string]entry{}
	for _, row := range tsv.Rows(data, 3) {
		if value, err := strconv.Atoi(row[2]); err == nil {
			addEntry(entries, row[0], class(row[1]), value)
		}
	}
	for _, name := range dates.Names(lang) {
		addEntry(entries, name.Form, monthClass[name.Kind], int(name.Month))
	}
	return entries
}

func addEntry(entries map[string]entry, form string, c class, value int) {
	form = folded(form)
	entries[form] = entry{c, value, entries[form].longer}
	for i := strings.LastIndexByte(form, ' '); i > 0; i = strings.LastIndexByte(form[:i], ' ') {
		head := entries[form[:i]]
		head.longer = true
		entries[form[:i]] = head
	}
}

// read gives every token its term. some is false where nothing could begin a date.
func (v vocabulary) read(tokens []text.Token) (terms []term, some bool) {
	terms = make([]term, len(tokens))
	for i := range tokens {
		terms[i].next = i + 1
		switch tokens[i].Script {
		case text.Latin, text.Arabic:
			if t, ok := v.term(tokens, i); ok {
				terms[i], some = t, true
			}
		case text.Number:
			terms[i].class, terms[i].value, some = figure, figureValue(tokens[i].Fold), true
		}
	}
	return terms, some
}

// figureValue is the value of at most four digits, 0 for anything else.
func figureValue(s string) int {
	if len(s) > 4 {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func (v vocabulary) term(tokens []text.Token, i int) (term, bool) {
	fold := tokens[i].Fold
	if t, ok := v.longest(tokens, i, fold); ok {
		t.article = strings.HasPrefix(fold, "ال")
		return t, true
	}
	if !v.arabic || tokens[i].Script != text.Arabic {
		return term{}, false
	}
	rest, joined := strings.CutPrefix(fold, "و")
	if !joined {
		rest, joined = strings.CutPrefix(fold, "ف")
	}
	if joined {
		if t, ok := v.leaning(tokens, i, rest); ok {
			return t, true
		}
		fold = rest
	}
	return v.preposed(tokens, i, fold)
}

// preposed reads a term behind ب ل ك, alone or with the article.
func (v vocabulary) preposed(tokens []text.Token, i int, fold string) (term, bool) {
	if rest, ok := strings.CutPrefix(fold, "لل"); ok {
		return v.leaning(tokens, i, "ال"+rest)
	}
	for _, p := range [...]string{"ب", "ل", "ك"} {
		if rest, ok := strings.CutPrefix(fold, p); ok {
			return v.leaning(tokens, i, rest)
		}
	}
	return term{}, false
}

// leaning reads a term without the letters that lean on it. Two letters are too few to know a word by.
func (v vocabulary) leaning(tokens []text.Token, i int, bare string) (term, bool) {
	if len(bare) < len("من") {
		return term{}, false
	}
	t, ok := v.longest(tokens, i, bare)
	if !ok || len(bare) == len("من") && t.class != of && t.class != cue {
		return term{}, false
	}
	t.article, t.leaning = strings.HasPrefix(bare, "ال"), true
	return t, true
}

// longest reads the longest term that begins with fold at token i.
func (v vocabulary) longest(tokens []text.Token, i int, fold string) (term, bool) {
	e, ok := v.entries[fold]
	best := term{class: e.class, value: e.value, next: i + 1}
	for j := i + 1; ok && e.longer && j < len(tokens); j++ {
		fold += " " + tokens[j].Fold
		if e, ok = v.entries[fold]; ok && e.class != none {
			best = term{class: e.class, value: e.value, next: j + 1}
		}
	}
	return best, best.class != none
}
