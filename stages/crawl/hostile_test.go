package crawl

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"

	"rawi/pipeline/fault"
	"rawi/pipeline/outbound"
)

// behindGuard is a fetcher as the daemon has it, for a server of a test.
func behindGuard(t *testing.T, server string, change func(*outbound.Config, *Config)) *Fetcher {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	out, cfg := outbound.Default(), Default()
	out.Exceptions = []outbound.Exception{{
		Host: u.Hostname(), Ports: []uint16{uint16(port)}, Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	}}
	cfg.Spacing = 0
	if change != nil {
		change(&out, &cfg)
	}
	guard := outbound.New(out)
	t.Cleanup(guard.Close)
	return NewFetcher(NewVisitor(cfg, guard.Transport(cfg.MaxBody), newMemory()))
}

// endless writes until the reader has enough, and counts.
func endless(w io.Writer, sent *atomic.Int64, chunk string) {
	for {
		n, err := io.WriteString(w, chunk)
		if sent.Add(int64(n)); err != nil {
			return
		}
	}
}

func TestHostileAnswersCostLittle(t *testing.T) {
	var sent atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/robots"):
			w.WriteHeader(http.StatusNotFound)
		case r.URL.Path == "/bomb":
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			zeros := make([]byte, 1<<20)
			for range 1024 { // 1 MB on the wire
				if _, err := z.Write(zeros); err != nil {
					return
				}
			}
			_ = z.Close()
		case r.URL.Path == "/endless":
			endless(w, &sent, strings.Repeat("<p>encore</p>", 1000))
		case r.URL.Path == "/header":
			w.Header().Set("X", strings.Repeat("x", 1<<20))
		}
	}))
	defer s.Close()
	f := behindGuard(t, s.URL, nil)
	for _, test := range []struct {
		path, reason string
		most         uint64 // bytes allocated
	}{{"/bomb", "bomb", 32 << 20}, {"/endless", "too_big", 64 << 20}, {"/header", "", 16 << 20}} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := f.Process(t.Context(), fetchFor(s.URL+test.path))
		runtime.ReadMemStats(&after)
		if test.reason != "" {
			wantPermanent(t, err, test.reason)
		} else if err == nil {
			t.Errorf("%s: no error", test.path)
		}
		used := after.TotalAlloc - before.TotalAlloc
		t.Logf("%s: %v after %d KB", test.path, err, used>>10)
		if used > instrumented*test.most {
			t.Errorf("%s: %d bytes were allocated", test.path, used)
		}
	}
}

func TestHugeRobotsIsReadInPart(t *testing.T) {
	var sent atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/robots.txt" {
			_, _ = io.WriteString(w, articlePage+r.URL.Path)
			return
		}
		_, _ = io.WriteString(w, "User-agent: *\nDisallow: /prive/\n")
		for sent.Load() < 200<<20 {
			n, err := io.WriteString(w, strings.Repeat("Disallow: /x/y/z\n", 4096))
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	defer s.Close()
	f := behindGuard(t, s.URL, nil)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := f.Process(t.Context(), fetchFor(s.URL+"/1")); err != nil {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	_, err := f.Process(t.Context(), fetchFor(s.URL+"/prive/1"))
	if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != ReasonRobots {
		t.Errorf("got %v", err)
	}
	used := after.TotalAlloc - before.TotalAlloc
	t.Logf("%d KB allocated, %d KB sent", used>>10, sent.Load()>>10)
	if used > 64<<20 || sent.Load() > 64<<20 {
		t.Errorf("%d bytes were allocated for a robots.txt of which %d were sent", used, sent.Load())
	}
}

func TestAnswerWithoutEndInTimeIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, "<html>")
		w.(http.Flusher).Flush()
		<-release
	}))
	defer s.Close()
	defer close(release)
	f := behindGuard(t, s.URL, func(_ *outbound.Config, c *Config) { c.Timeout = 2 * time.Second })
	_, err := f.Process(t.Context(), fetchFor(s.URL+"/1"))
	if _, permanent := errors.AsType[*fault.Permanent](err); err == nil || permanent || !strings.Contains(err.Error(), "no complete answer within") {
		t.Errorf("got %v, want an error that may be retried", err)
	}
}

// What pages link to has any number of hosts, and each may have as many rules as are read.
func TestRobotsOfAnyNumberOfHostsFillNoMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := []byte("User-agent: *\n" + strings.Repeat("Disallow: /"+strings.Repeat("x", 1000)+"\n", 500))
		o := &outlet{pages: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(text) }}
		g := newGate(Default(), o, newMemory())
		hosts := 2 * maxRobotsBytes / len(text)
		for i := range hosts {
			u := &url.URL{Scheme: "https", Host: fmt.Sprintf("h%d.example", i), Path: "/a"}
			if _, err := g.check(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		}
		held := 0
		for _, f := range g.files {
			held += f.bytes
		}
		if most := maxRobotsBytes + len(text); held > most || held != g.bytes || held < most/2 {
			t.Errorf("%d bytes of %d hosts are held and %d counted; want %d at most", held, hosts, g.bytes, most)
		}
	})
}
