package feed

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// gapping is an outlet whose feeds lose everything between their first poll and the second, and have two more pages. Page answers for these.
func gapping(page http.HandlerFunc) *outlet {
	polls := map[string]int{}
	var mu sync.Mutex
	began := time.Now().Add(-time.Hour)
	return &outlet{answer: func(_ int, r *http.Request, w http.ResponseWriter) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.RawQuery != "" {
			page(w, r)
			return
		}
		polls[r.URL.Path]++
		if polls[r.URL.Path] == 1 {
			_, _ = w.Write([]byte(numbered(10, 10, began, "")))
			return
		}
		_, _ = w.Write([]byte(next(numbered(40, 10, began, ""), "?page=2")))
	}}
}

func TestOlderPagesEndWhereTheHostAsksToBeSpared(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		after  string
		least  time.Duration
	}{
		"429 for two hours":         {http.StatusTooManyRequests, "7200", 2 * time.Hour},
		"429 without a time":        {http.StatusTooManyRequests, "", Default().Floor},
		"503 for two hours":         {http.StatusServiceUnavailable, "7200", 2 * time.Hour},
		"a page, and two hours off": {http.StatusOK, "7200", 2 * time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			o := gapping(func(w http.ResponseWriter, _ *http.Request) {
				if tt.after != "" {
					w.Header().Set("Retry-After", tt.after)
				}
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(next(numbered(30, 10, time.Now(), ""), "?page=3")))
			})
			_, stop := running(t, o, newMemory(), &inbox{}, feedURL, "https://journal.example/autre")
			defer stop()
			at := -1
			for at < 0 {
				time.Sleep(time.Minute)
				o.mu.Lock()
				at = slices.IndexFunc(o.requests, func(r *http.Request) bool { return r.URL.RawQuery != "" })
				o.mu.Unlock()
			}
			time.Sleep(tt.least + 4*time.Hour)
			o.mu.Lock()
			defer o.mu.Unlock()
			if got := o.times[at+1].Sub(o.times[at]); got < tt.least {
				t.Errorf("%s: the host was asked for %s after %s", name, o.requests[at+1].URL, got)
			}
		})
	}
}

func TestOlderPagesKeepTheHostsSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now().Add(-time.Hour)
		o := gapping(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("page") == "2" {
				_, _ = w.Write([]byte(next(numbered(30, 10, began, ""), "?page=3")))
				return
			}
			_, _ = w.Write([]byte(numbered(20, 15, began, "")))
		})
		var urls []string
		for n := range 6 {
			urls = append(urls, fmt.Sprintf("https://journal.example/rss-%d", n))
		}
		slow := roundTrip(func(r *http.Request) (*http.Response, error) {
			res, err := o.RoundTrip(r)
			if r.URL.RawQuery == "" {
				time.Sleep(5 * time.Second) // while others of the host begin
			}
			return res, err
		})
		m := newMemory()
		p := New(Default(), slow, m, m, slog.New(slog.DiscardHandler))
		var feeds []Feed
		for _, u := range urls {
			feeds = append(feeds, Feed{URL: u})
		}
		p.SetFeeds(feeds)
		stop := pollUntil(t, p, &inbox{})
		time.Sleep(time.Minute)
		for _, u := range urls {
			if err := m.Hasten(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(6 * time.Hour)
		stop()
		pages := 0
		for i, r := range o.requests {
			if r.URL.RawQuery != "" {
				pages++
			}
			if i > 0 && o.times[i].Sub(o.times[i-1]) < Default().Spacing {
				t.Errorf("%s was asked for %s after %s", r.URL, o.times[i].Sub(o.times[i-1]), o.requests[i-1].URL)
			}
		}
		if pages != 2*len(urls) {
			t.Errorf("%d pages, want two of each feed", pages)
		}
	})
}
