// Package markup looks at the XML of feeds byte by byte: how deep it nests, where its items lie, what must be repaired before a parser sees it.
//
// It never fails and never recurses: damaged markup is what it is for.
package markup

import "bytes"

// kind of token.
type kind uint8

const (
	text     kind = iota // also a "<" that opens nothing
	startTag             // <name attr="x">, or <name/> where empty
	endTag               // </name>
	cdata                // <![CDATA[...]]>
	other                // comment, processing instruction, document type
	cutOff               // any of these that the end of the document interrupts
)

// token is one piece of a document: doc[start:end]. Name is that of a tag, with its prefix.
type token struct {
	kind       kind
	start, end int
	name       []byte
	empty      bool
	stray      bool // text that holds "<" or "]]>", which XML forbids there
}

// scanner cuts a document into tokens that cover every byte of it.
type scanner struct {
	doc []byte
	pos int
}

// next returns the token at the scanner's place, and false at the end of the document.
func (s *scanner) next() (token, bool) {
	if s.pos >= len(s.doc) {
		return token{}, false
	}
	var t token
	if s.doc[s.pos] == '<' && s.opens(s.pos) {
		t = s.tag()
	} else {
		t = s.text()
	}
	s.pos = t.end
	return t, true
}

// opens reports whether the "<" at i begins something.
func (s *scanner) opens(i int) bool {
	if i+1 >= len(s.doc) {
		return false
	}
	c := s.doc[i+1]
	return c == '!' || c == '?' || nameStart(c) || c == '/' && i+2 < len(s.doc) && nameStart(s.doc[i+2])
}

func nameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

func (s *scanner) text() token {
	t := token{kind: text, start: s.pos}
	end := s.pos
	for {
		i := bytes.IndexByte(s.doc[end:], '<')
		if i < 0 {
			end = len(s.doc)
			break
		}
		end += i
		if s.opens(end) {
			break
		}
		t.stray = true
		end++
	}
	t.end = end
	t.stray = t.stray || bytes.Contains(s.doc[t.start:t.end], []byte("]]>"))
	return t
}

func (s *scanner) tag() token {
	rest := s.doc[s.pos:]
	switch {
	case bytes.HasPrefix(rest, []byte("<![CDATA[")):
		return s.until(cdata, "]]>")
	case bytes.HasPrefix(rest, []byte("<!--")):
		return s.until(other, "-->")
	case rest[1] == '?':
		return s.until(other, "?>")
	case rest[1] == '!':
		return s.docType()
	}
	t := token{kind: startTag, start: s.pos}
	nameAt := s.pos + 1
	if rest[1] == '/' {
		t.kind = endTag
		nameAt++
	}
	end := tagEnd(rest)
	if end < 0 {
		return token{kind: cutOff, start: s.pos, end: len(s.doc)}
	}
	t.end = s.pos + end
	t.name = tagName(s.doc[nameAt : t.end-1])
	t.empty = t.kind == startTag && s.doc[t.end-2] == '/'
	return t
}

func (s *scanner) until(k kind, mark string) token {
	i := bytes.Index(s.doc[s.pos:], []byte(mark))
	if i < 0 {
		return token{kind: cutOff, start: s.pos, end: len(s.doc)}
	}
	return token{kind: k, start: s.pos, end: s.pos + i + len(mark)}
}

// docType ends at the first ">" outside of its brackets.
func (s *scanner) docType() token {
	depth := 0
	for i := s.pos; i < len(s.doc); i++ {
		switch s.doc[i] {
		case '[':
			depth++
		case ']':
			depth--
		case '>':
			if depth <= 0 {
				return token{kind: other, start: s.pos, end: i + 1}
			}
		}
	}
	return token{kind: cutOff, start: s.pos, end: len(s.doc)}
}

// tagEnd returns the length of the tag at the beginning of b, or -1. A ">" within quotes does not end it, but a "<" does end the quotes:
// values cannot hold one, so a quotation mark is missing.
func tagEnd(b []byte) int {
	var quote byte
	first := -1
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '>' && quote == 0:
			return i + 1
		case c == '>' && first < 0:
			first = i + 1
		case c == '<':
			return first
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\'') && b[i-1] == '=':
			quote = c
		}
	}
	return first
}

func tagName(b []byte) []byte {
	for i, c := range b {
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '/' || c == '>' {
			return b[:i]
		}
	}
	return b
}

// local is a name without its prefix.
func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }
