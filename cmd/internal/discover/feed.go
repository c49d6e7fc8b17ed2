package discover

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"time"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
	"rawi/stages/charset"
	"rawi/stages/feed"
)

// Feed is a feed as it was read.
type Feed struct {
	URL        string    `json:"url"`
	Form       string    `json:"form"` // "RSS 2.0", "Atom", "JSON Feed" and the like
	Charset    string    `json:"charset"`
	Title      string    `json:"title,omitempty"`
	Language   string    `json:"language,omitempty"` // as the feed declares it
	Items      int       `json:"items"`
	Whole      int       `json:"whole"` // items that hold the whole article; the pages of the others are fetched
	Links      int       `json:"links"` // items whose page is fetched
	Undated    int       `json:"undated,omitempty"`
	Newest     time.Time `json:"newest,omitzero"`
	PerDay     float64   `json:"per_day,omitempty"`
	Offsets    []string  `json:"offsets,omitempty"` // time zones that its dates name
	Damaged    bool      `json:"damaged,omitempty"`
	Capped     bool      `json:"capped,omitempty"`
	Comments   bool      `json:"comments,omitempty"`    // of readers, not articles
	Moved      string    `json:"moved,omitempty"`       // where permanent redirects lead
	Validators bool      `json:"conditional,omitempty"` // it can be asked for only when it has changed

	address string // URL as it is asked for
	result  feed.Result
}

// takeFeed reads an answer as a feed; its error says why it is none.
func (c *check) takeFeed(ctx context.Context, a answer, from hint) error {
	cfg := c.opts.Config.Feed
	result, err := feed.Read(ctx, a.body, feed.Origin{URL: a.asked, ContentType: a.contentType(), MaxItems: cfg.MaxItems})
	if err == nil && len(result.Items) == 0 {
		err = a.cut
	}
	if err != nil {
		return err
	}
	f := Feed{
		URL: shown(a.asked), address: a.asked, Title: show.Cut(result.Title, maxCaption), Language: show.Cut(result.Language, 35), Items: len(result.Items), Damaged: result.Damaged || a.cut != nil,
		Capped: result.Capped, Comments: from.isComments() || comments.MatchString(result.Title), result: result,
		Validators: a.header.Get("ETag") != "" || a.header.Get("Last-Modified") != "",
	}
	if a.moved != "" && message.Identity(a.moved) != message.Identity(a.asked) {
		f.Moved = shown(a.moved)
	}
	f.Form, f.Charset = form(a)
	f.date(result.Items)
	if c.repeats(f) {
		c.note("%s has the same items as %s", f.URL, c.Feeds[0].URL)
		return nil
	}
	c.Feeds = append(c.Feeds, f)
	return nil
}

var root = regexp.MustCompile(`<(?:[\w-]+:)?(?i:(rss|feed|rdf|entry|channel))\b[^>]*`)

var versionPattern = regexp.MustCompile(`\sversion\s*=\s*["']([\d.]{1,5})["']`)

// form names the format of a feed and the charset of its bytes.
func form(a answer) (name, chars string) {
	decoded := charset.Decode(a.body, charset.Hint{ContentType: a.contentType(), Declaration: charset.XML})
	text := bytes.TrimSpace(decoded.Text)
	if len(text) > 0 && text[0] == '{' {
		return "JSON Feed", decoded.Name
	}
	tag := root.FindSubmatch(text)
	if tag == nil {
		return "a feed", decoded.Name
	}
	switch string(bytes.ToLower(tag[1])) {
	case "rdf":
		return "RSS 1.0", decoded.Name
	case "feed", "entry":
		return "Atom", decoded.Name
	}
	if version := versionPattern.FindSubmatch(tag[0]); version != nil {
		return "RSS " + string(version[1]), decoded.Name
	}
	return "RSS", decoded.Name
}

// offset finds what follows a time of day at the end of a date: an offset, or one of the names of zones that feeds use.
var offset = regexp.MustCompile(`\d:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:([+-]\d{2}):?(\d{2})?|(Z|GMT|UTC?|CES?T|WES?T|EES?T|E[SD]T|P[SD]T))$`)

// date notes what the dates of the items tell.
func (f *Feed) date(items []feed.Item) {
	var oldest time.Time
	dated := 0
	for _, item := range items {
		if o := offsetOf(item.DateText); o != "" && !slices.Contains(f.Offsets, o) && len(f.Offsets) < 8 {
			f.Offsets = append(f.Offsets, o)
		}
		t := item.Published
		if t.IsZero() {
			t = item.Updated
		}
		if t.IsZero() {
			f.Undated++
			continue
		}
		dated++
		if f.Newest.IsZero() || t.After(f.Newest) {
			f.Newest = t
		}
		if oldest.IsZero() || t.Before(oldest) {
			oldest = t
		}
	}
	if days := f.Newest.Sub(oldest).Hours() / 24; dated > 1 && days > 0 {
		f.PerDay = float64(dated-1) / days
	}
}

// offsetOf is the zone that a date names: "+01:00", "GMT"; empty where it names none.
func offsetOf(date string) string {
	m := offset.FindStringSubmatch(date)
	switch {
	case m == nil:
		return ""
	case m[3] == "Z":
		return "UTC"
	case m[3] != "":
		return m[3]
	case m[2] == "":
		return m[1] + ":00"
	}
	return m[1] + ":" + m[2]
}

// repeats reports whether a feed tells nothing that another does not: outlets offer the same items in several formats.
func (c *check) repeats(f Feed) bool {
	for _, other := range c.Feeds {
		known := map[string]bool{}
		for _, item := range other.result.Items {
			known[item.Link+"\x00"+item.GUID], known[item.Link] = true, true
		}
		same := 0
		for _, item := range f.result.Items {
			if item.Link != "" && known[item.Link] {
				same++
			}
		}
		if len(f.result.Items) > 0 && same*10 >= len(f.result.Items)*8 {
			return true
		}
	}
	return false
}
