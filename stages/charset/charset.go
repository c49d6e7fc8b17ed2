// Package charset turns the bytes of a page or feed into UTF-8 text: what the bytes prove comes before what anyone declares.
package charset

import (
	"bytes"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// sampled is how many bytes the guesses look at.
const sampled = 64 << 10

// Hint is what is said of a body. All of it may be empty, and none of it is trusted against the bytes.
type Hint struct {
	ContentType string              // as served
	Declaration func([]byte) string // finds the label that the body declares of itself: XML or HTML
	Language    string              // expected BCP 47 tag
}

// Result is a body as read.
type Result struct {
	Text     []byte // valid UTF-8 without byte order marks
	Name     string // of the charset, as the WHATWG Encoding Standard calls it
	Repaired bool   // bytes had to be replaced, or parts were in another charset than the rest
}

// Decode reads a body in this order: UTF-16 and UTF-32 by their mark or pattern; UTF-8, if the body is UTF-8 or mostly so, with the foreign
// parts of it decoded one by one; the charset served; the declaration in the body; the shape of the bytes; statistics. Bytes that mean
// nothing become U+FFFD. The same body always gives the same text. Result.Text may share its memory with body.
func Decode(body []byte, hint Hint) Result {
	body = trimLeadingNULs(body)
	if text, name, ok := wide(body); ok {
		return Result{Text: text, Name: name}
	}
	for bytes.HasPrefix(body, []byte("\ufeff")) {
		body = body[len("\ufeff"):]
	}
	if utf8.Valid(body) && !escapes(body) {
		return Result{Text: body, Name: "utf-8"}
	}
	if mostlyUTF8(body) && !escapes(body) {
		return Result{Text: decodeMixed(body), Name: "utf-8", Repaired: true}
	}
	enc, name := legacy(body, hint)
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return Result{Text: bytes.ToValidUTF8(body, []byte("\ufffd")), Name: "utf-8", Repaired: true}
	}
	return Result{Text: bytes.ToValidUTF8(out, []byte("\ufffd")), Name: name}
}

// Binary reports whether body is no text in any charset: an image, an archive, a PDF, machine code.
func Binary(body []byte) bool {
	head := body[:min(len(body), 4096)]
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return false
	}
	kind, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if !strings.HasPrefix(kind, "text/") && kind != "application/octet-stream" {
		return true
	}
	control := 0
	for _, b := range head {
		if b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b {
			control++
		}
	}
	return control*50 > len(head)
}

// escapes reports whether a body in ASCII has escapes, by which ISO-2022 changes to another charset.
func escapes(body []byte) bool {
	if bytes.IndexByte(body[:min(len(body), sampled)], 0x1b) < 0 {
		return false
	}
	return !bytes.ContainsFunc(body, func(r rune) bool { return r >= utf8.RuneSelf })
}

// mostlyUTF8 reports whether the body has at least as many valid multi-byte letters as stray bytes: then only those are foreign to it.
func mostlyUTF8(b []byte) bool {
	valid, stray := 0, 0
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			stray++
		} else {
			valid++
		}
		i += size
	}
	return valid >= stray
}

// legacy chooses among the charsets that are neither UTF-8 nor UTF-16.
func legacy(body []byte, hint Hint) (encoding.Encoding, string) {
	labels := []string{served(hint.ContentType)}
	if hint.Declaration != nil {
		labels = append(labels, hint.Declaration(body))
	}
	s := shapeOf(body)
	arabic := s.arabic(hint.Language)
	for _, label := range labels {
		enc, name := find(label)
		if enc == nil || strings.HasPrefix(name, "utf-") || name == "replacement" || name == "x-user-defined" {
			continue
		}
		// A server's default of Latin-1 on a body whose bytes can only be Arabic is a configuration nobody looked at.
		if arabic != "" && strings.HasPrefix(name, "windows-125") && name != "windows-1256" {
			break
		}
		return enc, name
	}
	name := arabic
	if name == "" {
		name = s.latin()
	}
	if name == "" {
		name = guess(body)
	}
	if enc, name := find(name); enc != nil {
		return enc, name
	}
	return find(s.likelier())
}
