package demo

import (
	"embed"
	"fmt"
	"net/url"
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

//go:embed articles/*.txt
var articleFiles embed.FS

// Traps: pages that a crawler meets and an extractor must survive.
const (
	trapMissing = "missing" // the feed links to it, the site has taken it down
	trapVideo   = "video"   // a page without an article
	trapHuge    = "huge"    // more than 10 MB
	trapBinary  = "binary"  // bytes that are no text, served as HTML
	trapNested  = "nested"  // 100,000 open elements, cut off in the middle
)

// article is a file of articles/: header lines, an empty line, paragraphs apart by empty lines.
type article struct {
	outlet     string
	lang       string
	published  time.Time
	path       string // with its query where the site has one
	title      string
	author     string
	section    string
	story      string // label: articles with the same one tell of one happening; never shown to the daemon
	tags       []string
	trap       string // one of the traps; empty for a page that can be read
	paragraphs []string
}

func loadArticles() ([]*article, error) {
	entries, err := articleFiles.ReadDir("articles")
	if err != nil {
		return nil, err
	}
	articles := make([]*article, 0, len(entries))
	for _, e := range entries {
		name := path.Join("articles", e.Name())
		text, err := articleFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		a, err := parseArticle(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		articles = append(articles, a)
	}
	return articles, nil
}

func parseArticle(text string) (*article, error) {
	header, body, found := strings.Cut(text, "\n\n")
	if !found {
		return nil, fmt.Errorf("no empty line between header and text")
	}
	a := &article{}
	for line := range strings.Lines(header) {
		key, value, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found {
			return nil, fmt.Errorf("header line %q is not of the form key: value", line)
		}
		if err := a.set(key, value); err != nil {
			return nil, err
		}
	}
	for p := range strings.SplitSeq(body, "\n\n") {
		a.paragraphs = append(a.paragraphs, strings.TrimSpace(p))
	}
	return a, nil
}

func (a *article) set(key, value string) (err error) {
	switch key {
	case "outlet":
		a.outlet = value
	case "lang":
		a.lang = value
	case "published":
		a.published, err = time.Parse(time.RFC3339, value)
	case "path":
		a.path = value
	case "title":
		a.title = value
	case "author":
		a.author = value
	case "section":
		a.section = value
	case "story":
		a.story = value
	case "tags":
		a.tags = strings.Split(value, ", ")
	case "trap":
		a.trap = value
	default:
		err = fmt.Errorf("unknown header %q", key)
	}
	return err
}

// link is the path as it stands in a href: Arabic letters escaped, a query left alone.
func (a *article) link() string {
	p, query, found := strings.Cut(a.path, "?")
	p = (&url.URL{Path: p}).EscapedPath()
	if found {
		p += "?" + query
	}
	return p
}

const summaryRunes = 220

// summary is what a feed without bodies says of the article: its first paragraph, cut at a word.
func (a *article) summary() string {
	first := a.paragraphs[0]
	if utf8.RuneCountInString(first) <= summaryRunes {
		return first
	}
	cut := string([]rune(first)[:summaryRunes])
	return cut[:strings.LastIndex(cut, " ")] + " […]"
}
