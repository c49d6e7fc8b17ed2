package feed

import (
	"cmp"
	"slices"
	"time"
)

// Health is how a feed is doing.
type Health struct {
	Source   string    `json:"source"` // name of the outlet
	URL      string    `json:"url"`
	Last     time.Time `json:"last,omitzero"` // poll
	Next     time.Time `json:"next,omitzero"` // poll
	Error    string    `json:"error,omitempty"`
	Failures int       `json:"failures,omitempty"` // in a row
	Items    int       `json:"items"`              // in the last document that was read
	Damaged  bool      `json:"damaged,omitempty"`  // that document had to be repaired
	Capped   bool      `json:"capped,omitempty"`   // it has more items than max_items: the rest is not read
	Moved    string    `json:"moved,omitempty"`    // where the server says it lies for good
}

// Health lists the feeds by source and URL.
func (p *Poller) Health() []Health {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Health, 0, len(p.feeds))
	for _, s := range p.feeds {
		list = append(list, Health{
			Source: s.feed.Outlet.Name, URL: shown(s.feed.URL), Last: s.state.Last, Next: s.state.Next, Error: s.state.Error, Failures: s.state.Failures,
			Items: s.state.Items, Damaged: s.state.Damaged, Capped: s.state.Capped, Moved: shown(s.state.Moved),
		})
	}
	slices.SortFunc(list, func(a, b Health) int { return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.URL, b.URL)) })
	return list
}

// Polled reports whether every feed has had its turn since the start: it was asked, or its state said that it is not time yet.
func (p *Poller) Polled() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.feeds {
		if !s.tried {
			return false
		}
	}
	return true
}
