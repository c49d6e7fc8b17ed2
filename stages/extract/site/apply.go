package site

import (
	"bytes"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
)

// Found is what a rule finds in a page.
type Found struct {
	Page    []byte // the whole page as UTF-8, without what was removed
	Body    []byte // the elements of the article; nil where the rule does not say, or finds none
	Missed  bool   // the rule says where the text stands, and nothing stands there
	Title   string
	Date    string // as written
	Authors []string
}

// mostTags bounds the tree: a page of more is left to those who read only its beginning.
const mostTags = 50_000

// mostNames is how many elements may name authors.
const mostNames = 10

func (r *rule) apply(markup string) (Found, bool) {
	if strings.Count(markup, "<") > mostTags {
		return Found{}, false
	}
	doc, err := html.Parse(strings.NewReader(markup))
	if err != nil {
		return Found{}, false // whoever reads the page next says why
	}
	for _, s := range r.remove {
		for _, n := range cascadia.QueryAll(doc, s) {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
			}
		}
	}
	f := Found{Page: rendered(doc)}
	if r.body != nil {
		for _, n := range outermost(cascadia.QueryAll(doc, r.body)) {
			f.Body = append(f.Body, rendered(n)...)
			f.Body = append(f.Body, '\n')
		}
		f.Missed = len(strings.TrimSpace(text(doc, r.body))) == 0
		if f.Missed {
			f.Body = nil
		}
	}
	f.Title = first(doc, r.title, lineOf)
	f.Date = first(doc, r.date, written)
	if r.author != nil {
		for _, n := range cascadia.QueryAll(doc, r.author) {
			if name := lineOf(n); name != "" && len(f.Authors) < mostNames {
				f.Authors = append(f.Authors, name)
			}
		}
	}
	return f, true
}

func rendered(n *html.Node) []byte {
	var b bytes.Buffer
	if html.Render(&b, n) != nil {
		return nil // a tree that was parsed can be written
	}
	return b.Bytes()
}

// outermost leaves out elements inside of others: their text would stand twice.
func outermost(all []*html.Node) (kept []*html.Node) {
	chosen := map[*html.Node]bool{}
	for _, n := range all { // in the order of the page: what is around comes first
		inside := false
		for p := n.Parent; p != nil && !inside; p = p.Parent {
			inside = chosen[p]
		}
		if !inside {
			chosen[n] = true
			kept = append(kept, n)
		}
	}
	return kept
}

// first is the first value of an element that is not empty.
func first(doc *html.Node, s cascadia.SelectorGroup, of func(*html.Node) string) string {
	if s == nil {
		return ""
	}
	for _, n := range cascadia.QueryAll(doc, s) {
		if v := of(n); v != "" {
			return v
		}
	}
	return ""
}

// written is a date as an element gives it: for machines where it does.
func written(n *html.Node) string {
	for _, name := range []string{"datetime", "content"} {
		for _, a := range n.Attr {
			if a.Key == name && a.Val != "" {
				return a.Val
			}
		}
	}
	return lineOf(n)
}

// text is all text of the elements that a selector finds.
func text(doc *html.Node, s cascadia.SelectorGroup) string {
	var b strings.Builder
	for _, n := range cascadia.QueryAll(doc, s) {
		b.WriteString(lineOf(n))
	}
	return b.String()
}

// lineOf is the text of one element on one line.
func lineOf(n *html.Node) string {
	var b strings.Builder
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
	}
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
