package number

import (
	"strings"

	"rawi/stages/text"
)

// Arabic reads the number that starts at token i: digits of both systems, words in every case with clitics on the first (لثلاثة, بـ54) and
// on joined ones (مائتان وأربعون), definite forms (الألفين), digits before ألف or مليون, vague plurals (عشرات, آلاف) as approximate.
// Ordinals (السابع عشر), أحد and الاثنين, which are a Sunday, a Monday or an anyone, are not numbers. Nouns in the dual are left to Dual.
func Arabic(tokens []text.Token, i int) (Number, bool) {
	r := arabicReader{tokens}
	start := i
	if i < 0 || i >= len(tokens) {
		return Number{}, false
	}
	if isClitic(tokens[i].Fold) && i+1 < len(tokens) && tokens[i+1].Script == text.Number {
		i++
	}
	if _, word := r.at(i); !word && tokens[i].Script != text.Number || word && r.afterOrdinal(i) {
		return Number{}, false
	}
	n, ok := r.number(i)
	n.Start = start
	return n, ok
}

func isClitic(fold string) bool {
	switch fold {
	case "ب", "ل", "و", "ف", "ك", "ال", "وال", "بال", "وب", "ول":
		return true
	}
	return false
}

type arabicReader struct{ tokens []text.Token }

// form is a number word with what leans on it.
type form struct {
	word
	and     bool // و before it
	article bool // ال before it
}

// arabicEnds are the endings of number words. It is read once and never written again.
var arabicEnds = endings(arabicWords)

func endings(words map[string]word) map[string]bool {
	ends := map[string]bool{}
	for form := range words {
		ends[ending(form)] = true
	}
	return ends
}

// endingBytes are two letters, which the shortest number word has: ست.
const endingBytes = 4

// ending is how a word ends, whatever leans on its beginning: most words are told from all numbers by it alone.
func ending(fold string) string { return fold[max(0, len(fold)-endingBytes):] }

// at reads the number word at i.
func (r arabicReader) at(i int) (form, bool) {
	if i < 0 || i >= len(r.tokens) || r.tokens[i].Script != text.Arabic {
		return form{}, false
	}
	fold := r.tokens[i].Fold
	if !arabicEnds[ending(fold)] {
		return form{}, false
	}
	if w, ok := arabicWords[fold]; ok {
		return form{word: w}, true
	}
	if f, ok := leaning(fold); ok {
		return f, true
	}
	rest, and := strings.CutPrefix(fold, "و")
	if !and {
		rest, and = strings.CutPrefix(fold, "ف")
	}
	if !and {
		return form{}, false
	}
	if w, ok := arabicWords[rest]; ok {
		return form{word: w, and: true}, true
	}
	f, ok := leaning(rest)
	f.and = true
	return f, ok
}

// leaning reads a number word behind a preposition, an article, or both.
func leaning(fold string) (form, bool) {
	rest, article := strings.CutPrefix(fold, "لل")
	leans := article
	if !leans {
		rest, leans = preposed(fold)
	}
	if leans {
		if w, known := arabicWords[rest]; known && fold != "كميه" { // a quantity, not "as a hundred"
			return form{word: w, article: article}, true
		}
	}
	rest, article = strings.CutPrefix(rest, "ال")
	if !article {
		return form{}, false
	}
	w, known := arabicWords[rest]
	if !known || w.value == 2 && w.kind == unit {
		return form{}, false // الاثنين is Monday
	}
	return form{word: w, article: true}, true
}

// preposed cuts the preposition that is joined to a word.
func preposed(fold string) (rest string, ok bool) {
	for _, p := range [...]string{"ب", "ل", "ك"} {
		if rest, ok = strings.CutPrefix(fold, p); ok {
			return rest, true
		}
	}
	return fold, false
}

// afterOrdinal reports whether the word at i only completes the ordinal before it: السابع عشر, الخامس والعشرين.
func (r arabicReader) afterOrdinal(i int) bool {
	before, ok := r.at(i - 1)
	if !ok || before.kind != ordinal {
		return false
	}
	f, ok := r.at(i)
	return ok && (f.kind == unit && f.value == 10 || f.kind == ten && f.and)
}

// number adds up parts that go down in size, each after the first joined by و: ثلاثة آلاف ومائتان وخمسة وأربعون.
func (r arabicReader) number(i int) (Number, bool) {
	n, ok := r.vague(i)
	if ok {
		return n, true
	}
	total, smallest, end := 0.0, 0.0, i
	for {
		value, scale, next := r.part(end, end > i)
		if next == end || end > i && (scale >= smallest || value >= smallest) {
			break
		}
		total, smallest, end = total+value, scale, next
		if f, ok := r.at(end); ok && f.kind == half && f.and && smallest >= 1000 {
			total, end = total+smallest/2, end+1
			break
		}
		if smallest < 1000 {
			break
		}
	}
	return Number{Value: total, End: end}, end > i
}

// vague reads عشرات, مئات, آلاف, ملايين and عشرات الآلاف.
func (r arabicReader) vague(i int) (Number, bool) {
	f, ok := r.at(i)
	if !ok || f.kind != about && f.kind != powers {
		return Number{}, false
	}
	n := Number{Value: f.value, Approx: true, Plural: true, End: i + 1}
	if next, ok := r.at(n.End); ok && f.kind == about && next.kind == powers && !next.and {
		n.Value *= next.value
		n.End++
	}
	return n, true
}

// part reads a number below a thousand with the power that it multiplies, or a power alone. scale is the power, 1 where there is none.
func (r arabicReader) part(i int, joined bool) (value, scale float64, end int) {
	f, ok := r.at(i)
	if ok && (joined != f.and && joined || f.kind == ordinal) {
		return 0, 0, i
	}
	switch {
	case ok && f.kind == power:
		return f.value, f.value, i + 1
	case ok && f.kind == twice && f.value >= 2000:
		return f.value, f.value / 2, i + 1
	}
	value, end = r.belowThousand(i, joined)
	if end == i {
		return 0, 0, i
	}
	if next, ok := r.at(end); ok && !next.and && (next.kind == power || next.kind == powers) {
		return value * next.value, next.value, end + 1
	}
	return value, 1, end
}

func (r arabicReader) belowThousand(i int, joined bool) (float64, int) {
	at := i
	if joined && at+1 < len(r.tokens) && r.tokens[at].Fold == "و" {
		at++
	}
	if value, end := digits(r.tokens, at, true); end > at {
		return value, end
	}
	value, end := r.hundreds(i)
	if end == i {
		return r.belowHundred(i)
	}
	if f, ok := r.at(end); ok && f.and {
		rest, next := r.belowHundred(end)
		return value + rest, next
	}
	if end+1 < len(r.tokens) && r.tokens[end].Fold == "و" {
		if rest, next := digits(r.tokens, end+1, true); next > end+1 && rest < 100 {
			return value + rest, next
		}
	}
	return value, end
}

// hundreds reads مائة, مائتان, ثلاثمائة and ثلاث مائة.
func (r arabicReader) hundreds(i int) (float64, int) {
	f, ok := r.at(i)
	switch {
	case !ok:
	case f.kind == hundred:
		return f.value, i + 1
	case f.kind == twice && f.value < 1000:
		return f.value, i + 1
	case f.kind == unit && f.value > 2 && f.value < 10:
		if next, ok := r.at(i + 1); ok && next.kind == hundred && !next.and {
			return f.value * next.value, i + 2
		}
	}
	return 0, i
}

// belowHundred reads خمسة, خمسة عشر, اثنا عشر, خمسة وعشرون and عشرون.
func (r arabicReader) belowHundred(i int) (float64, int) {
	f, ok := r.at(i)
	if !ok || f.kind != unit && f.kind != teen && f.kind != ten {
		return 0, i
	}
	if f.kind == ten {
		return f.value, i + 1
	}
	next, ok := r.at(i + 1)
	switch {
	case ok && next.kind == unit && next.value == 10 && !next.and && !next.article && f.value < 10:
		return f.value + 10, i + 2
	case ok && next.kind == ten && next.and && f.value < 10:
		return f.value + next.value, i + 2
	case f.kind == teen:
		return 0, i
	}
	return f.value, i + 1
}
