package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean makes s presentable: valid UTF-8 in NFC, no control characters, bidirectional or zero-width marks or soft hyphens, every kind of
// space a plain one, and every kind of line end a newline. Character references (&amp;) must have been decoded before.
func Clean(s string) string {
	if isCleanASCII(s) {
		return s
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch c := cleanRune(r); {
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n':
		case c >= 0:
			b.WriteRune(c)
		}
		i += size
	}
	// Marks that stood between a letter and its accent are gone now, so that the two can compose.
	return norm.NFC.String(b.String())
}

func isCleanASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' && c != '\n' || c == 0x7F {
			return false
		}
	}
	return true
}

// cleanRune is what stands for r in clean text, negative where nothing does.
func cleanRune(r rune) rune {
	switch {
	case r == '\n', r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
		return '\n'
	case r == '\t', unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.IsControl(r), isMark(r):
		return -1
	}
	return r
}

// isMark reports whether r is one of the invisible marks that newsroom systems and browsers leave in text.
func isMark(r rune) bool {
	switch {
	case r == 0x00AD, r == 0x061C, r == 0xFEFF:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069:
		return true
	}
	return false
}
