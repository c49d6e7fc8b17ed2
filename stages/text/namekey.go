package text

import (
	"strings"
	"unicode/utf8"
)

// NameKey is the consonants that a name keeps whether it is written in Latin or in Arabic letters: Khénifra and خنيفرة give the same key.
// It is "" for a name of fewer than three such consonants. Equal keys are a hint, never a proof: about one pair in four that share a key
// are different names.
func NameKey(name string) string {
	const enough = 3
	key := make([]byte, 0, 16)
	fold := Fold(name)
	if _, plain := plainWord(fold); plain {
		key = appendKey(key, fold)
	} else {
		for word := range strings.FieldsFuncSeq(fold, func(r rune) bool { return !isWordRune(r) && r != '\'' }) {
			key = appendKey(key, word)
		}
	}
	if len(key) < enough {
		return ""
	}
	return string(key)
}

// appendKey adds what a folded word keeps.
func appendKey(key []byte, word string) []byte {
	if r, _ := utf8.DecodeRuneInString(word); isArabicLetter(r) {
		return appendArabicKey(key, word)
	}
	return appendLatinKey(key, strings.ReplaceAll(word, "'", ""))
}

func appendArabicKey(key []byte, word string) []byte {
	if rest, ok := strings.CutPrefix(word, "ال"); ok && letters(rest) >= 2 {
		word = rest
	}
	own := len(key)
	for _, r := range word {
		if c := arabicConsonant(r); c != 0 {
			key = appendSound(key, c, own)
		}
	}
	return key
}

// appendSound adds a consonant to those of a word, which begin at own. Tch and تش are one sound, spelled ch or ش as often; an n before b is heard as m.
func appendSound(key []byte, c byte, own int) []byte {
	if len(key) > own {
		last := &key[len(key)-1]
		switch {
		case *last == 't' && c == 'x':
			*last = c
			return key
		case *last == 'n' && c == 'b':
			*last = 'm'
		}
	}
	return append(key, c)
}

func arabicConsonant(r rune) byte {
	switch r {
	case 'ب', 'پ':
		return 'b'
	case 'ت', 'ط', 'ث':
		return 't'
	case 'ج', 'چ':
		return 'j'
	case 'د', 'ذ', 'ض', 'ظ':
		return 'd'
	case 'ر':
		return 'r'
	case 'س', 'ص', 'ز':
		return 's'
	case 'ش':
		return 'x'
	case 'ف', 'ڤ':
		return 'f'
	case 'ق', 'ك', 'خ', 'غ', 'گ', 'ڭ', 'ݣ':
		return 'k'
	case 'ل':
		return 'l'
	case 'م':
		return 'm'
	case 'ن':
		return 'n'
	}
	return 0
}

func appendLatinKey(key []byte, word string) []byte {
	word = heard(withoutArticle(word))
	own := len(key)
	for i := 0; i < len(word); {
		c, n := latinConsonant(word, i)
		if word[i] == 'x' {
			key = append(key, "ks"...)
		}
		if c != 0 {
			key = appendSound(key, c, own)
		}
		i += n
	}
	return key
}

// heard cuts what French writes at the end of a name and does not say: Renault, Renard, Mitterrand, Barnier.
func heard(word string) string {
	for _, e := range silentEndings {
		if stem, ok := strings.CutSuffix(word, e.written); ok && len(stem) >= 2 {
			return stem + e.said
		}
	}
	return word
}

var silentEndings = [...]struct{ written, said string }{
	{"ault", "o"},
	{"eaux", "o"},
	{"eot", "o"},
	{"ard", "ar"},
	{"rand", "ran"},
	{"ier", "ie"},
	{"illon", "ion"},
	{"illard", "iar"},
	{"vic", "vitch"},
}

// withoutArticle drops the Arabic article that Latin spellings write as a word (El Khiame) or inside Abdelhak, Abderrahmane, Abdessamad.
func withoutArticle(word string) string {
	if word == "el" || word == "al" {
		return ""
	}
	if len(word) > 4 && (strings.HasPrefix(word, "al") || strings.HasPrefix(word, "el")) {
		return strings.TrimLeft(word[2:], "l")
	}
	if rest, ok := strings.CutPrefix(word, "abd"); ok && len(rest) > 3 && strings.IndexByte("aeou", rest[0]) >= 0 && rest[1] == 'l' {
		return "abd" + rest[2:]
	}
	return word
}

// latinConsonant is the consonant at word[i], 0 where there is none, and how many bytes spell it.
func latinConsonant(word string, i int) (byte, int) {
	for _, d := range latinDigraphs {
		if strings.HasPrefix(word[i:], d.spelling) {
			return d.key, len(d.spelling)
		}
	}
	c := word[i]
	n := 1
	if i+1 < len(word) && word[i+1] == c {
		n = 2
	}
	soft := i+n < len(word) && strings.IndexByte("eiy", word[i+n]) >= 0
	switch c {
	case 'b', 'd', 'f', 'l', 'm', 'n', 'r', 's', 't', 'j':
		return c, n
	case 'z':
		return 's', n
	case 'p':
		return 'b', n
	case 'v':
		return 'f', n
	case 'k', 'q':
		return 'k', n
	case 'c':
		if soft {
			return 's', n
		}
		return 'k', n
	case 'g':
		if soft {
			return 'j', n
		}
		return 'k', n
	}
	return 0, n
}

var latinDigraphs = [...]struct {
	spelling string
	key      byte
}{
	{"sch", 'x'},
	{"cch", 'x'},
	{"kkh", 'k'},
	{"ggh", 'k'},
	{"ch", 'x'},
	{"sh", 'x'},
	{"kh", 'k'},
	{"gh", 'k'},
	{"dj", 'j'},
	{"dh", 'd'},
	{"th", 't'},
	{"ph", 'f'},
	{"gu", 'k'},
	{"qu", 'k'},
	{"ck", 'k'},
	{"pf", 'f'},
}
