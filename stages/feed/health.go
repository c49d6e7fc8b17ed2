package feed

import (
	"cmp"
	"time"

	"rawi/stages/silence"
)

// Health is how a feed is doing.
type Health struct {
	Source   string    `json:"source"` // name of the outlet
	URL      string    `json:"url"`    // as configured, without user info
	Last     time.Time `json:"last,omitzero"`
	Next     time.Time `json:"next,omitzero"`
	Polls    int       `json:"polls"`
	Rate     float64   `json:"rate"` // items a day, over the last days
	Newest   time.Time `json:"newest,omitzero"`
	Error    string    `json:"error,omitempty"`
	Failures int       `json:"failures,omitempty"` // in a row
	Since    time.Time `json:"since,omitzero"`     // the first of them; zero where that is not known
	Items    int       `json:"items"`              // in the last document that was read
	Empty    int       `json:"empty,omitempty"`    // of them with neither a link nor a text: they are dropped
	Damaged  bool      `json:"damaged,omitempty"`  // that document had to be repaired
	Capped   bool      `json:"capped,omitempty"`   // it has more items than max_items: the rest is not read
	Cut      string    `json:"cut,omitempty"`      // how its last answers broke off, in words: what came whole of them was read
	Gaps     int       `json:"gaps,omitempty"`     // polls that found nothing but new items: some may have come and gone unseen
	Moved    string    `json:"moved,omitempty"`    // where the server says it lies for good
	Followed bool      `json:"followed,omitempty"` // and where it is asked for instead of URL
	Pushes   string    `json:"pushes,omitempty"`   // how far its hub can be relied on to tell of news, in words
	Silent   string    `json:"silent,omitempty"`   // it answers and has brought nothing for long against its own rate, in words
	Drift    string    `json:"drift,omitempty"`    // what its last document has less of than usual, in words
}

// HealthOf reads what a schedule keeps of a feed: its name, which is the configured URL, when it is due and its state, nil where it was not
// polled yet. It needs no running poller.
func HealthOf(name string, due time.Time, kept []byte) (Health, error) {
	s, err := readState(kept)
	h := Health{
		Source: s.Source, URL: shown(name), Last: s.Last, Next: due, Polls: s.Polls, Rate: rounded(24 * s.Rhythm.Rate), Newest: s.Newest,
		Error: s.Error, Failures: s.Failures, Since: s.Since, Items: s.Items, Empty: s.Empty, Damaged: s.Damaged, Capped: s.Capped, Cut: s.cutWords(), Gaps: s.Gaps,
		Moved: shown(cmp.Or(s.Move.To, s.Address)), Followed: s.Address != "", Pushes: s.Pushes, Silent: s.silent(), Drift: s.drift(),
	}
	return h, err
}

// silent says in words that a feed answers and brings nothing.
func (s state) silent() string {
	r := s.Rhythm
	if s.Error != "" || r.New.IsZero() {
		return "" // it is said already, or was never read
	}
	return silence.Of(s.Last.Sub(r.New), r.Usual)
}
