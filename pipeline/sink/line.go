package sink

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// line appends JSON as one line. It is on one line already, unless somebody else published it.
func line(out *bytes.Buffer, body []byte) error {
	begin := out.Len()
	if bytes.IndexByte(body, '\n') < 0 {
		out.Write(body)
	} else if err := json.Compact(out, body); err != nil {
		return err
	}
	if written := out.Bytes()[begin:]; bytes.ContainsFunc(written, dangerous) {
		safe := escaped(written)
		out.Truncate(begin)
		out.Write(safe)
	}
	return out.WriteByte('\n')
}

// dangerous characters are obeyed by terminals, or direct text: whoever looks at the file would see what is not there. All are of four digits.
func dangerous(r rune) bool {
	return r >= 0x7f && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// escaped is JSON with dangerous characters written as JSON names them: they stand in texts alone.
func escaped(body []byte) []byte {
	safe := make([]byte, 0, len(body)+64)
	for len(body) > 0 {
		r, n := utf8.DecodeRune(body)
		if dangerous(r) {
			safe = fmt.Appendf(safe, `\u%04x`, r)
		} else {
			safe = append(safe, body[:n]...)
		}
		body = body[n:]
	}
	return safe
}
