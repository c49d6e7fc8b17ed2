package extract

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/tsv"
)

//go:embed data/agencies.tsv
var agencyTable string

// agencies are the news agencies by the forms in which outlets name them.
type agencies struct {
	folded map[string]string // by folded form: names and Arabic
	exact  map[string]string // by form of capitals
	most   int               // words of the longest form
}

func parseAgencies(table string) agencies {
	a := agencies{folded: map[string]string{}, exact: map[string]string{}}
	for _, row := range tsv.Rows(table, 2) {
		name := row[0]
		for form := range strings.SplitSeq(row[1], "|") {
			if form == strings.ToUpper(form) && form[0] < 0x80 {
				a.exact[form] = name
				continue
			}
			fold := foldLine(form)
			a.folded[fold] = name
			a.most = max(a.most, strings.Count(fold, " ")+1)
		}
	}
	return a
}

// is names the agency that s is, whole, or "".
func (a agencies) is(s string) string {
	s = strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if name := a.exact[s]; name != "" {
		return name
	}
	return a.folded[foldLine(s)]
}

// in names the first agency in a short line of names: "La rédaction avec AFP", "المصدر: رويترز + وكالات".
func (a agencies) in(line string) string {
	words := strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' })
	for i := range words {
		for n := min(a.most, len(words)-i); n > 0; n-- {
			if name := a.is(strings.Join(words[i:i+n], " ")); name != "" {
				return name
			}
		}
	}
	return ""
}

const (
	creditWords   = 8  // words of a line that may be nothing but a credit
	datelineRunes = 90 // letters at the beginning of a text in which a dateline stands
)

// credit finds the agency that a text comes from: among its authors, in lines of credit, in brackets or before a dash at its beginning, in
// brackets at its end. An agency that is quoted inside of the text is none.
func (a agencies) credit(authors, read []string, blocks []message.Block) string {
	for _, line := range append(append([]string{}, authors...), read...) {
		if name := a.in(line); name != "" && countWords(line) <= creditWords {
			return name
		}
	}
	if len(blocks) == 0 {
		return ""
	}
	for _, b := range blocks[:min(2, len(blocks))] { // the standfirst and the first paragraph
		if name := a.dateline(b.Text); name != "" {
			return name
		}
	}
	last := blocks[len(blocks)-1].Text
	if countWords(last) <= creditWords {
		if name := a.in(last); name != "" {
			return name
		}
	}
	return a.closing(last)
}

// dateline reads "RABAT (AFP) -", "الرباط - (و م ع)", "وات - " at the beginning of a text.
func (a agencies) dateline(s string) string {
	if i := nth(s, datelineRunes); i >= 0 {
		s = s[:i]
	}
	rest := s
	for {
		open := strings.IndexAny(rest, "([")
		if open < 0 {
			break
		}
		inside, after, ok := cutAny(rest[open+1:], ")]")
		if name := a.in(inside); ok && name != "" && countWords(inside) <= creditWords {
			return name
		}
		rest = after
	}
	if before, _, ok := cutAny(s, "-–—:"); ok && countWords(before) <= 5 {
		return a.in(before)
	}
	return ""
}

// closing reads "(avec AFP)" at the end of a text.
func (a agencies) closing(s string) string {
	s = strings.TrimRight(s, " .")
	inner, ok := strings.CutSuffix(s, ")")
	if !ok {
		return ""
	}
	i := strings.LastIndexByte(inner, '(')
	if i < 0 || countWords(inner[i:]) > creditWords {
		return ""
	}
	return a.in(inner[i+1:])
}

// nth is the byte offset of the n-th rune, -1 where there are fewer.
func nth(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return -1
}

func cutAny(s, chars string) (before, after string, ok bool) {
	i := strings.IndexAny(s, chars)
	if i < 0 {
		return s, "", false
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	return s[:i], s[i+size:], true
}
