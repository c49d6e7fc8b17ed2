package crawl

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
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
	// maxRound of them are visited between two visits of the section itself.
	maxRound = 10
	// maxDepth of indexes that list indexes.
	maxDepth = 3
	// archive is how much older than the newest entry of a sitemap its entries may be; older ones are no news.
	archive = 7 * 24 * time.Hour
)

// document is what is known of one document of a section: its page, or a sitemap that it leads to.
type document struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"last_modified,omitempty"`
	BodyHash     string `json:"body_hash,omitempty"`
	Listed       string `json:"listed,omitempty"` // its date as the index says it
	Depth        int    `json:"depth,omitempty"`
	Wanted       bool   `json:"wanted,omitempty"` // to be visited in this round
}

// contents is what a document holds: articles, or further documents.
type contents struct {
	links    []link.Link
	how      string // how the articles were found
	sitemaps []link.Link
}

// fetch visits one document. Changed is false where it is as it was, by its validators or by its bytes; fresh is what to remember of it once
// everything was taken from it.
func (w *Watcher) fetch(ctx context.Context, s Section, address string, was document) (found contents, fresh document, changed bool, err error) {
	if isRobots(address) {
		found, err = w.robots(ctx, address)
		return found, was, err == nil, err
	}
	p, err := w.visitor.visit(ctx, sectionID(address), address, validators(was.ETag, was.LastModified))
	if err != nil {
		return found, was, false, err
	}
	fresh = was
	if p.status == http.StatusNotModified {
		fresh.ETag = cmp.Or(p.header.Get("ETag"), was.ETag)
		fresh.LastModified = cmp.Or(p.header.Get("Last-Modified"), was.LastModified)
		return found, fresh, false, nil
	}
	if err := judgeStatus(p); err != nil {
		return found, was, false, fmt.Errorf("visit section: %w", err)
	}
	sum := sha256.Sum256(p.body)
	fresh.ETag, fresh.LastModified, fresh.BodyHash = p.header.Get("ETag"), p.header.Get("Last-Modified"), hex.EncodeToString(sum[:16])
	if fresh.BodyHash == was.BodyHash {
		return found, fresh, false, nil
	}
	found, err = open(p, s)
	return found, fresh, true, err
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

// open reads what a document holds.
func open(p page, s Section) (contents, error) {
	home, err := url.Parse(s.URL)
	if err != nil {
		return contents{}, fmt.Errorf("section's address: %w", err)
	}
	body, err := link.Opened(p.body)
	if err != nil {
		return contents{}, err
	}
	switch {
	case link.IsIndex(body):
		sitemaps, err := link.Index(body, home)
		if len(sitemaps) > 0 {
			err = nil // a damaged index is good as far as it goes
		}
		return contents{sitemaps: sitemaps}, err
	case link.IsSitemap(body):
		links, err := link.Sitemap(body, home)
		if len(links) > 0 {
			err = nil
		}
		links, bad := news(s, links)
		return contents{links: links, how: message.FoundSitemap}, cmp.Or(bad, err)
	case link.IsList(body):
		links, err := news(s, link.List(body, home))
		return contents{links: links, how: message.FoundSitemap}, err
	}
	links, err := anchors(p, s)
	return contents{links: links, how: message.FoundSection}, err
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
func news(s Section, links []link.Link) ([]link.Link, error) {
	pattern, err := s.pattern()
	if err != nil {
		return nil, fmt.Errorf("links: %w", err)
	}
	var newest time.Time
	for _, l := range links {
		if l.Changed().After(newest) {
			newest = l.Changed()
		}
	}
	links = slices.DeleteFunc(links, func(l link.Link) bool {
		u, err := url.Parse(l.URL)
		return err != nil || link.Endless(u) || pattern != nil && !pattern.MatchString(u.RequestURI()) ||
			!l.Changed().IsZero() && l.Changed().Before(newest.Add(-archive))
	})
	slices.SortStableFunc(links, func(a, b link.Link) int { return b.Changed().Compare(a.Changed()) })
	return links[:min(len(links), maxSeen)], nil
}

// want notes the sitemaps that an index lists: those that are new, have changed by their date, or do not say are visited in this round.
func (s *state) want(sitemaps []link.Link, depth int) {
	if depth >= maxDepth {
		return
	}
	slices.SortStableFunc(sitemaps, func(a, b link.Link) int {
		return cmp.Or(-compareBool(isNews(a.URL), isNews(b.URL)), b.Changed().Compare(a.Changed()))
	})
	for _, l := range sitemaps[:min(len(sitemaps), maxDocuments)] {
		doc := s.Docs[l.URL]
		doc.Wanted = doc.Wanted || doc.Depth == 0 || l.DateText == "" || l.DateText != doc.Listed || isNews(l.URL)
		doc.Depth, doc.Listed = depth+1, l.DateText
		s.Docs[l.URL] = doc
	}
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
