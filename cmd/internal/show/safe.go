package show

import (
	"bytes"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// Printf writes as fmt.Fprintf does, with every text among args made safe by Line: what messages and servers say is never to be trusted.
func Printf(w io.Writer, format string, args ...any) {
	for i, arg := range args {
		switch text := arg.(type) {
		case string:
			args[i] = Line(text)
		case error:
			args[i] = Line(text.Error())
		}
	}
	_, _ = fmt.Fprintf(w, format, args...) // into memory, or where nobody is left to be told
}

// Escape writes JSON to w as it comes, but for the characters that could do something to a terminal: they stand in it by their numbers, which
// is the same to whoever reads JSON. Each Write has to hold whole characters, as those of encoders do.
func Escape(w io.Writer) io.Writer { return escaper{w} }

type escaper struct{ w io.Writer }

func (e escaper) Write(p []byte) (int, error) {
	if bytes.IndexFunc(p, active) < 0 {
		return e.w.Write(p)
	}
	out := make([]byte, 0, len(p)+64)
	for rest := p; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if active(r) {
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, rest[:size]...)
		}
		rest = rest[size:]
	}
	if _, err := e.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// active says whether a character outside the reach of an encoder for JSON moves something on a terminal, or turns its text around.
func active(r rune) bool {
	return r >= 0x7f && r <= 0x9f || unicode.Is(unicode.Bidi_Control, r)
}
