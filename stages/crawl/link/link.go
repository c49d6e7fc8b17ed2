// Package link finds articles on pages that list them: links in section pages, and entries of sitemaps.
package link

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"rawi/pipeline/message"
)

const (
	maxLinks    = 2000 // of one page that are looked at
	maxTitle    = 500  // bytes
	minTitle    = 12   // letters of a headline; less is a button
	maxSegments = 10   // of a path; deeper ones are made by machines
)

// Link is an address that looks like an article's.
type Link struct {
	URL       string // absolute, without a fragment
	Title     string // text of the link, or what the sitemap says
	Published time.Time
	Modified  time.Time // what a sitemap says, where it can be read
	DateText  string
}

// Changed is the later of what is said of publication and change; zero where nothing is.
func (l Link) Changed() time.Time {
	if l.Modified.After(l.Published) {
		return l.Modified
	}
	return l.Published
}

//go:embed data/sections.tsv
var sectionsTSV string

var sections = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.Lines(sectionsTSV) {
		if segment, _, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && !strings.HasPrefix(line, "#") {
			set[segment] = true
		}
	}
	return set
})

// Page lists the articles that a section page links to, in their order there, each once with its longest text. Links of menus, sidebars and
// footers are left out. A pattern, where the outlet has one, decides by path and query in place of our own idea of an article's address.
func Page(body []byte, contentType string, base *url.URL, pattern *regexp.Regexp) ([]Link, error) {
	utf8, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return nil, fmt.Errorf("decode page: %w", err)
	}
	root, err := html.Parse(utf8)
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	f := finder{base: base, pattern: pattern, at: map[string]int{}, patterns: patterns{}, now: time.Now()}
	f.walk(root)
	var found []Link
	for _, l := range f.links {
		if pattern != nil || letters(l.Title) >= minTitle {
			found = append(found, l)
		}
	}
	return found, nil
}

type finder struct {
	base    *url.URL
	pattern *regexp.Regexp
	links   []Link
	at      map[string]int // index in links, by identity
	patterns
	now time.Time
}

// walk follows the tree without recursion: a page nests as deep as the parser lets it.
func (f *finder) walk(root *html.Node) {
	for n := root; n != nil && len(f.links) < maxLinks; {
		if n.DataAtom == atom.A {
			f.anchor(n)
		}
		if n.FirstChild != nil && !furniture(n) {
			n = n.FirstChild
			continue
		}
		for n != root && n.NextSibling == nil {
			n = n.Parent
		}
		if n == root {
			return
		}
		n = n.NextSibling
	}
}

// furniture reports whether an element holds what every page of the site has.
func furniture(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Aside, atom.Form, atom.Script, atom.Style, atom.Noscript, atom.Template:
		return true
	case atom.Html, atom.Body, atom.Main, atom.Article, atom.A:
		return false
	}
	if role := attribute(n, "role"); role == "navigation" || role == "contentinfo" || role == "search" || role == "complementary" {
		return true
	}
	for _, name := range strings.FieldsFunc(strings.ToLower(attribute(n, "class")+" "+attribute(n, "id")), func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '_'
	}) {
		switch name {
		case "nav", "navbar", "menu", "footer", "sidebar", "breadcrumb", "breadcrumbs", "pagination", "pager", "cookie", "cookies", "share":
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func (f *finder) anchor(n *html.Node) {
	u, ok := resolve(f.base, attribute(n, "href"))
	if !ok || site(u) != site(f.base) || !f.article(u) || Endless(u) {
		return
	}
	title := textOf(n)
	if title == "" {
		title = clean(attribute(n, "title"))
	}
	id := message.Identity(u.String())
	if id == message.Identity(f.base.String()) {
		return
	}
	if i, ok := f.at[id]; ok {
		if len(title) > len(f.links[i].Title) {
			f.links[i].Title = title
		}
		return
	}
	if f.full(u) {
		return
	}
	f.at[id] = len(f.links)
	f.links = append(f.links, Link{URL: u.String(), Title: title})
}

// resolve returns the address that a reference leads to, repaired as browsers do.
func resolve(base *url.URL, reference string) (*url.URL, bool) {
	reference = strings.TrimSpace(reference)
	if address, ok := message.Address(reference); ok {
		u, err := url.Parse(address)
		return u, err == nil
	}
	u, err := base.Parse(repaired(reference))
	if err != nil {
		return nil, false
	}
	address, ok := message.Address(u.String())
	if !ok {
		return nil, false
	}
	u, err = url.Parse(address)
	return u, err == nil
}

// repaired is a relative reference without what the parser would refuse: line ends in it, and a "%" that begins no escape.
func repaired(reference string) string {
	reference = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(reference)
	if !strings.Contains(reference, "%") {
		return reference
	}
	var b strings.Builder
	for i := range len(reference) {
		b.WriteByte(reference[i])
		if reference[i] == '%' {
			if _, err := url.PathUnescape(reference[i:min(i+3, len(reference))]); err != nil {
				b.WriteString("25")
			}
		}
	}
	return b.String()
}

// site is a host with its port, without "www.".
func site(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Host), "www.") }

func (f *finder) article(u *url.URL) bool {
	if f.pattern != nil {
		return f.pattern.MatchString(u.RequestURI())
	}
	return Article(u) && !Calendar(u, f.now)
}

// Article reports whether an address looks like that of an article: a slug of several words, a date or a number in it, and no segment that
// leads to a list, a service or a file.
func Article(u *url.URL) bool {
	segments := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if len(segments) == 0 || len(segments) > maxSegments {
		return numbered(u)
	}
	if slices.ContainsFunc(segments, func(s string) bool { return sections()[strings.ToLower(s)] }) {
		return false
	}
	last := segments[len(segments)-1]
	ext := strings.ToLower(path.Ext(last))
	switch ext {
	case ".html", ".htm", ".php", ".shtml", ".asp", ".aspx":
		last = strings.TrimSuffix(last, path.Ext(last))
	case ".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg", ".pdf", ".mp3", ".mp4", ".xml", ".json", ".zip", ".css", ".js", ".doc", ".docx", ".ico":
		return false
	}
	if numbered(u) || slices.ContainsFunc(segments, func(s string) bool { return digits(s) >= 5 }) {
		return true
	}
	words := strings.FieldsFunc(last, func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
	return len(words) >= 4 || digits(last) >= 4 || len(words) >= 2 && dated(segments)
}

// numbered reports whether a query parameter holds an article's number.
func numbered(u *url.URL) bool {
	for name, values := range u.Query() {
		name = strings.ToLower(name)
		if (name == "p" || strings.HasSuffix(name, "id") || strings.HasPrefix(name, "art")) && len(values) > 0 && digits(values[0]) >= 2 &&
			digits(values[0]) == len(values[0]) {
			return true
		}
	}
	return false
}

// dated reports whether a path holds a year and a month.
func dated(segments []string) bool {
	for i := 0; i+1 < len(segments); i++ {
		if year, month := segments[i], segments[i+1]; len(year) == 4 && digits(year) == 4 && len(month) <= 2 && digits(month) == len(month) {
			return true
		}
	}
	return false
}

// digits is the length of the longest run of digits.
func digits(s string) int {
	longest, run := 0, 0
	for i := range len(s) {
		if run++; s[i] < '0' || s[i] > '9' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// textOf is the text of a link, of its headline where it holds one beside a picture, a date and a summary.
func textOf(n *html.Node) string {
	var all, headline strings.Builder
	heading := (*html.Node)(nil)
	for c := range n.Descendants() {
		switch {
		case c.DataAtom == atom.H1 || c.DataAtom == atom.H2 || c.DataAtom == atom.H3 || c.DataAtom == atom.H4:
			if heading == nil {
				heading = c
			}
		case c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style:
			all.WriteString(c.Data + " ")
		}
	}
	if heading == nil {
		return clean(all.String())
	}
	for c := range heading.Descendants() {
		if c.Type == html.TextNode {
			headline.WriteString(c.Data + " ")
		}
	}
	return clean(headline.String())
}

func clean(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) > maxTitle {
		s = strings.ToValidUTF8(s[:maxTitle], "")
	}
	return s
}

func letters(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
