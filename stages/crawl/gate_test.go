package crawl

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"rawi/pipeline/fault"
	"rawi/pipeline/outbound"
)

// packed is a text as a server has it on its disk that compresses files once for all.
func packed(t *testing.T, how, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if how == "zstd" {
		enc, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		return enc.EncodeAll([]byte(text), nil)
	}
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const closedRobots = "User-agent: *\nDisallow: /prive/\n"

// What cannot be read says nothing, neither that all may be fetched nor that nothing ever may: the file is asked for again.
func TestRobotsThatCannotBeDecodedIsAskedForAgain(t *testing.T) {
	for name, broken := range map[string]func(r *http.Request) (*http.Response, error){
		"an encoding that was not asked for": func(*http.Request) (*http.Response, error) {
			return nil, fault.Permanently(outbound.ReasonEncoding, errors.New("answered in an encoding that was not asked for"))
		},
		"gzip that does not say so":   bodyOf(packed(t, "gzip", closedRobots)),
		"zstd that does not say so":   bodyOf(packed(t, "zstd", closedRobots)),
		"bytes of brotli, or any":     bodyOf([]byte("\x1b\x2f\x00\xf8\x8d\x94\x01\x02\x6c\x0e\x00\xa4\x07")),
		"a bomb, as the way out says": func(*http.Request) (*http.Response, error) { return nil, fault.Permanently(outbound.ReasonBomb, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/robots.txt" {
						_, _ = w.Write([]byte(closedRobots))
						return
					}
					_, _ = w.Write([]byte(articlePage + r.URL.Path))
				}}
				began := time.Now()
				f := NewFetcher(NewVisitor(Default(), roundTrip(func(r *http.Request) (*http.Response, error) {
					if r.URL.Path == "/robots.txt" && time.Since(began) < time.Minute {
						return broken(r)
					}
					return o.RoundTrip(r)
				}), newMemory()))
				_, err := f.Process(t.Context(), fetchFor("https://journal.example/1"))
				wantDelay(t, err, robotsRetry)
				if n := len(o.asked); n != 0 {
					t.Errorf("%d pages asked for without knowing whether they may be", n)
				}
				time.Sleep(robotsRetry + time.Minute)
				if _, err := f.Process(t.Context(), fetchFor("https://journal.example/1")); err != nil {
					t.Errorf("once it can be read: %v", err)
				}
				time.Sleep(time.Minute)
				_, err = f.Process(t.Context(), fetchFor("https://journal.example/prive/1"))
				if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != ReasonRobots {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func bodyOf(body []byte) func(r *http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		_, _ = w.Write(body)
		res := w.Result()
		res.Request = r
		return res, nil
	}
}

// The way out names what it never lets out, and only that is permanent.
func TestRobotsOfAForbiddenAddressIsRefusedAtOnce(t *testing.T) {
	f := behindGuard(t, "http://127.0.0.1:1", func(o *outbound.Config, _ *Config) { o.Exceptions = nil })
	_, err := f.Process(t.Context(), fetchFor("http://localhost/1"))
	wantPermanent(t, err, outbound.ReasonForbidden)
}

// A host may take connections and never say a word: behind it waits a worker for each page, as long as an answer may take.
func TestHostThatSaysNothingIsSkipped(t *testing.T) {
	var asked atomic.Int32
	silent := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		asked.Add(1)
		<-silent
	}))
	defer s.Close()
	defer close(silent)
	for name, change := range map[string]func(*outbound.Config, *Config){
		"until its header is due": func(o *outbound.Config, _ *Config) { o.HeaderTimeout = 2 * time.Second },
		"until the page's time":   func(_ *outbound.Config, c *Config) { c.Timeout = 2 * time.Second },
	} {
		asked.Store(0)
		f := behindGuard(t, s.URL, change)
		_, err := f.Process(t.Context(), fetchFor(s.URL+"/1"))
		_, permanent := errors.AsType[*fault.Permanent](err)
		if _, delayed := errors.AsType[*fault.Delayed](err); err == nil || permanent || delayed {
			t.Errorf("%s: got %v, want the failure of this page", name, err)
		}
		_, err = f.Process(t.Context(), fetchFor(s.URL+"/2"))
		if wantDelay(t, err, 30*time.Second); asked.Load() != 1 {
			t.Errorf("%s: asked %d times", name, asked.Load())
		}
	}
}

// One that does not even shake hands over TLS is the same.
func TestHostThatDoesNotShakeHandsIsSkipped(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	f := behindGuard(t, "https://"+l.Addr().String(), func(o *outbound.Config, _ *Config) { o.HeaderTimeout = 200 * time.Millisecond })
	for _, path := range []string{"/1", "/2"} {
		_, err := f.Process(t.Context(), fetchFor("https://"+l.Addr().String()+path))
		wantDelay(t, err, 30*time.Second)
	}
}

// A page that begins and does not end is that page's failure.
func TestHostThatBeginsToAnswerIsNotSkipped(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			w.WriteHeader(http.StatusNotFound)
		case "/1":
			_, _ = w.Write([]byte("<html>" + strings.Repeat(" ", 1<<16)))
			w.(http.Flusher).Flush()
			<-release
		default:
			_, _ = w.Write([]byte(articlePage))
		}
	}))
	defer s.Close()
	defer close(release)
	f := behindGuard(t, s.URL, func(_ *outbound.Config, c *Config) { c.Timeout = 6 * time.Second })
	if _, err := f.Process(t.Context(), fetchFor(s.URL+"/1")); err == nil {
		t.Error("half a page was taken for a whole one")
	}
	if _, err := f.Process(t.Context(), fetchFor(s.URL+"/2")); err != nil {
		t.Errorf("the next page: %v", err)
	}
}

// What robots.txt is asked about is what is fetched: dots in a path lead out of what it allows.
func TestRobotsDecidesOnThePathThatIsFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := site(map[string]string{"/robots.txt": closedRobots, "/prive/1": articlePage + "1", "/2": articlePage + "2"})
		answer := o.pages
		o.pages = func(w http.ResponseWriter, r *http.Request) {
			if to, ok := strings.CutPrefix(r.URL.Path, "/vers"); ok {
				http.Redirect(w, r, strings.ReplaceAll(to, "point", "%2e"), http.StatusFound)
				return
			}
			answer(w, r)
		}
		f := o.fetcher()
		for _, path := range []string{"/x/../prive/1", "/./prive/1", "/x/..//../prive/1", "/prive/./1", "/%2e/prive/1", "/x/.%2E/prive/1", "/vers/point/prive/1", "/vers/x/../prive/1"} {
			_, err := f.Process(t.Context(), fetchFor("https://journal.example"+path))
			if drop, ok := errors.AsType[*fault.Drop](err); !ok || drop.Reason != ReasonRobots {
				t.Errorf("%s: got %v", path, err)
			}
		}
		out, err := f.Process(t.Context(), fetchFor("https://journal.example/prive/../2?x=/../y"))
		if err != nil || out[0].FinalURL != "https://journal.example/2?x=/../y" {
			t.Errorf("got %+v, %v", out, err)
		}
		for _, a := range o.asked {
			if a.path != "/2" && !strings.HasPrefix(a.path, "/vers") {
				t.Errorf("asked for %s", a.path)
			}
		}
	})
}

// A host whose pages all lie elsewhere is in reach when it says where: what failed once is forgotten as with any other.
func TestHostThatLeadsElsewhereIsInReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := true
		o := &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/robots.txt":
				w.WriteHeader(http.StatusNotFound)
			case r.URL.Host == "court.example":
				http.Redirect(w, r, "https://journal.example"+r.URL.Path, http.StatusFound)
			default:
				_, _ = w.Write([]byte(articlePage + r.URL.Path))
			}
		}}
		f := NewFetcher(NewVisitor(Default(), roundTrip(func(r *http.Request) (*http.Response, error) {
			if down && r.URL.Host == "court.example" && r.URL.Path != "/robots.txt" {
				return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
			}
			return o.RoundTrip(r)
		}), newMemory()))
		fails := func() {
			t.Helper()
			down = true
			if _, err := f.Process(t.Context(), fetchFor("https://court.example/1")); err == nil {
				t.Fatal("the host is down and answers")
			}
			_, err := f.Process(t.Context(), fetchFor("https://court.example/2"))
			if d, ok := errors.AsType[*fault.Delayed](err); !ok || d.Delay < 50*time.Second || d.Delay > 90*time.Second {
				t.Errorf("got %v, want the host skipped for a minute, as after a first failure", err)
			}
			down = false
			time.Sleep(10 * time.Minute)
		}
		fails()
		if _, err := f.Process(t.Context(), fetchFor("https://court.example/3")); err != nil {
			t.Fatal(err)
		}
		fails()
	})
}
