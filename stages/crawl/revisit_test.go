package crawl

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// archived is an archive: what was stored, and when.
type archived struct {
	mu    sync.Mutex
	pages []message.Raw
	at    []time.Time
	alone map[string]bool // ids of pages that are in no story
	told  int             // articles that Merged has given
}

func (a *archived) add(raw message.Raw) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pages, a.at = append(a.pages, raw), append(a.at, time.Now())
}

func (a *archived) Crawled(_ context.Context, from, to time.Time, fn func(time.Time, message.Raw) error) error {
	a.mu.Lock()
	pages, at := slices.Clone(a.pages), slices.Clone(a.at)
	a.mu.Unlock()
	for i, raw := range pages {
		if at[i].Before(from) || !at[i].Before(to) {
			continue
		}
		if err := fn(at[i], raw); err != nil {
			return err
		}
	}
	return nil
}

// Merged knows every page for an article in a story, but for those that the test says are not, from the moment in which it was stored.
func (a *archived) Merged(_ context.Context, from time.Time, fn func(time.Time, string) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, raw := range a.pages {
		if a.at[i].Before(from) || a.alone[raw.ID] {
			continue
		}
		a.told++
		if err := fn(a.at[i], raw.ID); err != nil {
			return err
		}
	}
	return nil
}

// newsroom runs revisits and the fetcher against one site, and collects what becomes of each page.
type newsroom struct {
	*outlet
	archive  *archived
	plan     *calendar
	mu       sync.Mutex
	dropped  map[string]int
	revised  []message.Raw
	asked    int
	known    map[string]bool
	fetching *Fetcher
}

func openNewsroom(answer http.HandlerFunc) *newsroom {
	n := &newsroom{outlet: &outlet{pages: answer}, archive: &archived{}, plan: newCalendar(), dropped: map[string]int{}, known: map[string]bool{}}
	n.fetching = n.fetcher()
	return n
}

// take is what the bus and the crawl stage do with a message.
func (n *newsroom) take(ctx context.Context, in message.Fetch) error {
	for {
		out, err := n.fetching.Process(ctx, in)
		if d, ok := errors.AsType[*fault.Delayed](err); ok {
			time.Sleep(d.Delay) // of the bubble's clock
			continue
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		if drop, ok := errors.AsType[*fault.Drop](err); ok {
			n.dropped[drop.Reason]++
			return nil
		}
		for _, raw := range out {
			if n.archive.add(raw); raw.Again {
				n.revised = append(n.revised, raw)
			}
		}
		return err
	}
}

func (n *newsroom) emit(ctx context.Context, m message.Message) error {
	n.mu.Lock()
	again := n.known[m.Key()] // what a stop cut short is asked for once more, and the bus knows it by its id
	if n.known[m.Key()] = true; !again {
		n.asked++
	}
	n.mu.Unlock()
	if again {
		return nil
	}
	return n.take(ctx, m.(message.Fetch))
}

// run has pages revisited for a while.
func (n *newsroom) run(t *testing.T, cfg Config, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := NewRevisiter(cfg, n.plan, n.archive, slog.New(slog.DiscardHandler)).Run(ctx, n.emit); err != nil {
		t.Error(err)
	}
}

const correctable = "<html><head><title>Le Journal</title></head><body><h1>Un homme arrêté à Salé</h1>" +
	"<p>Un homme de %d ans a été arrêté jeudi à Salé, a indiqué une source sécuritaire à l'agence.</p><p>Vu %d fois</p></body></html>"

func TestCorrectionArrivesAndWhatIsUnchangedDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var age, views atomic.Int64
		age.Store(24)
		n := openNewsroom(func(w http.ResponseWriter, r *http.Request) {
			seen := views.Add(1)
			switch {
			case r.URL.Path == "/robots.txt":
				w.WriteHeader(http.StatusNotFound)
			case r.URL.Path == "/conditionnel":
				if r.Header.Get("If-None-Match") == `"1"` {
					w.WriteHeader(http.StatusNotModified)
					return
				}
				w.Header().Set("ETag", `"1"`)
				_, _ = fmt.Fprintf(w, correctable, 30, 0)
			case r.URL.Path == "/retire" && time.Since(began) > time.Hour:
				w.WriteHeader(http.StatusGone)
			case r.URL.Path == "/perdu" && time.Since(began) > time.Hour:
				w.WriteHeader(http.StatusNotFound)
			case r.URL.Path == "/corrige":
				_, _ = fmt.Fprintf(w, correctable, age.Load(), seen)
			default:
				_, _ = fmt.Fprintf(w, correctable+r.URL.Path, 40, seen) // nothing but the number of readers changes
			}
		})
		n.plan.states, n.plan.due = map[string][]byte{}, map[string]time.Time{}
		paths := []string{"/conditionnel", "/retire", "/perdu", "/corrige", "/compteur"}
		go func() { // after the cursors were set
			time.Sleep(2 * time.Minute)
			for _, path := range paths {
				if err := n.take(t.Context(), fetchFor("https://journal.example"+path)); err != nil {
					t.Errorf("%s: %v", path, err)
				}
			}
			time.Sleep(3 * time.Hour)
			age.Store(25)
		}()
		n.run(t, Default(), 30*time.Hour)
		if n.asked != 3*len(paths) {
			t.Errorf("asked %d times again, want 3 times for each of %d pages", n.asked, len(paths))
		}
		// At 6 h the correction is new, at 24 h it comes once more and is known by its digest.
		if len(n.revised) != 2 || !strings.Contains(string(n.revised[0].Body), "25 ans") || n.revised[0].ID != fetchFor("https://journal.example/corrige").ID {
			t.Errorf("%d revisions", len(n.revised))
		}
		if n.dropped[ReasonUnchanged] != 3+3+1 || n.dropped[ReasonWithdrawn] != 3 || n.dropped[ReasonGone] != 3 {
			t.Errorf("dropped %v", n.dropped)
		}
	})
}

func TestRevisitsGoOnWhereTheyEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := openNewsroom(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, correctable+r.URL.Path, 40, 0) })
		cfg := Default()
		cfg.Revisit = []time.Duration{time.Hour}
		n.run(t, cfg, time.Minute)
		for i := range 30 {
			n.archive.add(message.Raw{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://h%d.example/1", i), Digest: "x"})
			time.Sleep(time.Second)
		}
		for range 5 { // restarts while they come of age
			n.run(t, cfg, 20*time.Minute)
		}
		if n.asked != 30 {
			t.Errorf("asked for %d pages again, want each of 30 once", n.asked)
		}
	})
}

func TestRevisitsKeepToTheirBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := openNewsroom(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusGone) })
		cfg := Default()
		cfg.Revisit, cfg.RevisitBudget = []time.Duration{time.Hour}, 60
		n.run(t, cfg, time.Minute)
		for i := range 500 {
			n.archive.add(message.Raw{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://h%d.example/1", i), Digest: "x"})
			time.Sleep(time.Millisecond)
		}
		n.run(t, cfg, 90*time.Minute)
		if n.asked < 25 || n.asked > 32 {
			t.Errorf("%d pages asked for in the half hour after they came of age, want one a minute", n.asked)
		}
		n.run(t, cfg, 24*time.Hour)
		if n.asked > 130 {
			t.Errorf("%d pages asked for, although those that came of age more than an hour ago are left out", n.asked)
		}
	})
}

func TestNoAgesNoRevisits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := openNewsroom(func(http.ResponseWriter, *http.Request) {})
		cfg := Default()
		cfg.Revisit = nil
		if err := cfg.Validate(); err != nil {
			t.Error(err)
		}
		n.archive.add(message.Raw{ID: "1", URL: "https://journal.example/1"})
		n.run(t, cfg, 48*time.Hour)
		if n.asked != 0 {
			t.Errorf("asked for %d pages", n.asked)
		}
		cfg.Revisit = []time.Duration{100 * time.Hour}
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "revisit") {
			t.Errorf("got %v", err)
		}
	})
}

func TestOnlyPagesOfMergedArticlesAreLookedAtAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const pages = 90
		n := openNewsroom(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(articlePage)) })
		n.archive.alone = map[string]bool{}
		go func() {
			for i := range pages {
				if i%3 > 0 {
					n.archive.mu.Lock()
					n.archive.alone[fmt.Sprint(i)] = true
					n.archive.mu.Unlock()
				}
				n.archive.add(message.Raw{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://h%d.example/1", i), Digest: "x"})
				time.Sleep(time.Minute)
			}
		}()
		cfg := Default()
		n.run(t, cfg, time.Hour)
		n.run(t, cfg, 26*time.Hour) // after a restart
		if n.asked != 3*pages/3 {
			t.Errorf("%d pages were asked for, want %d articles at three ages", n.asked, pages/3)
		}
		if stored := len(n.archive.pages); n.archive.told > 12*stored { // by three passes a minute, each of which looks two minutes back
			t.Errorf("%d articles were read to learn of %d", n.archive.told, stored)
		}
	})
}
