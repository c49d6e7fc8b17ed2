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
	own := len(dst)
	dst = append(dst, fold)
	if r, _ := utf8.DecodeRuneInString(fold); !isArabicLetter(r) {
		return dst
	}
	dst = appendBare(dst, own, fold)
	if rest, ok := strip(fold, "و", "ف"); ok {
		dst = appendForm(dst, own, rest)
		dst = appendBare(dst, own, rest)
	}
	return dst
}

// appendBare adds what is left of word without preposition and article. The forms of the word begin at own.
func appendBare(forms []string, own int, word string) []string {
	switch first, _ := utf8.DecodeRuneInString(word); first {
	case 'ا', 'ب', 'ك', 'ل', 'س': // the first letters of all that is taken off
	default:
		return forms
	}
	if rest, ok := strip(word, "لل"); ok {
		forms = appendForm(forms, own, "ال"+rest) // للشرطه is ل and الشرطه
		forms = appendForm(forms, own, word[len("ل"):])
		return appendForm(forms, own, rest)
	}
	if rest, ok := strip(word, "ال"); ok {
		return appendForm(forms, own, rest)
	}
	rest, ok := strip(word, "ب", "ل", "ك", "س")
	if !ok {
		return forms
	}
	forms = appendForm(forms, own, rest)
	if bare, article := strip(rest, "ال"); article {
		forms = appendForm(forms, own, bare)
	}
	return forms
}

func appendForm(forms []string, own int, form string) []string {
	if slices.Contains(forms[own:], form) {
		return forms
	}
	return append(forms, form)
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
