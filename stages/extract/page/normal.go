package page

import (
	"strings"
	"unicode"
)

// normal is the form in which blocks are compared: runs of letters, digits and underscores in lower case, single spaces between them. Marks
// are dropped first, for they would break vocalised Arabic words apart.
func normal(s string) (form string, tokens int) {
	var b strings.Builder
	b.Grow(len(s))
	inside := false
	for _, r := range s {
		switch {
		case r == 'ـ': // tatweel counts as a letter in Unicode, and means nothing
		case isWord(r):
			if !inside {
				if tokens > 0 {
					b.WriteByte(' ')
				}
				tokens++
				inside = true
			}
			b.WriteRune(lower(r))
		case r > 0x7f && (unicode.IsMark(r) || unicode.Is(unicode.Cf, r)):
		default:
			inside = false
		}
	}
	return b.String(), tokens
}

// isWord reports whether r is a letter, a digit or an underscore. The letters of most pages are found without asking the tables of Unicode.
func isWord(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '_', r >= 0x621 && r <= 0x64a:
		return true
	case r < 0x80, r >= 0x64b && r <= 0x65f:
		return false
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func lower(r rune) rune {
	switch {
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A'
	case r < 0x80, r >= 0x621 && r <= 0x64a:
		return r
	}
	return unicode.ToLower(r)
}

// Same reports whether two lines say the same, whatever their case, punctuation and spacing. Lines without a letter are never the same.
func Same(a, b string) bool {
	x, n := normal(a)
	y, _ := normal(b)
	return n > 0 && x == y
}
