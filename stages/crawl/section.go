package crawl

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
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

// Section is a page or a sitemap that lists articles of an outlet, or its robots.txt, whose sitemaps are watched then.
type Section struct {
	Outlet      message.Outlet
	URL         string
	LinkPattern string        // which links are articles: the beginning of a path ("/politique/"), or a regular expression over path and query
	Budget      int           // new links taken between one visit and the next; 0 for the default
	Interval    time.Duration // between visits; 0 for the default
}

// Validate returns what is wrong with the section.
func (s Section) Validate() error {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("url: %q is no http(s) address", shown(s.URL))
	}
	if _, err := s.pattern(); err != nil {
		return fmt.Errorf("links: %w", err)
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

// Store keeps what is no part of a schedule. Keys may hold URLs. It is called from several goroutines at once.
type Store interface {
	// Get returns the value of a key, or nil and no error where there is none.
	Get(ctx context.Context, key string) ([]byte, error)
	// Put returns nil once the value is stored.
	Put(ctx context.Context, key string, value []byte) error
}

// state is what is known of a section.
type state struct {
	Docs     map[string]document `json:"docs,omitempty"` // by address, the section's own among them
	Last     time.Time           `json:"last,omitzero"`
	Failures int                 `json:"failures,omitempty"`
	Error    string              `json:"error,omitempty"`
	Links    int                 `json:"links,omitempty"`  // that looked like articles, at the last visit
	Left     int                 `json:"left,omitempty"`   // of the budget of this round
	Visits   int                 `json:"visits,omitempty"` // of documents in this round
}

// longestPause between visits of a section that fails.
const longestPause = 3 * time.Hour

// look visits one document of a section, emits what is new on it, and returns the section's next state and when to look again: soon where a
// round is not over. A round is one visit of the section and of the sitemaps that it leads to.
func (w *Watcher) look(ctx context.Context, s Section, was state, emit emitFunc) (now state, next time.Time) {
	now = was
	now.Docs = maps.Clone(was.Docs)
	if now.Docs == nil {
		now.Docs = map[string]document{}
	}
	address := now.wanted()
	if address == "" {
		address, now.Left, now.Visits = s.URL, cmp.Or(s.Budget, w.visitor.cfg.Budget), 0
	}
	err := w.take(ctx, s, &now, address, emit)
	began := time.Now()
	if delayed, ok := errors.AsType[*fault.Delayed](err); ok && errors.Is(err, host.ErrNotYet) {
		return was, began.Add(delayed.Delay)
	}
	now.Last = began
	return now, w.after(s, &now, address, err)
}

// wanted is the document that is next in this round, or none. News go first.
func (s *state) wanted() string {
	var next []string
	for address, doc := range s.Docs {
		if doc.Wanted {
			next = append(next, address)
		}
	}
	if len(next) == 0 || s.Visits > maxRound || s.Left <= 0 {
		return ""
	}
	return slices.MinFunc(next, func(a, b string) int {
		return cmp.Or(-compareBool(isNews(a), isNews(b)), -cmp.Compare(s.Docs[a].Listed, s.Docs[b].Listed), cmp.Compare(a, b))
	})
}

// after notes how a visit ended, and says when the next one is.
func (w *Watcher) after(s Section, now *state, address string, err error) time.Time {
	interval := cmp.Or(s.Interval, w.visitor.cfg.Interval)
	doc := now.Docs[address]
	doc.Wanted = false
	now.Docs[address] = doc
	now.Visits++
	switch {
	case err == nil && now.wanted() != "":
		return now.Last // as soon as the host's turn comes
	case err == nil:
		now.Error, now.Failures = "", 0
		return now.Last.Add(jitter(interval))
	}
	now.Error = shown(err.Error())
	if address != s.URL && now.wanted() != "" {
		return now.Last // one sitemap of several does not stop the others
	}
	pause := min(interval<<min(now.Failures, 4), max(longestPause, interval))
	now.Failures++
	next := now.Last.Add(jitter(pause))
	if delayed, ok := errors.AsType[*fault.Delayed](err); ok && now.Last.Add(delayed.Delay).After(next) {
		next = now.Last.Add(delayed.Delay)
	}
	return next
}

// take visits a document and emits what is new on it. Its validators are remembered only if everything was taken: they stand for what is
// stored.
func (w *Watcher) take(ctx context.Context, s Section, now *state, address string, emit emitFunc) error {
	doc := now.Docs[address]
	found, fresh, changed, err := w.fetch(ctx, s, address, doc)
	if err != nil {
		return err
	}
	now.want(found.sitemaps, doc.Depth)
	if !changed {
		now.wantAgain(doc.Depth)
	}
	now.forget()
	all := true
	if changed && found.how != "" {
		now.Links = len(found.links)
		all, err = w.emitNew(ctx, s, now, address, found, emit)
	}
	if err == nil && all {
		fresh.Wanted = now.Docs[address].Wanted
		now.Docs[address] = fresh
	}
	return err
}

// forget drops the documents that are listed longest ago, once there are too many.
func (s *state) forget() {
	addresses := slices.SortedFunc(maps.Keys(s.Docs), func(a, b string) int {
		x, y := s.Docs[a], s.Docs[b]
		return cmp.Or(cmp.Compare(x.Depth, y.Depth), -compareBool(x.Wanted, y.Wanted), -cmp.Compare(x.Listed, y.Listed), cmp.Compare(a, b))
	})
	for _, address := range addresses[min(len(addresses), maxDocuments):] {
		delete(s.Docs, address)
	}
}

// emitNew emits links that were not seen before, up to what is left of the round's budget. All is false where some were left for the next
// visit. What was emitted is remembered even when a later one failed.
func (w *Watcher) emitNew(ctx context.Context, s Section, now *state, address string, found contents, emit emitFunc) (all bool, err error) {
	known, err := w.seen(ctx, s)
	if err != nil {
		return false, err
	}
	all = true
	archived := found.how == message.FoundSitemap && now.Docs[address].BodyHash == "" // on a first visit most of a sitemap is old
	today := time.Now().UTC().Format(time.DateOnly)
	for _, l := range found.links {
		id := message.ArticleID(s.Outlet.Identity(l.URL))
		digest := message.Digest(l.DateText)
		if e, ok := known[id]; !ok || e.Digest != digest {
			switch {
			case now.Left > 0:
				now.Left--
				err = emit(ctx, fetchOf(s, l, id, found.how))
			case !archived:
				all = false
				continue
			}
			if err != nil {
				break
			}
		}
		known[id] = entry{digest, today}
	}
	if err != nil {
		err = fmt.Errorf("emit link: %w", err)
	}
	return all, errors.Join(err, w.remember(context.WithoutCancel(ctx), s, known))
}

func fetchOf(s Section, l link.Link, id, how string) message.Fetch {
	return message.Fetch{
		Type: message.FetchV1, ID: id, Outlet: s.Outlet, URL: l.URL, Seen: message.Digest(l.Title, l.DateText),
		Found: message.Found{
			How: how, Where: shown(s.URL), At: time.Now().UTC(), Entry: message.Entry{Title: l.Title, DateText: l.DateText, Published: l.Published},
		},
	}
}

const (
	// maxSeen links of one section are looked at and remembered: twice what a news sitemap may hold.
	maxSeen = 2000
	// seenFor is how long a link is remembered after it was last listed.
	seenFor = 60 * 24 * time.Hour
)

// entry is a link that was emitted.
type entry struct {
	Digest string `json:"d"`
	Day    string `json:"t"` // it was last listed
}

func (w *Watcher) seen(ctx context.Context, s Section) (map[string]entry, error) {
	known := map[string]entry{}
	b, err := w.store.Get(ctx, seenKey(s.URL))
	if err != nil {
		return nil, fmt.Errorf("read what was seen of the section: %w", err)
	}
	if b != nil && json.Unmarshal(b, &known) != nil {
		known = map[string]entry{} // costs links that are known downstream
	}
	return known, nil
}

func seenKey(address string) string { return "crawl.seen." + message.ArticleID(address) }

// remember stores what was seen, without what has not been listed for long.
func (w *Watcher) remember(ctx context.Context, s Section, known map[string]entry) error {
	oldest := time.Now().UTC().Add(-seenFor).Format(time.DateOnly)
	maps.DeleteFunc(known, func(_ string, e entry) bool { return e.Day < oldest })
	if len(known) > maxSeen {
		ids := slices.SortedFunc(maps.Keys(known), func(a, b string) int { return cmp.Compare(known[a].Day, known[b].Day) })
		for _, id := range ids[:len(ids)-maxSeen] {
			delete(known, id)
		}
	}
	b, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("write what was seen of the section: %w", err)
	}
	if err := w.store.Put(ctx, seenKey(s.URL), b); err != nil {
		return fmt.Errorf("write what was seen of the section: %w", err)
	}
	return nil
}
