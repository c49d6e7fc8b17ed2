package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold prepares s for matching, never for showing: lower case, no accents, œ as oe, one kind of apostrophe and of digit; in Arabic no
// vowel signs and no tatweel, one form each of alef (أإآٱ as ا), ya (ى as ي), ta marbuta (ة as ه), kaf and ya of Persian keyboards, and
// presentation forms as plain letters. Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	if unchanged(s) == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	writeFold(&b, s)
	return b.String()
}

// unchanged is how many bytes of s stay as they are, told from the bytes alone as far as it can: those of plain lower case and most Arabic.
func unchanged(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < utf8.RuneSelf:
			if 'A' <= c && c <= 'Z' || c == '`' {
				return i
			}
		case (c == 0xD8 || c == 0xD9) && i+1 < len(s) && arabicStays[c&1][s[i+1]]: // U+0600 to U+067F
			i++
		default:
			return i
		}
	}
	return len(s)
}

// arabicStays tells of the letters of U+0600 to U+067F, by the last bit of their first byte and their second byte, which Fold leaves as they are.
var arabicStays = findArabicStays()

func findArabicStays() (stays [2][256]bool) {
	for r := rune(0x0600); r < 0x0680; r++ {
		letter := string(r)
		var b strings.Builder
		writeFoldArabic(&b, r)
		stays[letter[0]&1][letter[1]] = b.String() == letter
	}
	return stays
}

func writeFold(b *strings.Builder, s string) {
	for {
		n := unchanged(s)
		b.WriteString(s[:n])
		if s = s[n:]; s == "" {
			return
		}
		r, size := utf8.DecodeRuneInString(s)
		writeFoldRune(b, r)
		s = s[size:]
	}
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

func writeFoldRune(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		b.WriteByte(foldASCII(byte(r)))
	case r >= 0xC0 && r < 0x180:
		b.WriteString(latin[r-0xC0])
	case r >= 0x0600 && r < 0x0700:
		writeFoldArabic(b, r)
	case unicode.Is(unicode.Mn, r), isMark(r):
	default:
		writeFoldRare(b, r)
	}
}

func writeFoldArabic(b *strings.Builder, r rune) {
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
		return
	}
	switch {
	case r >= 'ء' && r <= 'ي':
		b.WriteRune(r)
	case r >= '٠' && r <= '٩':
		b.WriteByte(byte(r-'٠') + '0')
	case r >= '۰' && r <= '۹':
		b.WriteByte(byte(r-'۰') + '0')
	case unicode.Is(unicode.Mn, r), isMark(r):
	default:
		b.WriteRune(r)
	}
}

// writeFoldRare takes the way through full decomposition, which is right for every script and too slow for every letter.
func writeFoldRare(b *strings.Builder, r rune) {
	if form := undecomposed(r); form != "" {
		b.WriteString(form)
		return
	}
	for _, d := range norm.NFKD.String(string(unicode.ToLower(r))) {
		d = unicode.ToLower(d)
		form := undecomposed(d)
		switch {
		case form != "":
			b.WriteString(form)
		case d < utf8.RuneSelf:
			b.WriteByte(foldASCII(byte(d)))
		case d >= 0x0600 && d < 0x0700:
			writeFoldArabic(b, d)
		case !unicode.Is(unicode.Mn, d):
			b.WriteRune(d)
		}
	}
}

// latin holds the folded forms of U+00C0 to U+017F, the accented letters of European languages.
var latin = latinForms()

func latinForms() (forms [0x180 - 0xC0]string) {
	for i := range forms {
		var b strings.Builder
		writeFoldRare(&b, rune(i+0xC0))
		forms[i] = b.String()
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
