package markup

import (
	"bytes"
	"errors"
	"slices"
)

// MaxDepth is how deep tags may nest. Parsers that follow every level by recursion end the whole process before two million of them, and no
// real feed comes near this.
const MaxDepth = 256

var (
	// ErrHTML is the error of a page in place of a feed.
	ErrHTML = errors.New("an HTML page, not a feed")
	// ErrNoFeed is the error of a document without the root element of a feed.
	ErrNoFeed = errors.New("no root element of RSS, RDF or Atom")
)

// Span is a part of a document.
type Span struct {
	Start, End int
	Complete   bool // false where the document ends before the item does
}

// Survey is what one look over a document tells.
type Survey struct {
	Doc      []byte // from the root element's tag to its end, or to the end of the document
	Atom     bool
	Standard bool   // the root is one that gofeed knows
	Head     Span   // from the beginning of Doc to the first item
	Items    []Span // at most maxItems
	Count    int    // of all items
	Whole    bool   // the root element is closed
	Stray    bool   // characters that must be escaped are not
	Deep     bool   // tags nest deeper than MaxDepth: only what Rebuild makes of it is safe to parse
	Costly   bool   // the same holds, because a parser would take far longer than in proportion to the bytes
	entities map[string]string
}

// walk is the state of a survey on its way.
type walk struct {
	survey Survey
	doc    []byte
	stack  []element
	root   int
	item   []byte // name of the open item, nil outside
	max    int
	copied int // bytes, by a parser that joins the texts of an element one by one
	dates  int
}

// Look surveys a document in UTF-8 and keeps the places of at most maxItems items.
func Look(doc []byte, maxItems int) (Survey, error) {
	s := scanner{doc: doc}
	root, err := findRoot(&s)
	if err != nil {
		return Survey{}, err
	}
	w := walk{doc: doc, root: root.start, max: maxItems}
	w.survey.entities = internalEntities(doc[:root.start])
	name := bytes.ToLower(local(root.name))
	w.survey.Atom = string(name) == "feed" || string(name) == "entry"
	w.survey.Standard = string(name) == "feed" || string(name) == "rss" || string(name) == "rdf"
	s.pos = root.start
	if string(name) != "entry" {
		s.pos = root.end
		w.push(root)
	}
	end := root.end
	for !w.survey.Whole {
		t, ok := s.next()
		if !ok {
			break
		}
		w.token(t)
		end = t.end
	}
	w.finish(doc[root.start:end])
	return w.survey, nil
}

// findRoot passes over what stands before the root: declarations, comments, warnings of the server, an HTML wrapper.
func findRoot(s *scanner) (token, error) {
	err := ErrNoFeed
	for first := true; ; {
		t, ok := s.next()
		if !ok {
			return token{}, err
		}
		if t.kind != startTag {
			continue
		}
		switch name := string(bytes.ToLower(local(t.name))); name {
		case "rss", "rdf", "feed":
			return t, nil
		case "entry", "channel":
			if first {
				return t, nil
			}
		case "html", "head", "body":
			err = ErrHTML
		}
		first = false
	}
}

func (w *walk) token(t token) {
	switch t.kind {
	case startTag:
		if t.empty || void(t.name) {
			w.open(t)
			return
		}
		if len(w.stack) >= MaxDepth {
			w.survey.Deep = true
			return
		}
		w.open(t)
		w.push(t)
	case endTag:
		w.close(t)
	case text:
		w.survey.Stray = w.survey.Stray || t.stray
		w.join(t)
	case cdata:
		w.join(t)
	}
}

// void reports whether HTML never closes an element of this name, which pages pasted into a feed rely on.
func void(name []byte) bool {
	switch string(name) {
	case "br", "BR", "hr", "img", "IMG", "input", "wbr", "source", "meta":
		return true
	}
	return false
}

// open notes the beginning of an item. One that begins before the last one ended ends it.
func (w *walk) open(t token) {
	name := local(t.name)
	if dated(name) {
		w.dates++
	}
	isItem := bytes.EqualFold(name, []byte("entry")) || bytes.EqualFold(name, []byte("item"))
	if !isItem || len(name) != len(t.name) && w.foreign(t.name) || w.item != nil && !bytes.EqualFold(w.item, t.name) {
		return
	}
	if t.empty {
		w.survey.Count++ // counted, so that it is not missing, but there is nothing to find in it
		return
	}
	if w.item != nil {
		w.endItem(t.start)
	}
	w.item = t.name
	w.survey.Count++
	if w.survey.Count <= w.max {
		w.survey.Items = append(w.survey.Items, Span{Start: t.start - w.root})
	}
}

// foreign reports whether a prefixed name belongs to another vocabulary than the feed's own.
func (w *walk) foreign(name []byte) bool {
	prefix, _, _ := bytes.Cut(name, []byte(":"))
	if string(prefix) == "rss" || string(prefix) == "atom" {
		return false
	}
	return len(w.stack) > 0 && !bytes.HasPrefix(w.stack[0].name, append(bytes.Clone(prefix), ':'))
}

func (w *walk) endItem(end int) {
	if n := len(w.survey.Items); n > 0 && w.survey.Count <= w.max {
		w.survey.Items[n-1].End, w.survey.Items[n-1].Complete = end-w.root, true
	}
	w.item = nil
}

// close takes the tag and what was left open within it off the stack. A closing tag that closes nothing is passed over.
func (w *walk) close(t token) {
	if w.item != nil && bytes.EqualFold(t.name, w.item) {
		w.endItem(t.end)
	}
	sum := sumOf(t.name)
	for i, e := range slices.Backward(w.stack) {
		if e.sum != sum || !bytes.EqualFold(e.name, t.name) {
			continue
		}
		if w.item != nil && (i == 0 || bytes.EqualFold(local(t.name), []byte("channel"))) {
			w.endItem(t.start)
		}
		w.stack = w.stack[:i]
		w.survey.Whole = i == 0
		return
	}
}

func (w *walk) finish(doc []byte) {
	w.survey.Doc = doc
	w.survey.Costly = w.survey.Costly || w.copied > maxCopied || w.dates > datesEach*(w.survey.Count+1)
	if n := len(w.survey.Items); n > 0 && w.survey.Items[n-1].End == 0 {
		w.survey.Items[n-1].End = len(doc)
	}
	w.survey.Head.End = len(doc)
	if len(w.survey.Items) > 0 {
		w.survey.Head.End = w.survey.Items[0].Start
	}
}

// longestEntity is how long the text of an entity that a document defines for itself may be; longer ones stay as they stand.
const longestEntity = 128

// internalEntities reads the entities that a document type defines as plain text. Those that refer to files, to addresses or to other
// entities are left alone.
func internalEntities(prologue []byte) map[string]string {
	entities := map[string]string{}
	for len(entities) < 100 {
		_, after, ok := bytes.Cut(prologue, []byte("<!ENTITY"))
		if !ok {
			break
		}
		definition, rest, _ := bytes.Cut(after, []byte(">"))
		prologue = rest
		fields := bytes.SplitN(bytes.TrimSpace(definition), []byte(" "), 2)
		if len(fields) != 2 {
			continue
		}
		value := bytes.TrimSpace(fields[1])
		if n := len(value); n >= 2 && n <= longestEntity && value[0] == value[n-1] && (value[0] == '"' || value[0] == '\'') &&
			!bytes.ContainsAny(value, "<%") && !nested(value) {
			entities[string(fields[0])] = string(value[1 : n-1])
		}
	}
	return entities
}

// nested reports whether an entity's text refers to another entity; numeric references are text.
func nested(value []byte) bool {
	for i, c := range value {
		if c == '&' && (i+1 == len(value) || value[i+1] != '#') {
			return true
		}
	}
	return false
}
