package daemon_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
	"rawi/stages/extract/host"
)

// TestWhatIsKnownOfHostsOutlivesARestart learns over a real store that is closed and opened after every article.
func TestWhatIsKnownOfHostsOutlivesARestart(t *testing.T) {
	cfg := config.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "none", 256<<20
	slogan := host.Block{Text: "le journal qui dit tout", Place: "footer>p", Words: 5, Kept: true}
	var changes []string
	for n := range 24 {
		bus, err := pipeline.Open(t.Context(), cfg.Config, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		book, err := registry.Hosts(t.Context(), bus)
		if err != nil {
			t.Fatal(err)
		}
		s := host.Sighting{
			Host: "journal.example", Language: "ar", By: "crawl", Outlet: "journal", Article: fmt.Sprint("a", n), At: time.Unix(int64(n), 0),
			Blocks:  []host.Block{{Text: fmt.Sprint("texte ", n), Words: 300, Kept: true}, slogan},
			Signals: host.Signals{Agreement: 0.9, Description: 0.9, Words: 300 + n, Empty: n >= 12 && n < 18},
		}
		lesson, err := book.Learn(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := lesson.Of(slogan) == host.Furniture, n >= 3; got != want {
			t.Errorf("article %d: furniture %v, want %v", n, got, want)
		}
		if c := lesson.Change; c != nil {
			changes = append(changes, c.State)
		}
		seen, err := registry.Open(t.Context(), bus)
		if err != nil {
			t.Fatal(err)
		}
		entries := seen.Mark(registry.Entries([]config.Source{{Name: "journal"}}, seen.Known))
		if drifting, want := entries[0].State == registry.StateDrifting, n >= 16 && n < 22; drifting != want || drifting && !strings.Contains(entries[0].Layouts[0].Told, "no article") {
			t.Errorf("article %d: got %+v", n, entries[0])
		}
		if err := bus.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if fmt.Sprint(changes) != "[changed recovered]" {
		t.Errorf("got %v", changes)
	}
}
