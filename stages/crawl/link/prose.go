package link

import (
	"bytes"
	"strconv"
	"unicode"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// leastProse is the number of bytes above which a paragraph counts; shorter ones are captions, times and buttons.
const leastProse = 60

// Prose is a digest of a page's headlines and paragraphs, as they are served. Two copies of one page have the same as long as nobody has edited
// its text, whatever else on the page is new each time. It is empty for a page without any.
func Prose(page []byte) string {
	z := html.NewTokenizer(bytes.NewReader(page))
	sum, found := xxhash.New(), false
	var text []byte
	inside, linked := 0, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !found {
				return ""
			}
			return strconv.FormatUint(sum.Sum64(), 36)
		case html.StartTagToken:
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); {
			case prose(tag):
				inside, linked, text = 1, 0, text[:0]
			case tag == atom.A:
				linked++
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			switch tag := atom.Lookup(name); {
			case prose(tag):
				if inside > 0 && (len(text) >= leastProse || tag == atom.H1) {
					_, _ = sum.Write(append(text, 0))
					found = true
				}
				inside = 0
			case tag == atom.A:
				linked = max(linked-1, 0)
			}
		case html.TextToken:
			if inside > 0 && linked == 0 {
				text = appendWords(text, z.Text())
			}
		}
	}
}

func prose(tag atom.Atom) bool { return tag == atom.P || tag == atom.H1 || tag == atom.Blockquote }

// appendWords appends text with single spaces between its words.
func appendWords(to, text []byte) []byte {
	for _, word := range bytes.FieldsFunc(text, unicode.IsSpace) {
		to = append(append(to, word...), ' ')
	}
	return to
}
