package demo

import (
	"bytes"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
)

// Sizes of the traps: each beyond what a reader of the web should take.
const (
	hugeBytes     = 10 << 20
	nestedTags    = 100_000
	binaryBytes   = 64 << 10
	hugeLineCount = 4_096 // lines written at a time
)

// spring turns a page into the trap that it should be; a page without one stays as it is.
func spring(trap string, r resource) resource {
	switch trap {
	case trapHuge:
		page := r.body
		r.body, r.stream = nil, func(w io.Writer) error { return writeHuge(w, page) }
	case trapBinary:
		r.body, r.contentType = noise(), "text/html; charset=utf-8"
	case trapNested:
		r.body = nested(r.body)
	}
	return r
}

// writeHuge sends the page with a live thread in it that does not end before 10 MB.
func writeHuge(w io.Writer, page []byte) error {
	head, tail, _ := bytes.Cut(page, []byte("</body>"))
	if _, err := w.Write(head); err != nil {
		return err
	}
	lines := []byte(strings.Repeat("<div class=\"live-entry\">Actualiser pour voir la suite du direct</div>\n", hugeLineCount))
	for sent := 0; sent < hugeBytes; sent += len(lines) {
		if _, err := w.Write(lines); err != nil {
			return err
		}
	}
	_, err := w.Write(append([]byte("</body>"), tail...))
	return err
}

// noise is the same in every run.
func noise() []byte {
	r := rand.New(rand.NewPCG(16, 12))
	b := make([]byte, binaryBytes)
	for i := range b {
		b[i] = byte(r.UintN(256))
	}
	return b
}

// nested puts the page's body inside 100,000 open elements and breaks off in the middle of it.
func nested(page []byte) []byte {
	head, body, _ := bytes.Cut(page, []byte("<body"))
	body = body[bytes.IndexByte(body, '>')+1:]
	return slices.Concat(head, []byte("<body>"), bytes.Repeat([]byte("<div>"), nestedTags), body[:len(body)/2])
}
