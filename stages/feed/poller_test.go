package feed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/message"
)

// outlet answers requests without a network, so that a test owns the clock.
type outlet struct {
	mu       sync.Mutex
	requests []*http.Request
	times    []time.Time
	answer   func(n int, r *http.Request, w http.ResponseWriter)
}

func (o *outlet) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	o.requests, o.times = append(o.requests, r), append(o.times, time.Now())
	n := len(o.requests)
	o.mu.Unlock()
	w := httptest.NewRecorder()
	o.answer(n, r, w)
	res := w.Result()
	res.Request = r
	return res, nil
}

func (o *outlet) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.requests)
}

// memory is a store and a schedule: what a restart finds again.
type memory struct {
	*plan
	mu     sync.Mutex
	values map[string][]byte
}

func newMemory() *memory { return &memory{plan: newPlan(), values: map[string][]byte{}} }

func (m *memory) Get(_ context.Context, key string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.values[key], nil
}

func (m *memory) Put(_ context.Context, key string, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[key] = value
	return nil
}

// inbox collects what a source emits.
type inbox struct {
	mu   sync.Mutex
	got  []message.Message
	fail int // so many emits fail first
}

func (b *inbox) emit(_ context.Context, m message.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail > 0 {
		b.fail--
		return errors.New("bus is away")
	}
	b.got = append(b.got, m)
	return nil
}

func (b *inbox) keys() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var keys []string
	for _, m := range b.got {
		keys = append(keys, m.Key())
	}
	return keys
}

const feedURL = "https://journal.example/rss"

func rss(items ...string) string {
	return `<?xml version="1.0"?><rss version="2.0"><channel><title>Le Journal</title><link>https://journal.example/</link>` +
		strings.Join(items, "") + `</channel></rss>`
}

func rssItem(n int, title string) string {
	return fmt.Sprintf(`<item><title>%s</title><link>https://journal.example/article-%d</link><description>Un résumé.</description></item>`, title, n)
}

// running starts a poller of one feed for the rest of the test's bubble, and returns what stops it.
func running(t *testing.T, o *outlet, m *memory, box *inbox, urls ...string) (*Poller, func()) {
	t.Helper()
	p := New(Default(), o, m, m, slog.New(slog.DiscardHandler))
	var feeds []Feed
	for _, u := range urls {
		feeds = append(feeds, Feed{URL: u, Outlet: message.Outlet{Name: "journal", Zone: "Africa/Casablanca"}})
	}
	p.SetFeeds(feeds)
	return p, pollUntil(t, p, box)
}

// pollUntil runs a poller until the returned function is called.
func pollUntil(t *testing.T, p *Poller, box *inbox) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx, box.emit) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func TestUnchangedFeedCostsA304AndEmitsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			if n > 1 {
				if r.Header.Get("If-None-Match") != `W/"a b"` || r.Header.Get("If-Modified-Since") != "Fri, 17 Dec 2021 10:00:00 GMT" {
					t.Errorf("request %d: validators %v, want both as they were given", n, r.Header)
				}
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", `W/"a b"`)
			w.Header().Set("Last-Modified", "Fri, 17 Dec 2021 10:00:00 GMT")
			_, _ = w.Write([]byte(rss(rssItem(1, "Un"), rssItem(2, "Deux"))))
		}}
		box := &inbox{}
		m := newMemory()
		p, stop := running(t, o, m, box, feedURL)
		time.Sleep(24 * time.Hour)
		stop()
		if n := o.count(); n < 8 || n > 24 {
			t.Errorf("%d requests in a day, want at least one every three hours and at most one an hour", n)
		}
		if len(box.keys()) != 2 {
			t.Errorf("emitted %v, want two links", box.keys())
		}
		if h := m.health(t, feedURL); h.Error != "" || h.Items != 2 || !p.Polled() {
			t.Errorf("health %+v, polled %t", h, p.Polled())
		}
	})
}

func TestServerThatAlwaysSaysUnchangedIsAskedPlainlyOnceAWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			w.Header().Set("ETag", `"1"`)
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = w.Write([]byte(rss(rssItem(n, "Titre"))))
		}}
		box := &inbox{}
		_, stop := running(t, o, newMemory(), box, feedURL)
		time.Sleep(15 * 24 * time.Hour)
		stop()
		if n := len(box.keys()); n != 3 {
			t.Errorf("%d items found in 15 days, want the three that plain requests show", n)
		}
	})
}

func TestOnlyNewAndChangedItemsAreEmittedOldestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bodies := []string{
			rss(rssItem(2, "Deux"), rssItem(1, "Un")),
			rss(rssItem(3, "Trois"), rssItem(2, "Deux"), rssItem(1, "Un, corrigé")),
		}
		o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) { _, _ = w.Write([]byte(bodies[min(n, 2)-1])) }}
		box := &inbox{}
		_, stop := running(t, o, newMemory(), box, feedURL)
		time.Sleep(12 * time.Hour)
		stop()
		var titles []string
		for _, m := range box.got {
			titles = append(titles, m.(message.Fetch).Found.Entry.Title)
		}
		if want := []string{"Un", "Deux", "Un, corrigé", "Trois"}; !slices.Equal(titles, want) {
			t.Errorf("got %q, want %q", titles, want)
		}
	})
}

func TestNothingIsRememberedBeforeItIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			if n == 2 && r.Header.Get("If-None-Match") != "" {
				t.Error("the validator of a document whose items were not stored was sent")
			}
			w.Header().Set("ETag", `"1"`)
			_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
		}}
		box := &inbox{fail: 1}
		m := newMemory()
		_, stop := running(t, o, m, box, feedURL)
		time.Sleep(time.Minute)
		if h := m.health(t, feedURL); !strings.Contains(h.Error, "bus is away") {
			t.Errorf("health %+v, want the emit's error", h)
		}
		time.Sleep(time.Hour)
		stop()
		if len(box.keys()) != 1 {
			t.Errorf("emitted %v, want the item once the bus was back", box.keys())
		}
	})
}

func TestRestartDoesNotAskAgainBeforeItIsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { _, _ = w.Write([]byte(rss(rssItem(1, "Un")))) }}
		store, box := newMemory(), &inbox{}
		_, stop := running(t, o, store, box, feedURL)
		time.Sleep(time.Minute)
		stop()
		p, stop := running(t, o, store, box, feedURL)
		time.Sleep(time.Minute)
		if o.count() != 1 || !p.Polled() {
			t.Errorf("%d requests after a restart (polled %t), want the one before it", o.count(), p.Polled())
		}
		time.Sleep(3 * time.Hour)
		stop()
		if o.count() < 2 || len(box.keys()) != 1 {
			t.Errorf("%d requests, emitted %v; want more requests when it is time, and the item once", o.count(), box.keys())
		}
	})
}

func TestRetryAfterIsKept(t *testing.T) {
	for _, test := range []struct {
		name  string
		value func() string
		wait  time.Duration
	}{
		{"seconds", func() string { return "18000" }, 5 * time.Hour},
		{"date", func() string { return time.Now().Add(6 * time.Hour).UTC().Format(http.TimeFormat) }, 6 * time.Hour},
		{"absurd", func() string { return "99999999999" }, longestWait},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
					if n == 1 {
						w.Header().Set("Retry-After", test.value())
						w.WriteHeader(http.StatusTooManyRequests)
					}
				}}
				_, stop := running(t, o, newMemory(), &inbox{}, feedURL)
				time.Sleep(40 * time.Hour)
				stop()
				if got := o.times[1].Sub(o.times[0]); got < test.wait || got > test.wait+test.wait/5 {
					t.Errorf("asked again after %s, want %s", got, test.wait)
				}
			})
		})
	}
}

func TestFailuresNeverParkAFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
			if n <= 20 {
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
		}}
		box := &inbox{}
		m := newMemory()
		_, stop := running(t, o, m, box, feedURL)
		time.Sleep(24 * time.Hour)
		if h := m.health(t, feedURL); !strings.Contains(h.Error, "500") || h.Failures < 8 {
			t.Errorf("health %+v, want the status in words", h)
		}
		time.Sleep(5 * 24 * time.Hour)
		stop()
		if len(box.keys()) != 1 || m.health(t, feedURL).Error != "" {
			t.Errorf("emitted %v, health %+v; want the feed healed", box.keys(), m.health(t, feedURL))
		}
	})
}

func TestWhatIsNoFeedIsToldInWords(t *testing.T) {
	for body, want := range map[string]string{
		"":                                "empty body",
		"<html><body>Bienvenue</body>":    "an HTML page, not a feed",
		"\x89PNG\r\n\x1a\n\x00\x00":       "no root element",
		`{"error":"unknown"}`:             "not a JSON Feed",
		`<?xml version="1.0"?><opml></a>`: "no root element",
	} {
		synctest.Test(t, func(t *testing.T) {
			o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { _, _ = w.Write([]byte(body)) }}
			m := newMemory()
			p, stop := running(t, o, m, &inbox{}, feedURL)
			time.Sleep(time.Minute)
			stop()
			if h := m.health(t, feedURL); !strings.Contains(h.Error, want) || !p.Polled() {
				t.Errorf("%q: health %+v, want %q", body, h, want)
			}
		})
	}
}

func TestGoneFeedIsAskedOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { w.WriteHeader(http.StatusGone) }}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(48 * time.Hour)
		stop()
		if n := o.count(); n > 3 || !strings.Contains(m.health(t, feedURL).Error, "withdrawn") {
			t.Errorf("%d requests in two days, health %+v", n, m.health(t, feedURL))
		}
	})
}

func TestPermanentMoveIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, r *http.Request, w http.ResponseWriter) {
			if r.URL.Path == "/rss" {
				http.Redirect(w, r, "/feed", http.StatusMovedPermanently)
				return
			}
			_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
		}}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(time.Minute)
		stop()
		if got := m.health(t, feedURL).Moved; got != "https://journal.example/feed" {
			t.Errorf("moved to %q", got)
		}
	})
}

func TestFeedsOfOneHostAreAskedApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { w.WriteHeader(http.StatusNotModified) }}
		var urls []string
		for i := range 100 {
			urls = append(urls, fmt.Sprintf("https://host-%d.example/%d", i%50, i))
		}
		_, stop := running(t, o, newMemory(), &inbox{}, urls...)
		time.Sleep(time.Minute)
		stop()
		last := map[string]time.Time{}
		for i, r := range o.requests {
			if before, ok := last[r.URL.Host]; ok && o.times[i].Sub(before) < Default().Spacing {
				t.Errorf("%s asked again after %s", r.URL.Host, o.times[i].Sub(before))
			}
			last[r.URL.Host] = o.times[i]
		}
		if len(o.requests) != 100 {
			t.Errorf("%d requests, want every feed asked once", len(o.requests))
		}
	})
}

func TestReloadTakesEffectAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { w.WriteHeader(http.StatusNotModified) }}
		p, stop := running(t, o, newMemory(), &inbox{}, feedURL)
		time.Sleep(time.Minute)
		p.SetFeeds([]Feed{{URL: feedURL}, {URL: "https://autre.example/rss"}})
		time.Sleep(time.Second)
		stop()
		if o.count() != 2 || o.requests[1].URL.Host != "autre.example" {
			t.Errorf("%d requests, want one more for the feed that was added", o.count())
		}
	})
}

func TestStopCutsAPollShort(t *testing.T) {
	silent := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-silent }))
	defer s.Close()
	defer close(silent)
	m := newMemory()
	p := New(Default(), http.DefaultTransport, m, m, slog.New(slog.DiscardHandler))
	p.SetFeeds([]Feed{{URL: s.URL}})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := p.Run(ctx, (&inbox{}).emit); err != nil || time.Since(began) > Default().Timeout/2 {
		t.Errorf("Run ended after %s with %v, want nil long before the poll is given up", time.Since(began), err)
	}
}
