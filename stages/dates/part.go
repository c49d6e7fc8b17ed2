package dates

import (
	"unicode"
	"unicode/utf8"
)

// part is a run of digits, a run of letters, or one other character.
type part struct {
	text       string
	start, end int // byte offsets
	number     int // -1 where it is none
	word       bool
	glued      bool // no space stands before it
}

// split appends the parts of a folded text.
func split(s string, parts []part) []part {
	glued := false
	for i := 0; i < len(s); {
		class, size := classOf(s[i:])
		end := i + size
		for class == digits || class == letters {
			next, size := classOf(s[end:])
			if next != class {
				break
			}
			end += size
		}
		if class != space {
			parts = append(parts, newPart(s, i, end, class, glued))
		}
		glued = class != space
		i = end
	}
	return parts
}

type class uint8

const (
	none class = iota
	space
	digits
	letters
	sign
)

func classOf(s string) (class, int) {
	if s == "" {
		return none, 0
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		return digits, 1
	case c >= 'a' && c <= 'z':
		return letters, 1
	case c <= ' ':
		return space, 1
	case c < utf8.RuneSelf:
		return sign, 1
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case unicode.IsLetter(r):
		return letters, size
	case unicode.IsSpace(r), unicode.IsControl(r):
		return space, size
	}
	return sign, size
}

// newPart makes a part. Dashes are one, and a number has at most nine digits.
func newPart(s string, start, end int, class class, glued bool) part {
	p := part{text: s[start:end], start: start, end: end, number: -1, word: class == letters, glued: glued}
	switch {
	case class == digits && len(p.text) <= 9:
		p.number = 0
		for _, digit := range []byte(p.text) {
			p.number = p.number*10 + int(digit-'0')
		}
	case p.text == "–" || p.text == "—" || p.text == "−" || p.text == "‐" || p.text == "‑":
		p.text = "-"
	}
	return p
}
