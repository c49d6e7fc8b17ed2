package demo

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// entry is an article as a feed gives it.
type entry struct {
	*article
	link string
	guid string
	full string // HTML of the whole text; empty where the feed gives only a summary
}

// feed writes the outlet's feed and says what it is served as.
func feed(o *outlet, base string, own []*article) (body []byte, contentType string, err error) {
	entries := make([]entry, len(own))
	for i, a := range own {
		entries[i] = o.entry(base, a, i)
	}
	switch o.Feed {
	case feedRSSFull, feedRSSSummary:
		body, err = rss(o, base, entries)
		return body, o.feedType("application/rss+xml"), err
	case feedAtomFull, feedAtomSummary:
		body, err = atom(o, base, entries)
		return body, o.feedType("application/atom+xml"), err
	case feedJSON:
		body, err = jsonFeed(o, base, entries)
		return body, "application/feed+json", err
	}
	return nil, "", fmt.Errorf("unknown kind of feed %q", o.Feed)
}

func (o *outlet) feedType(media string) string { return media + "; charset=" + o.Charset }

func (o *outlet) entry(base string, a *article, i int) entry {
	e := entry{article: a, link: base + a.link(), guid: fmt.Sprintf("%s/?p=%d", base, a.published.Unix()/60)}
	if o.ShortLinks {
		e.link = base + shortLink(i)
	}
	if o.Tracking != "" {
		e.link += "?" + o.Tracking
	}
	if o.Feed == feedRSSFull || o.Feed == feedAtomFull || o.Feed == feedJSON {
		e.full = e.html(o)
	}
	return e
}

// shortLink is the path of the redirect to an outlet's i-th article.
func shortLink(i int) string { return "/s/" + strconv.Itoa(i+1) }

// html is the text as full-text feeds carry it, with the line that a widespread editor adds at its end.
func (e entry) html(o *outlet) string {
	var b strings.Builder
	for _, p := range e.paragraphs {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(p))
	}
	from := map[string]string{"fr": "L’article %s est apparu en premier sur %s.", "ar": "ظهرت المقالة %s أولاً على %s."}[o.Language]
	if from != "" && o.Layout != "modern" {
		title := `<a href="` + html.EscapeString(e.link) + `">` + html.EscapeString(e.title) + `</a>`
		fmt.Fprintf(&b, "<p>"+from+"</p>\n", title, html.EscapeString(o.Title))
	}
	return b.String()
}

type cdata struct {
	Text string `xml:",cdata"`
}

type rssItem struct {
	Title   string  `xml:"title"`
	Link    string  `xml:"link"`
	Creator string  `xml:"dc:creator"`
	Date    string  `xml:"pubDate"`
	Section string  `xml:"category"`
	GUID    rssGUID `xml:"guid"`
	Summary string  `xml:"description"`
	Full    *cdata  `xml:"content:encoded"`
}

type rssGUID struct {
	Permanent bool   `xml:"isPermaLink,attr"`
	Value     string `xml:",chardata"`
}

func rss(o *outlet, base string, entries []entry) ([]byte, error) {
	type document struct {
		XMLName  xml.Name  `xml:"rss"`
		Version  string    `xml:"version,attr"`
		Content  string    `xml:"xmlns:content,attr"`
		DC       string    `xml:"xmlns:dc,attr"`
		Title    string    `xml:"channel>title"`
		Link     string    `xml:"channel>link"`
		Summary  string    `xml:"channel>description"`
		Language string    `xml:"channel>language"`
		Built    string    `xml:"channel>lastBuildDate"`
		TTL      int       `xml:"channel>ttl"`
		Items    []rssItem `xml:"channel>item"`
	}
	d := document{
		Version: "2.0", Content: "http://purl.org/rss/1.0/modules/content/", DC: "http://purl.org/dc/elements/1.1/",
		Title: o.Title, Link: base + "/", Summary: strings.Join(o.Menu, ", "), Language: o.Language, Built: latest(entries).Format(time.RFC1123Z), TTL: 15,
	}
	for _, e := range entries {
		item := rssItem{
			Title: e.title, Link: e.link, Creator: e.author, Date: e.published.In(o.location).Format(time.RFC1123Z), Section: e.section,
			GUID: rssGUID{Value: e.guid}, Summary: "<p>" + html.EscapeString(e.summary()) + "</p>",
		}
		if e.full != "" {
			item.Full = &cdata{e.full}
		}
		d.Items = append(d.Items, item)
	}
	return markup(d, o.Charset)
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	Title     string    `xml:"title"`
	Link      atomLink  `xml:"link"`
	ID        string    `xml:"id"`
	Author    string    `xml:"author>name"`
	Published string    `xml:"published"`
	Updated   string    `xml:"updated"`
	Summary   *atomText `xml:"summary"`
	Content   *atomText `xml:"content"`
}

func atom(o *outlet, base string, entries []entry) ([]byte, error) {
	type document struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		Title   string      `xml:"title"`
		ID      string      `xml:"id"`
		Links   []atomLink  `xml:"link"`
		Updated string      `xml:"updated"`
		Entries []atomEntry `xml:"entry"`
	}
	d := document{
		Lang: o.Language, Title: o.Title, ID: base + "/", Updated: latest(entries).Format(time.RFC3339),
		Links: []atomLink{{"alternate", base + "/"}, {"self", base + o.FeedPath}},
	}
	for _, e := range entries {
		date := e.published.In(o.location).Format(time.RFC3339)
		item := atomEntry{Title: e.title, Link: atomLink{"alternate", e.link}, ID: e.guid, Author: e.author, Published: date, Updated: date}
		if e.full == "" {
			item.Summary = &atomText{"text", e.summary()}
		} else {
			item.Content = &atomText{"html", e.full}
		}
		d.Entries = append(d.Entries, item)
	}
	return markup(d, o.Charset)
}

// markup writes XML in the charset that it declares.
func markup(document any, charset string) ([]byte, error) {
	body, err := xml.MarshalIndent(document, "", " ")
	if err != nil {
		return nil, err
	}
	return encode(append([]byte(`<?xml version="1.0" encoding="`+charset+`"?>`+"\n"), body...), charset)
}

func jsonFeed(o *outlet, base string, entries []entry) ([]byte, error) {
	type author struct {
		Name string `json:"name"`
	}
	type item struct {
		ID        string   `json:"id"`
		URL       string   `json:"url"`
		Title     string   `json:"title"`
		Content   string   `json:"content_html"`
		Summary   string   `json:"summary"`
		Published string   `json:"date_published"`
		Authors   []author `json:"authors"`
		Tags      []string `json:"tags,omitempty"`
	}
	items := make([]item, len(entries))
	for i, e := range entries {
		date := e.published.In(o.location).Format(time.RFC3339)
		items[i] = item{e.guid, e.link, e.title, e.full, e.summary(), date, []author{{e.author}}, e.tags}
	}
	return json.MarshalIndent(struct {
		Version  string `json:"version"`
		Title    string `json:"title"`
		Home     string `json:"home_page_url"`
		Self     string `json:"feed_url"`
		Language string `json:"language"`
		Items    []item `json:"items"`
	}{"https://jsonfeed.org/version/1.1", o.Title, base + "/", base + o.FeedPath, o.Language, items}, "", " ")
}

// latest is the time of the newest entry; entries come newest first.
func latest(entries []entry) time.Time {
	if len(entries) == 0 {
		return time.Time{}
	}
	return entries[0].published
}
