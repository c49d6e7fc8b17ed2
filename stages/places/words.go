package places

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/text"
)

// word is one word of the text: names are matched over words because "Rabat-Salé" and "Rabat Salé" are one name, whatever the tokens.
type word struct {
	form   string // folded and canonical; "" for punctuation, which no name crosses
	token  int
	arabic bool
	begins bool // first word of its token
	ends   bool // last word of its token
}

// appendWords splits tokens at hyphens and apostrophes.
func appendWords(words []word, tokens []text.Token) []word {
	for i := range tokens {
		t := &tokens[i]
		if t.Script == text.Punct || t.Script == text.Other {
			if !glue(tokens, i) {
				words = append(words, word{token: i, begins: true, ends: true})
			}
			continue
		}
		words = split(words, t.Fold, i, t.Script == text.Arabic)
	}
	return words
}

// glue reports whether a token is a hyphen or apostrophe that joins its neighbours.
func glue(tokens []text.Token, i int) bool {
	if i == 0 || i+1 >= len(tokens) || !joiner(tokens[i].Fold) {
		return false
	}
	return tokens[i-1].End == tokens[i].Start && tokens[i].End == tokens[i+1].Start
}

func joiner(s string) bool { return s == "-" || s == "‐" || s == "‑" || s == "'" || s == "’" }

func split(words []word, fold string, token int, arabic bool) []word {
	first := len(words)
	for rest := fold; rest != ""; {
		part := rest
		if cut := joint(rest); cut >= 0 {
			_, size := utf8.DecodeRuneInString(rest[cut:])
			part, rest = rest[:cut], rest[cut+size:]
		} else {
			rest = ""
		}
		if part != "" {
			words = append(words, word{form: canonical(part), token: token, arabic: arabic})
		}
	}
	if len(words) > first {
		words[first].begins, words[len(words)-1].ends = true, true
	}
	return words
}

// joint is where the first hyphen or apostrophe of a folded word stands, negative without one. It looks at bytes, since most words have none.
func joint(fold string) int {
	for i := range len(fold) {
		switch fold[i] {
		case '-', '\'':
			return i
		case 0xE2: // the first byte of ’ ‐ ‑
			if r, _ := utf8.DecodeRuneInString(fold[i:]); r == '’' || r == '‐' || r == '‑' {
				return i
			}
		}
	}
	return -1
}

// canonical joins spellings that every name may have: "El Jadida" and "Al Jadida", "St-Denis" and "Saint-Denis".
func canonical(w string) string {
	switch w {
	case "al":
		return "el"
	case "st":
		return "saint"
	case "ste":
		return "sainte"
	case "bni":
		return "beni"
	case "oulad":
		return "ouled"
	}
	if !lacking(w) {
		return w // the replacer would copy every word
	}
	return letters.Replace(w)
}

// lacking reports whether w may have one of the letters that letters replaces.
func lacking(w string) bool {
	for i := range len(w) {
		switch w[i] {
		case 0xDA, 0xDD: // the first byte of all but پ
			return true
		case 0xBE: // the last byte of پ
			if i > 0 && w[i-1] == 0xD9 {
				return true
			}
		}
	}
	return false
}

// letters joins what Arabic writes for sounds that it lacks: ڭلميم and كلميم, ڨالمة and قالمة, ڤالنسيا and فالنسيا.
var letters = strings.NewReplacer("ڭ", "ك", "گ", "ك", "ݣ", "ك", "ڨ", "ق", "ڤ", "ف", "پ", "ب", "چ", "ج")

// variant is a reading of an Arabic word with its joined particles taken off; the article stays, because with most names it is part of
// the name: الجزائر is Algeria, جزائر are islands.
type variant struct {
	form        string
	preposition bool // ب or ل or ك stood before it
	joined      int  // letters taken off
}

const maxVariants = 6

// variants gives the word itself, then without و or ف, then without ب ل ك, then without both.
func variants(form string, out *[maxVariants]variant) []variant {
	list := out[:0]
	list = append(list, variant{form: form})
	switch first, _ := utf8.DecodeRuneInString(form); first {
	case 'و', 'ف', 'ب', 'ل', 'ك': // the first letters of all that is taken off
	default:
		return list
	}
	list = unprefixed(list, form, 0)
	if rest, ok := cutAny(form, "و", "ف"); ok && long(rest) {
		list = append(list, variant{form: rest, joined: 1})
		list = unprefixed(list, rest, 1)
	}
	return list
}

// unprefixed adds the readings of form without a preposition; so many letters are off already.
func unprefixed(list []variant, form string, off int) []variant {
	if rest, ok := strings.CutPrefix(form, "لل"); ok && long(rest) {
		list = append(list, variant{form: "ال" + rest, preposition: true, joined: off + 2}) // ل + ال loses its alef; but ليبيا gives لليبيا
	}
	if rest, ok := cutAny(form, "ب", "ل", "ك"); ok && long(rest) {
		return append(list, variant{form: rest, preposition: true, joined: off + 1})
	}
	return list
}

func cutAny(s string, prefixes ...string) (string, bool) {
	for _, p := range prefixes {
		if rest, ok := strings.CutPrefix(s, p); ok {
			return rest, true
		}
	}
	return s, false
}

// long keeps the taking off from leaving a stump.
func long(s string) bool { return utf8.RuneCountInString(s) >= 3 }

func upper(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(r)
}

// shouted reports whether a word of two letters or more is written in capitals throughout.
func shouted(s string) bool {
	return utf8.RuneCountInString(s) > 1 && strings.ToUpper(s) == s
}
