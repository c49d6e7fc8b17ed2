// Package page turns the bytes of a web page, of a feed's content or of plain text into what an article is made of: blocks of text, and what the page says
// of itself.
//
// Two readers of one tree vote block by block, because they fail on different pages: readability, and our own over the outline of the page. It is pure and safe for concurrent use; what
// it reads is bounded in bytes, elements and text.
package page

import (
	"errors"
	"fmt"
	"mime"
	"net/url"
	"strings"

	"golang.org/x/net/html"

	"rawi/pipeline/fault"
	"rawi/stages/charset"
	"rawi/stages/text"
)

const (
	// Largest is how many bytes of a body are read.
	Largest = 3 << 20
	// mostTags bounds the tree before it is built: size, not nesting, is what makes extraction slow.
	mostTags = 50_000
	// heavy are the sizes from which only our own reader runs, whose cost grows no faster than the page.
	heavyTags = 15_000
	heavyText = 1 << 20
	// mostText bounds the text that leaves, in bytes.
	mostText = 512 << 10
	// mostBlocks bounds its blocks.
	mostBlocks = 5000
)

// Request is one body with what is known of it.
type Request struct {
	Body        []byte
	ContentType string // as served
	Language    string // BCP 47 tag of the text
	URL         string // as answered
	Fragment    bool   // the content of a feed entry: all of it is article
	Explain     bool   // Page.Judged is wanted
}

// Block is one block of text in reading order.
type Block struct {
	Kind   string // message.BlockParagraph, ...
	Text   string
	Linked bool // all of it, or nearly so, is link text
	Lead   bool // stands in an element that says it holds the standfirst

	Ahead, Behind string // beginning of the text to the end of its first link, and its end from the beginning of its last, where these are near
}

// Page is what a body says, cleaned but not judged: which title or date to believe is the caller's decision.
type Page struct {
	Blocks   []Block
	Lead     string // a standfirst that both extractors had lost; not among Blocks
	Plain    bool   // the body was text without markup
	Kind     string // KindArticle, ...; that of a feed entry or of plain text is KindArticle
	Charset  string
	Language string // as the page declares it

	Headlines    []Headline // by trust
	Site         string     // name of the site
	Canonical    string     // absolute URL
	Descriptions []string
	Authors      [][]string // as written: lists by trust, of which the first that holds a name is the one to believe
	AuthorsFrom  []string   // origin of each list: FromData, FromMeta, "microdata" or "byline"
	Dates        []Date     // by trust
	Visible      []string   // short lines below the headline: where a date of publication stands when nothing else gives one
	Above        []string   // short lines above it, nearest first: there may stand the date, or today's
	After        []string   // short lines that stand right below the text, and are none of it
	Live         bool       // says of itself that it is a live blog
	Video        bool       // says of itself that it is a video, and of nothing in it that it is an article
	Paid         bool       // says of itself that it is not free to read
	WordCount    int        // as the page claims; 0 where it does not

	Agreement float64 // 0 to 1: share of blocks on which both extractors agree; 0 where there was no vote

	Judged []Judged // every block of the page, in order; only where it was asked for, and never of plain text
}

// Where a headline was found.
const (
	FromData  = "json-ld"
	FromMeta  = "meta"
	FromH1    = "h1"
	FromText  = "text" // a line of the page that says the same as its data or as a part of its <title>
	FromTitle = "title"
)

// Headline is a candidate for the title.
type Headline struct{ Text, Origin string }

// Date is a date as written, with where it stands: "json-ld", "meta" or "time".
type Date struct {
	Text     string
	Origin   string
	Modified bool
}

// Read reads one body. Its errors are permanent: "binary" and "too_deep".
func Read(r Request) (*Page, error) {
	if charset.Binary(r.Body) {
		return nil, fault.Permanently("binary", errors.New("body is no text in any charset"))
	}
	decoded := charset.Decode(r.Body[:min(len(r.Body), Largest)], charset.Hint{
		ContentType: r.ContentType, Declaration: charset.HTML, Language: r.Language,
	})
	body, name := string(decoded.Text), decoded.Name
	if isPlain(body, r.ContentType) {
		return &Page{Blocks: lines(body), Plain: true, Kind: KindArticle, Charset: name}, nil
	}
	doc, err := html.Parse(strings.NewReader(truncate(body)))
	if err != nil {
		return nil, fault.Permanently("too_deep", fmt.Errorf("parse page: %w", err))
	}
	base, err := url.Parse(r.URL)
	if err != nil || base.Host == "" {
		base = &url.URL{Scheme: "https", Host: "unknown.invalid", Path: "/"}
	}
	r.Fragment = r.Fragment && !whole(body)
	p := readTree(doc, base, r)
	p.Charset = name
	return p, nil
}

// readTree needs the tree untouched first: the extractors tear it apart.
func readTree(doc *html.Node, base *url.URL, r Request) *Page {
	data := structured(doc)
	prune(doc)
	out := survey(doc, r.Explain)
	j := newJudge(out, data.claims())
	p := data.page(base, j)
	if r.Fragment {
		p.Kind = KindArticle
		p.Blocks = out.blocks()
		if r.Explain {
			p.Judged = out.judged(p, nil)
		}
		return p
	}
	own := j.read()
	p.After = j.after(own.last)
	v := vote(doc, base, out, own)
	kept := v.lines
	if enough := len(strings.Join(kept, " ")); enough < minBody && len(data.body) > 2*enough {
		kept = tidyLines(data.body) // the text is not in the tree: a page put together by a script
	}
	kept = out.own(bounded(kept))
	p.Agreement = v.agreement
	p.Lead = j.lostLead(p.Descriptions, kept)
	p.Blocks = j.typed(kept, own.first)
	p.Kind = data.kind(j, p, own)
	if r.Explain {
		p.Judged = out.judged(p, v.reasons())
	}
	return p
}

// whole reports whether body is a page of its own, whatever brought it.
func whole(body string) bool {
	head := strings.ToLower(body[:min(len(body), 2048)])
	return strings.Contains(head, "<html") || strings.Contains(head, "<body") || strings.Contains(head, "<!doctype")
}

func isPlain(body, contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err == nil && media == "text/plain" {
		return true
	}
	return !strings.Contains(body, "<")
}

// truncate cuts body at the tag after which a tree would be too large: the beginning of a monstrous page is worth reading.
func truncate(body string) string {
	at := 0
	for range mostTags {
		i := strings.IndexByte(body[at:], '<')
		if i < 0 {
			return body
		}
		at += i + 1
	}
	return body[:at-1]
}

// bounded stops at the limits of what leaves.
func bounded(in []string) (kept []string) {
	size := 0
	for _, line := range in {
		if line = collapse(line); line == "" {
			continue
		}
		size += len(line)
		if size > mostText || len(kept) == mostBlocks {
			break
		}
		kept = append(kept, line)
	}
	return kept
}

// collapse cleans a line and makes its white space single spaces.
func collapse(s string) string { return squeeze(text.Clean(s)) }

// squeeze makes white space single spaces. Lines are compared in this form: cleaning costs more than all else that is done to them, and only those that
// leave need it.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
