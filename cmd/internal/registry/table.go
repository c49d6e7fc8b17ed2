package registry

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/show"
)

// Bounds of the table, in cells.
const (
	narrowest  = 60
	leastTitle = 20
	longName   = 24
)

// column is one column of the table of sources.
type column struct {
	title string
	width int
	rank  int // of two columns the one with the higher rank is left out first where there is no room; 0 stays
	known bool
	value func(Entry, time.Time) string
}

// columns in their order; those that are known only to a daemon are left out where none was asked.
func columns(name int) []column {
	return []column{
		{"NAME", name, 0, false, func(e Entry, _ time.Time) string { return e.Name }},
		{"CC", 2, 0, false, func(e Entry, _ time.Time) string { return cmp.Or(e.Country, "--") }},
		{"LG", 2, 0, false, func(e Entry, _ time.Time) string { return cmp.Or(e.Language, "--") }},
		{"KIND", 11, 4, false, func(e Entry, _ time.Time) string { return cmp.Or(e.Kind, "-") }},
		{"FAMILY", 16, 6, false, func(e Entry, _ time.Time) string { return e.Outlet().Family }},
		{"READS", 5, 5, false, func(e Entry, _ time.Time) string { return reads(e) }},
		{"STATE", 12, 0, true, stateCell},
		{"LAST", 4, 3, true, func(e Entry, now time.Time) string { return ago(e.Last(), now) }},
		{"NEXT", 4, 2, true, func(e Entry, now time.Time) string { return until(e.Next(), now) }},
		{"RATE", 5, 0, true, func(e Entry, _ time.Time) string { return rate(e.PerDay()) }},
		{"NEWEST", 6, 0, true, func(e Entry, now time.Time) string { return ago(e.Newest(), now) }},
	}
}

// Table writes one line for each source, of at most width cells, at least 60. Ages are counted from now. Known says whether a daemon was asked.
func Table(w io.Writer, entries []Entry, known bool, width int, now time.Time) error {
	width = max(width, narrowest)
	shown := fitting(entries, known, width)
	var b strings.Builder
	for _, c := range shown {
		b.WriteString(runewidth.FillRight(c.title, c.width) + " ")
	}
	b.WriteString("TITLE\n")
	room := width - used(shown)
	for _, e := range entries {
		for _, c := range shown {
			b.WriteString(runewidth.FillRight(show.Cut(c.value(e, now), c.width), c.width) + " ")
		}
		b.WriteString(show.Cut(e.Title, room) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// fitting leaves out columns until titles have room.
func fitting(entries []Entry, known bool, width int) []column {
	name := len("NAME")
	for _, e := range entries {
		name = max(name, min(len(e.Name), longName))
	}
	shown := slices.DeleteFunc(columns(name), func(c column) bool { return c.known && !known })
	for width-used(shown) < leastTitle {
		least := slices.MaxFunc(shown, func(a, b column) int { return a.rank - b.rank })
		if least.rank == 0 {
			break
		}
		shown = slices.DeleteFunc(shown, func(c column) bool { return c.title == least.title })
	}
	return shown
}

func used(shown []column) int {
	sum := 0
	for _, c := range shown {
		sum += c.width + 1
	}
	return sum
}

// reads is how many feeds and sections a source has: "2", "1+3", "0+1".
func reads(e Entry) string {
	if len(e.Sections) == 0 {
		return fmt.Sprint(len(e.Feeds))
	}
	return fmt.Sprintf("%d+%d", len(e.Feeds), len(e.Sections))
}

func stateCell(e Entry, now time.Time) string {
	since := e.Since()
	switch {
	case e.State != StateFailing && e.State != StateSilent:
	case !since.IsZero():
		return e.State + " " + ago(since, now)
	case e.State == StateFailing && e.Failures() > 1:
		return fmt.Sprintf("%s x%d", e.State, e.Failures())
	}
	return e.State
}

// ago is how long ago something was, in at most four cells.
func ago(t, now time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return brief(now.Sub(t))
}

// until is how long it is until something; "now" where it should have been.
func until(t, now time.Time) string {
	if t.IsZero() {
		return "-"
	}
	if !t.After(now) {
		return "now"
	}
	return brief(t.Sub(now))
}

func brief(d time.Duration) string {
	const day = 24 * time.Hour
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < 100*time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d < 2*365*day:
		return fmt.Sprintf("%dd", d/day)
	}
	return fmt.Sprintf("%dy", d/(365*day))
}

// rate is items a day, or a week where that is less than one a day.
func rate(perDay float64) string {
	switch {
	case perDay <= 0:
		return "-"
	case perDay >= 0.95:
		return fmt.Sprintf("%.0f/d", perDay)
	case perDay*7 >= 0.95:
		return fmt.Sprintf("%.0f/w", perDay*7)
	}
	return "<1/w"
}

// Counts are how many sources are in each state.
func Counts(entries []Entry) map[string]int {
	counts := map[string]int{}
	for _, e := range entries {
		counts[e.State]++
	}
	return counts
}

// Summary counts sources by state: "98 sources: 3 failing, 95 ok".
func Summary(entries []Entry) string {
	counts := Counts(entries)
	var parts []string
	for _, state := range States() {
		if n := counts[state]; n > 0 && state != StateUnknown {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	summary := amount(len(entries), "source")
	if len(parts) > 0 {
		summary += ": " + strings.Join(parts, ", ")
	}
	return summary
}
