package language

import (
	"html"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// tidy brings text into the form in which letters can be counted: entities decoded, composed, without vowel marks, direction marks, tatweel, soft
// hyphens and web addresses. What is left is for comparison only. Text that needs nothing of this is returned as it is.
func tidy(text string) string {
	if strings.Contains(text, "&") && strings.Contains(text, ";") {
		text = html.UnescapeString(text)
	}
	switch composed, plain := form(text); {
	case !plain:
		text = norm.NFKC.String(text)
	case !composed:
		text = norm.NFC.String(text)
	}
	text = strings.Map(dress, text)
	if strings.Contains(text, "://") || strings.Contains(text, "www.") || strings.Contains(text, "@") {
		text = withoutAddresses(text)
	}
	return text
}

// form reports whether a text has no marks that could be composed with a letter, and no letters in their printed shapes. It asks less than
// norm does, which looks every Arabic letter up in its tables.
func form(text string) (composed, plain bool) {
	composed, plain = true, true
	for _, r := range text {
		switch {
		case r < 0x300 || r >= 0x620 && r <= 0x652:
		case presentation(r):
			plain = false
		case unicode.IsMark(r):
			composed = false
		}
	}
	return composed, plain
}

// dress drops what letters may carry and what cannot be seen.
func dress(r rune) rune {
	switch {
	case r < 0xad:
	case r >= 0x064b && r <= 0x065f, r == 0x0670, r == 0x0640, r == 0x00ad, r == 0xfeff, r == 0x061c:
		return -1
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069:
		return -1
	}
	return r
}

func withoutAddresses(text string) string {
	kept := make([]string, 0, 64)
	for field := range strings.FieldsSeq(text) {
		if !address(field) {
			kept = append(kept, field)
		}
	}
	return strings.Join(kept, " ")
}

func presentation(r rune) bool { return r >= 0xfb50 && r <= 0xfdff || r >= 0xfe70 && r <= 0xfefe }

func address(field string) bool {
	return strings.Contains(field, "://") || strings.HasPrefix(field, "www.") || strings.Contains(field, "@")
}
