package outbound

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"rawi/pipeline/fault"
)

// resolver answers every question for an address with the next of the list, the last one for ever.
func resolver(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	conn, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for asked := 0; ; {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buffer[:n]) != nil || len(m.Questions) == 0 {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				address := netip.MustParseAddr(addresses[min(asked, len(addresses)-1)])
				asked++
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: address.As4()},
				}}
			}
			if out, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// onAllLoopback serves on every loopback address, so that a rule and not a missing listener decides what is reached.
func onAllLoopback(t *testing.T, h http.HandlerFunc) (port string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func TestNameThatMovesToAForbiddenAddressIsRefused(t *testing.T) {
	var asked atomic.Int32
	port := onAllLoopback(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Connection", "close") // the next request has to dial, and resolve, again
	})
	target := "http://rebind.example:" + port + "/"
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}

	plain := &net.Dialer{Resolver: resolver(t, "127.0.0.2", "127.0.0.1")}
	for range 2 {
		if _, err := get(t.Context(), &http.Client{Transport: &http.Transport{DialContext: plain.DialContext}}, target); err != nil {
			t.Fatalf("without the guard: %v; the test shows nothing", err)
		}
	}
	if asked.Load() != 2 {
		t.Fatalf("without the guard %d requests arrive, want 2", asked.Load())
	}

	g := guardFor(t, Exception{Host: "rebind.example", Ports: []uint16{uint16(number)}, Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.2/32")}})
	g.dialer.Resolver = resolver(t, "127.0.0.2", "127.0.0.1")
	if _, err := get(t.Context(), client(g), target); err != nil {
		t.Fatalf("at the address that is allowed: %v", err)
	}
	_, err = get(t.Context(), client(g), target)
	wantReason(t, err, ReasonForbidden)
	if asked.Load() != 3 {
		t.Errorf("%d requests arrived, want 3", asked.Load())
	}
}

func TestConfiguredProxyIsReachedAndWhatIsBehindItIsChecked(t *testing.T) {
	var asked atomic.Int32
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		_, _ = w.Write([]byte(r.RequestURI))
	})
	cfg := Default()
	cfg.Proxy = proxy.URL
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	g := New(cfg)
	defer g.Close()
	got, err := get(t.Context(), client(g), "http://journal.example/1")
	if err != nil || got.body != "http://journal.example/1" {
		t.Errorf("got %q, %v", got.body, err)
	}
	for _, target := range []string{"http://127.0.0.1/", "http://169.254.169.254/meta-data", "http://[::1]/", "http://journal.example:22/"} {
		_, err := get(t.Context(), client(g), target)
		wantReason(t, err, ReasonForbidden)
	}
	if asked.Load() != 1 {
		t.Errorf("%d requests reached the proxy, want 1", asked.Load())
	}
	// The proxy's own address is exempt as a proxy, not as a target.
	_, err = get(t.Context(), client(guardFor(t)), proxy.URL)
	wantReason(t, err, ReasonForbidden)
	for _, wrong := range []string{"proxy.example:3128", "ftp://proxy.example", "http://desk:s3cret@proxy.example:3128"} {
		cfg.Proxy = wrong
		if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "proxy:") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: got %v", wrong, err)
		}
	}
}

func TestDrippingAnswerIsGivenUp(t *testing.T) {
	for _, test := range []struct {
		name  string
		bytes int // in each second
		slow  bool
	}{{"one byte a second", 1, true}, {"as fast as asked for", 300, false}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWatch(t.Context(), time.Minute, 256)
				wire := &counter{}
				w.answered(wire)
				began := time.Now()
				for w.ctx.Err() == nil && time.Since(began) < 30*time.Second {
					wire.n.Add(int64(test.bytes))
					time.Sleep(time.Second) // of the bubble's clock
				}
				if took := time.Since(began); test.slow != (w.ctx.Err() != nil) || test.slow && took > 12*time.Second {
					t.Errorf("after %s: %v", took, context.Cause(w.ctx))
				}
				w.end()
			})
		})
	}
}

func TestTLSFailuresAreSaidInWords(t *testing.T) {
	secure := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer secure.Close()
	plain := serve(t, func(http.ResponseWriter, *http.Request) {})
	const closed = "http://127.0.0.1:1"
	for _, test := range []struct{ address, want string }{
		{secure.URL, "signed by nobody"},
		{strings.Replace(plain.URL, "http:", "https:", 1), "does not speak TLS"},
		{closed, "takes no connections"},
	} {
		u, err := url.Parse(test.address)
		if err != nil {
			t.Fatal(err)
		}
		_, err = get(t.Context(), client(guardFor(t, loopback(t, test.address, u.Hostname(), true))), test.address)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.address, err, test.want)
		}
	}
	g := guardFor(t, loopback(t, secure.URL, "127.0.0.1", true))
	g.pool.TLSClientConfig = &tls.Config{RootCAs: secure.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs, ServerName: "other.example", MinVersion: tls.VersionTLS12}
	if _, err := get(t.Context(), client(g), secure.URL); err == nil || !strings.Contains(err.Error(), "for another name") {
		t.Errorf("got %v", err)
	}
}

func TestCancelEndsARequestWithinASecond(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half"))
		w.(http.Flusher).Flush()
		close(arrived)
		<-release
	})
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	g := guardFor(t, loopback(t, s.URL, "127.0.0.1", true))
	done := make(chan error, 1)
	go func() {
		_, err := get(ctx, client(g), s.URL)
		done <- err
	}()
	<-arrived
	cancel()
	select {
	case err := <-done:
		if _, permanent := err.(*fault.Permanent); err == nil || permanent { //nolint:errorlint // of the error itself
			t.Errorf("got %v", err)
		}
	case <-time.After(time.Minute): // half of what the guard gives it
		t.Error("still running long after the cancel")
	}
}
