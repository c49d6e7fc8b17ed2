package charset

import (
	"bytes"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// trimLeadingNULs drops NULs before a document in bytes; two-byte and four-byte encodings keep theirs.
func trimLeadingNULs(body []byte) []byte {
	rest := bytes.TrimLeft(body, "\x00")
	if len(rest) > 1 && len(rest) < len(body) && rest[1] != 0 {
		return rest
	}
	return body
}

// wide reads UTF-16 and UTF-32.
func wide(body []byte) (text []byte, name string, ok bool) {
	enc, name := wideEncoding(body)
	if enc == nil {
		return nil, "", false
	}
	out, err := enc.NewDecoder().Bytes(body)
	return bytes.TrimPrefix(bytes.ToValidUTF8(out, nil), []byte("\ufeff")), name, err == nil
}

// wideEncoding recognises them by their mark or by where the NULs of the first ASCII letters stand.
func wideEncoding(b []byte) (encoding.Encoding, string) {
	if len(b) < 4 {
		return nil, ""
	}
	switch {
	case b[0] == 0xff && b[1] == 0xfe && b[2] == 0 && b[3] == 0, b[0] != 0 && b[1] == 0 && b[2] == 0 && b[3] == 0:
		return utf32.UTF32(utf32.LittleEndian, utf32.UseBOM), "utf-32le"
	case b[0] == 0 && b[1] == 0 && b[2] == 0xfe && b[3] == 0xff, b[0] == 0 && b[1] == 0 && b[2] == 0 && b[3] != 0:
		return utf32.UTF32(utf32.BigEndian, utf32.UseBOM), "utf-32be"
	case b[0] == 0xff && b[1] == 0xfe, b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "utf-16le"
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16be"
	}
	return nil, ""
}
