package text

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Clitics returns the forms that a folded Arabic token may be a bare word of, the token itself first, then longest first: without a
// conjunction (و ف), a preposition (ب ل ك), the article (ال, in لل without its alef) or the future's س. Nothing shorter than two letters is
// offered. The caller keeps a form only if it knows it: وجده is Oujda before it is و and جده.
func Clitics(fold string) []string {
	forms := make([]string, 1, 6)
	forms[0] = fold
	if r, _ := utf8.DecodeRuneInString(fold); !isArabicLetter(r) {
		return forms
	}
	forms = appendBare(forms, fold)
	if rest, ok := strip(fold, "و", "ف"); ok {
		forms = appendForm(forms, rest)
		forms = appendBare(forms, rest)
	}
	return forms
}

// appendBare adds what is left of word without preposition and article.
func appendBare(forms []string, word string) []string {
	if rest, ok := strip(word, "لل"); ok {
		forms = appendForm(forms, "ال"+rest) // للشرطه is ل and الشرطه
		forms = appendForm(forms, word[len("ل"):])
		return appendForm(forms, rest)
	}
	if rest, ok := strip(word, "ال"); ok {
		return appendForm(forms, rest)
	}
	rest, ok := strip(word, "ب", "ل", "ك", "س")
	if !ok {
		return forms
	}
	forms = appendForm(forms, rest)
	if bare, article := strip(rest, "ال"); article {
		forms = appendForm(forms, bare)
	}
	return forms
}

func appendForm(forms []string, form string) []string {
	if slices.Contains(forms, form) {
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
