package text

import (
	_ "embed"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/uax29/v2/sentences"

	"rawi/stages/tsv"
)

// Sentence is a sentence by byte offsets, without the space around it.
type Sentence struct{ Start, End int }

// Sentences cuts s into sentences. A newline always ends one. Abbreviations (M. Dr. art. déc. د. أ. م.) and initials do not, and a closing
// quotation mark belongs to the sentence before it.
func Sentences(s string) []Sentence {
	found := make([]Sentence, 0, len(s)/120+2)
	for start := 0; start < len(s); {
		end := len(s)
		if i := strings.IndexByte(s[start:], '\n'); i >= 0 {
			end = start + i
		}
		found = appendLine(found, s, start, end)
		start = end + 1
	}
	return found
}

// appendLine adds the sentences of the line s[start:end].
func appendLine(found []Sentence, s string, start, end int) []Sentence {
	if ends := terminator(s[start:end]); ends == end-start {
		if from, to := trim(s, start, end); from < to {
			found = append(found, Sentence{from, to})
		}
		return found
	}
	first := len(found)
	it := sentences.FromString(s[start:end])
	for it.Next() {
		from, to := trim(s, start+it.Start(), start+it.End())
		if len(found) > first {
			from = absorb(s, &found[len(found)-1], from, to)
		}
		for from < to {
			end := from + glued(s[from:to])
			found = append(found, Sentence{from, end})
			from = end
		}
	}
	return found
}

// terminator is where what ends the first sentence of a line may stand, told from the bytes alone: its length where nothing does before its
// last mark. What is cut into words has mostly been cut into sentences before.
func terminator(line string) int {
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c < utf8.RuneSelf:
			if i+1 < len(line) && (c == '.' || c == '!' || c == '?' || c == '\r') {
				return i
			}
		case i+1 == len(line):
			return i
		case c == 0xC2 && line[i+1] >= 0xA0, c >= 0xC3 && c <= 0xC5: // marks such as « and the letters of European languages
			i++
		case c == 0xD8 && line[i+1] >= 0xA0, c == 0xD9: // Arabic letters, but neither ؟ nor what stands before it
			i++
		case c == 0xE2 && i+2 < len(line) && line[i+1] == 0x80 && line[i+2] >= 0x90 && line[i+2] <= 0x9F: // ‐ to ‟
			i += 2
		default:
			return i
		}
	}
	return len(line)
}

// glued is where the first sentence of s ends: its end, or a full stop without the space after it, as scraped pages have (hier.Le juge).
func glued(s string) int {
	for i := 1; i+1 < len(s); i++ {
		if c := s[i]; c != '.' && c != '!' && c != '?' {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		if unicode.IsLower(before) && unicode.IsUpper(after(s[i+1:])) {
			return i + 1
		}
	}
	return len(s)
}

// absorb moves into previous what of s[from:to] belongs to it, and returns where the rest begins.
func absorb(s string, previous *Sentence, from, to int) int {
	if from >= to {
		return to
	}
	if endsInAbbreviation(s[previous.Start:previous.End], after(s[from:to])) {
		previous.End = to
		return to
	}
	rest := from + closing(s[from:to])
	if rest == from {
		return from
	}
	next, _ := trim(s, rest, to)
	r, _ := utf8.DecodeRuneInString(s[next:to])
	if next >= to || unicode.IsLower(r) || strings.ContainsRune(",;:،؛)", r) {
		previous.End = to
		return to
	}
	previous.End = rest
	return next
}

// closing is the length of the closing quotation marks that s begins with. A straight mark closes only if no word leans on it.
func closing(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		after, _ := utf8.DecodeRuneInString(s[n+size:])
		switch {
		case r == '»', r == '”', r == '’':
		case r == '"' && !isWordRune(after):
		default:
			return n
		}
		n += size
	}
	return n
}

func trim(s string, start, end int) (int, int) {
	part := s[start:end]
	left := len(part) - len(strings.TrimLeftFunc(part, unicode.IsSpace))
	right := len(strings.TrimRightFunc(part[left:], unicode.IsSpace))
	return start + left, start + left + right
}

// endsInAbbreviation reports whether the full stop at the end of s belongs to an abbreviation or an initial, given what follows it.
func endsInAbbreviation(s string, next rune) bool {
	body, dot := strings.CutSuffix(s, ".")
	if named, closed := strings.CutSuffix(s, ".)"); closed {
		r, size := utf8.DecodeLastRuneInString(named)
		return isArabicLetter(r) && len(lastWord(named)) == size // initials in brackets: (م. ع.)
	}
	if !dot || body == "" {
		return false
	}
	word := lastWord(body)
	r, size := utf8.DecodeRuneInString(word)
	switch {
	case size == 0:
		return false
	case size == len(word):
		return unicode.IsUpper(r) || isArabicLetter(r)
	case isArabicLetter(r):
		return false
	}
	switch abbreviations[Fold(word)] {
	case "name":
		return !unicode.IsDigit(next)
	case "figure":
		return unicode.IsDigit(next)
	}
	return false
}

// lastWord is the run of letters that s ends in.
func lastWord(s string) string {
	start := len(s)
	for start > 0 {
		r, size := utf8.DecodeLastRuneInString(s[:start])
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		start -= size
	}
	return s[start:]
}

//go:embed data/abbreviations.tsv
var abbreviationData string

// abbreviations is read once and never written again.
var abbreviations = readAbbreviations(abbreviationData)

func readAbbreviations(data string) map[string]string {
	kinds := map[string]string{}
	for _, row := range tsv.Rows(data, 2) {
		kinds[row[0]] = row[1]
	}
	return kinds
}
