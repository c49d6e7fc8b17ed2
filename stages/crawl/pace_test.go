package crawl

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/feed"
)

// polls is a schedule of feeds that spaces nothing: what keeps requests apart is the pace alone.
type polls struct{ *calendar }

func (polls) Group(func(string, []byte) (string, time.Duration)) {}
func (polls) Delay(context.Context, string, time.Time) error     { return nil }
func (polls) Hasten(context.Context, string) error               { return nil }
func newPolls() polls                                            { return polls{newCalendar()} }
func (p polls) next(name string) time.Time                       { p.mu.Lock(); defer p.mu.Unlock(); return p.due[name] }

// wire writes down every request, whoever makes it, and for whom.
type wire struct {
	mu    sync.Mutex
	asked []sent
	next  *outlet
}

type sent struct {
	host string
	kind string
	at   time.Time
}

// of is a round tripper for requests of one kind. Robots.txt files are a kind of their own.
func (w *wire) of(kind string) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		k := kind
		if r.URL.Path == "/robots.txt" {
			k = "robots"
		}
		w.mu.Lock()
		w.asked = append(w.asked, sent{strings.TrimPrefix(r.URL.Host, "www."), k, time.Now()})
		w.mu.Unlock()
		return w.next.RoundTrip(r)
	})
}

// byHost is what was asked of each host, in order.
func (w *wire) byHost() map[string][]sent {
	w.mu.Lock()
	defer w.mu.Unlock()
	hosts := map[string][]sent{}
	for _, s := range w.asked {
		hosts[s.host] = append(hosts[s.host], s)
	}
	for _, all := range hosts {
		slices.SortStableFunc(all, func(a, b sent) int { return a.at.Compare(b.at) })
	}
	return hosts
}

// daemonOf is a fetcher and a poller with one pace, as a daemon has them.
func daemonOf(w *wire, shared *memory, schedule polls) (*Fetcher, *feed.Poller) {
	v := NewVisitor(Default(), w.of("page"), shared)
	cfg := feed.Default()
	cfg.WebSub.Callback = "https://desk.example/websub"
	return NewFetcher(v), feed.New(cfg, v.Paced(w.of("feed"), cfg.Spacing), schedule, shared, slog.New(slog.DiscardHandler))
}

// poll lets a poller look after feeds until the returned function is called.
func poll(t *testing.T, p *feed.Poller, urls ...string) (stop func()) {
	t.Helper()
	var feeds []feed.Feed
	for _, u := range urls {
		feeds = append(feeds, feed.Feed{URL: u, Outlet: message.Outlet{Name: "journal"}})
	}
	p.SetFeeds(feeds)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx, func(context.Context, message.Message) error { return nil }) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

const hubFeed = `<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Le Journal</title>` +
	`<link>https://journal.example/</link><atom:link rel="hub" href="https://hub.example/"/>` +
	`<item><title>Un</title><link>https://journal.example/1</link></item></channel></rss>`

// TestPagesAndFeedsOfAHostHaveOnePace runs two daemons that crawl and poll thirty hosts: feeds on the bare name that lead to "www.", feeds that
// are kept by one service, a hub for all of them, and pages.
func TestPagesAndFeedsOfAHostHaveOnePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hosts, pages = 30, 10
		w := &wire{next: &outlet{pages: func(rw http.ResponseWriter, r *http.Request) {
			bare, isWWW := strings.CutPrefix(r.URL.Host, "www.")
			switch {
			case r.URL.Path == "/robots.txt":
				rw.WriteHeader(http.StatusNotFound)
			case r.URL.Host == "hub.example":
				rw.WriteHeader(http.StatusAccepted)
			case r.URL.Path == "/abonnement":
				http.Redirect(rw, r, "https://service.example/"+bare, http.StatusFound)
			case r.URL.Host == "service.example", r.URL.Path == "/rss" && isWWW:
				_, _ = rw.Write([]byte(hubFeed))
			case !isWWW:
				http.Redirect(rw, r, "https://www."+bare+r.URL.Path, http.StatusMovedPermanently)
			default:
				_, _ = rw.Write([]byte(articlePage + r.URL.Path))
			}
		}}}
		shared := newMemory()
		var fetchers []*Fetcher
		var stops []func()
		for d := range 2 {
			f, p := daemonOf(w, shared, newPolls())
			var urls []string
			for i := range hosts {
				urls = append(urls, fmt.Sprintf("https://h%d.example/%s", i, []string{"rss", "abonnement"}[d]))
			}
			fetchers, stops = append(fetchers, f), append(stops, poll(t, p, urls...))
		}
		var addresses []string
		for i := range hosts * pages {
			addresses = append(addresses, fmt.Sprintf("https://h%d.example/%d", i%hosts, i))
		}
		workers(t, fetchers, addresses)
		time.Sleep(4 * time.Hour) // hubs that were asked by all at once have been asked by everybody then
		for _, stop := range stops {
			stop()
		}
		closest, kinds := time.Hour, map[string]int{}
		for host, all := range w.byHost() {
			for i, s := range all {
				if kinds[s.kind]++; i == 0 {
					continue
				}
				apart := s.at.Sub(all[i-1].at)
				closest = min(closest, apart)
				least := Default().Spacing
				if s.kind == "feed" && all[i-1].kind == "feed" {
					least = feed.Default().Spacing
				}
				if apart < least {
					t.Errorf("%s: %s asked for %s after %s", host, s.kind, apart, all[i-1].kind)
				}
			}
		}
		t.Logf("%v requests to %d hosts, closest %s", kinds, len(w.byHost()), closest)
		if kinds["page"] < 2*hosts*pages || kinds["feed"] < 5*hosts || len(w.byHost()["hub.example"]) < 2*hosts {
			t.Errorf("%v requests, %d to the hub: the test shows nothing", kinds, len(w.byHost()["hub.example"]))
		}
	})
}

// refusing answers 429 to requests of one kind while it is busy, with a Retry-After.
func refusing(busy *bool, path string) *outlet {
	return &outlet{pages: func(rw http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			rw.WriteHeader(http.StatusNotFound)
		case *busy && r.URL.Path == path:
			rw.Header().Set("Retry-After", "1800")
			rw.WriteHeader(http.StatusTooManyRequests)
		case r.URL.Path == "/rss":
			_, _ = rw.Write([]byte(strings.ReplaceAll(hubFeed, `<atom:link rel="hub" href="https://hub.example/"/>`, "")))
		default:
			_, _ = rw.Write([]byte(articlePage + r.URL.Path))
		}
	}}
}

func TestHostThatRefusesPagesIsNotPolledByAnyDaemon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := true
		w, shared, schedule := &wire{next: refusing(&busy, "/1")}, newMemory(), newPolls()
		crawls, _ := daemonOf(w, shared, newPolls())
		_, polls := daemonOf(w, shared, schedule)
		began := time.Now()
		_, err := crawls.Process(t.Context(), fetchFor("https://journal.example/1"))
		wantDelay(t, err, 30*time.Minute)
		stop := poll(t, polls, "https://www.journal.example/rss")
		time.Sleep(time.Hour)
		stop()
		all := w.byHost()["journal.example"]
		if last := all[len(all)-1]; len(all) != 3 || last.kind != "feed" || last.at.Sub(began) < 30*time.Minute || last.at.Sub(began) > 31*time.Minute {
			t.Errorf("asked %v; want robots.txt, the page, and the feed when the half hour is over", all)
		}
		h, err := feed.HealthOf("https://www.journal.example/rss", schedule.next("https://www.journal.example/rss"), schedule.states["https://www.journal.example/rss"])
		if err != nil || h.Failures != 0 || h.Error != "" || h.Items != 1 {
			t.Errorf("health %+v, %v; want a feed that has not failed", h, err)
		}
	})
}

func TestHostThatRefusesItsFeedIsNotCrawledByAnyDaemon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := true
		w, shared := &wire{next: refusing(&busy, "/rss")}, newMemory()
		_, polls := daemonOf(w, shared, newPolls())
		crawls, _ := daemonOf(w, shared, newPolls())
		if _, err := crawls.Process(t.Context(), fetchFor("https://www.journal.example/1")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // so that this daemon knows the host already
		stop := poll(t, polls, "https://journal.example/rss")
		defer stop()
		time.Sleep(time.Minute)
		_, err := crawls.Process(t.Context(), fetchFor("https://www.journal.example/2"))
		wantDelay(t, err, 28*time.Minute)
		if n := len(w.byHost()["journal.example"]); n != 3 {
			t.Errorf("%d requests, want robots.txt, the first page and the feed", n)
		}
	})
}

// A robots.txt that cannot be read is no wish of the host to be left alone: its feeds are asked for as ever.
func TestFeedsArePolledBehindARobotsFileThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &wire{next: &outlet{pages: func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			_, _ = rw.Write([]byte(hubFeed))
		}}}
		shared := newMemory()
		crawls, polls := daemonOf(w, shared, newPolls())
		_, err := crawls.Process(t.Context(), fetchFor("https://journal.example/1"))
		wantDelay(t, err, robotsRetry)
		stop := poll(t, polls, "https://journal.example/rss")
		time.Sleep(time.Minute)
		stop()
		if all := w.byHost()["journal.example"]; len(all) != 2 || all[1].kind != "feed" {
			t.Errorf("asked %v, want robots.txt and the feed", all)
		}
	})
}
