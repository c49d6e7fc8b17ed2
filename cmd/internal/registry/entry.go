package registry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"rawi/config"
	"rawi/pipeline/client"
	"rawi/pipeline/near"
)

// States of a watch and of a source, in words.
const (
	StateOK       = "ok"
	StateFailing  = "failing"  // the last looks brought an error
	StateSilent   = "silent"   // it answers, and nothing useful comes
	StateMoved    = "moved"    // it answers from another address for good
	StateDrifting = "drifting" // its last document has less of something than usual
	StateDamaged  = "damaged"  // it had to be repaired to be read
	StatePaused   = "paused"   // by the configuration, or at run time
	StateNew      = "new"      // not looked at yet
	StateUnknown  = "unknown"  // no daemon was asked
)

// States lists the states, the one that wants a person's attention most first. Of a source's watches, the first of them is the source's.
func States() []string {
	return []string{StateFailing, StateSilent, StateMoved, StateDrifting, StateDamaged, StateNew, StateOK, StatePaused, StateUnknown}
}

// Kinds of watch.
const (
	WatchFeed    = "feed"
	WatchSection = "section"
)

// Watch is a feed or a page of a source, and how it is doing. What is not known is zero.
type Watch struct {
	Kind     string    `json:"kind"` // WatchFeed or WatchSection
	URL      string    `json:"url"`
	State    string    `json:"state"`
	Since    time.Time `json:"since,omitzero"` // of the state; zero where that is not known
	Error    string    `json:"error,omitempty"`
	Failures int       `json:"failures,omitempty"` // in a row
	Last     time.Time `json:"last,omitzero"`      // look
	Next     time.Time `json:"next,omitzero"`      // look
	Running  string    `json:"running,omitempty"`  // the daemon that looks at it now
	Held     bool      `json:"held,omitempty"`     // paused at run time
	Items    int       `json:"items,omitempty"`    // in the last document
	Empty    int       `json:"empty,omitempty"`    // of them with neither a link nor a text
	PerDay   float64   `json:"per_day,omitempty"`  // items
	Newest   time.Time `json:"newest,omitzero"`    // item
	Damaged  bool      `json:"damaged,omitempty"`
	Cut      string    `json:"cut,omitempty"`      // how its last answers broke off, in words
	Capped   bool      `json:"capped,omitempty"`   // it has more items than are read
	Gaps     int       `json:"gaps,omitempty"`     // looks between which items may have come and gone
	Moved    string    `json:"moved,omitempty"`    // where it lies for good
	Followed bool      `json:"followed,omitempty"` // and where it is asked for instead of URL
	Pushes   string    `json:"pushes,omitempty"`   // how far its hub can be relied on to tell of news, in words
	Silent   string    `json:"silent,omitempty"`   // what is missing, in words
	Drift    string    `json:"drift,omitempty"`    // what the last document has less of than usual, in words
	Partial  string    `json:"partial,omitempty"`  // what of it is not read, in words
	Waiting  int       `json:"waiting,omitempty"`  // links that wait for later looks
}

// Entry is a source with its watches.
type Entry struct {
	config.Source

	State   string   `json:"state"`
	Watches []Watch  `json:"watches"`
	Layouts []Layout `json:"layouts,omitempty"` // of its sites, where they changed
}

// Entries joins sources with what is known of their addresses. Known gives the watch of a feed or section by its address; where it is nil no
// daemon was asked.
func Entries(sources []config.Source, known func(kind, url string) Watch) []Entry {
	all := make([]Entry, 0, len(sources))
	for _, s := range sources {
		e := Entry{Source: s}
		for _, url := range s.Feeds {
			e.Watches = append(e.Watches, watchOf(s, WatchFeed, url, known))
		}
		for _, section := range s.Sections {
			e.Watches = append(e.Watches, watchOf(s, WatchSection, section.URL, known))
		}
		e.State = worst(e.Watches)
		all = append(all, e)
	}
	return all
}

func watchOf(s config.Source, kind, url string, known func(kind, url string) Watch) Watch {
	w := Watch{State: StateUnknown}
	if known != nil {
		w = known(kind, url)
	}
	w.Kind, w.URL = kind, shown(url)
	if s.Paused || w.Held {
		w.State = StatePaused
	}
	return w
}

// worst is the state that wants attention most. A source is paused only where all of it is.
func worst(watches []Watch) string {
	for _, state := range States() {
		if slices.ContainsFunc(watches, func(w Watch) bool { return w.State == state }) {
			return state
		}
	}
	return StateUnknown
}

// Masked is the entry as it may be printed: addresses without the passwords that they may hold.
func (e Entry) Masked() Entry {
	e.Feeds = slices.Clone(e.Feeds)
	for i, url := range e.Feeds {
		e.Feeds[i] = shown(url)
	}
	e.Sections = slices.Clone(e.Sections)
	for i, s := range e.Sections {
		e.Sections[i].URL = shown(s.URL)
	}
	return e
}

// Last is when anything of the source was last looked at.
func (e Entry) Last() time.Time {
	return extreme(e.Watches, func(w Watch) time.Time { return w.Last }, time.Time.After)
}

// Next is when anything of the source that is not paused is looked at next.
func (e Entry) Next() time.Time {
	return extreme(e.Watches, func(w Watch) time.Time {
		if w.State == StatePaused {
			return time.Time{}
		}
		return w.Next
	}, time.Time.Before)
}

// Newest is the date of its newest item.
func (e Entry) Newest() time.Time {
	return extreme(e.Watches, func(w Watch) time.Time { return w.Newest }, time.Time.After)
}

// Since is since when the source is in its state; zero where that is not known.
func (e Entry) Since() time.Time {
	return extreme(e.Watches, func(w Watch) time.Time {
		if w.State != e.State {
			return time.Time{}
		}
		return w.Since
	}, time.Time.Before)
}

// PerDay is how many items a day its feeds bring together.
func (e Entry) PerDay() float64 {
	sum := 0.0
	for _, w := range e.Watches {
		sum += w.PerDay
	}
	return sum
}

// extreme is the time that lies before or after all others that are set.
func extreme(watches []Watch, of func(Watch) time.Time, beyond func(a, b time.Time) bool) time.Time {
	var found time.Time
	for _, w := range watches {
		if t := of(w); !t.IsZero() && (found.IsZero() || beyond(t, found)) {
			found = t
		}
	}
	return found
}

// Failures is how often in a row the worst of its watches has failed.
func (e Entry) Failures() int {
	most := 0
	for _, w := range e.Watches {
		most = max(most, w.Failures)
	}
	return most
}

// Filter says which sources are wanted. Empty fields want all.
type Filter struct {
	Country, Language, Kind, Family, State string
}

// WrongFilterError says that no source can have what a field of a filter wants.
type WrongFilterError struct {
	Field string   // kind, family and so on
	Known []string // values that it may have, where they are few

	what string
}

func (e WrongFilterError) Error() string { return e.what }

// Check says what is wrong with a filter that can choose nothing, whatever sources there are. Its error is a WrongFilterError.
func (f Filter) Check() error {
	for _, c := range []struct {
		field, value string
		check        func(string) error
	}{{"country", f.Country, client.CheckCountry}, {"language", f.Language, client.CheckLanguage}} {
		if err := c.check(c.value); c.value != "" && err != nil {
			return WrongFilterError{c.field, nil, err.Error()}
		}
	}
	for _, c := range []struct {
		field, value string
		known        []string
	}{{"kind", f.Kind, config.Kinds()}, {"state", f.State, States()}} {
		if c.value != "" && !slices.ContainsFunc(c.known, func(k string) bool { return strings.EqualFold(k, c.value) }) {
			return WrongFilterError{c.field, c.known, fmt.Sprintf("there is no %s %q, only %s", c.field, c.value, strings.Join(c.known, ", "))}
		}
	}
	return nil
}

// CheckFamily says that none of the sources has the owner that a filter wants. Its error is a WrongFilterError.
func (f Filter) CheckFamily(all []Entry) error {
	known := map[string]bool{}
	for _, e := range all {
		known[e.Outlet().Family] = true
	}
	families := slices.Sorted(maps.Keys(known))
	if f.Family == "" || slices.ContainsFunc(families, func(k string) bool { return strings.EqualFold(k, f.Family) }) {
		return nil
	}
	return WrongFilterError{"family", families, fmt.Sprintf("no source has the family %q; %s", f.Family, near.Suggestion(f.Family, families))}
}

// Apply keeps what is wanted, by name.
func (f Filter) Apply(entries []Entry) []Entry {
	var kept []Entry
	for _, e := range entries {
		if f.wants(e) {
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return kept
}

func (f Filter) wants(e Entry) bool {
	for _, pair := range [][2]string{
		{f.Country, e.Country}, {f.Kind, e.Kind}, {f.Family, e.Outlet().Family},
	} {
		if pair[0] != "" && !strings.EqualFold(pair[0], pair[1]) {
			return false
		}
	}
	if f.Language != "" && !client.Covers(f.Language, e.Language) {
		return false
	}
	// A source may be in several states at once: one feed of it fails, another is silent.
	return f.State == "" || f.State == e.State || slices.ContainsFunc(e.Watches, func(w Watch) bool { return w.State == f.State })
}
