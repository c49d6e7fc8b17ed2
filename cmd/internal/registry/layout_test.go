package registry

import (
	"strings"
	"testing"
	"time"

	"rawi/config"
)

func TestASiteThatChangedItsLayoutIsDrifting(t *testing.T) {
	b := Book{layouts: map[string][]Layout{}}
	var sources []config.Source
	for _, name := range []string{"fine", "broken", "away", "same"} {
		sources = append(sources, config.Source{Name: name, Feeds: []string{"https://" + name + ".example/feed"}, Paused: name == "away"})
		if name != "same" {
			b.layouts[name] = []Layout{{Host: name + ".example", Since: noon.Add(-3 * time.Hour), Signs: []string{"empty"}, Told: "the site changed its layout: \x1b[2Jno article"}}
		}
	}
	entries := b.Mark(Entries(sources, func(_, url string) Watch {
		if strings.Contains(url, "broken") {
			return Watch{State: StateFailing}
		}
		return Watch{State: StateOK}
	}))
	for i, want := range []string{StateDrifting, StateFailing, StatePaused, StateOK} {
		if got := entries[i].State; got != want {
			t.Errorf("%s: got %s, want %s", entries[i].Name, got, want)
		}
	}
	var out strings.Builder
	if err := Show(&out, entries[0], entries, true, 80, noon); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); !strings.Contains(got, "pages of fine.example\n  the site changed its layout: [2Jno article; for 3 hours\n") || !strings.Contains(got, "rawi extract URL --explain") {
		t.Errorf("got\n%s", got)
	}
}
