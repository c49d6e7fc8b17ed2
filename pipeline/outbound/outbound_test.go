package outbound

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"rawi/pipeline/fault"
)

// loopback is an exception for the port of a test server, with or without its address.
func loopback(t *testing.T, server, host string, address bool) Exception {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	e := Exception{Host: host, Ports: []uint16{uint16(port)}}
	if address {
		e.Prefixes = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
	return e
}

func guardFor(t *testing.T, exceptions ...Exception) *Guard {
	t.Helper()
	cfg := Default()
	cfg.HeaderTimeout, cfg.Timeout = time.Minute, 2*time.Minute // of a slow machine
	cfg.Exceptions = exceptions
	g := New(cfg)
	t.Cleanup(g.Close)
	return g
}

const pageBody = 8 << 20

func client(g *Guard) *http.Client { return &http.Client{Transport: g.Transport(pageBody)} }

func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s
}

// answer is what came back, read to its end.
type answer struct {
	status       int
	header       http.Header
	uncompressed bool
	body         string
}

func get(ctx context.Context, client *http.Client, u string) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u, nil)
	if err != nil {
		return answer{}, err
	}
	res, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, res.Uncompressed, string(b)}, err
}

func wantReason(t *testing.T, err error, reason string) {
	t.Helper()
	if p, ok := errors.AsType[*fault.Permanent](err); !ok || p.Reason != reason {
		t.Errorf("got error %v, want reason %q", err, reason)
	}
}

// TestNoSpellingPassesEitherResolver runs the test below by Go's own resolver and by the system's, which takes more spellings for addresses.
func TestNoSpellingPassesEitherResolver(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, resolver := range []string{"go", "cgo"} {
		cmd := exec.CommandContext(t.Context(), program, "-test.run=^TestNoSpellingOfLoopbackPasses$", "-test.v")
		cmd.Env = append(os.Environ(), "GODEBUG=netdns="+resolver)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", resolver, err, out)
		}
		for line := range strings.Lines(string(out)) {
			if strings.Contains(line, "without the guard") {
				t.Log(resolver, strings.TrimSpace(line))
			}
		}
	}
}

func TestNoSpellingOfLoopbackPasses(t *testing.T) {
	var guarded, reached atomic.Int32
	s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/guarded" {
			guarded.Add(1)
		}
	})
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	spellings := []string{
		"127.0.0.1", "localhost", "LOCALHOST", "localhost.", "0.0.0.0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "127.0.0.2",
		"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "①②⑦.⓪.⓪.①", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // some of them are names that a resolver looks for in vain
	defer cancel()
	var all sync.WaitGroup
	for _, host := range spellings {
		all.Go(func() {
			target := "http://" + host + ":" + port
			// Control: a client without the guard reaches the server by several of them, so that refusing them means something.
			if _, err := get(ctx, &http.Client{Transport: &http.Transport{}}, target+"/control"); err == nil {
				reached.Add(1)
			}
			// The port is allowed, so that the address rule alone has to refuse.
			g := guardFor(t, loopback(t, s.URL, strings.Trim(host, "[]"), false))
			if _, err := get(ctx, client(g), target+"/guarded"); err == nil {
				t.Errorf("%s is not refused", host)
			}
		})
	}
	all.Wait()
	if guarded.Load() > 0 {
		t.Errorf("%d requests arrived", guarded.Load())
	}
	t.Logf("without the guard %d of %d spellings reach the server, with it %d", reached.Load(), len(spellings), guarded.Load())
	if reached.Load() < 5 {
		t.Errorf("without the guard %d spellings reach the server; the test shows nothing", reached.Load())
	}
}

func TestRefusalNamesItsReason(t *testing.T) {
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	_, err := get(t.Context(), client(guardFor(t, loopback(t, s.URL, "localhost", false))),
		strings.Replace(s.URL, "127.0.0.1", "localhost", 1))
	wantReason(t, err, ReasonForbidden)
	_, err = get(t.Context(), client(guardFor(t)), s.URL)
	wantReason(t, err, ReasonForbidden)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://x/", nil)
	r.URL.Scheme = "file"
	res, err := guardFor(t).Transport(pageBody).RoundTrip(r)
	if res != nil {
		defer res.Body.Close()
	}
	wantReason(t, err, ReasonForbidden)
}

func TestAddressRule(t *testing.T) {
	r := newRule(nil)
	for _, text := range []string{
		"10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "255.255.255.255", "fe80::1", "fd00::1", "::1", "::",
		"64:ff9b::a00:1", "2002:a00:1::", "198.18.0.1", "203.0.113.9", "::ffff:10.0.0.1", "fe80::1%eth0", "2001:db8::1", "fec0::1",
	} {
		if r.permits(netip.MustParseAddr(text), nil) {
			t.Errorf("%s is permitted", text)
		}
	}
	for _, text := range []string{"1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"} {
		if !r.permits(netip.MustParseAddr(text), nil) {
			t.Errorf("%s is refused", text)
		}
	}
}

func TestExceptionOpensOneHostOnly(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if ua := r.UserAgent(); ua != Anonymous {
			t.Errorf("User-Agent %q", ua)
		}
		_, _ = w.Write([]byte("ok"))
	})
	g := guardFor(t, loopback(t, s.URL, "127.0.0.1", true))
	if got, err := get(t.Context(), client(g), s.URL); err != nil || got.body != "ok" {
		t.Errorf("got %q, %v; want ok", got.body, err)
	}
	_, err := get(t.Context(), client(g), strings.Replace(s.URL, "127.0.0.1", "localhost", 1))
	wantReason(t, err, ReasonForbidden)
	g.Allow(nil)
	_, err = get(t.Context(), client(g), s.URL)
	wantReason(t, err, ReasonForbidden)
}

func TestRedirectIntoForbiddenAddressIsRefused(t *testing.T) {
	var inner atomic.Int32
	secret := serve(t, func(http.ResponseWriter, *http.Request) { inner.Add(1) })
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, secret.URL+"/meta-data", http.StatusFound)
	})
	if _, err := get(t.Context(), &http.Client{Transport: &http.Transport{}}, s.URL); err != nil || inner.Load() != 1 {
		t.Fatalf("without the guard: %v, %d requests arrived; want the redirect followed", err, inner.Load())
	}
	_, err := get(t.Context(), client(guardFor(t, loopback(t, s.URL, "127.0.0.1", true))), s.URL)
	wantReason(t, err, ReasonForbidden)
	if inner.Load() != 1 {
		t.Error("the guarded client followed the redirect")
	}
}

func compressed(t *testing.T, encoding string, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&out)
	switch encoding {
	case "br":
		w = brotli.NewWriter(&out)
	case "zstd":
		enc, err := zstd.NewWriter(&out)
		if err != nil {
			t.Fatal(err)
		}
		w = enc
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestBodiesAreDecodedUnderTheCap(t *testing.T) {
	text := bytes.Repeat([]byte("Salé, le 17 décembre 2021. سلا "), 3000)
	noise := make([]byte, 3<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = byte(x >> 24)
	}
	bomb := make([]byte, 64<<20)
	for _, test := range []struct {
		name, encoding, reason string
		body                   []byte
	}{
		{"plain", "", "", text},
		{"gzip", "gzip", "", text},
		{"zstd", "zstd", "", text},
		{"brotli", "br", "", text},
		{"plain too big", "", ReasonTooBig, noise},
		{"gzip too big", "gzip", ReasonTooBig, noise},
		{"zstd too big", "zstd", ReasonTooBig, noise},
		{"brotli too big", "br", ReasonTooBig, noise},
		{"brotli bomb", "br", ReasonBomb, bomb},
		{"gzip bomb", "gzip", ReasonBomb, bomb},
		{"zstd bomb", "zstd", ReasonBomb, bomb},
		{"unasked", "compress", ReasonEncoding, text},
	} {
		t.Run(test.name, func(t *testing.T) {
			wire := test.body
			if test.encoding != "" && test.encoding != "compress" {
				wire = compressed(t, test.encoding, test.body)
			}
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if got := r.Header.Get("Accept-Encoding"); got != "gzip, br, zstd" {
					t.Errorf("Accept-Encoding %q", got)
				}
				if test.encoding != "" {
					w.Header().Set("Content-Encoding", test.encoding)
				}
				_, _ = w.Write(wire)
			})
			got, err := get(t.Context(), &http.Client{Transport: guardFor(t, loopback(t, s.URL, "127.0.0.1", true)).Transport(2 << 20)}, s.URL)
			if test.reason != "" {
				wantReason(t, err, test.reason)
				return
			}
			if err != nil || got.body != string(test.body) || !got.uncompressed || got.header.Get("Content-Encoding") != "" {
				t.Errorf("got %d bytes, %v; want %d", len(got.body), err, len(test.body))
			}
		})
	}
}

func TestEmptyAnswerThatSaysItIsCompressedIsNoError(t *testing.T) {
	for _, encoding := range []string{"gzip", "br", "zstd"} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", encoding)
			w.WriteHeader(http.StatusNotModified)
		})
		got, err := get(t.Context(), client(guardFor(t, loopback(t, s.URL, "127.0.0.1", true))), s.URL)
		if err != nil || got.status != http.StatusNotModified || got.body != "" {
			t.Errorf("%s: got %d bytes, %v", encoding, len(got.body), err)
		}
	}
}

func TestServerThatNeverAnswersEndsInAPlainError(t *testing.T) {
	release := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			_, _ = w.Write([]byte("half"))
			w.(http.Flusher).Flush()
		}
		<-release
	})
	defer close(release)
	cfg := Default()
	cfg.HeaderTimeout, cfg.Timeout = 50*time.Millisecond, 150*time.Millisecond
	cfg.Exceptions = []Exception{loopback(t, s.URL, "127.0.0.1", true)}
	g := New(cfg)
	defer g.Close()
	for _, path := range []string{"/silent", "/slow"} {
		_, err := get(t.Context(), client(g), s.URL+path)
		if _, permanent := errors.AsType[*fault.Permanent](err); err == nil || permanent {
			t.Errorf("%s: got %v, want an error that may be retried", path, err)
		}
	}
}

func TestDefaultIsValidAndMistakesAreNamed(t *testing.T) {
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
	err := Config{Exceptions: []Exception{{}}}.Validate()
	for _, key := range []string{"user_agent", "timeout", "exceptions[0].host"} {
		if err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("error %v does not name %s", err, key)
		}
	}
}
