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
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
			if !inside {
				if tokens > 0 {
					b.WriteByte(' ')
				}
				tokens++
				inside = true
			}
			b.WriteRune(unicode.ToLower(r))
		case r > 0x7f && (unicode.IsMark(r) || unicode.Is(unicode.Cf, r)):
		default:
			inside = false
		}
	}
	return b.String(), tokens
}

// Same reports whether two lines say the same, whatever their case, punctuation and spacing. Lines without a letter are never the same.
func Same(a, b string) bool {
	x, n := normal(a)
	y, _ := normal(b)
	return n > 0 && x == y
}
