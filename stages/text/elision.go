package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// after is the first letter of rest.
func after(rest string) rune {
	r, _ := utf8.DecodeRuneInString(rest)
	return r
}

// elides reports whether word is one of the French words that lose their last vowel before another, which begins with next. A pronoun
// elides before a verb, never before a capital: the M' of M'Hamid is part of the name.
func elides(word string, next rune) bool {
	switch len(word) {
	case 1:
		switch word[0] | 0x20 {
		case 'l', 'd':
			return true
		case 'j', 'm', 't', 's', 'c', 'n':
			return !unicode.IsUpper(next)
		}
		return false
	case 2, 5, 6:
		return elided(strings.ToLower(word))
	}
	return false
}

func elided(word string) bool {
	switch word {
	case "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu", "quelqu":
		return true
	}
	return false
}
