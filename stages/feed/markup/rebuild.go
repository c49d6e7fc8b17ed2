package markup

import (
	"bytes"
	"strings"
)

const (
	// maxTokens of one item are looked at when it is rebuilt; more is not an article.
	maxTokens = 20_000
	// maxSame elements of one name are written of one item, and maxDates of those that hold a date, which parsers try in a hundred ways.
	maxSame, maxDates = 64, 4
	// itemGrowth bounds, in bytes, what a document's own entities may add to an item that is rebuilt alone.
	itemGrowth = 32 << 10
)

// field says how an element of an item, or of the head of a feed, is rebuilt.
type field struct {
	write string // its name in the rebuilt document
	html  bool   // it may hold markup that was not escaped
	date  bool
}

// most is how many such elements are written of one item.
func (f field) most() int {
	if f.date {
		return maxDates
	}
	return maxSame
}

// fieldOf returns the field of an element by its name in lower case.
func fieldOf(name string) (field, bool) {
	switch name {
	case "title", "link", "guid", "id", "dc:creator", "author", "language", "category":
		return field{write: name}, true
	case "published", "updated", "dc:date":
		return field{write: name, date: true}, true
	case "pubdate":
		return field{write: "pubDate", date: true}, true
	case "description", "summary", "content", "content:encoded", "subtitle":
		return field{write: name, html: true}, true
	case "abstract":
		return field{write: "description", html: true}, true
	}
	return field{}, false
}

const (
	rssOpen = `<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">` +
		`<channel>`
	rssClose  = `</channel></rss>`
	atomOpen  = `<feed xmlns="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/">`
	atomClose = `</feed>`
)

// Rebuild makes a sound document of the feed's head and of the items at the given places of Items, from nothing but the elements that
// articles are made of. What lies between them, and how they were closed, no longer matters. It takes time in proportion to what it looks at.
func (s Survey) Rebuild(items ...int) []byte { return s.rebuild(true, maxGrowth, items...) }

// RebuildItem makes a sound document of one item, without the feed's head: many items can be read one by one, however long the head is.
func (s Survey) RebuildItem(i int) []byte { return s.rebuild(false, itemGrowth, i) }

func (s Survey) rebuild(head bool, growth int, items ...int) []byte {
	var b bytes.Buffer
	opening, closing, itemOpen, itemClose := rssOpen, rssClose, "<item>", "</item>"
	if s.Atom {
		opening, closing, itemOpen, itemClose = atomOpen, atomClose, "<entry>", "</entry>"
	}
	b.WriteString(opening)
	if head {
		s.fields(&b, s.Head)
	}
	for _, i := range items {
		b.WriteString(itemOpen)
		s.fields(&b, s.Items[i])
		b.WriteString(itemClose)
	}
	b.WriteString(closing)
	out, _ := Survey{Doc: b.Bytes(), Stray: true, entities: s.entities}.clean(growth)
	return out
}

// fields writes the elements of one span that have a field.
func (s Survey) fields(b *bytes.Buffer, span Span) {
	r := rebuilder{doc: s.Doc[span.Start:span.End], atom: s.Atom, last: map[string]int{}, written: map[string]int{}}
	sc := scanner{doc: r.doc}
	for len(r.tokens) < maxTokens {
		t, ok := sc.next()
		if !ok {
			break
		}
		if t.kind == endTag {
			r.last[strings.ToLower(string(t.name))] = len(r.tokens)
		}
		r.tokens = append(r.tokens, t)
	}
	for i := 0; i < len(r.tokens); {
		i = r.element(b, i)
	}
}

type rebuilder struct {
	doc    []byte
	tokens []token
	atom   bool
	// last is the place of the last closing tag of each name, so that none is looked for in vain: a search either finds one, and the work goes on
	// behind it, or does not begin.
	last    map[string]int
	written map[string]int // elements, by field
}

func (r *rebuilder) nameOf(i int) string { return strings.ToLower(string(r.tokens[i].name)) }

// element writes the element that begins at token i, if it is one, and returns the token after it.
func (r *rebuilder) element(b *bytes.Buffer, i int) int {
	t := r.tokens[i]
	if t.kind != startTag {
		return i + 1
	}
	name := r.nameOf(i)
	if name == "image" || name == "textinput" || name == "source" && !t.empty {
		return max(r.closing(i, name), i) + 1
	}
	f, ok := fieldOf(name)
	switch {
	case !ok:
		return i + 1
	case t.empty && name == "link" && i+1 < len(r.tokens) && r.tokens[i+1].kind == text && !r.atom:
		// HTML knows link as an element without content, and some publishing systems write it so: <link/>https://...
		if r.more(f) {
			b.WriteString("<link>" + strings.TrimSpace(r.piece(i+1)) + "</link>")
		}
		return i + 2
	case t.empty:
		if r.more(f) {
			b.WriteString(r.piece(i))
		}
		return i + 1
	}
	end := r.end(i, name, f)
	r.write(b, f, i, end)
	return end
}

// more counts one more element of a field, and reports whether it is written.
func (r *rebuilder) more(f field) bool {
	r.written[f.write]++
	return r.written[f.write] <= f.most()
}

// closing returns the place of the closing tag of name after token i, or -1.
func (r *rebuilder) closing(i int, name string) int {
	for j := i + 1; j <= r.last[name]; j++ {
		if r.tokens[j].kind == endTag && r.nameOf(j) == name {
			return j
		}
	}
	return -1
}

// end returns the token at which the content of the element at i ends.
func (r *rebuilder) end(i int, name string, f field) int {
	if f.html || name == "author" {
		if end := r.closing(i, name); end >= 0 {
			return end
		}
	}
	for j := i + 1; j < len(r.tokens); j++ {
		switch r.tokens[j].kind {
		case startTag:
			if _, ok := fieldOf(r.nameOf(j)); ok {
				return j
			}
		case endTag:
			if !f.html {
				return j
			}
		case cutOff:
			return j
		}
	}
	return len(r.tokens)
}

func (r *rebuilder) piece(i int) string { return string(r.doc[r.tokens[i].start:r.tokens[i].end]) }

// write writes one element with its content as escaped text.
func (r *rebuilder) write(b *bytes.Buffer, f field, i, end int) {
	if !r.more(f) {
		return
	}
	open := "<" + f.write + ">"
	if r.atom && f.write == "link" {
		open = r.piece(i)
	}
	var content strings.Builder
	marked := bytes.Contains(r.doc[r.tokens[i].start:r.tokens[i].end], []byte("html"))
	for j := i + 1; j < end; j++ {
		piece := r.piece(j)
		switch r.tokens[j].kind {
		case text:
			content.WriteString(piece)
		case cdata:
			content.WriteString(escape(strings.TrimSuffix(strings.TrimPrefix(piece, "<![CDATA["), "]]>")))
		case startTag, endTag:
			marked = marked || f.html
			if f.html || f.write == "title" {
				content.WriteString(escape(piece))
			} else {
				content.WriteByte(' ')
			}
		}
	}
	written := content.String()
	switch {
	case r.atom && f.write == "author":
		written = "<name>" + strings.TrimSpace(written) + "</name>"
	case r.atom && marked && (f.html || f.write == "title"):
		open = "<" + f.write + ` type="html">`
	}
	b.WriteString(open + written + "</" + f.write + ">")
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}
