package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/stages/crawl"
	"rawi/stages/feed"
)

// outlet answers every request with what it says at the time.
type outlet func(r *http.Request) (status int, body string)

func (o outlet) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := o(r)
	header := http.Header{}
	if status == http.StatusMovedPermanently {
		header.Set("Location", body)
	}
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// memory is a store for one poller that polls one feed at a time.
type memory map[string][]byte

func (m memory) Get(_ context.Context, key string) ([]byte, error) { return m[key], nil }

func (m memory) Put(_ context.Context, key string, value []byte) error {
	m[key] = value
	return nil
}

// calendar looks at its one name whenever that is due, and keeps what the last look left behind.
type calendar struct {
	name  string
	state []byte
	next  time.Time
}

func (c *calendar) Set(_ context.Context, names []string) error {
	c.name = names[0]
	return nil
}

func (*calendar) Group(func(string, []byte) (string, time.Duration)) {}

func (*calendar) Delay(context.Context, string, time.Time) error { return nil }

func (*calendar) Hasten(context.Context, string) error { return nil }

func (*calendar) CaughtUp() bool { return true }

func (c *calendar) Run(ctx context.Context, _ int, look func(context.Context, string, []byte) ([]byte, time.Time)) error {
	for ctx.Err() == nil {
		c.state, c.next = look(ctx, c.name, c.state)
		select {
		case <-time.After(time.Until(c.next)):
		case <-ctx.Done():
		}
	}
	return nil
}

const journal = "https://journal.example/feed"

// polled is the watch of a feed that was polled for so many days.
func polled(t *testing.T, days int, o outlet) (w Watch, source string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &calendar{}
		p := feed.New(feed.Default(), o, c, memory{}, slog.New(slog.DiscardHandler))
		p.SetFeeds([]feed.Feed{{URL: journal, Outlet: message.Outlet{Name: "journal"}}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(days)*24*time.Hour)
		defer cancel()
		if err := p.Run(ctx, func(context.Context, message.Message) error { return nil }); err != nil {
			t.Error(err)
		}
		w, source = watchFrom(WatchFeed, pipeline.Entry{Name: journal, Due: c.next, State: c.state})
	})
	return w, source
}

// hourly is a feed with an item for every hour up to now.
func hourly(now time.Time) string {
	var b strings.Builder
	b.WriteString("<rss><channel><title>Journal</title>")
	for i := range 30 {
		at := now.Truncate(time.Hour).Add(-time.Duration(i) * time.Hour)
		fmt.Fprintf(&b, "<item><title>%d</title><link>https://journal.example/%d</link><pubDate>%s</pubDate></item>", at.Unix(), at.Unix(), at.Format(time.RFC1123Z))
	}
	return b.String() + "</channel></rss>"
}

func TestStatesOfAFeedAreTold(t *testing.T) {
	ok := func(*http.Request) (int, string) { return http.StatusOK, hourly(time.Now()) }
	var stopped string
	for _, tt := range []struct {
		state string
		days  int
		says  outlet
		check func(Watch) bool
	}{
		{StateOK, 3, ok, func(w Watch) bool {
			return w.PerDay > 15 && w.PerDay < 35 && w.Items == 30 && !w.Newest.IsZero() && w.Next.After(w.Last)
		}},
		{StateFailing, 1, func(*http.Request) (int, string) { return http.StatusNotFound, "" }, func(w Watch) bool {
			return strings.Contains(w.Error, "404") && w.Failures > 3 && !w.Since.IsZero() && w.Since.Before(w.Last)
		}},
		{StateSilent, 9, func(*http.Request) (int, string) { // two days of news, and the same document ever after
			if now := time.Now(); stopped == "" || now.Before(time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC)) {
				stopped = hourly(now)
			}
			return http.StatusOK, stopped
		}, func(w Watch) bool { return strings.Contains(w.Silent, "nothing new for") }},
		{StateDamaged, 1, func(*http.Request) (int, string) {
			return http.StatusOK, strings.TrimSuffix(hourly(time.Now()), "</item></channel></rss>")
		}, func(w Watch) bool { return w.Damaged && w.Items == 29 }},
		{StateMoved, 9, func(r *http.Request) (int, string) {
			if r.URL.Path == "/feed" {
				return http.StatusMovedPermanently, "https://journal.example/news.xml"
			}
			return http.StatusOK, hourly(time.Now())
		}, func(w Watch) bool { return w.Moved == "https://journal.example/news.xml" && w.Followed }},
		{StateDrifting, 3, func(*http.Request) (int, string) { // two days of items with links, and none after
			if now := time.Now(); now.After(time.Date(2000, 1, 3, 12, 0, 0, 0, time.UTC)) {
				return http.StatusOK, strings.NewReplacer("<link>", "<x>", "</link>", "</x>").Replace(hourly(now))
			}
			return http.StatusOK, hourly(time.Now())
		}, func(w Watch) bool { return strings.Contains(w.Drift, "links in 0 % of items") }},
		{StateFailing, 1, func(*http.Request) (int, string) { return http.StatusOK, "<html><body>Bienvenue" }, func(w Watch) bool {
			return strings.Contains(w.Error, "an HTML page")
		}},
	} {
		w, source := polled(t, tt.days, tt.says)
		if w.State != tt.state || source != "journal" || !tt.check(w) {
			t.Errorf("want %s, got %+v of %q", tt.state, w, source)
		}
	}
	if w, _ := watchFrom(WatchFeed, pipeline.Entry{Name: journal}); w.State != StateNew {
		t.Errorf("a feed that nobody has polled is %s", w.State)
	}
	kept := `{"last":"2000-01-01T00:00:00Z","cuts":1,"cut":"after 512 bytes: unexpected EOF","damaged":true,"empty":3}`
	if w, _ := watchFrom(WatchFeed, pipeline.Entry{Name: journal, State: []byte(kept)}); w.State != StateDamaged || w.Empty != 3 || !strings.Contains(w.Cut, "512 bytes") {
		t.Errorf("a feed whose answer broke off: %+v", w)
	}
	if w, _ := watchFrom(WatchSection, pipeline.Entry{Name: journal, State: []byte("{")}); w.State != StateFailing || w.Error == "" {
		t.Errorf("a section with a state that is none: %+v", w)
	}
}

// visited has a section visited for some days, and returns what is known of it then.
func visited(t *testing.T, address string, days int, says outlet) (w Watch, source string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		plan := &calendar{}
		watcher := crawl.NewWatcher(crawl.NewVisitor(crawl.Default(), says, crawl.Alone()), plan, crawl.Alone(), slog.New(slog.DiscardHandler))
		watcher.SetSections([]crawl.Section{{Outlet: message.Outlet{Name: "journal"}, URL: address}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(days)*24*time.Hour)
		defer cancel()
		if err := watcher.Run(ctx, func(context.Context, message.Message) error { return nil }); err != nil {
			t.Error(err)
		}
		w, source = watchFrom(WatchSection, pipeline.Entry{Name: address, Due: plan.next, State: plan.state})
	})
	return w, source
}

// listing is a sitemap with an entry for every hour up to now.
func listing(now time.Time) string {
	var b strings.Builder
	for i := range 40 {
		at := now.Truncate(time.Hour).Add(-time.Duration(i) * time.Hour)
		fmt.Fprintf(&b, "<url><loc>https://journal.example/%d</loc><lastmod>%s</lastmod></url>", at.Unix(), at.Format(time.RFC3339))
	}
	return "<urlset>" + b.String() + "</urlset>"
}

func TestSectionsAreDoingAsFeedsAre(t *testing.T) {
	const address = "https://journal.example/sitemap.xml"
	answers := func(says func() string) outlet {
		return func(r *http.Request) (int, string) {
			switch r.URL.Path {
			case "/sitemap.xml":
				return http.StatusOK, says()
			case "/news.xml":
				return http.StatusOK, listing(time.Now())
			}
			return http.StatusNotFound, ""
		}
	}
	stopped := time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC)
	until := func(now time.Time) time.Time {
		if now.After(stopped) {
			return stopped
		}
		return now
	}
	for _, tt := range []struct {
		state string
		days  int
		says  outlet
		check func(Watch) bool
	}{
		{StateOK, 2, answers(func() string { return listing(time.Now()) }), func(w Watch) bool {
			return w.PerDay > 15 && w.PerDay < 35 && w.Items == 40 && time.Date(2000, 1, 3, 0, 0, 0, 0, time.UTC).Sub(w.Newest) < 3*time.Hour
		}},
		{StateSilent, 6, answers(func() string { return listing(until(time.Now())) }), func(w Watch) bool {
			return strings.Contains(w.Silent, "nothing new for 4 days") || strings.Contains(w.Silent, "nothing new for 3 days")
		}},
		{StateFailing, 1, answers(func() string { return "<html></html>" }), func(w Watch) bool { return w.Error != "" && w.Failures > 2 }},
		{StateDrifting, 3, answers(func() string {
			if now := time.Now(); now.Before(stopped) {
				return listing(now)
			}
			return listing(time.Now())[:600]
		}), func(w Watch) bool { return strings.HasPrefix(w.Drift, "6 links instead of ") }},
		{StateOK, 1, answers(func() string {
			return "<sitemapindex><sitemap><loc>/news.xml</loc></sitemap><sitemap><loc>/gone.xml</loc></sitemap></sitemapindex>"
		}), func(w Watch) bool { return strings.HasPrefix(w.Partial, "1 of 2 sitemaps cannot be read") }},
	} {
		w, source := visited(t, address, tt.days, tt.says)
		if w.State != tt.state || source != "journal" || !tt.check(w) {
			t.Errorf("want %s, got %+v of %q", tt.state, w, source)
		}
	}
}

func server(t *testing.T) *pipeline.Bus {
	t.Helper()
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "none", 256<<20
	bus, err := pipeline.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := bus.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return bus
}

func TestBookTellsAndChangesWhatSchedulesKeep(t *testing.T) {
	bus := server(t)
	source := config.Source{Name: "journal", Feeds: []string{journal}, Sections: []config.Section{{URL: "https://journal.example/page"}}}
	book := func() *Book {
		t.Helper()
		b, err := Open(t.Context(), bus)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if e := Entries([]config.Source{source}, book().Known); e[0].State != StateNew || len(book().Sources()) > 0 {
		t.Errorf("before anybody looked: %+v", e[0])
	}
	for _, name := range schedules() {
		if made, err := bus.FindSchedule(t.Context(), name); made != nil || err != nil {
			t.Errorf("reading the book made the schedule of %s (%v)", name, err)
		}
	}
	for _, tt := range []struct {
		do   func(context.Context, *pipeline.Schedule, string) error
		want string
	}{{Hold, StatePaused}, {Hold, StatePaused}, {Hasten, StatePaused}, {Release, StateNew}} {
		if err := book().Change(t.Context(), source, tt.do); err != nil {
			t.Fatal(err)
		}
		e := Entries([]config.Source{source}, book().Known)[0]
		if e.State != tt.want || len(e.Watches) != 2 {
			t.Errorf("want %s, got %+v", tt.want, e)
		}
	}
	found := book().Sources() // of addresses that nobody has looked at their host is known, not their outlet
	if len(found) != 1 || found[0].Name != "journal" || len(found[0].Feeds) != 1 || len(found[0].Sections) != 1 {
		t.Errorf("without a configuration: %+v", found)
	}
	away := errors.New("away")
	err := book().Change(t.Context(), source, func(_ context.Context, _ *pipeline.Schedule, url string) error {
		return fmt.Errorf("%s is %w", url, away)
	})
	if err == nil || !errors.Is(err, away) || strings.Count(err.Error(), "away") != 2 {
		t.Errorf("error %v", err)
	}
}
