package crawl

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"rawi/pipeline/fault"
	"rawi/stages/crawl/host"
)

// state is what is known of a section.
type state struct {
	Source   string              `json:"source,omitempty"` // name of the outlet
	Docs     map[string]document `json:"docs,omitempty"`   // by address, the section's own among them
	Last     time.Time           `json:"last,omitzero"`
	Failures int                 `json:"failures,omitempty"` // rounds in a row
	Error    string              `json:"error,omitempty"`
	Links    int                 `json:"links,omitempty"`  // that may be articles, on all documents
	Round    bool                `json:"round,omitempty"`  // one is under way
	Left     int                 `json:"left,omitempty"`   // of the budget of this round
	Visits   int                 `json:"visits,omitempty"` // of documents in this round
	New      int                 `json:"new,omitempty"`    // links that have come since the last round
	Changed  bool                `json:"changed,omitempty"`
	Newest   time.Time           `json:"newest,omitzero"` // date of the newest link, or when one without a date was first seen
	Habit    habit               `json:"habit,omitzero"`
}

const (
	// maxRound documents are visited in one round beside the section itself.
	maxRound = 10
	// longestPause between visits of a section that fails.
	longestPause = 3 * time.Hour
)

// look visits one document of a section, emits what is new on it, and returns the section's next state and when to look again: soon where a
// round is not over. A round is one visit of the section and of the sitemaps that it leads to.
func (w *Watcher) look(ctx context.Context, s Section, was state, emit emitFunc) (now state, next time.Time) {
	now = was
	now.Source, now.Docs = s.Outlet.Name, maps.Clone(was.Docs)
	address := now.wanted(s.URL, time.Now())
	if address == "" {
		address = s.URL
		now.begin(s, w.visitor.cfg)
	}
	err := w.take(ctx, s, &now, address, emit)
	began := time.Now()
	if delayed, ok := errors.AsType[*fault.Delayed](err); ok && errors.Is(err, host.ErrNotYet) {
		return was, began.Add(delayed.Delay)
	}
	now.Last = began
	return now, w.after(s, &now, address, err)
}

// begin starts a round.
func (s *state) begin(section Section, cfg Config) {
	if s.Docs == nil {
		s.Docs = map[string]document{}
	}
	s.Round, s.Left, s.Visits, s.New, s.Changed = true, cmp.Or(section.Budget, cfg.Budget), 0, 0, false
	for address, doc := range s.Docs {
		doc.Done = false
		s.Docs[address] = doc
	}
	own, known := s.Docs[section.URL]
	own.First = own.First || !known
	s.Docs[section.URL] = own
}

// waiting lists the documents that are still to be visited in this round.
func (s *state) waiting(own string, now time.Time) []string {
	var next []string
	for address, doc := range s.Docs {
		if doc.Wanted && !doc.Done && address != own && !doc.Retry.After(now) {
			next = append(next, address)
		}
	}
	return next
}

// wanted is the document that is next in this round, or none. Those with links that were left come after those that may have news, but have the
// second half of the visits before them; among equals the one that was not visited for longest comes first.
func (s *state) wanted(own string, now time.Time) string {
	if !s.Round || s.Visits > maxRound || s.Left <= 0 {
		return ""
	}
	next := s.waiting(own, now)
	if len(next) == 0 {
		return ""
	}
	order := 1
	if s.Visits > maxRound/2 {
		order = -1
	}
	return slices.MinFunc(next, func(a, b string) int {
		x, y := s.Docs[a], s.Docs[b]
		return cmp.Or(order*compareBool(x.Left > 0, y.Left > 0), -compareBool(isNews(a), isNews(b)), -cmp.Compare(dayListed(x), dayListed(y)),
			x.Visited.Compare(y.Visited), cmp.Compare(a, b))
	})
}

// dayListed is the day of a document as its index says it. Some indexes give all of theirs the time of now: that is no reason to visit the
// same few each time.
func dayListed(doc document) string { return doc.Listed[:min(len(doc.Listed), len(time.DateOnly))] }

// share is how many links a document may bring now. One with links that were left gets no more than its part of what is left of the round: the
// newest of each go before the old ones of any.
func (s *state) share(own, address string) int {
	if s.Docs[address].Left == 0 {
		return s.Left
	}
	others := 0
	for _, other := range s.waiting(own, time.Now()) {
		if other != address {
			others++
		}
	}
	parts := min(others, max(maxRound-s.Visits, 0)) + 1
	return (s.Left + parts - 1) / parts
}

// after notes how a visit ended, and says when the next one is.
func (w *Watcher) after(s Section, now *state, address string, err error) time.Time {
	interval := cmp.Or(s.Interval, w.visitor.cfg.Interval)
	now.Visits++
	if doc, ok := now.Docs[address]; ok {
		doc.visited(now.Last, interval, err)
		now.Docs[address] = doc
	}
	if (err == nil || address != s.URL) && now.wanted(s.URL, now.Last) != "" {
		return now.Last // as soon as the host's turn comes; one sitemap of several does not stop the others
	}
	now.end(s.URL)
	if now.Error == "" {
		now.Failures = 0
		return now.Last.Add(jitter(interval))
	}
	next := now.Last.Add(jitter(pauseAfter(now.Failures, interval)))
	now.Failures++
	if delayed, ok := errors.AsType[*fault.Delayed](err); ok && now.Last.Add(delayed.Delay).After(next) {
		next = now.Last.Add(delayed.Delay)
	}
	return next
}

// pauseAfter is how long to leave alone what has failed so many times before this one.
func pauseAfter(failures int, interval time.Duration) time.Duration {
	return min(interval<<min(failures, 4), max(longestPause, interval))
}

// visited notes how the visit of a document ended. One that has failed is visited again in the next round, and then ever later.
func (d *document) visited(at time.Time, interval time.Duration, err error) {
	d.Done, d.Visited = true, at
	if err == nil {
		d.Error, d.Failures, d.Retry = "", 0, time.Time{}
		return
	}
	if delayed, ok := errors.AsType[*fault.Delayed](err); ok {
		err = delayed.Err // how long to wait was said then, and people read it later
	}
	d.Error = shown(err.Error())
	if d.Failures > 0 {
		d.Retry = at.Add(pauseAfter(d.Failures, interval))
	}
	d.Failures++
}

// end sums a round up.
func (s *state) end(own string) {
	s.Round, s.Error = false, s.trouble(own)
	if s.Error == "" {
		s.Habit.learn(s.Last, s.New, s.Links, s.Changed)
	}
}

// trouble is why a section brings nothing: it cannot be read, or none of its sitemaps can.
func (s *state) trouble(own string) string {
	if err := s.Docs[own].Error; err != "" {
		return err
	}
	first := ""
	for address, doc := range s.Docs {
		switch {
		case address == own:
		case doc.Error == "":
			return ""
		case first == "" || address < first:
			first = address
		}
	}
	if first == "" {
		return ""
	}
	return shown(first) + ": " + s.Docs[first].Error
}

// forget drops the documents that are listed longest ago, once there are too many. The section itself stays.
func (s *state) forget() {
	addresses := slices.SortedFunc(maps.Keys(s.Docs), func(a, b string) int {
		x, y := s.Docs[a], s.Docs[b]
		return cmp.Or(cmp.Compare(x.Depth, y.Depth), -compareBool(x.Wanted, y.Wanted), -cmp.Compare(x.Listed, y.Listed), cmp.Compare(a, b))
	})
	for _, address := range addresses[min(len(addresses), maxDocuments):] {
		delete(s.Docs, address)
	}
}
