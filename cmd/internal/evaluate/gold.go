package evaluate

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Labelled is one report of a labelled set. Its labels are read by the score alone, never by a stage.
type Labelled struct {
	ID        string   `json:"id"`
	Outlet    string   `json:"outlet"`
	Language  string   `json:"lang"`
	Published string   `json:"published"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	Text      string   `json:"text"`
	Story     string   `json:"story"`
	Kind      string   `json:"kind"`
	Mentions  []string `json:"mentions"`
	Role      string   `json:"role"`  // "peripheral": recalls the happening About; not scored as a pair
	Event     string   `json:"event"` // happening that the report tells
	About     string   `json:"about"`
	Near      string   `json:"near"`  // report that this one copies nearly word for word
	Maybe     []string `json:"maybe"` // happenings whose merging with this one is neither right nor wrong
	Facts     Flat     `json:"facts"` // of the main happening; nil where the set gives none
}

// longestLine bounds one labelled report.
const longestLine = 4 << 20

// Read reads labelled sets, one JSON object a line. Errors name file and line; a file without any report is one.
func Read(files ...string) ([]Labelled, error) {
	var all []Labelled
	seen := map[string]string{}
	for _, name := range files {
		reports, err := readFile(name)
		if err != nil {
			return nil, err
		}
		for _, r := range reports {
			if other, twice := seen[r.ID]; twice {
				return nil, fmt.Errorf("read labelled reports: id %q stands in %s and again in %s: ids must differ", r.ID, other, name)
			}
			seen[r.ID] = name
		}
		all = append(all, reports...)
	}
	return all, nil
}

func readFile(name string) ([]Labelled, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read labelled reports: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read from
	var out []Labelled
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, longestLine)
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var r Labelled
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("read labelled reports: %s line %d: %w", name, n, err)
		}
		if r.ID == "" {
			return nil, fmt.Errorf("read labelled reports: %s line %d: no id", name, n)
		}
		out = append(out, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read labelled reports: %s: %w", name, err)
	}
	if len(out) == 0 { // the score of nothing would be perfect
		return nil, fmt.Errorf("read labelled reports: no reports in %s", name)
	}
	return out, nil
}

// Time is the time of publication; noon of its day where the set gives no readable hour, zero where it gives no day.
func (r Labelled) Time() time.Time {
	for _, n := range []int{len(r.Published), len("2006-01-02T15:04:05+01:00"), len("2006-01-02T15:04:05Z")} {
		if n <= len(r.Published) {
			if t, err := time.Parse(time.RFC3339, r.Published[:n]); err == nil {
				return t
			}
		}
	}
	if day, _, _ := strings.Cut(r.Published, "T"); day != "" {
		if t, err := time.Parse(time.DateOnly, day); err == nil {
			return t.Add(12 * time.Hour)
		}
	}
	return time.Time{}
}

// byArrival orders reports as they arrive: as they were published, each after its delay.
func byArrival(reports []Labelled, delay func(Labelled) time.Duration) []Labelled {
	at := make(map[string]time.Time, len(reports))
	for _, r := range reports {
		at[r.ID] = r.Time()
		if delay != nil {
			at[r.ID] = at[r.ID].Add(delay(r))
		}
	}
	out := slices.Clone(reports)
	slices.SortStableFunc(out, func(a, b Labelled) int {
		if d := at[a.ID].Compare(at[b.ID]); d != 0 {
			return d
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return out
}
