package discover

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"rawi/cmd/internal/show"
	"rawi/stages/charset"
)

// Bounds of what is looked at of a page.
const (
	maxToken   = 1 << 20 // bytes of one tag or text
	maxHints   = 200     // links of one sort that are kept
	maxCaption = 200     // cells of a title
)

// hints are what a page says about where its feeds are, and about itself.
type hints struct {
	title, site, language string
	alternates, anchors   []hint // in their order there, each address once
}

type hint struct {
	address, title string
	named          bool // the page says that it is a feed; otherwise its address only looks like one
}

// feedTypes are the media types of link elements that promise a feed.
var feedTypes = map[string]bool{
	"application/rss+xml": true, "application/atom+xml": true, "application/rdf+xml": true, "application/feed+json": true, "application/x-rss+xml": true,
	"application/xml": true, "text/xml": true, "application/rss": true, "text/rss": true,
}

// feedPath finds addresses that look like a feed's.
var feedPath = regexp.MustCompile(`(?i)(?:^|[/._-])(?:feeds?|rss\d?|atom|rdf|syndication)(?:[/._?-]|$)|[?&](?:feed|format|type)=(?:feed|rss|atom)|feedburner`)

// readHints goes over a page once, without building a tree: a page may nest as deep as it likes.
func readHints(body []byte, contentType string, base *url.URL) hints {
	decoded := charset.Decode(body, charset.Hint{ContentType: contentType, Declaration: charset.HTML})
	f := finder{base: base, known: map[string]bool{}}
	z := html.NewTokenizer(strings.NewReader(string(decoded.Text)))
	z.SetMaxBuf(maxToken)
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			f.closeText()
			return f.hints
		}
		f.token(kind, z)
	}
}

type finder struct {
	hints
	base  *url.URL
	known map[string]bool
	text  strings.Builder
	in    atom.Atom // the element whose text is collected: title or a
	at    int       // the anchor that is open
}

func (f *finder) token(kind html.TokenType, z *html.Tokenizer) {
	switch kind {
	case html.TextToken:
		if f.in != 0 && f.text.Len() < maxToken {
			f.text.Write(z.Text())
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		t := z.Token()
		f.start(t.DataAtom, attributes(t))
	case html.EndTagToken:
		if name, _ := z.TagName(); atom.Lookup(name) == f.in {
			f.closeText()
		}
	}
}

func attributes(t html.Token) map[string]string {
	all := make(map[string]string, len(t.Attr))
	for _, a := range t.Attr {
		all[a.Key] = strings.TrimSpace(a.Val)
	}
	return all
}

func (f *finder) start(name atom.Atom, a map[string]string) {
	switch name {
	case atom.Base:
		if u, err := f.base.Parse(a["href"]); err == nil && a["href"] != "" {
			f.base = u
		}
	case atom.Html:
		f.language = a["lang"]
	case atom.Title:
		f.closeText()
		f.in = atom.Title
	case atom.Meta:
		if strings.EqualFold(a["property"], "og:site_name") {
			f.site = show.Cut(a["content"], maxCaption)
		}
	case atom.Link:
		if hasWord(a["rel"], "alternate") && feedTypes[strings.ToLower(a["type"])] {
			f.add(&f.alternates, a["href"], hint{title: show.Cut(a["title"], maxCaption), named: true})
		}
	case atom.A:
		f.closeText()
		if feedPath.MatchString(a["href"]) && f.add(&f.anchors, a["href"], hint{}) {
			f.in, f.at = atom.A, len(f.anchors)-1
		}
	}
}

func hasWord(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if strings.EqualFold(w, word) {
			return true
		}
	}
	return false
}

func (f *finder) add(list *[]hint, href string, h hint) bool {
	u, err := f.base.Parse(href)
	if err != nil || href == "" || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(*list) >= maxHints {
		return false
	}
	u.Fragment, u.RawFragment = "", ""
	h.address = u.String()
	if f.known[h.address] {
		return false
	}
	f.known[h.address] = true
	*list = append(*list, h)
	return true
}

func (f *finder) closeText() {
	text := show.Cut(strings.Join(strings.Fields(f.text.String()), " "), maxCaption)
	switch {
	case f.in == atom.Title && f.title == "":
		f.title = text
	case f.in == atom.A:
		f.anchors[f.at].title = text
	}
	f.in = 0
	f.text.Reset()
}

// comments finds feeds of readers' comments, by address and title: they are no articles.
var comments = regexp.MustCompile(`(?i)comments?(?:/|-|\b)|commentaires?|تعليقات`)

func (h hint) isComments() bool {
	return comments.MatchString(h.address) || comments.MatchString(h.title)
}
