package language

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Names of scripts as they stand in message.Detected.Scripts: ISO 15924.
const (
	arabic = "Arab"
	latin  = "Latn"
)

// scripts are looked up in this order; Latin and Arabic come first because nearly every letter is theirs.
var scripts = []struct {
	name  string
	table *unicode.RangeTable
	only  string // the one language of our world that is written in it, or ""
}{
	{latin, unicode.Latin, ""},
	{arabic, unicode.Arabic, ""},
	{"Cyrl", unicode.Cyrillic, ""},
	{"Grek", unicode.Greek, "el"},
	{"Hebr", unicode.Hebrew, ""},
	{"Tfng", unicode.Tifinagh, ""},
	{"Hani", unicode.Han, ""},
	{"Kana", unicode.Katakana, "ja"},
	{"Hira", unicode.Hiragana, "ja"},
	{"Hang", unicode.Hangul, "ko"},
	{"Deva", unicode.Devanagari, ""},
	{"Beng", unicode.Bengali, ""},
	{"Thai", unicode.Thai, "th"},
	{"Armn", unicode.Armenian, "hy"},
	{"Geor", unicode.Georgian, "ka"},
}

// extended are letters of Arabic script that Arabic itself does not use. Left out on purpose: پ چ ڤ گ ڭ ݣ, with which the Maghreb writes foreign
// names.
const extended = "کیەہھےٹڈڑںژێۆڵېټڼړځڅډږۇۈېۋڕۀۍڎۅ"

// tally holds the letters of a text by script, in the order of scripts; the last place is for all others.
type tally [16]int

const otherScript = len(tally{}) - 1

// count counts the letters of text by script.
func count(text string) (t tally, letters int) {
	for _, r := range text {
		if script := scriptOf(r); script >= 0 {
			t[script]++
			letters++
		}
	}
	return t, letters
}

// scriptOf is the place of a letter's script, -1 for what is no letter. The two ranges in front are nearly all that is ever asked.
func scriptOf(r rune) int {
	switch {
	case r|0x20 >= 'a' && r|0x20 <= 'z', r >= 0xc0 && r < 0x250 && r != 0xd7 && r != 0xf7:
		return 0
	case r < 0x80:
		return -1
	case r >= 0x620 && r <= 0x64a && r != 0x640:
		return 1
	case !unicode.IsLetter(r):
		return -1
	}
	for i := range scripts {
		if unicode.Is(scripts[i].table, r) {
			return i
		}
	}
	return otherScript
}

// leading is the script with most letters, the first of the table where several have; "" where there is no letter.
func (t tally) leading() (script string, most int) {
	at := 0
	for i, n := range t {
		if n > t[at] {
			at = i
		}
	}
	return t.name(at), t[at]
}

func (t tally) name(i int) string {
	if i < len(scripts) {
		return scripts[i].name
	}
	return "Zzzz"
}

// has reports whether there is a letter of a script.
func (t tally) has(script string) bool {
	for i := range scripts {
		if scripts[i].name == script {
			return t[i] > 0
		}
	}
	return false
}

// onlyLanguage is the one language of a script, or "".
func onlyLanguage(script string) string {
	for _, s := range scripts {
		if s.name == script {
			return s.only
		}
	}
	return ""
}

func extendedShare(text string) float64 {
	letters, strange := 0, 0
	for _, r := range text {
		if !unicode.Is(unicode.Arabic, r) || !unicode.IsLetter(r) {
			continue
		}
		letters++
		if r > 0x0670 && strings.ContainsRune(extended, r) {
			strange++
		}
	}
	return float64(strange) / float64(max(letters, 1))
}

// tidy brings text into the form in which letters can be counted: composed, without vowel marks, direction marks, tatweel, soft hyphens and web
// addresses. What is left is for comparison only.
func tidy(text string) string {
	if strings.ContainsFunc(text, presentation) {
		text = norm.NFKC.String(text)
	} else {
		text = norm.NFC.String(text)
	}
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= 0x064b && r <= 0x065f, r == 0x0670, r == 0x0640, r == 0x00ad, r == 0xfeff:
			return -1
		case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x2069:
			return -1
		}
		return r
	}, text)
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

// keepScript keeps the letters of one script, spaces and apostrophes: the detector gives different answers to equal input when two scripts tie
// (lingua-go#6), and digits only confuse it.
func keepScript(text, script string, most int) string {
	wanted := 0
	if script == arabic {
		wanted = 1
	}
	var b strings.Builder
	n, space := 0, true
	for _, r := range text {
		switch {
		case scriptOf(r) == wanted:
			b.WriteRune(r)
			space = false
			n++
		case (r == '\'' || r == '’' || r == '-') && !space:
			b.WriteRune(r)
		case !space && !unicode.IsMark(r):
			b.WriteByte(' ')
			space = true
			if n >= most {
				return b.String()
			}
		}
	}
	return b.String()
}
