// Package opml reads and writes lists of sources in OPML, the format in which feed readers hand over what they subscribe to.
package opml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/charset"
)

// Bounds of what is read of a list: far above any that people keep.
const (
	MaxBytes    = 8 << 20
	maxOutlines = 10_000
	maxDepth    = 256
	maxText     = 300  // bytes of a title
	maxAddress  = 2000 // bytes
)

// namespace of our own attributes, which other programs pass over.
const namespace = "urn:rawi:source"

// Outline is one feed or page of a list, with what the list says of it. Every field but Feed or Page may be empty.
type Outline struct {
	Title    string
	Feed     string // http(s) address of a feed, or empty where Page is what is read
	Page     string // http(s) address of the site, or of a page that is watched where Feed is empty
	Language string
	Own      map[string]string // our own attributes, see ownAttributes
}

// List is an OPML document as read.
type List struct {
	Title    string
	Outlines []Outline
	Damaged  bool     // it broke off, or something had to be passed over that is no XML
	Capped   bool     // it is longer than is read
	Refused  []string // outlines whose address is none that could be fetched, in words
}

// Read reads a list: in any charset, with outlines nested or not, attributes in any case, titles in text or title. What is sound of a damaged
// list is kept. The error means that it is no OPML, and says what it looks like.
func Read(body []byte) (List, error) {
	var l List
	if len(body) > MaxBytes {
		return l, fmt.Errorf("more than %d MiB: no list of feeds is that long", MaxBytes>>20)
	}
	decoded := charset.Decode(body, charset.Hint{Declaration: charset.XML})
	text := bytes.Map(legal, decoded.Text)
	l.Damaged = decoded.Repaired || len(text) < len(decoded.Text)
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict, d.Entity = false, xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it was decoded already
	r := reader{list: &l}
	err := r.read(d)
	switch {
	case !r.opml && err != nil:
		return l, fmt.Errorf("not OPML: %w", err)
	case !r.opml:
		return l, errors.New("not OPML: it has no <opml> element")
	case errors.Is(err, errTooDeep):
		return l, err
	case err != nil:
		l.Damaged = true
	}
	if len(l.Outlines) == 0 && l.Damaged && len(l.Refused) == 0 {
		return l, errors.New("OPML without a single feed that could be read")
	}
	return l, nil
}

var errTooDeep = fmt.Errorf("outlines nested deeper than %d: no list of feeds is", maxDepth)

// legal drops characters that XML does not know and text does not need.
func legal(r rune) rune {
	if r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r != 0x7f && r != '\ufffe' && r != '\uffff' {
		return r
	}
	return -1
}

// reader is the state of reading a list.
type reader struct {
	list  *List
	opml  bool
	depth int
	title bool // within the list's own title
}

func (r *reader) read(d *xml.Decoder) error {
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if r.depth++; r.depth > maxDepth {
				return errTooDeep
			}
			if err := r.start(t); err != nil {
				return err
			}
		case xml.EndElement:
			r.depth, r.title = r.depth-1, false
		case xml.CharData:
			if r.title && r.list.Title == "" {
				r.list.Title = clean(string(t), maxText)
			}
		}
	}
}

func (r *reader) start(t xml.StartElement) error {
	switch name := strings.ToLower(t.Name.Local); {
	case name == "opml":
		r.opml = true
	case !r.opml:
		return fmt.Errorf("it begins with <%s>", clean(name, 40))
	case name == "title":
		r.title = true
	case name == "outline":
		r.outline(attributes(t))
	}
	return nil
}

// attributes by their name in lower case; our own stand under it too, whatever their prefix.
func attributes(t xml.StartElement) map[string]string {
	all := make(map[string]string, len(t.Attr))
	for _, a := range t.Attr {
		name := strings.ToLower(a.Name.Local)
		if a.Name.Space != "" {
			name = "rawi:" + name
		}
		if all[name] == "" {
			all[name] = a.Value
		}
	}
	return all
}

// outline takes what names a feed, or a page as we write it. Folders and links to anything else are passed over.
func (r *reader) outline(a map[string]string) {
	feed, page := strings.TrimSpace(a["xmlurl"]), strings.TrimSpace(a["htmlurl"])
	watched := feed == "" && strings.EqualFold(a["type"], "link") && a["rawi:name"] != ""
	if watched {
		page = strings.TrimSpace(a["url"])
	}
	if feed == "" && !watched {
		return
	}
	if len(r.list.Outlines) >= maxOutlines {
		r.list.Capped = true
		return
	}
	o := Outline{
		Title: firstOf(a["text"], a["title"]), Feed: address(feed), Page: address(page), Language: clean(a["language"], 35), Own: map[string]string{},
	}
	if !watched && o.Feed == "" || watched && o.Page == "" {
		if len(r.list.Refused) < maxOutlines {
			r.list.Refused = append(r.list.Refused, fmt.Sprintf("%s: %q is no http or https address", firstOf(o.Title, "an outline without a title"), clean(firstOf(feed, page), 100)))
		}
		return
	}
	for _, name := range ownAttributes {
		if v := a["rawi:"+name]; v != "" {
			o.Own[name] = clean(v, maxAddress)
		}
	}
	r.list.Outlines = append(r.list.Outlines, o)
}

var ownAttributes = [...]string{
	"name", "country", "kind", "family", "zone", "links", "paused", "number", "full_text", "interval", "budget",
	"section_interval", "section_budget", "high_accuracy",
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = clean(t, maxText); t != "" {
			return t
		}
	}
	return ""
}

// address is an address as it stands there if it can be fetched, and empty if not. Some write feed: before or instead of http:.
func address(s string) string {
	if rest, ok := cutPrefixFold(s, "feed:"); ok {
		if s = rest; strings.HasPrefix(s, "//") {
			s = "http:" + s
		}
	}
	u, err := url.Parse(s)
	if err != nil || len(s) > maxAddress || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return s
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

// clean is a text on one line, without characters that hide or turn what stands beside them, of at most n bytes.
func clean(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar, r == '\ufeff':
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return s
}
