package registry

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/config"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func sources() []config.Source {
	return []config.Source{
		{Name: "hespress-fr", Title: "Hespress (français)", Country: "MA", Language: "fr", Kind: "portal", Family: "hespress", Zone: "Africa/Casablanca", Feeds: []string{"https://fr.h.example/feed", "https://fr.h.example/2"}},
		{Name: "hespress-ar", Title: "هسبريس", Country: "MA", Language: "ar", Kind: "portal", Family: "hespress", Feeds: []string{"https://desk:s3cret@h.example/feed"}, FullText: "always", Interval: config.Duration(90 * time.Minute)},
		{Name: "tap", Title: "وكالة تونس إفريقيا للأنباء", Country: "TN", Language: "ar", Kind: "agency", Budget: 20, Sections: []config.Section{{URL: "https://tap.example/", Links: "^/ar/.+", Interval: config.Duration(time.Hour), Budget: 5}}},
		{Name: "liberte", Title: "Liberté", Country: "DZ", Language: "fr", Feeds: []string{"https://l.example/feed"}, Paused: true},
	}
}

// watches are what a daemon knows.
func watches(_, url string) Watch {
	return map[string]Watch{
		"https://fr.h.example/feed": {State: StateOK, Last: noon.Add(-3 * time.Minute), Next: noon.Add(12 * time.Minute), Items: 30, PerDay: 48, Newest: noon.Add(-5 * time.Minute), Pushes: "tells in time"},
		"https://fr.h.example/2": {
			State: StateFailing, Since: noon.Add(-26 * time.Hour), Failures: 9, Error: "404 Not Found instead of a feed\x1b[2J", Last: noon.Add(-time.Minute), Next: noon.Add(3 * time.Hour),
		},
		"https://desk:s3cret@h.example/feed": {
			State: StateSilent, Silent: "nothing new for 3 days, it used to bring 40 a day", Newest: noon.Add(-72 * time.Hour), Next: noon.Add(-time.Second), Gaps: 2, Capped: true,
			Damaged: true, Cut: "its last answer broke off after 512 bytes: unexpected EOF", Empty: 3,
		},
		"https://tap.example/": {
			State: StateOK, Held: true, Last: noon.Add(-time.Hour), Next: noon.Add(time.Hour), Waiting: 120, Partial: "of 60 sitemaps the newest 39 are watched",
		},
		"https://l.example/feed": {State: StateNew},
	}[url]
}

func TestSourceIsInTheStateOfWhatWantsAttentionMost(t *testing.T) {
	entries := Entries(sources(), watches)
	for i, want := range []string{StateFailing, StateSilent, StatePaused, StatePaused} {
		if entries[i].State != want {
			t.Errorf("%s is %s, want %s", entries[i].Name, entries[i].State, want)
		}
	}
	if got := Summary(entries); got != "4 sources: 1 failing, 1 silent, 2 paused" {
		t.Errorf("summary %q", got)
	}
	if got := Summary(Entries(sources(), nil)[:1]); got != "1 source" {
		t.Errorf("without a daemon: %q", got)
	}
}

func TestFilters(t *testing.T) {
	entries := Entries(sources(), watches)
	for _, tt := range []struct {
		filter Filter
		want   string
	}{
		{Filter{}, "hespress-ar hespress-fr liberte tap"},
		{Filter{Country: "ma"}, "hespress-ar hespress-fr"},
		{Filter{Language: "fr"}, "hespress-fr liberte"},
		{Filter{Country: "MA", Language: "ar"}, "hespress-ar"},
		{Filter{State: StateSilent}, "hespress-ar"},
		{Filter{State: StateOK}, "hespress-fr"}, // one of its feeds
		{Filter{Kind: "agency"}, "tap"},
		{Filter{Family: "hespress"}, "hespress-ar hespress-fr"},
		{Filter{Family: "liberte"}, "liberte"}, // its own
		{Filter{Country: "QA"}, ""},
	} {
		var names []string
		for _, e := range tt.filter.Apply(entries) {
			names = append(names, e.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%+v: got %s, want %s", tt.filter, got, tt.want)
		}
	}
}

func TestTableFitsTheTerminal(t *testing.T) {
	for _, tt := range []struct {
		width int
		known bool
		head  string
	}{
		{60, true, "NAME        CC LG STATE        RATE  NEWEST TITLE"},
		{80, true, "NAME        CC LG STATE        LAST NEXT RATE  NEWEST TITLE"},
		{120, true, "NAME        CC LG KIND        FAMILY           READS STATE        LAST NEXT RATE  NEWEST TITLE"},
		{80, false, "NAME        CC LG KIND        FAMILY           READS TITLE"},
		{60, false, "NAME        CC LG KIND        READS TITLE"},
	} {
		var known func(kind, url string) Watch
		if tt.known {
			known = watches
		}
		var b strings.Builder
		if err := Table(&b, Entries(sources(), known), tt.known, tt.width, noon); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if lines[0] != tt.head || len(lines) != 5 {
			t.Errorf("at %d cells: got\n%s\nwant the head\n%s", tt.width, b.String(), tt.head)
		}
		for _, line := range lines {
			if n := runewidth.StringWidth(line); n > tt.width {
				t.Errorf("at %d cells a line has %d: %s", tt.width, n, line)
			}
		}
	}
	var b strings.Builder
	if err := Table(&b, Entries(sources(), watches)[:2], true, 120, noon); err != nil {
		t.Fatal(err)
	}
	want := "" +
		"hespress-fr MA fr portal      hespress         2     failing 26h  1m   12m  48/d  5m     Hespress (français)\n" +
		"hespress-ar MA ar portal      hespress         1     silent       -    now  -     3d     هسبريس\n"
	if _, rows, _ := strings.Cut(b.String(), "\n"); rows != want {
		t.Errorf("got\n%s\nwant\n%s", rows, want)
	}
}

func TestShowSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	entries := Entries(sources(), watches)
	for i, wants := range [][]string{
		{
			"hespress-fr: Hespress (français)\n", "portal in MA, fr\n", "family hespress, with hespress-ar\n", "read in Africa/Casablanca\n",
			"feed https://fr.h.example/feed\n  ok; last look 3 minutes ago; next in 12 minutes\n  30 items in the last document, 48 items a day, newest 5 minutes ago\n  hub: tells in time\n",
			"failing since 2026-03-01 10:00 UTC (26 hours), 9 times in a row; last look 60\n    seconds ago; next in 3 hours\n  error: 404 Not Found instead of a feed[2J\n  rawi sources check https://fr.h.example/2",
		},
		{
			"silent: nothing new for 3 days", "feed https://h.example/feed\n  silent; due now\n", "raise feed.max_items", "2 times all items were new",
			"looked at every 1h30m, by its configuration\n", "whole articles: their pages are not fetched\n",
			"its last answer broke off after 512 bytes: unexpected EOF; what came whole was", "dropped of its last document: 3 items with neither",
		},
		{"agency in TN, ar", "family tap, of which it is the only source", "read in UTC", "match ^/ar/.+\n  looked at every 1h, by its configuration\n  at most 5 new links taken from one visit", "at most 20 new links", "paused at run time; last look 60 minutes ago\n  rawi sources resume tap", "not all of it is read: of 60 sitemaps the newest 39 are watched", "120 links left for the next visits"},
		{"an outlet in DZ, fr\n", "paused by the configuration"},
	} {
		var b strings.Builder
		if err := Show(&b, entries[i], entries, true, 80, noon); err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s: lacks %q in\n%s", entries[i].Name, want, b.String())
			}
		}
		if strings.ContainsAny(b.String(), "\x1b") || strings.Contains(b.String(), "s3cret") {
			t.Errorf("shows what it must not: %q", b.String())
		}
		for line := range strings.Lines(b.String()) {
			if n := runewidth.StringWidth(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("a line has %d cells: %s", n, line)
			}
		}
	}
}

func TestAgesAndRatesAreSaidAsAPersonWould(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 seconds", -time.Hour: "0 seconds", time.Second: "1 second", 90 * time.Second: "90 seconds", 5 * time.Minute: "5 minutes",
		30 * time.Hour: "30 hours", 50 * time.Hour: "2 days", 3 * 365 * 24 * time.Hour: "3 years",
	} {
		if got := Age(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
	for perDay, want := range map[float64]string{48: "48 items a day", 3.14: "3.1 items a day", 0.5: "3.5 items a week", 0.01: "less than an item a week"} {
		if got := Rate(perDay); got != want {
			t.Errorf("%f is %q, want %q", perDay, got, want)
		}
	}
}

func TestAWrongFilterIsToldTheRightForm(t *testing.T) {
	entries := Entries(sources(), watches)
	for want, f := range map[string]Filter{
		"two letters of ISO 3166-1":              {Country: "MAR"},
		"a BCP 47 tag, such as fr or ar":         {Language: "arabic"},
		`no kind "journal", only agency, daily`:  {Kind: "journal"},
		`no state "broken", only failing`:        {State: "broken"},
		`"hespres"; did you mean "hespress"?`:    {Family: "hespres"},
		`"zzzzzzzzz"; known here: hespress, lib`: {Family: "zzzzzzzzz"},
	} {
		err := errors.Join(f.Check(), f.CheckFamily(entries))
		if _, ok := errors.AsType[WrongFilterError](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %s", f, err, want)
		}
	}
	for _, f := range []Filter{{}, {Country: "ma", Language: "ar-MA", Kind: "Agency", Family: "Hespress", State: StateOK}} {
		if err := errors.Join(f.Check(), f.CheckFamily(entries)); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
}
