package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold prepares s for matching, never for showing: lower case, no accents, œ as oe, one kind of apostrophe and of digit; in Arabic no
// vowel signs and no tatweel, one form each of alef (أإآٱ as ا), ya (ى as ي), ta marbuta (ة as ه), kaf and ya of Persian keyboards, and
// presentation forms as plain letters. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	if isFolded(s) {
		return s
	}
	return string(appendFold(make([]byte, 0, len(s)), s))
}

// isFolded recognises the most frequent case, a plain lower-case word, without allocating.
func isFolded(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' || c == '`' {
			return false
		}
	}
	return true
}

func appendFold(dst []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = append(dst, foldASCII(c))
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		dst = appendFoldRune(dst, r)
		i += size
	}
	return dst
}

func foldASCII(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == '`':
		return '\''
	}
	return c
}

func appendFoldRune(dst []byte, r rune) []byte {
	switch {
	case r >= 0xC0 && r < 0x180:
		return append(dst, latin[r-0xC0]...)
	case r >= 0x0600 && r < 0x0700:
		return appendFoldArabic(dst, r)
	case unicode.Is(unicode.Mn, r), isMark(r):
		return dst
	}
	return appendFoldRare(dst, r)
}

func appendFoldArabic(dst []byte, r rune) []byte {
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		r = 'ا'
	case 'ى', 'ی', 'ې':
		r = 'ي'
	case 'ة', 'ہ', 'ھ', 'ۀ', 'ە', 'ۃ':
		r = 'ه'
	case 'ک', 'ڪ':
		r = 'ك'
	case 'ـ':
		return dst
	}
	switch {
	case r >= 'ء' && r <= 'ي':
		return utf8.AppendRune(dst, r)
	case r >= '٠' && r <= '٩':
		return append(dst, byte(r-'٠')+'0')
	case r >= '۰' && r <= '۹':
		return append(dst, byte(r-'۰')+'0')
	case unicode.Is(unicode.Mn, r), isMark(r):
		return dst
	}
	return utf8.AppendRune(dst, r)
}

// appendFoldRare takes the way through full decomposition, which is right for every script and too slow for every letter.
func appendFoldRare(dst []byte, r rune) []byte {
	if form := undecomposed(r); form != "" {
		return append(dst, form...)
	}
	for _, d := range norm.NFKD.String(string(unicode.ToLower(r))) {
		d = unicode.ToLower(d)
		form := undecomposed(d)
		switch {
		case form != "":
			dst = append(dst, form...)
		case d < utf8.RuneSelf:
			dst = append(dst, foldASCII(byte(d)))
		case d >= 0x0600 && d < 0x0700:
			dst = appendFoldArabic(dst, d)
		case !unicode.Is(unicode.Mn, d):
			dst = utf8.AppendRune(dst, d)
		}
	}
	return dst
}

// latin holds the folded forms of U+00C0 to U+017F, the accented letters of European languages.
var latin = latinForms()

func latinForms() (forms [0x180 - 0xC0]string) {
	for i := range forms {
		forms[i] = string(appendFoldRare(nil, rune(i+0xC0)))
	}
	return forms
}

// undecomposed is what stands for a letter or apostrophe that Unicode does not take apart, empty for any other.
func undecomposed(r rune) string {
	switch r {
	case 'œ':
		return "oe"
	case 'æ':
		return "ae"
	case 'ß':
		return "ss"
	case 'ø':
		return "o"
	case 'đ', 'ð':
		return "d"
	case 'ł':
		return "l"
	case 'þ':
		return "th"
	case 'ħ':
		return "h"
	case 'ŧ':
		return "t"
	case 'ı':
		return "i"
	case '’', '‘', 'ʼ', 'ʹ', '´', '′', 'ʿ', 'ʾ', '＇', '‛':
		return "'"
	}
	return ""
}
