package language

import (
	"mime"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	largestBody = 3 << 20 // bytes looked at
	window      = 1 << 15 // of plain text, where there are letters in so many
	enough      = 4_000   // letters after which more text changes no decision
	mostOther   = 2000    // blocks kept of what is no running text
	bodyBlock   = 40      // letters from which a block with few links counts as running text
)

// view is the text of a page as a reader sees it, roughly: enough to tell its language, not to quote it.
type view struct {
	title    string
	declared string   // <html lang>
	blocks   []string // running text; all visible text where there is none
}

func read(text, contentType string) view {
	if isPlain(contentType) || !strings.Contains(text, "<") {
		return plain(text)
	}
	return markup(text)
}

func isPlain(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && media == "text/plain"
}

func plain(text string) view {
	c := collector{}
	for line := range strings.Lines(text) {
		c.write(line)
		c.end()
		if c.letters > enough {
			break
		}
	}
	return c.view()
}

// markup reads with the tokenizer alone: a parse costs three times as much and the structure is not needed.
func markup(text string) view {
	c := collector{}
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(largestBody)
	for c.letters <= enough {
		switch z.Next() {
		case html.ErrorToken:
			return c.view()
		case html.TextToken:
			c.write(string(z.Text()))
		case html.SelfClosingTagToken:
			if name, more := z.TagName(); atom.Lookup(name) != atom.Svg { // the only one of those below that may end where it begins
				c.open(atom.Lookup(name), z, more)
			}
		case html.StartTagToken:
			name, more := z.TagName()
			c.open(atom.Lookup(name), z, more)
		case html.EndTagToken:
			name, _ := z.TagName()
			c.close(atom.Lookup(name))
		}
	}
	return c.view()
}

// collector gathers blocks while tags go by.
type collector struct {
	block   strings.Builder
	linked  int // letters of the block inside links
	own     int // letters of the block
	letters int // of all blocks kept that are running text
	others  int // of all other blocks kept

	silent, aside, link, head int       // how many such elements are open
	control                   atom.Atom // the list of choices or the button that is open

	inTitle  bool
	title    string
	declared string
	running  []string // long, with few links, outside of furniture
	framed   []string // the same inside of furniture
	rest     []string // everything else that is visible
}

func (c *collector) open(tag atom.Atom, z *html.Tokenizer, more bool) {
	c.leaveOpen(tag)
	switch tag {
	case atom.Head:
		c.end()
		c.head = 1
	case atom.Html:
		for more {
			var key, value []byte
			key, value, more = z.TagAttr()
			if string(key) == "lang" {
				c.declared = string(value)
			}
		}
	case atom.Title:
		c.inTitle = c.title == ""
	case atom.A:
		c.link++
	case atom.Select, atom.Button:
		c.end()
		c.control = tag
	default:
		if kind := place(tag); kind != nil {
			c.end()
			*kind(c)++
		} else if !inline(tag) {
			c.end()
		}
	}
}

// leaveOpen ends what pages leave open before a tag that cannot stand in it: a head, a list of choices, a button.
func (c *collector) leaveOpen(tag atom.Atom) {
	switch tag {
	case atom.Html, atom.Head, atom.Meta, atom.Link, atom.Base, atom.Title, atom.Script, atom.Style, atom.Noscript, atom.Template:
	case atom.P, atom.H1, atom.H2, atom.H3, atom.Article, atom.Main, atom.Section:
		c.head, c.control = 0, 0
	default:
		c.head = 0
		if c.control == atom.Select && tag != atom.Option && tag != atom.Optgroup && tag != atom.Hr {
			c.control = 0
		}
	}
}

func (c *collector) close(tag atom.Atom) {
	switch tag {
	case atom.Head:
		c.end()
		c.head = 0
	case atom.Select, atom.Button:
		c.end()
		c.control = 0
	case atom.Title:
		c.inTitle = false
	case atom.A:
		c.link = 0
	default:
		if kind := place(tag); kind != nil {
			c.end()
			*kind(c) = max(*kind(c)-1, 0)
		} else if !inline(tag) {
			c.end()
		}
	}
}

// place is the counter of the kind of furniture that tag opens, or nil.
func place(tag atom.Atom) func(*collector) *int {
	switch tag {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Svg, atom.Iframe, atom.Textarea:
		return func(c *collector) *int { return &c.silent }
	case atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Form:
		return func(c *collector) *int { return &c.aside }
	}
	return nil
}

func inline(tag atom.Atom) bool {
	switch tag {
	case atom.A, atom.Span, atom.B, atom.I, atom.Em, atom.Strong, atom.U, atom.Font, atom.Sup, atom.Sub, atom.Abbr, atom.Mark, atom.Small, atom.Img,
		atom.Time, atom.Q, atom.Cite, atom.Code, atom.S, atom.Wbr:
		return true
	}
	return false
}

func (c *collector) write(text string) {
	switch {
	case c.inTitle:
		c.title += text
	case c.silent == 0 && c.head == 0 && c.control == 0 && c.own <= enough:
		text, n := upTo(text, enough+1-c.own) // a line can be a whole book
		c.block.WriteString(text)
		c.own += n
		if c.link > 0 {
			c.linked += n
		}
	}
}

// end closes the block at hand and files it.
func (c *collector) end() {
	if c.own > 0 {
		text := strings.Join(strings.Fields(c.block.String()), " ")
		switch long := c.own >= bodyBlock && c.linked*2 < c.own; {
		case long && c.aside == 0:
			c.running = append(c.running, text)
			c.letters += c.own
		case c.others > 2*enough:
		case long:
			c.framed = append(c.framed, text)
			c.others += c.own
		case len(c.rest) < mostOther:
			c.rest = append(c.rest, text)
			c.others += c.own
		}
	}
	c.block.Reset()
	c.own, c.linked = 0, 0
}

// view prefers running text. A site that wraps its whole page in a form or header, or a flash of one line, has none.
func (c *collector) view() view {
	c.end()
	v := view{title: strings.Join(strings.Fields(c.title), " "), declared: c.declared, blocks: c.running}
	if len(v.blocks) == 0 {
		v.blocks = c.framed
	}
	if len(v.blocks) == 0 {
		v.blocks = c.rest
	}
	return v
}

// upTo is the beginning of text with at most so many letters, and how many it has.
func upTo(text string, letters int) (begins string, n int) {
	for i, r := range text {
		if n == letters {
			return text[:i], n
		}
		if scriptOf(r) >= 0 {
			n++
		}
	}
	return text, n
}
