package language

import "unicode"

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
const extended = "ەہھےٹڈڑںژێۆڵېټڼړځڅډږښګۇۈۋڕۀۍڎۅڠݢڽۏ"

// keyed are the letters that a Persian or Urdu keyboard writes for ك and ي, in Arabic text too.
const keyed = "کی"

// tally holds the letters of a text by script, in the order of scripts; the last place is for all others.
type tally [16]int

const otherScript = len(tally{}) - 1

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
