package page

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"rawi/pipeline/message"
)

// seen is one text block of the page as it stands in the tree.
type seen struct {
	text   string
	normal string
	tokens int
	kind   string
	linked bool
	ahead  string  // text up to the end of the first link
	behind string  // text from the beginning of the last one
	links  float64 // share of the text that is inside links
	boxed  int     // innermost box
	aside  bool    // in a figure, a menu, a form or a footer
	figure bool    // in a caption
	h1     bool
	framed bool     // in furniture
	shut   bool     // in furniture beyond doubt
	path   []string // only where it was asked for
}

// outline is all the text blocks of a page, in order.
type outline struct {
	all      []seen
	boxes    []box
	byNormal map[string]int // index of the first block of that form
}

// survey walks the tree once. It is bounded by the tree's own bounds.
func survey(doc *html.Node, paths bool) *outline {
	w := walker{out: &outline{byNormal: map[string]int{}}, kind: message.BlockParagraph, paths: paths, names: newNamer()}
	w.out.boxes = append(w.out.boxes, box{up: -1})
	w.walk(doc)
	w.end()
	w.out.boxes[0].last = len(w.out.all)
	return w.out
}

// anchor walks a link.
func (w *walker) anchor(n *html.Node) {
	w.begins = w.b.Len()
	w.link = true
	w.walk(n)
	w.link = false
	if w.ends == 0 {
		w.ends = w.b.Len()
	}
}

// box is an element that holds blocks: those from first to last, the last one not included.
type box struct {
	node        *html.Node
	up          int // the box around it
	first, last int
	sense       sense
	framed      bool // furniture
	frame       bool // furniture beyond doubt
	article     bool // an <article>
}

// walker carries what the elements around a text mean for it.
type walker struct {
	out     *outline
	b       strings.Builder
	linked  int // bytes of the block at hand inside links
	link    bool
	ends    int // bytes of the block at hand up to the end of its first link
	begins  int // and up to the beginning of its last
	kind    string
	aside   bool
	figure  bool
	h1      bool
	article bool // in an <article>
	box     int  // innermost
	paths   bool // path is wanted
	path    []string
	names   namer
}

func (w *walker) walk(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.b.WriteString(c.Data)
			if w.link {
				w.linked += len(strings.TrimSpace(c.Data))
			}
		case html.ElementNode:
			w.element(c)
		}
	}
}

func (w *walker) element(n *html.Node) {
	switch {
	case mute(n.DataAtom):
	case n.DataAtom == atom.A:
		w.anchor(n)
	case inline(n.DataAtom):
		w.walk(n)
	default:
		w.end()
		saved := *w
		w.enter(n.DataAtom)
		w.figure = w.figure || captions(n)
		if w.paths {
			w.path = below(w.path, n)
		}
		w.open(n)
		w.walk(n)
		w.end()
		w.out.boxes[w.box].last = len(w.out.all)
		w.box = saved.box
		w.kind, w.aside, w.figure, w.h1, w.article, w.path = saved.kind, saved.aside, saved.figure, saved.h1, saved.article, saved.path
	}
}

// open begins the box of an element.
func (w *walker) open(n *html.Node) {
	b := box{node: n, up: w.box, first: len(w.out.all), sense: w.names.of(n), article: n.DataAtom == atom.Article}
	switch n.DataAtom {
	case atom.Footer:
		b.sense |= saysFrame
		if w.article { // there stands when and by whom it was written
			b.sense ^= saysFrame | saysWeak
		}
	case atom.Nav:
		b.sense |= saysFrame
	case atom.Aside, atom.Form, atom.Figure, atom.Dialog, atom.Menu, atom.Address:
		b.sense |= saysWeak
	case atom.Html, atom.Body, atom.Main, atom.Article, atom.H1:
		b.sense &= saysBody // what these are called speaks of the whole page
	}
	w.box = len(w.out.boxes)
	w.out.boxes = append(w.out.boxes, b)
}

func (w *walker) enter(tag atom.Atom) {
	switch tag {
	case atom.Article:
		w.article = true
	case atom.H1:
		w.kind, w.h1 = message.BlockSubhead, true
	case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		w.kind = message.BlockSubhead
	case atom.Blockquote:
		w.kind = message.BlockQuote
	case atom.Li:
		w.kind = message.BlockList
	case atom.Figure, atom.Nav, atom.Footer, atom.Form, atom.Aside:
		w.aside = true
	}
}

// captions reports whether n is the caption or credit of a picture.
func captions(n *html.Node) bool {
	if n.DataAtom == atom.Figcaption {
		return true
	}
	for class := range strings.FieldsSeq(attr(n, "class")) {
		if strings.Contains(strings.ToLower(class), "caption") {
			return short(n, longestCaption)
		}
	}
	return false
}

// short reports whether the text below n has at most so many words.
func short(n *html.Node, words int) bool {
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			words -= len(strings.Fields(c.Data))
		}
		if words < 0 {
			return false
		}
	}
	return true
}

func (w *walker) end() {
	raw := w.b.String()
	linked, begins, ends := w.linked, min(w.begins, len(raw)), min(w.ends, len(raw))
	w.b.Reset()
	w.linked, w.begins, w.ends = 0, 0, 0
	line := squeeze(raw)
	if line == "" || len(w.out.all) >= 2*mostBlocks {
		return
	}
	s := seen{
		text: line, kind: w.kind, aside: w.aside, figure: w.figure, h1: w.h1, path: w.path, linked: linked*10 >= len(line)*9,
		links: float64(linked) / float64(len(line)), boxed: w.box,
	}
	if linked > 0 && !s.linked {
		s.ahead, s.behind = beside(raw, begins, ends)
	}
	s.normal, s.tokens = normal(line)
	if i, dup := w.out.byNormal[s.normal]; !dup || w.out.all[i].figure {
		w.out.byNormal[s.normal] = len(w.out.all)
	}
	w.out.all = append(w.out.all, s)
}

// besideLink is the length in bytes up to which the text around a link may be a reference to another article.
const besideLink = 400

// beside is the beginning of a text up to the end of its first link, and its end from its last.
func beside(raw string, begins, ends int) (ahead, behind string) {
	if ends > 0 && ends <= besideLink {
		ahead = squeeze(raw[:ends])
	}
	if begins > 0 && len(raw)-begins <= besideLink {
		behind = squeeze(raw[begins:])
	}
	return ahead, behind
}

// mute reports whether readers never see the text inside tag.
func mute(tag atom.Atom) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Head, atom.Select, atom.Textarea, atom.Iframe, atom.Object, atom.Button:
		return true
	}
	return false
}

func inline(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.Span, atom.B, atom.I, atom.Em, atom.Strong, atom.U, atom.Font, atom.Sup, atom.Sub, atom.Abbr, atom.Mark, atom.Small:
		return true
	case atom.Time, atom.Cite, atom.Q, atom.S, atom.Wbr, atom.Img:
		return true
	}
	return false
}

// blocks is everything that stands outside of furniture: the article of a feed entry.
func (o *outline) blocks() []Block {
	var kept []Block
	size := 0
	for _, s := range o.all {
		size += len(s.text)
		if size > mostText || len(kept) == mostBlocks {
			break
		}
		if !s.aside && !s.figure && s.tokens > 0 {
			kept = append(kept, Block{Kind: s.kind, Text: collapse(s.text), Linked: s.linked})
		}
	}
	return kept
}

// longestCaption is the number of words up to which a block in a caption goes: some themes wrap whole galleries in one.
const longestCaption = 60

// own drops lines that are no words of the article: captions, and lines without a letter such as counters and dates.
func (o *outline) own(lines []string) []string {
	var kept []string
	for _, line := range lines {
		form, tokens := normal(line)
		i, known := o.byNormal[form]
		caption := known && o.all[i].figure && tokens <= longestCaption
		if !caption && hasLetter(line) {
			kept = append(kept, line)
		}
	}
	return kept
}

func hasLetter(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// headline is the index of the h1 that the page's titles repeat: on many pages the first h1 is the name of the site. Without one it is the first h1,
// or the beginning.
func (o *outline) headline(titles []string) int {
	first := -1
	for i, s := range o.all {
		if !s.h1 {
			continue
		}
		if first < 0 {
			first = i
		}
		for _, t := range titles {
			if form, _ := normal(t); s.tokens >= 3 && strings.HasPrefix(form, s.normal) {
				return i
			}
		}
	}
	return max(first, 0)
}
