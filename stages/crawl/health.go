package crawl

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// SectionHealth is how a section is doing.
type SectionHealth struct {
	Source    string    `json:"source"` // name of the outlet
	URL       string    `json:"url"`
	Last      time.Time `json:"last,omitzero"` // visit
	Next      time.Time `json:"next,omitzero"` // visit
	Error     string    `json:"error,omitempty"`
	Failures  int       `json:"failures,omitempty"`  // in a row
	Links     int       `json:"links"`               // that may be articles, on its documents as they were last read
	Documents int       `json:"documents,omitempty"` // the section and the sitemaps that it leads to
	Waiting   int       `json:"waiting,omitempty"`   // links that were left for later rounds: the budget is used up
	Rate      float64   `json:"rate,omitempty"`      // new links a day, over the last days
	Newest    time.Time `json:"newest,omitzero"`     // date of the newest link, or when one without a date was first seen
	Silent    string    `json:"silent,omitempty"`    // it answers and has brought nothing for long against its own rate, in words
	Drift     string    `json:"drift,omitempty"`     // what it has less of than usual, in words
	Partial   string    `json:"partial,omitempty"`   // what of it is not read, in words
}

// HealthOf reads what a schedule keeps of a section: its name, which is the configured URL, when it is due and its state, nil where it was not
// visited yet. It needs no running watcher.
func HealthOf(name string, due time.Time, kept []byte) (SectionHealth, error) {
	var s state
	if len(kept) > 0 {
		if err := json.Unmarshal(kept, &s); err != nil {
			return SectionHealth{URL: shown(name), Next: due}, fmt.Errorf("read state of section: %w", err)
		}
	}
	return s.health(name, due), nil
}

func (s state) health(name string, due time.Time) SectionHealth {
	h := SectionHealth{
		Source: s.Source, URL: shown(name), Last: s.Last, Next: due, Error: s.Error, Failures: s.Failures, Links: s.Links, Documents: len(s.Docs),
		Rate: rounded(24 * s.Habit.Rate), Newest: s.Newest, Silent: s.silent(), Drift: s.drift(), Partial: s.partial(name),
	}
	for _, doc := range s.Docs {
		h.Waiting += doc.Left
	}
	return h
}

// partial says in words what of a section is not read.
func (s state) partial(own string) string {
	var parts []string
	failed, example, sitemaps, unwatched, cut := 0, "", 0, 0, ""
	for address, doc := range s.Docs {
		unwatched += doc.Unwatched
		if doc.Cut && (cut == "" || address < cut) {
			cut = address
		}
		if address == own {
			continue
		}
		sitemaps++
		if doc.Error == "" {
			continue
		}
		failed++
		if example == "" || address < example {
			example = address
		}
	}
	if failed > 0 && s.Error == "" {
		parts = append(parts, fmt.Sprintf("%d of %d sitemaps cannot be read (%s: %s)", failed, sitemaps, shown(example), s.Docs[example].Error))
	}
	if unwatched > 0 {
		parts = append(parts, fmt.Sprintf("of %d sitemaps the newest %d are watched", sitemaps+unwatched, sitemaps))
	}
	if cut != "" {
		parts = append(parts, fmt.Sprintf("%s is larger than a sitemap may be, what comes after its first part is not read", shown(cut)))
	}
	return strings.Join(parts, "; ")
}
