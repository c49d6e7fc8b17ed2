package message

import "time"

// How an article was found.
const (
	FoundFeed    = "feed"    // an entry of a feed
	FoundSitemap = "sitemap" // a URL of a sitemap
	FoundSection = "section" // a link on a section page
	FoundLink    = "link"    // given by hand or followed
)

// Entry is what a feed, a sitemap or a section page said of an article before it was read. Every field may be empty.
type Entry struct {
	GUID      string    `json:"guid,omitempty"`
	Title     string    `json:"title,omitempty"`   // plain text
	Summary   string    `json:"summary,omitempty"` // plain text
	DateText  string    `json:"date_text,omitempty"`
	Published time.Time `json:"published,omitzero"` // DateText as read; zero where it could not be
	Updated   time.Time `json:"updated,omitzero"`
	Authors   []string  `json:"authors,omitempty"`
	Language  string    `json:"language,omitempty"` // of the feed, BCP 47 as it stands there
	Damaged   bool      `json:"damaged,omitempty"`  // the feed had to be repaired to be read
}

// Found says how an article was found and what was said of it there.
type Found struct {
	How   string    `json:"how"`             // FoundFeed, FoundSitemap, FoundSection, FoundLink
	Where string    `json:"where,omitempty"` // URL of the feed, sitemap or page
	At    time.Time `json:"at"`
	Entry Entry     `json:"entry"`
}

// Fetch asks the crawler for a page: a link that a feed gave without a body, or that a section page showed.
type Fetch struct {
	Type   string `json:"type"` // FetchV1
	ID     string `json:"id"`   // ArticleID of the page
	Outlet Outlet `json:"outlet"`
	URL    string `json:"url"`
	Found  Found  `json:"found"`
	Seen   string `json:"seen"` // Digest of what was said of it: a changed entry asks for the page again
	Known  *Known `json:"known,omitempty"`

	// Held is the day on which this took the place of an older message, whose outlet is paused; zero for one that a source brought.
	Held time.Time `json:"held,omitzero"`
}

// Known is what is known of a page that was fetched before and is looked at again: it is only wanted if it has changed.
type Known struct {
	Digest       string `json:"digest"`                  // Raw.Digest
	Text         string `json:"text,omitempty"`          // of its paragraphs
	ETag         string `json:"etag,omitempty"`          // as it came
	LastModified string `json:"last_modified,omitempty"` // as it came
}

// Subject is news.fetch.<source>.
func (f Fetch) Subject() string { return "news.fetch." + Token(f.Outlet.Name) }

// Key is the same for the same link with the same entry, on each day on which it was held anew.
func (f Fetch) Key() string {
	if f.Held.IsZero() {
		return "f:" + f.ID + ":" + f.Seen
	}
	return "f:" + f.ID + ":" + f.Seen + ":" + f.Held.Format(time.DateOnly)
}

// Schema is FetchV1.
func (Fetch) Schema() string { return FetchV1 }

// Raw is an article as fetched: bytes, and their history.
type Raw struct {
	Type        string            `json:"type"` // RawV1
	ID          string            `json:"id"`   // ArticleID(Identity(URL)), stable over revisions
	Digest      string            `json:"digest"`
	Outlet      Outlet            `json:"outlet"`
	URL         string            `json:"url"`                 // as asked; empty for an item without a link
	FinalURL    string            `json:"final_url,omitempty"` // as answered, after redirects
	Redirects   []string          `json:"redirects,omitempty"` // each hop between them
	Found       Found             `json:"found"`
	Status      int               `json:"status,omitempty"` // HTTP status; 0 where the body came in a feed
	Header      map[string]string `json:"header,omitempty"` // of the answer: Content-Type, Content-Language, Last-Modified, ETag
	ContentType string            `json:"content_type"`     // media type and charset as served: "text/html; charset=windows-1256"
	Body        Body              `json:"body"`             // decompressed, otherwise as served
	Fetched     time.Time         `json:"fetched"`
	Again       bool              `json:"again,omitempty"` // a later look at a page that was fetched before, and found it changed
}

// By is the first token after news.raw: which worker brought the article.
func (r Raw) By() string {
	if r.Status == 0 {
		return "feed"
	}
	return "crawl"
}

// Subject is news.raw.<feed or crawl>.<source>.
func (r Raw) Subject() string { return "news.raw." + r.By() + "." + Token(r.Outlet.Name) }

// Key is the same for the same bytes of the same article.
func (r Raw) Key() string { return "r:" + r.ID + ":" + r.Digest }

// Schema is RawV1.
func (Raw) Schema() string { return RawV1 }
