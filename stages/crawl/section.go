package crawl

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/crawl/host"
	"rawi/stages/crawl/link"
)

// Section is a page or a sitemap that lists articles of an outlet.
type Section struct {
	Outlet      message.Outlet
	URL         string
	LinkPattern string        // which links are articles: the beginning of a path ("/politique/"), or a regular expression over path and query
	Budget      int           // new links taken from one visit; 0 for the default
	Interval    time.Duration // between visits; 0 for the default
}

// Validate returns what is wrong with the section.
func (s Section) Validate() error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url: %q is no http(s) address", shown(s.URL))
	}
	if _, err := s.pattern(); err != nil {
		return fmt.Errorf("link_pattern: %w", err)
	}
	if s.Budget < 0 || s.Interval < 0 {
		return errors.New("budget, interval: must not be below zero")
	}
	return nil
}

// pattern is nil where the section has none.
func (s Section) pattern() (*regexp.Regexp, error) {
	switch {
	case s.LinkPattern == "":
		return nil, nil
	case strings.HasPrefix(s.LinkPattern, "/") && regexp.QuoteMeta(s.LinkPattern) == strings.ReplaceAll(s.LinkPattern, ".", `\.`):
		return regexp.Compile("^" + regexp.QuoteMeta(s.LinkPattern))
	}
	return regexp.Compile(s.LinkPattern)
}

// Store keeps what the watcher must not forget over a restart. Keys are of [a-z0-9.]. It is called from several goroutines at once.
type Store interface {
	// Get returns the value of a key, or nil and no error where there is none.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put returns nil once the value is stored.
	Put(ctx context.Context, key string, value []byte) error
}

// state is what is known of a section.
type state struct {
	ETag         string           `json:"etag,omitempty"`
	LastModified string           `json:"last_modified,omitempty"`
	BodyHash     string           `json:"body_hash,omitempty"`
	Last         time.Time        `json:"last,omitzero"`
	Next         time.Time        `json:"next,omitzero"`
	Failures     int              `json:"failures,omitempty"`
	Error        string           `json:"error,omitempty"`
	Links        int              `json:"links,omitempty"` // that looked like articles, at the last visit
	Visits       int              `json:"visits,omitempty"`
	Seen         map[string]entry `json:"seen,omitempty"` // by article id
}

// entry is a link that was emitted.
type entry struct {
	Digest string `json:"d"`
	Visit  int    `json:"v"` // that last showed it
}

const (
	// maxSeen links of one section are looked at and remembered.
	maxSeen = 5000
	// longestPause between visits of a section that fails.
	longestPause = 3 * time.Hour
)

func stateKey(address string) string { return "crawl.section." + message.ArticleID(address) }

// look visits a section once, emits what is new on it, and returns its next state. A state with an error keeps the validators of before:
// they may only stand for what is stored.
func (w *Watcher) look(ctx context.Context, s Section, was state, emit emitFunc) state {
	now := time.Now()
	next, err := w.take(ctx, s, was, emit)
	next.Last = now
	if err == nil {
		next.Error, next.Failures = "", 0
		next.Next = now.Add(jitter(cmp.Or(s.Interval, w.visitor.cfg.Interval)))
		return next
	}
	if delayed, ok := errors.AsType[*fault.Delayed](err); ok && errors.Is(err, host.ErrNotYet) {
		was.Next = now.Add(delayed.Delay)
		return was
	} else if ok {
		next.Next = now.Add(delayed.Delay)
	}
	next.Error, next.Failures = shown(err.Error()), was.Failures+1
	if pause := w.visitor.cfg.Interval << min(was.Failures, 4); next.Next.Before(now.Add(pause)) {
		next.Next = now.Add(jitter(min(pause, max(longestPause, w.visitor.cfg.Interval))))
	}
	next.ETag, next.LastModified, next.BodyHash = was.ETag, was.LastModified, was.BodyHash
	return next
}

func (w *Watcher) take(ctx context.Context, s Section, was state, emit emitFunc) (state, error) {
	header := http.Header{}
	if was.ETag != "" {
		header.Set("If-None-Match", was.ETag)
	}
	if was.LastModified != "" {
		header.Set("If-Modified-Since", was.LastModified)
	}
	p, err := w.visitor.visit(ctx, stateKey(s.URL), s.URL, header)
	if err != nil {
		return was, err
	}
	if p.status == http.StatusNotModified {
		was.ETag, was.LastModified = cmp.Or(p.header.Get("ETag"), was.ETag), cmp.Or(p.header.Get("Last-Modified"), was.LastModified)
		return was, nil
	}
	if err := judgeStatus(p); err != nil {
		return was, fmt.Errorf("visit section: %w", err)
	}
	sum := sha256.Sum256(p.body)
	hash := hex.EncodeToString(sum[:])
	if hash == was.BodyHash {
		return was, nil
	}
	links, how, err := linksOf(p, s)
	if err != nil {
		return was, err
	}
	next, all, err := w.emitNew(ctx, s, was, links, how, emit)
	if err == nil && all {
		next.ETag, next.LastModified, next.BodyHash = p.header.Get("ETag"), p.header.Get("Last-Modified"), hash
	}
	return next, err
}

// linksOf lists the articles of a page or sitemap.
func linksOf(p page, s Section) (links []link.Link, how string, err error) {
	base, err := url.Parse(p.final)
	if err != nil {
		return nil, "", fmt.Errorf("section's final address: %w", err)
	}
	pattern, err := s.pattern()
	if err != nil {
		return nil, "", fmt.Errorf("link_pattern: %w", err)
	}
	if link.IsSitemap(p.body) {
		links, err = link.Sitemap(p.body, base)
		if len(links) > 0 {
			err = nil // a damaged sitemap is good as far as it goes
		}
		if pattern != nil {
			links = slices.DeleteFunc(links, func(l link.Link) bool { return !matchesPath(pattern, l.URL) })
		}
		slices.SortStableFunc(links, func(a, b link.Link) int { return b.Published.Compare(a.Published) })
		return links[:min(len(links), maxSeen)], message.FoundSitemap, err
	}
	if err := judge(p); err != nil {
		return nil, "", fmt.Errorf("read section: %w", err)
	}
	links, err = link.Page(p.body, p.contentType, base, pattern)
	if err == nil && len(links) == 0 {
		err = errors.New("no link on this page looks like an article: set link_pattern, or choose another page")
	}
	return links, message.FoundSection, err
}

func matchesPath(pattern *regexp.Regexp, address string) bool {
	u, err := url.Parse(address)
	return err == nil && pattern.MatchString(u.RequestURI())
}

// emitNew emits links that were not seen before, up to the section's budget. All is false where some were left for the next visit. What was
// emitted is in the returned state even when a later one failed.
func (w *Watcher) emitNew(ctx context.Context, s Section, was state, links []link.Link, how string, emit emitFunc) (next state, all bool, err error) {
	next = was
	next.Links, next.Visits = len(links), was.Visits+1
	next.Seen = make(map[string]entry, len(was.Seen)+len(links))
	maps.Copy(next.Seen, was.Seen)
	budget := cmp.Or(s.Budget, w.visitor.cfg.Budget)
	for _, l := range links {
		id := message.ArticleID(message.Identity(l.URL))
		digest := message.Digest(l.DateText)
		if known, ok := next.Seen[id]; !ok || known.Digest != digest {
			if budget--; budget < 0 {
				continue
			}
			if err := emit(ctx, fetchOf(s, l, id, how)); err != nil {
				return next, false, fmt.Errorf("emit link: %w", err)
			}
		}
		next.Seen[id] = entry{digest, next.Visits}
	}
	next.forget()
	return next, budget >= 0, nil
}

func fetchOf(s Section, l link.Link, id, how string) message.Fetch {
	return message.Fetch{
		Type: message.FetchV1, ID: id, Outlet: s.Outlet, URL: l.URL, Seen: message.Digest(l.Title, l.DateText),
		Found: message.Found{
			How: how, Where: shown(s.URL), At: time.Now().UTC(), Entry: message.Entry{Title: l.Title, DateText: l.DateText, Published: l.Published},
		},
	}
}

// forget drops links that have not been listed for long, once there are too many.
func (s *state) forget() {
	for age := 100; age > 0 && len(s.Seen) > maxSeen; age /= 2 {
		for id, e := range s.Seen {
			if s.Visits-e.Visit > age {
				delete(s.Seen, id)
			}
		}
	}
}

func (w *Watcher) load(ctx context.Context, s Section) (state, error) {
	var loaded state
	b, err := w.store.Get(ctx, stateKey(s.URL))
	if err != nil {
		return loaded, fmt.Errorf("read state of section: %w", err)
	}
	if b != nil && json.Unmarshal(b, &loaded) != nil {
		loaded = state{} // costs one visit and links that are known downstream; stopping would cost the section
	}
	return loaded, nil
}

func (w *Watcher) save(ctx context.Context, s Section, now state) error {
	b, err := json.Marshal(now)
	if err != nil {
		return fmt.Errorf("write state of section: %w", err)
	}
	if err := w.store.Put(ctx, stateKey(s.URL), b); err != nil {
		return fmt.Errorf("write state of section: %w", err)
	}
	return nil
}
