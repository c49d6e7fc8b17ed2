package crawl

import (
	"fmt"
	"math"
	"time"

	"rawi/stages/silence"
)

// What makes a section silent or drifting is what makes a feed so; what it is measured by is less: rounds have no items, only links that
// were not there before.
const (
	// lately is how many hours make the rate, and little how many at least: a single round says next to nothing.
	lately, little = 72, 24
	// settled is how many documents make a habit, and usually of how many at most it is made: after so many others the new way is the usual one.
	settled, usually = 5, 20
)

// habit is what a section usually brings.
type habit struct {
	At    time.Time `json:"at"`             // end of the last round that was read
	Rate  float64   `json:"rate,omitempty"` // new links an hour, over the last days
	Known float64   `json:"known,omitempty"`
	New   time.Time `json:"new"`             // last round with something new
	Usual float64   `json:"usual,omitempty"` // Rate at that time
	Is    float64   `json:"is,omitempty"`    // links in the last round with a changed document
	Links float64   `json:"links,omitempty"` // the same, of the rounds before it
	Read  int       `json:"read,omitempty"`  // rounds that went into Links
}

// learn takes a round: how many links were new in it and, where a document of it had changed, how many there are. What the first contact
// brings says nothing of a rate.
func (h *habit) learn(now time.Time, fresh, links int, changed bool) {
	if hours := now.Sub(h.At).Hours(); !h.At.IsZero() && hours > 0 {
		h.Known = min(h.Known+hours, lately)
		h.Rate += min(hours/max(h.Known, little), 1) * (float64(fresh)/hours - h.Rate)
	}
	if fresh > 0 || h.New.IsZero() {
		h.New, h.Usual = now, h.Rate
	}
	h.At = now
	if !changed {
		return
	}
	if h.Read > 0 {
		h.Links = rounded(h.Links + (h.Is-h.Links)/float64(min(h.Read, usually)))
	}
	h.Is, h.Read = float64(links), h.Read+1
}

// rounded keeps states short.
func rounded(x float64) float64 { return math.Round(x*1000) / 1000 }

// silent says in words that a section answers and brings nothing.
func (s state) silent() string {
	h := s.Habit
	if s.Error != "" || h.New.IsZero() {
		return "" // it is said already, or was never read
	}
	return silence.Of(s.Last.Sub(h.New), h.Usual)
}

// drift says in words what a section has less of than usual.
func (s state) drift() string {
	if h := s.Habit; h.Read > settled && h.Is < h.Links/2 {
		return fmt.Sprintf("%.0f links instead of %.0f", h.Is, h.Links)
	}
	return ""
}
