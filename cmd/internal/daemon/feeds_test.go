package daemon_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
	"rawi/stages/feed"
)

// hosts is a web of many hosts on loopback, told apart by their ports, that notes when each was asked for what.
type hosts struct {
	urls  []string
	mu    sync.Mutex
	asked map[string][]time.Time // by host
	paths map[string]int         // requests, by host and path
}

func startHosts(t *testing.T, n int, serve http.HandlerFunc) *hosts {
	t.Helper()
	h := &hosts{asked: map[string][]time.Time{}, paths: map[string]int{}}
	for range n {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.mu.Lock()
			h.asked[r.Host] = append(h.asked[r.Host], time.Now())
			h.paths[r.Host+r.URL.Path]++
			h.mu.Unlock()
			serve(w, r)
		}))
		t.Cleanup(s.Close)
		h.urls = append(h.urls, s.URL)
	}
	return h
}

// feeds are so many of each host.
func (h *hosts) feeds(each int) []feed.Feed {
	var all []feed.Feed
	for i := range each {
		for _, u := range h.urls {
			all = append(all, feed.Feed{URL: fmt.Sprintf("%s/feed-%d", u, i), Outlet: message.Outlet{Name: "journal"}})
		}
	}
	return all
}

func (h *hosts) total() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, times := range h.asked {
		n += len(times)
	}
	return n
}

// reader is the part of a daemon that polls feeds: its own connection, way to the web and poller.
type reader struct {
	poller *feed.Poller
	stop   func()
}

// unanswered is how long a request is waited for that nobody answers: many times what a stop takes on a slow machine.
const unanswered = 10 * time.Minute

// pollingConfig is that of a reader.
func pollingConfig() feed.Config {
	cfg := feed.Default()
	cfg.Timeout = unanswered
	return cfg
}

func startReader(t *testing.T, natsURL string, h *hosts, feeds []feed.Feed, cfg feed.Config) reader {
	t.Helper()
	dir := pipeline.Default()
	dir.Dir, dir.NATS.URL, dir.MaxStoreBytes = t.TempDir(), natsURL, 1<<30
	log := slog.New(slog.DiscardHandler)
	bus, err := pipeline.Open(t.Context(), dir, log)
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := bus.Schedule(t.Context(), "feed")
	if err != nil {
		t.Fatal(err)
	}
	store, err := bus.Bucket(t.Context(), "news_sources", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	web := outbound.Default()
	web.HeaderTimeout, web.Timeout = unanswered, unanswered
	guard := outbound.New(web)
	guard.Allow(exceptions(t, h))
	r := reader{poller: feed.New(cfg, guard.Transport(cfg.MaxBody), schedule, store, log)}
	r.poller.SetFeeds(feeds)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- r.poller.Run(ctx, func(context.Context, message.Message) error { return nil }) }()
	r.stop = sync.OnceFunc(func() {
		cancel()
		began := time.Now()
		if err := <-ended; err != nil || time.Since(began) > unanswered/2 {
			t.Errorf("stopped after %s with %v, want nil long before a request that nobody answers is given up", time.Since(began), err)
		}
		guard.Close()
		if err := bus.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

func exceptions(t *testing.T, h *hosts) []outbound.Exception {
	t.Helper()
	var all []outbound.Exception
	for _, address := range h.urls {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		var port uint16
		if _, err := fmt.Sscan(u.Port(), &port); err != nil {
			t.Fatal(err)
		}
		all = append(all, outbound.Exception{Host: u.Hostname(), Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Ports: []uint16{port}})
	}
	return all
}

func serveFeed(w http.ResponseWriter, r *http.Request) {
	_, _ = fmt.Fprintf(w, `<rss version="2.0"><channel><title>Journal</title><item><title>Un</title><link>http://%s%s/1</link></item></channel></rss>`,
		r.Host, r.URL.Path)
}

// Two daemons read three hundred feeds of a hundred hosts: each feed once, each host's feeds apart, and nothing again after a restart of both.
func TestDaemonsShareFeedsAndSpareHosts(t *testing.T) {
	t.Parallel() // it waits for turns
	server := startNATS(t)
	h := startHosts(t, 100, serveFeed)
	cfg := pollingConfig()
	cfg.Spacing = 9 * time.Second // a slow machine may send a request seconds after its turn
	for range 2 {
		readers := []reader{startReader(t, server, h, h.feeds(3), cfg), startReader(t, server, h, h.feeds(3), cfg)}
		wait(t, "every feed to have had its turn", func(context.Context) (bool, error) {
			return !slices.ContainsFunc(readers, func(r reader) bool { return !r.poller.Polled() }), nil
		})
		for _, r := range readers {
			r.stop()
		}
	}
	for path, n := range h.paths {
		if n != 1 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	if len(h.paths) != 300 {
		t.Errorf("%d feeds were asked for, want 300", len(h.paths))
	}
	for host, times := range h.asked {
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < cfg.Spacing/3 {
				t.Errorf("%s was asked again after %s", host, gap)
			}
		}
	}
}

func TestStopLeavesThousandsOfFeedsDue(t *testing.T) {
	server := startNATS(t)
	silent := make(chan struct{})
	h := startHosts(t, 200, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-silent:
		case <-r.Context().Done():
		}
	})
	defer close(silent)
	feeds := h.feeds(25)
	cfg := pollingConfig()
	r := startReader(t, server, h, feeds, cfg)
	wait(t, "all workers to be busy", func(context.Context) (bool, error) { return h.total() >= cfg.Workers, nil })
	r.stop()
	if h.total() > 2*cfg.Workers {
		t.Errorf("%d requests from %d workers", h.total(), cfg.Workers)
	}
}

// What an operator sees of the feeds needs no poller: the schedule keeps it.
func TestHealthOfFeedsIsKeptInTheSchedule(t *testing.T) {
	server := startNATS(t)
	h := startHosts(t, 2, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "-1") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		serveFeed(w, r)
	})
	cfg := pollingConfig()
	cfg.Spacing = 10 * time.Millisecond
	r := startReader(t, server, h, h.feeds(2), cfg)
	wait(t, "every feed to have had its turn", func(context.Context) (bool, error) { return r.poller.Polled(), nil })
	r.stop()

	settings := pipeline.Default()
	settings.NATS.URL = server
	bus, err := pipeline.Dial(t.Context(), settings, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close(t.Context()) //nolint:errcheck // a reader has nothing to lose
	schedule, err := bus.Schedule(t.Context(), "feed")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := schedule.Entries(t.Context())
	if err != nil || len(entries) != 4 {
		t.Fatalf("%d entries (%v), want 4", len(entries), err)
	}
	for _, e := range entries {
		health, err := feed.HealthOf(e.Name, e.Due, e.State)
		if err != nil {
			t.Fatal(err)
		}
		failed := strings.HasSuffix(e.Name, "-1")
		if health.Source != "journal" || health.URL != e.Name || health.Next.Before(health.Last) || failed != (health.Error != "") || failed == (health.Items == 1) {
			t.Errorf("%+v", health)
		}
	}
}

// A hub on loopback is subscribed to, asks back at the daemon's callback, and what it pushes brings the feed's next poll forward.
func TestDaemonHearsAHub(t *testing.T) {
	t.Parallel()
	var polls atomic.Int32
	asked := make(chan url.Values, 1)
	h := startHosts(t, 1, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hub" {
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			select {
			case asked <- r.PostForm:
			default: // asked once more, by a daemon that was slow to be verified
			}
			w.WriteHeader(http.StatusAccepted)
			return
		}
		w.Header().Set("Link", `</hub>; rel="hub"`)
		if polls.Add(1); r.Header.Get("If-None-Match") == "" {
			w.Header().Set("ETag", `"1"`)
			serveFeed(w, r)
			return
		}
		w.WriteHeader(http.StatusNotModified)
	})
	cfg := config.Default()
	cfg.Dir, cfg.Listen, cfg.Admin.Listen, cfg.MaxStoreBytes = t.TempDir(), "none", "none", 1<<28
	cfg.Feed.WebSub = feed.WebSub{Callback: "http://desk.example/websub", Listen: "127.0.0.1:0"}
	cfg.Feed.Spacing = 10 * time.Millisecond
	cfg.Sources = []config.Source{{Name: "journal", Feeds: []string{h.urls[0] + "/rss"}, Allow: []string{"127.0.0.0/8"}}}
	d, _ := start(t, cfg)
	form := <-asked
	address := strings.Replace(form.Get("hub.callback"), "desk.example", d.CallbackAddress(), 1)
	query := url.Values{"hub.mode": {"subscribe"}, "hub.topic": {form.Get("hub.topic")}, "hub.challenge": {"riddle"}, "hub.lease_seconds": {"3600"}}
	if got := request(t, http.MethodGet, address+"?"+query.Encode(), "", ""); got != "200 riddle" {
		t.Fatalf("verification answered with %q", got)
	}
	mac := hmac.New(sha256.New, []byte(form.Get("hub.secret")))
	mac.Write([]byte("news"))
	if got := request(t, http.MethodPost, address, "news", "sha256="+hex.EncodeToString(mac.Sum(nil))); got != "202 " {
		t.Errorf("push answered with %q", got)
	}
	wait(t, "the poll that the hub asks for", func(context.Context) (bool, error) { return polls.Load() >= 2, nil })
}

// request returns the status and body of an answer.
func request(t *testing.T, method, address, body, signature string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if signature != "" {
		req.Header.Set("X-Hub-Signature", signature)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%d %s", res.StatusCode, answer)
}
