package markup

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// maxGrowth bounds, in bytes, what a document's own entities may add to it.
const maxGrowth = 1 << 20

// Clean returns the surveyed document without what stops a parser: characters and references that XML forbids, "<" and "]]>" in text. The
// document itself comes back where nothing had to be done. Repaired is true where text was lost or changed, not where it was only escaped.
func (s Survey) Clean() (doc []byte, repaired bool) { return s.clean(maxGrowth) }

func (s Survey) clean(growth int) (doc []byte, repaired bool) {
	if !s.Stray && len(s.entities) == 0 && !illegal(s.Doc) {
		return s.Doc, false
	}
	c := cleaner{out: make([]byte, 0, len(s.Doc)+64), entities: s.entities, room: growth}
	sc := scanner{doc: s.Doc}
	for {
		t, ok := sc.next()
		if !ok {
			return c.out, c.dropped
		}
		piece := s.Doc[t.start:t.end]
		switch t.kind {
		case text:
			c.text(piece, t.stray)
		case startTag:
			c.text(piece, false)
		default:
			c.characters(piece)
		}
	}
}

// illegal reports whether a document has a forbidden character or a numeric reference to one.
func illegal(doc []byte) bool {
	for i, b := range doc {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' || b == 0xef && noncharacter(doc[i:]) {
			return true
		}
	}
	for at := 0; ; {
		i := bytes.Index(doc[at:], []byte("&#"))
		if i < 0 {
			return false
		}
		at += i
		if r, size := reference(doc[at:]); size > 0 && !allowed(r) {
			return true
		}
		at += 2
	}
}

func noncharacter(b []byte) bool {
	return len(b) >= 3 && b[0] == 0xef && b[1] == 0xbf && (b[2] == 0xbe || b[2] == 0xbf)
}

// allowed reports whether XML 1.0 allows the character.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}

// reference reads the numeric character reference at the beginning of b; size is 0 where there is none.
func reference(b []byte) (r rune, size int) {
	if len(b) < 4 || b[0] != '&' || b[1] != '#' {
		return 0, 0
	}
	digits, base := 2, 10
	if b[2] == 'x' || b[2] == 'X' {
		digits, base = 3, 16
	}
	end := bytes.IndexByte(b[:min(len(b), 16)], ';')
	if end <= digits {
		return 0, 0
	}
	n, err := strconv.ParseUint(string(b[digits:end]), base, 31)
	if err != nil {
		return 0, 0
	}
	return rune(n), end + 1
}

type cleaner struct {
	out      []byte
	entities map[string]string
	room     int // bytes that entities may still add
	dropped  bool
}

// characters copies b without forbidden characters.
func (c *cleaner) characters(b []byte) {
	from := 0
	for i := 0; i < len(b); i++ {
		var size int
		switch {
		case b[i] < 0x20 && b[i] != '\t' && b[i] != '\n' && b[i] != '\r':
			size = 1
		case noncharacter(b[i:]):
			size = 3
		default:
			continue
		}
		c.out = append(c.out, b[from:i]...)
		from = i + size
		i = from - 1
		c.dropped = true
	}
	c.out = append(c.out, b[from:]...)
}

// text copies text or a tag, and looks at its references too.
func (c *cleaner) text(b []byte, stray bool) {
	from := 0
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '&':
			if size, with := c.resolve(b[i:]); size > 0 {
				c.characters(b[from:i])
				c.out = append(c.out, with...)
				from = i + size
				i = from - 1
			}
		case stray && b[i] == '<':
			c.characters(b[from:i])
			c.out = append(c.out, "&lt;"...)
			from = i + 1
		case stray && b[i] == '>':
			c.characters(b[from:i])
			c.out = append(c.out, "&gt;"...)
			from = i + 1
		}
	}
	c.characters(b[from:])
}

// resolve returns the size of the reference at the beginning of b and what replaces it; a size of 0 leaves it as it stands.
func (c *cleaner) resolve(b []byte) (size int, with string) {
	if r, size := reference(b); size > 0 {
		if allowed(r) {
			return 0, ""
		}
		if low, more := reference(b[size:]); r >= 0xd800 && r < 0xdc00 && more > 0 && low >= 0xdc00 && low < 0xe000 {
			return size + more, string((r-0xd800)<<10 + (low - 0xdc00) + 0x10000)
		}
		c.dropped = true
		return size, ""
	}
	end := bytes.IndexByte(b[:min(len(b), 64)], ';')
	if end < 2 || c.room < 0 {
		return 0, ""
	}
	value, ok := c.entities[string(b[1:end])]
	if !ok {
		return 0, ""
	}
	c.room -= len(value)
	return end + 1, value
}
