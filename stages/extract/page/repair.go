package page

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// jsonValues reads the values of a script of JSON, as pages write it: whole, one behind the other, or broken in the ways that repair knows.
func jsonValues(script string) []any {
	if values, err := decodeAll(script); err == nil {
		return values
	}
	values, _ := decodeAll(repair(script)) // what stands before an error that stays is worth having
	return values
}

// decodeAll reads one value after another.
func decodeAll(s string) (values []any, err error) {
	d := json.NewDecoder(strings.NewReader(s))
	for {
		var v any
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF):
			return values, nil
		case err != nil:
			return values, err
		}
		values = append(values, v)
	}
}

// repair undoes the common ways to break JSON in a page: comments and CDATA around it, escapes of HTML in it, raw line ends and tabs and
// unescaped quotation marks in its strings, escapes that JSON does not have, commas before a bracket that closes, semicolons behind objects.
func repair(s string) string {
	if !strings.Contains(s, `"`) && strings.Contains(s, "&quot;") {
		s = html.UnescapeString(s)
	}
	for _, junk := range []string{"<!--", "-->", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA[", "//]]>", "/*]]>*/", "]]>"} {
		s = strings.ReplaceAll(s, junk, " ")
	}
	m := mender{s: s}
	m.b.Grow(len(s) + 64)
	for m.i < len(s) {
		if m.quoted {
			m.inside()
		} else {
			m.outside()
		}
	}
	return m.b.String()
}

// mender copies a broken text, byte by byte, and mends it.
type mender struct {
	s      string
	i      int
	depth  int // of brackets
	quoted bool
	b      strings.Builder
}

// outside copies one byte that stands in no string.
func (m *mender) outside() {
	c := m.s[m.i]
	m.i++
	switch next := m.next(m.i); {
	case c == '"':
		m.quoted = true
	case c < 0x20:
		c = ' '
	case c == '{', c == '[':
		m.depth++
	case c == '}', c == ']':
		m.depth--
	case c == ',' && (next == '}' || next == ']' || m.depth == 0), c == ';':
		c = ' '
	}
	m.b.WriteByte(c)
}

// inside copies one byte or escape of a string. A quotation mark ends it only where JSON can go on behind.
func (m *mender) inside() {
	c := m.s[m.i]
	m.i++
	switch {
	case c == '"' && strings.IndexByte(",:}]\x00", m.next(m.i)) < 0:
		m.b.WriteByte('\\')
	case c == '"':
		m.quoted = false
	case c == '\n':
		m.b.WriteString(`\n`)
		return
	case c < 0x20:
		c = ' '
	case c == '\\':
		if m.i == len(m.s) || strings.IndexByte(`"\/bfnrtu`, m.s[m.i]) < 0 {
			return
		}
		m.b.WriteByte(c)
		c = m.s[m.i]
		m.i++
	}
	m.b.WriteByte(c)
}

// next is the first byte from i on that is no white space, 0 at the end.
func (m *mender) next(i int) byte {
	for ; i < len(m.s); i++ {
		if c := m.s[i]; c > ' ' {
			return c
		}
	}
	return 0
}
