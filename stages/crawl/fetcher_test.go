package crawl

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"

	"rawi/pipeline/fault"
)

func TestPageTravelsAsServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := append([]byte("<html><body><p>"), 0xd3, 0xe1, 0xc7, 0xe9, '<', '/', 'p', '>') // in windows-1256
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/robots.txt":
				w.WriteHeader(http.StatusNotFound)
			case "/a":
				http.Redirect(w, r, "/b", http.StatusMovedPermanently)
			case "/b":
				http.Redirect(w, r, "/c", http.StatusFound)
			default:
				w.Header().Set("Content-Type", "text/html; charset=windows-1256")
				w.Header().Set("Last-Modified", "Fri, 17 Dec 2021 10:00:00 GMT")
				_, _ = w.Write(body)
			}
		}}
		in := fetchFor("https://journal.example/a")
		out, err := o.fetcher().Process(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		raw := out[0]
		if !bytes.Equal(raw.Body, body) || raw.ContentType != "text/html; charset=windows-1256" || raw.Header["Last-Modified"] == "" {
			t.Errorf("body %+q, content type %q, header %v", raw.Body, raw.ContentType, raw.Header)
		}
		if raw.ID != in.ID || raw.URL != in.URL || raw.FinalURL != "https://journal.example/c" || raw.Status != 200 ||
			!slices.Equal(raw.Redirects, []string{"https://journal.example/b"}) {
			t.Errorf("got %+v", raw)
		}
		for _, a := range o.asked {
			if a.header.Get("Referer") != "" || a.header.Get("Cookie") != "" {
				t.Errorf("%s was told where we come from: %v", a.path, a.header)
			}
		}
	})
}

func TestAnswersThatAreNoArticles(t *testing.T) {
	for _, test := range []struct {
		name, contentType, body string
		status                  int
		header                  [2]string
		reason                  string
		wait                    time.Duration
	}{
		{name: "gone", status: 404, reason: ReasonGone},
		{name: "gone for good", status: 410, reason: ReasonGone},
		{name: "forbidden", status: 403, reason: ReasonBlocked},
		{name: "challenge", status: 503, header: [2]string{"Cf-Mitigated", "challenge"}, reason: ReasonBlocked},
		{name: "refused", status: 422, reason: ReasonRefused},
		{name: "too many", status: 429, header: [2]string{"Retry-After", "120"}, wait: 2 * time.Minute},
		{name: "busy", status: 503, wait: time.Minute},
		{name: "absurd wait", status: 429, header: [2]string{"Retry-After", "1e300"}, wait: 24 * time.Hour},
		{name: "broken", status: 500},
		{name: "pdf", status: 200, contentType: "application/pdf", body: "%PDF-1.4", reason: ReasonNotHTML},
		{name: "picture that says it is HTML", status: 200, contentType: "text/html", body: "\x89PNG\r\n\x1a\n\x00\x00\x00", reason: ReasonBinary},
		{name: "empty", status: 200, body: " \n", reason: ReasonEmpty},
		{name: "too big", status: 200, body: strings.Repeat("x", 9<<20), reason: ReasonTooBig},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/robots.txt" {
						w.WriteHeader(http.StatusNotFound)
						return
					}
					if test.contentType != "" {
						w.Header().Set("Content-Type", test.contentType)
					}
					if test.header[0] != "" {
						w.Header().Set(test.header[0], test.header[1])
					}
					w.WriteHeader(test.status)
					_, _ = w.Write([]byte(test.body))
				}}
				_, err := o.fetcher().Process(t.Context(), fetchFor("https://journal.example/1"))
				_, permanent := errors.AsType[*fault.Permanent](err)
				_, delayed := errors.AsType[*fault.Delayed](err)
				switch {
				case test.reason != "":
					wantPermanent(t, err, test.reason)
				case test.wait > 0:
					wantDelay(t, err, test.wait)
				case err == nil || permanent || delayed:
					t.Errorf("got %v, want an error that may be retried", err)
				}
			})
		})
	}
}

func TestPagesThatOnlyLookLikeArticlesAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt":
				w.WriteHeader(http.StatusNotFound)
			case r.URL.Path == "/defi":
				_, _ = w.Write([]byte("<html><title>Just a moment...</title></html>"))
			case r.URL.Path == "/parti":
				http.Redirect(w, r, "/", http.StatusFound)
			case r.URL.Path == "/mur":
				http.Redirect(w, r, "/gdpr-consent?retour=/mur", http.StatusFound)
			case strings.HasPrefix(r.URL.Path, "/vide-"):
				_, _ = w.Write([]byte(articlePage))
			default:
				_, _ = w.Write([]byte(articlePage + r.URL.Path))
			}
		}}
		f := o.fetcher()
		for _, test := range []struct{ path, reason string }{
			{"/defi", "blocked"},
			{"/parti", "home_page"},
			{"/mur", "consent"},
			{"/vide-1", ""},
			{"/vide-2", ""},
			{"/vide-3", ""},
			{"/vide-4", "soft_404"},
			{"/vide-1", ""},
			{"/vide-5", "soft_404"},
			{"/autre", ""},
		} {
			_, err := f.Process(t.Context(), fetchFor("https://journal.example"+test.path))
			if test.reason == "" && err != nil {
				t.Errorf("%s: %v", test.path, err)
			} else if test.reason != "" {
				wantPermanent(t, err, test.reason)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestHostThatForbidsIsAskedLessOften(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := closing(func(n int) int {
			if n == 1 {
				return http.StatusForbidden
			}
			return http.StatusOK
		}, "")
		f := o.fetcher()
		_, err := deliver(t.Context(), f, "https://journal.example/0")
		wantPermanent(t, err, ReasonBlocked)
		for i := range 4 {
			if _, err := deliver(t.Context(), f, fmt.Sprintf("https://journal.example/%d", i+1)); err != nil {
				t.Error(err)
			}
		}
		for i := 1; i < len(o.asked); i++ {
			if apart := o.asked[i].at.Sub(o.asked[i-1].at); apart < 2*Default().Spacing {
				t.Errorf("requests %d and %d are %s apart", i-1, i, apart)
			}
		}
	})
}

func TestCompressedFileIsNotOpenedByTheCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bomb bytes.Buffer
		z := gzip.NewWriter(&bomb)
		for range 64 {
			if _, err := z.Write(make([]byte, 1<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		for _, contentType := range []string{"text/html; a=gzip", "application/gzip", "application/x-gzip"} {
			o := site(nil)
			o.pages = func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				w.Header().Set("Content-Type", contentType)
				_, _ = w.Write(bomb.Bytes())
			}
			p, err := NewVisitor(Default(), o, newMemory()).visit(t.Context(), "x", "https://journal.example/sitemap.xml.gz", nil)
			if err != nil || len(p.body) != bomb.Len() {
				t.Errorf("%s: %d bytes, %v; want the %d of the file", contentType, len(p.body), err, bomb.Len())
			}
		}
	})
}

func TestRobotsDecidesForEveryHop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/robots.txt":
				_, _ = w.Write([]byte("User-agent: rawi\nDisallow: /prive/\n"))
			case "/vers-prive":
				http.Redirect(w, r, "/prive/1", http.StatusFound)
			default:
				_, _ = w.Write([]byte(articlePage + r.URL.Path))
			}
		}}
		f := o.fetcher()
		for _, path := range []string{"/prive/1", "/vers-prive"} {
			_, err := f.Process(t.Context(), fetchFor("https://journal.example"+path))
			if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != ReasonRobots {
				t.Errorf("%s: got %v, want it dropped under %q", path, err, ReasonRobots)
			}
		}
		for _, a := range o.asked {
			if strings.HasPrefix(a.path, "/prive/") {
				t.Errorf("%s was asked for", a.path)
			}
		}
	})
}

func TestRobotsThatCannotBeReadAllowsNothingYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broken := true
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" && broken {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			_, _ = w.Write([]byte(articlePage + r.URL.Path))
		}}
		f := o.fetcher()
		in := fetchFor("https://journal.example/1")
		_, err := f.Process(t.Context(), in)
		wantDelay(t, err, robotsRetry)
		broken = false
		time.Sleep(robotsRetry + time.Second)
		if _, err := f.Process(t.Context(), in); err != nil {
			t.Errorf("once the file is there again: %v", err)
		}
		// What was read once holds on while the host is out of reach.
		broken = true
		time.Sleep(25 * time.Hour)
		if _, err := f.Process(t.Context(), in); err != nil {
			t.Errorf("with the file of before: %v", err)
		}
	})
}

func TestRobotsIsAskedForOnceByFifty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := site(map[string]string{"/1": articlePage})
		answer := o.pages
		o.pages = func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Second)
			answer(w, r)
		}
		f := o.fetcher()
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() { _, _ = f.Process(t.Context(), fetchFor(fmt.Sprintf("https://journal.example/%d", i))) })
		}
		all.Wait()
		if o.robots != 1 {
			t.Errorf("robots.txt was asked for %d times", o.robots)
		}
	})
}

func TestHostsAreAskedNoFasterThanTheirSpacing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const hosts, pages, delay = 100, 12, 3 * time.Second
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" && r.URL.Host == "host-0.example" {
				_, _ = w.Write([]byte("User-agent: *\nCrawl-delay: 3\n"))
				return
			}
			_, _ = w.Write([]byte(articlePage + r.URL.Path))
		}}
		f := o.fetcher()
		began := time.Now()
		var all sync.WaitGroup
		for i := range hosts * pages {
			all.Go(func() {
				in := fetchFor(fmt.Sprintf("https://host-%d.example/%d", i%hosts, i))
				for {
					_, err := f.Process(t.Context(), in)
					d, delayed := errors.AsType[*fault.Delayed](err)
					if !delayed {
						return
					}
					time.Sleep(d.Delay) // as the runtime does
				}
			})
		}
		all.Wait()
		took := time.Since(began)
		last, count := map[string]time.Time{}, 0
		for _, a := range o.asked {
			want := time.Second
			if a.host == "host-0.example" {
				want = delay
			}
			if before, ok := last[a.host]; ok && a.at.Sub(before) < want {
				t.Errorf("%s was asked again after %s", a.host, a.at.Sub(before))
			}
			last[a.host] = a.at
			count++
		}
		if count != hosts*pages {
			t.Errorf("%d pages fetched, want %d", count, hosts*pages)
		}
		if limit := pages*delay + 5*time.Second; took > limit {
			t.Errorf("took %s, want at most %s: turns were lost", took, limit)
		}
	})
}

func TestBusyHostIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			w.Header().Set("Retry-After", "300")
			w.WriteHeader(http.StatusTooManyRequests)
		}}
		f := o.fetcher()
		_, _ = f.Process(t.Context(), fetchFor("https://journal.example/1"))
		_, err := f.Process(t.Context(), fetchFor("https://journal.example/2"))
		wantDelay(t, err, 299*time.Second)
		if len(o.asked) != 1 {
			t.Errorf("%d requests", len(o.asked))
		}
	})
}

func TestServerThatNeverAnswersIsAPlainError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/robots.txt" {
				<-r.Context().Done()
			}
		}}
		_, err := o.fetcher().Process(t.Context(), fetchFor("https://journal.example/1"))
		if _, permanent := errors.AsType[*fault.Permanent](err); err == nil || permanent || !strings.Contains(err.Error(), "no complete answer within") {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhatTheTransportRefusesStaysRefused(t *testing.T) {
	refuse := roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, fault.Permanently("forbidden_address", errors.New("loopback"))
	})
	_, err := NewFetcher(NewVisitor(Default(), refuse, newMemory())).Process(t.Context(), fetchFor("http://localhost/1"))
	wantPermanent(t, err, "forbidden_address")
	_, err = NewFetcher(NewVisitor(Default(), refuse, newMemory())).Process(t.Context(), fetchFor("file:///etc/passwd"))
	wantPermanent(t, err, ReasonBadURL)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCancelEndsAFetchAtOnce(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		close(arrived)
		<-release
	}))
	defer s.Close()
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		cfg := Default()
		cfg.Spacing = 0
		_, err := NewFetcher(NewVisitor(cfg, http.DefaultTransport, newMemory())).Process(ctx, fetchFor(s.URL+"/1"))
		done <- err
	}()
	<-arrived
	cancel()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	case <-time.After(Default().Timeout / 2):
		t.Error("still running long after the cancel")
	}
}

func BenchmarkProcess(b *testing.B) {
	o := site(map[string]string{"/1": articlePage + strings.Repeat("<p>سلا</p>", 1000)})
	cfg := Default()
	cfg.Spacing = 0
	f := NewFetcher(NewVisitor(cfg, o, newMemory()))
	for b.Loop() {
		if _, err := f.Process(b.Context(), fetchFor("https://journal.example/1")); err != nil {
			b.Fatal(err)
		}
	}
}
