package language

import (
	_ "embed"
	"slices"
	"strings"
	"unicode"

	"rawi/stages/tsv"
)

//go:embed data/words.tsv
var wordLists string

// words holds the function words of data/words.tsv, each with the lists it stands in: bit i of the set is tags[i].
type words struct {
	tags []string
	of   map[string]uint8
}

func parseWords(table string) words {
	w := words{of: map[string]uint8{}}
	for _, row := range tsv.Rows(table, 2) {
		tag, list := row[0], row[1]
		i := slices.Index(w.tags, tag)
		if i < 0 {
			i = len(w.tags)
			w.tags = append(w.tags, tag)
		}
		for word := range strings.FieldsSeq(list) {
			w.of[word] |= 1 << i
		}
	}
	return w
}

// evidence is what the words of a text say, each a share of its words.
type evidence struct {
	words   int
	share   map[string]float64 // function words of each list
	chatted float64            // words with a digit that stands for an Arabic letter: 3la, ma7loul
}

func (w words) weigh(text string) evidence {
	var hits [8]int
	e := evidence{share: map[string]float64{}}
	chatted := 0
	for token := range strings.FieldsFuncSeq(text, apart) {
		if chat(token) {
			chatted++
		}
		if !hasLetter(token) {
			continue
		}
		e.words++
		for set, i := w.of[strings.ToLower(token)], 0; set != 0; set, i = set>>1, i+1 {
			hits[i] += int(set & 1)
		}
	}
	if e.words == 0 {
		return e
	}
	for i, tag := range w.tags {
		e.share[tag] = float64(hits[i]) / float64(e.words)
	}
	e.chatted = float64(chatted) / float64(e.words)
	return e
}

// apart separates words at anything but letters, marks and digits: an elision (l', qu') is a word of its own.
func apart(r rune) bool {
	if r <= ' ' {
		return true
	}
	return scriptOf(r) < 0 && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

func hasLetter(token string) bool {
	return strings.ContainsFunc(token, func(r rune) bool { return scriptOf(r) >= 0 })
}

// chat reports whether token spells an Arabic letter with a digit: before or between Latin letters ("3la", "ba9i"), but no ordinal or unit
// ("7e", "9h", "3D"), where one letter follows, and no name of a road or fund ("A7", "G7").
func chat(token string) bool {
	i := strings.IndexAny(token, "379")
	if i < 0 || len(token) < 3 {
		return false
	}
	letters, digits := 0, 0
	for _, r := range token {
		switch {
		case unicode.Is(unicode.Latin, r) && unicode.IsLower(r):
			letters++
		case r >= '0' && r <= '9':
			digits++
		case !unicode.Is(unicode.Latin, r):
			return false
		}
	}
	followed := i+1 < len(token) && token[i+1] >= 'a' && token[i+1] <= 'z'
	return followed && letters >= 2 && digits <= 2 && !ordinal(token)
}

// ordinal reports whether token is a number with the ending of an ordinal or of a decade: 3ème, 7th, 9eme, 3rd.
func ordinal(token string) bool {
	ending := strings.TrimLeft(token, "0123456789")
	switch ending {
	case "er", "re", "ere", "ère", "eme", "ème", "emes", "èmes", "nd", "th", "rd", "st", "mn", "min", "km", "kg", "cm", "mm", "ha":
		return len(ending) < len(token)
	}
	return false
}
