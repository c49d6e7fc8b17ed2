package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	ext "github.com/mmcdole/gofeed/extensions"

	"rawi/pipeline/message"
	"rawi/stages/charset"
	"rawi/stages/dates"
	"rawi/stages/feed/markup"
)

// ErrEmpty is the error of an answer without a body.
var ErrEmpty = errors.New("empty body")

// Origin is what is known of a document beside its bytes.
type Origin struct {
	URL         string         // of the feed: relative links are resolved against it
	ContentType string         // as served
	Zone        *time.Location // of dates that name none; nil for UTC
	Now         time.Time      // dates more than two days later are refused; zero refuses none
	MaxItems    int            // further items are left out; 0 for the default of Config
}

// Result is a feed as read.
type Result struct {
	Title       string
	Link        string // of the site
	Description string
	Language    string // as it stands there
	Items       []Item
	Damaged     bool // the document had to be repaired, or items of it could not be read
	Capped      bool // it has more items than were asked for
	head        head
}

// Item is one item of a feed. Every field may be empty.
type Item struct {
	GUID      string
	Link      string // absolute, http or https
	Title     string // plain text
	Summary   string // as it stands there, often HTML
	Content   string // HTML
	DateText  string
	Published time.Time
	Updated   time.Time
	Authors   []string
}

// Read reads RSS, RDF, Atom and JSON Feed. It keeps every item that is complete, whatever the rest of the document is like. Errors mean that
// the document is no feed, or that ctx ended before it was read; they are the cause of that then. It takes time in proportion to the bytes, does
// no input or output, and is safe for concurrent use.
func Read(ctx context.Context, body []byte, from Origin) (Result, error) {
	if from.MaxItems <= 0 {
		from.MaxItems = Default().MaxItems
	}
	decoded := charset.Decode(body, charset.Hint{ContentType: from.ContentType, Declaration: charset.XML})
	text := bytes.TrimSpace(decoded.Text)
	if len(text) == 0 {
		return Result{}, ErrEmpty
	}
	read := readXML
	if text[0] == '{' {
		read = readJSON
	}
	result, err := read(ctx, text, from)
	if ctx.Err() != nil {
		return Result{}, context.Cause(ctx)
	}
	result.Damaged = result.Damaged || decoded.Repaired
	return result, err
}

func readXML(ctx context.Context, text []byte, from Origin) (Result, error) {
	survey, err := markup.Look(text, from.MaxItems)
	if err != nil {
		return Result{}, fmt.Errorf("look for a feed: %w", err)
	}
	doc, cleaned := survey.Clean()
	var parsed *gofeed.Feed
	if survey.Standard && !survey.Deep && !survey.Costly && survey.Count <= from.MaxItems {
		parsed, err = parse(ctx, doc)
	}
	// A parser that is content with fewer items than there are has lost them without a word.
	damaged := cleaned
	if parsed == nil || len(parsed.Items) < survey.Count {
		salvaged := salvage(ctx, survey)
		damaged = damaged || survey.Count <= from.MaxItems
		if salvaged != nil && (parsed == nil || len(salvaged.Items) > len(parsed.Items)) {
			parsed = salvaged
		}
	}
	if parsed == nil {
		return Result{}, fmt.Errorf("parse: %w", errors.Join(err, markup.ErrNoFeed))
	}
	result := translate(parsed, from)
	result.Damaged, result.Capped = damaged, survey.Count > from.MaxItems
	result.head = readHead(survey.Doc[survey.Head.Start:survey.Head.End], baseOf(from))
	findLooseLinks(ctx, &result, survey, from)
	return result, nil
}

func translate(f *gofeed.Feed, from Origin) Result {
	site := siteURL(f, from)
	result := Result{Title: plain(f.Title), Link: f.Link, Description: plain(f.Description), Language: f.Language}
	for _, item := range f.Items[:min(len(f.Items), from.MaxItems)] {
		if item == nil {
			continue
		}
		result.Items = append(result.Items, translateItem(item, site, from))
	}
	return result
}

// siteURL is what relative links of the items are resolved against: the site's address where the feed gives one.
func siteURL(f *gofeed.Feed, from Origin) *url.URL {
	base := baseOf(from)
	if f.Link == "" {
		return base
	}
	if site, err := base.Parse(strings.TrimSpace(f.Link)); err == nil && site.Host != "" {
		return site
	}
	return base
}

func baseOf(from Origin) *url.URL {
	if base, err := url.Parse(from.URL); err == nil {
		return base
	}
	return &url.URL{}
}

func translateItem(in *gofeed.Item, site *url.URL, from Origin) Item {
	out := Item{
		GUID:     strings.TrimSpace(in.GUID),
		Link:     itemLink(in, site),
		Title:    plain(firstOf(in.Title, extension(in, "media", "title"))),
		Summary:  in.Description,
		Content:  in.Content,
		DateText: firstOf(in.Published, extension(in, "dcterms", "issued"), extension(in, "dcterms", "created"), in.Updated),
	}
	for _, author := range in.Authors {
		if author != nil && author.Name != "" {
			out.Authors = append(out.Authors, plain(author.Name))
		}
	}
	published := firstOf(in.Published, extension(in, "dcterms", "issued"), extension(in, "dcterms", "created"))
	out.Published = readDate(published, in.PublishedParsed, from)
	out.Updated = readDate(firstOf(in.Updated, extension(in, "dcterms", "modified")), in.UpdatedParsed, from)
	if out.Content == "" {
		out.Content = extension(in, "", "fullitem")
	}
	return out
}

// latest is how far ahead of the clock a date may be: zones are mistaken, and editors announce; a year is a mistake.
const latest = 48 * time.Hour

// readDate prefers our own reading, because it knows what it does not know, to the parser's.
func readDate(text string, parsed *time.Time, from Origin) time.Time {
	t, precision, ok := dates.Parse(text, from.Zone)
	t, ok = t.UTC(), ok && precision != message.PrecisionMonth
	if !ok && parsed != nil && parsed.Year() >= 1990 && parsed.Year() <= 2100 {
		t, ok = parsed.UTC(), true
	}
	if !ok || !from.Now.IsZero() && t.After(from.Now.Add(latest)) {
		return time.Time{}
	}
	return t
}

// itemLink chooses the address of the article: the one behind a counting redirect, else one on the site's own host, else the first, else an
// id that is an address.
func itemLink(in *gofeed.Item, site *url.URL) string {
	candidates := []string{extension(in, "feedburner", "origLink"), extension(in, "feedburner", "origlink")}
	links := in.Links
	if in.Link != "" && len(links) > 0 && in.Link != links[len(links)-1] {
		links = append([]string{in.Link}, links...) // Atom: the alternate one was chosen for us; RSS: merely the last one
	}
	for _, l := range links {
		if u := resolve(l, site); u != "" && sameHost(u, site) {
			candidates = append(candidates, l)
		}
	}
	candidates = append(candidates, links...)
	candidates = append(candidates, in.Link, extension(in, "atom", "link"), in.Custom["external_url"])
	for _, c := range candidates {
		if u := resolve(c, site); u != "" {
			return u
		}
	}
	if strings.HasPrefix(in.GUID, "http://") || strings.HasPrefix(in.GUID, "https://") {
		return resolve(in.GUID, site)
	}
	return ""
}

func sameHost(link string, site *url.URL) bool {
	u, err := url.Parse(link)
	return err == nil && strings.EqualFold(u.Hostname(), site.Hostname())
}

// resolve returns an absolute http(s) address, or nothing. What is absolute already stays letter for letter as it is.
func resolve(link string, site *url.URL) string {
	link = strings.TrimSpace(link)
	if link == "" {
		return ""
	}
	u, err := site.Parse(link)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	if strings.HasPrefix(link, "http://") || strings.HasPrefix(link, "https://") {
		return link
	}
	return u.String()
}

// extension returns the text, or the address, of an item's element from another vocabulary.
func extension(in *gofeed.Item, prefix, name string) string {
	var found []ext.Extension
	if names, ok := in.Extensions[prefix]; ok {
		found = names[name]
	}
	for _, e := range found {
		if text := firstOf(e.Value, e.Attrs["href"]); text != "" {
			return text
		}
	}
	return ""
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}
