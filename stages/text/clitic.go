package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Clitics returns the forms that a folded Arabic token may be a bare word of, the token itself first, then longest first: without a
// conjunction (و ف), a preposition (ب ل ك), the article (ال, in لل without its alef) or the future's س. Nothing shorter than two letters is
// offered. The caller keeps a form only if it knows it: وجده is Oujda before it is و and جده.
func Clitics(fold string) []string { return AppendClitics(make([]string, 0, 6), fold) }

// AppendClitics is Clitics for callers that ask for many words: it appends the forms to dst, which may hold those of others.
func AppendClitics(dst []string, fold string) []string {
	c := clitics{forms: append(dst, fold), own: len(dst)}
	if r, _ := utf8.DecodeRuneInString(fold); !isArabicLetter(r) {
		return c.forms
	}
	c.bare(fold)
	if rest, ok := strip(fold, "و", "ف"); ok {
		c.add(rest)
		c.bare(rest)
	}
	return c.forms
}

// clitics collects the forms of one word, the first of which is forms[own].
type clitics struct {
	forms []string
	own   int
}

// bare adds what is left of word without preposition and article.
func (c *clitics) bare(word string) {
	switch first, _ := utf8.DecodeRuneInString(word); first {
	case 'ا', 'ب', 'ك', 'ل', 'س': // the first letters of all that is taken off
	default:
		return
	}
	if rest, ok := strip(word, "لل"); ok {
		c.add("ال" + rest) // للشرطه is ل and الشرطه
		c.add(word[len("ل"):])
		c.add(rest)
		return
	}
	if rest, ok := strip(word, "ال"); ok {
		c.add(rest)
		return
	}
	rest, ok := strip(word, "ب", "ل", "ك", "س")
	if !ok {
		return
	}
	c.add(rest)
	if bare, article := strip(rest, "ال"); article {
		c.add(bare)
	}
}

func (c *clitics) add(form string) {
	if !slices.Contains(c.forms[c.own:], form) {
		c.forms = append(c.forms, form)
	}
}

// strip cuts the first of the prefixes that word has, if two letters remain.
func strip(word string, prefixes ...string) (string, bool) {
	for _, prefix := range prefixes {
		if rest, ok := strings.CutPrefix(word, prefix); ok && len(rest) >= 2*len("ا") {
			return rest, true
		}
	}
	return word, false
}
