package crawl

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/crawl/link"
)

const (
	// maxDocuments of one section are remembered: the newest sitemaps of its index.
	maxDocuments = 40
	// maxDepth of indexes that list indexes.
	maxDepth = 3
	// archive is how much older than the newest entry of a sitemap its entries may be; older ones are no news.
	archive = 7 * 24 * time.Hour
	// dateSlack is how far ahead of us the clock of an outlet may be; a date after that is none.
	dateSlack = 48 * time.Hour
)

// document is what is known of one document of a section: its page, or a sitemap that it leads to.
type document struct {
	ETag         string    `json:"etag,omitempty"`
	LastModified string    `json:"last_modified,omitempty"`
	BodyHash     string    `json:"body_hash,omitempty"`
	Listed       string    `json:"listed,omitempty"` // its date as the index says it
	Depth        int       `json:"depth,omitempty"`
	Wanted       bool      `json:"wanted,omitempty"`    // to be visited: something on it may be new, or was left
	Done         bool      `json:"done,omitempty"`      // visited in this round
	First        bool      `json:"first,omitempty"`     // known since the first contact with the section, and not read yet
	Left         int       `json:"left,omitempty"`      // links that were not taken yet
	Links        int       `json:"links,omitempty"`     // that may be articles
	Unwatched    int       `json:"unwatched,omitempty"` // sitemaps that it lists and for which there is no room
	Cut          bool      `json:"cut,omitempty"`       // it is larger than is read
	Visited      time.Time `json:"visited,omitzero"`
	Failures     int       `json:"failures,omitempty"` // in a row
	Retry        time.Time `json:"retry,omitzero"`     // not before, after a failure
	Error        string    `json:"error,omitempty"`
}

// contents is what a document holds: articles, or further documents.
type contents struct {
	links    []link.Link
	how      string // how the articles were found
	sitemaps []link.Link
	cut      bool // there is more of it than was read
}

// fetch visits one document. Changed is false where it is as it was, by its validators or by its bytes; fresh is what to remember of it once
// everything was taken from it.
func (w *Watcher) fetch(ctx context.Context, s Section, address string, was document) (found contents, fresh document, changed bool, err error) {
	fresh = was
	if isRobots(address) {
		found, err = w.robots(ctx, address)
		return found, was, err == nil, err
	}
	home, err := url.Parse(s.URL)
	if err != nil {
		return found, was, false, fmt.Errorf("section's address: %w", err)
	}
	var sitemap *reading
	p, err := w.visitor.visitOpening(ctx, address, validators(was.ETag, was.LastModified), func(body *bufio.Reader) (bool, error) {
		if !link.Looks(body) {
			return false, nil
		}
		sitemap = readSitemap(body, home)
		return true, sitemap.broken
	})
	if err != nil {
		return found, was, false, err
	}
	if p.status == http.StatusNotModified {
		fresh.ETag = cmp.Or(p.header.Get("ETag"), was.ETag)
		fresh.LastModified = cmp.Or(p.header.Get("Last-Modified"), was.LastModified)
		return found, fresh, false, nil
	}
	if err := judgeStatus(p); err != nil {
		return found, was, false, fmt.Errorf("visit section: %w", err)
	}
	fresh.ETag, fresh.LastModified, fresh.BodyHash = p.header.Get("ETag"), p.header.Get("Last-Modified"), hashOf(p, sitemap)
	if fresh.BodyHash == was.BodyHash {
		return found, fresh, false, nil
	}
	found, err = open(p, sitemap, s)
	fresh.Cut = found.cut
	return found, fresh, true, err
}

// reading is a sitemap that was read as it came.
type reading struct {
	link.Document

	hash   string
	broken error // the answer ended before its end
}

// readSitemap reads a sitemap to its end, also what stands behind that, so that its hash is that of all its bytes.
func readSitemap(body *bufio.Reader, home *url.URL) *reading {
	sum, wire := sha256.New(), &watched{from: body}
	hashed := bufio.NewReaderSize(io.TeeReader(wire, sum), openBuffer)
	r := &reading{Document: link.Read(hashed, home)}
	if !r.Cut {
		_, _ = io.Copy(io.Discard, io.LimitReader(hashed, link.MaxBytes))
	}
	r.hash, r.broken = hex.EncodeToString(sum.Sum(nil)[:16]), wire.err
	return r
}

// watched tells an answer that broke off from a document that is damaged.
type watched struct {
	from io.Reader
	err  error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

// hashOf tells versions of a document apart.
func hashOf(p page, sitemap *reading) string {
	if sitemap != nil {
		return sitemap.hash
	}
	sum := sha256.Sum256(p.body)
	return hex.EncodeToString(sum[:16])
}

func sectionID(address string) string { return "crawl.section." + message.ArticleID(address) }

// validators are sent back as they came.
func validators(etag, lastModified string) http.Header {
	header := http.Header{}
	if etag != "" {
		header.Set("If-None-Match", etag)
	}
	if lastModified != "" {
		header.Set("If-Modified-Since", lastModified)
	}
	return header
}

// isRobots reports whether a section is a robots.txt: its sitemaps are the outlet's then.
func isRobots(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Path == "/robots.txt"
}

// robots lists the sitemaps that a robots.txt names, as the gate knows it.
func (w *Watcher) robots(ctx context.Context, address string) (contents, error) {
	u, err := url.Parse(address)
	if err != nil {
		return contents{}, fmt.Errorf("section's address: %w", err)
	}
	rules, err := w.visitor.gate.rules(ctx, u)
	if err != nil {
		return contents{}, err
	}
	var found contents
	for _, sitemap := range rules.Sitemaps {
		clean, ok := message.Address(sitemap)
		at, err := url.Parse(clean)
		if ok && err == nil && link.Related(at, u) {
			found.sitemaps = append(found.sitemaps, link.Link{URL: clean})
		}
	}
	if len(found.sitemaps) == 0 {
		return found, errors.New("this robots.txt names no sitemap of its own site: watch a section page instead")
	}
	return found, nil
}

// open reads what a document holds. A damaged sitemap is good as far as it goes.
func open(p page, sitemap *reading, s Section) (contents, error) {
	switch {
	case sitemap == nil:
		links, err := anchors(p, s)
		return contents{links: links, how: message.FoundSection}, err
	case len(sitemap.Pages)+len(sitemap.Sitemaps) == 0 && sitemap.Err != nil:
		return contents{}, sitemap.Err
	case sitemap.IsIndex:
		return contents{sitemaps: sitemap.Sitemaps, cut: sitemap.Cut}, nil
	}
	links, err := news(s, sitemap.Pages, time.Now())
	return contents{links: links, how: message.FoundSitemap, cut: sitemap.Cut}, err
}

// anchors lists the articles that a page links to.
func anchors(p page, s Section) ([]link.Link, error) {
	base, err := url.Parse(p.final)
	if err != nil {
		return nil, fmt.Errorf("section's final address: %w", err)
	}
	pattern, err := s.pattern()
	if err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	if err := judge(p); err != nil {
		return nil, fmt.Errorf("read section: %w", err)
	}
	links, err := link.Page(p.body, p.contentType, base, pattern)
	if err == nil && len(links) == 0 {
		err = errors.New("no link on this page looks like an article: set links, or choose another page")
	}
	return links, err
}

// news are the entries of a sitemap that may be news, newest first.
func news(s Section, links []link.Link, now time.Time) ([]link.Link, error) {
	pattern, err := s.pattern()
	if err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	var newest time.Time
	for _, l := range links {
		newest = newer(newest, l, now)
	}
	links = slices.DeleteFunc(links, func(l link.Link) bool {
		if !l.Changed().IsZero() && l.Changed().Before(newest.Add(-archive)) {
			return true
		}
		u, err := url.Parse(l.URL)
		return err != nil || link.Endless(u) || pattern != nil && !pattern.MatchString(u.RequestURI())
	})
	slices.SortStableFunc(links, func(a, b link.Link) int { return b.Changed().Compare(a.Changed()) })
	return links, nil
}

// newer is the later of a time and that of a link, unless that lies in the future: one of those would make archives of all the others.
func newer(than time.Time, l link.Link, now time.Time) time.Time {
	if t := l.Changed(); t.After(than) && !t.After(now.Add(dateSlack)) {
		return t
	}
	return than
}

// want notes the sitemaps that an index lists: those that are new, have changed by their date, or do not say are visited in this round. It
// returns for how many there is no room.
func (s *state) want(sitemaps []link.Link, index document) int {
	if index.Depth >= maxDepth {
		return len(sitemaps)
	}
	slices.SortStableFunc(sitemaps, func(a, b link.Link) int {
		return cmp.Or(-compareBool(isNews(a.URL), isNews(b.URL)), b.Changed().Compare(a.Changed()))
	})
	some := min(len(sitemaps), maxDocuments-1)
	for _, l := range sitemaps[:some] {
		doc, known := s.Docs[l.URL]
		if known && doc.Depth == 0 {
			continue // the section itself
		}
		doc.First = doc.First || !known && index.First
		doc.Wanted = doc.Wanted || !known || l.DateText == "" || l.DateText != doc.Listed || isNews(l.URL)
		doc.Depth, doc.Listed = index.Depth+1, l.DateText
		s.Docs[l.URL] = doc
	}
	return len(sitemaps) - some
}

// wantAgain is want for an index that is as it was: what it does not date, and news, may have changed all the same.
func (s *state) wantAgain(depth int) {
	for address, doc := range s.Docs {
		if doc.Depth == depth+1 && (doc.Listed == "" || isNews(address)) {
			doc.Wanted = true
			s.Docs[address] = doc
		}
	}
}

// isNews reports whether a sitemap says by its address that it is one of news.
func isNews(address string) bool { return strings.Contains(strings.ToLower(address), "news") }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// MostBytes is what the transport of a visitor has to let through of one answer: sitemaps may be larger than pages.
func (c Config) MostBytes() int64 { return max(c.MaxBody, link.MaxBytes+1<<20) }
