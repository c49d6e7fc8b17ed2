// Package outbound is the one way out to the web: every request of every stage passes its address rule, its limits and its timeouts.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"time"

	"rawi/pipeline/fault"
)

// Reasons of permanent errors.
const (
	ReasonTooBig    = "too_big"           // more decoded bytes than the cap
	ReasonBomb      = "bomb"              // decoded bytes out of all proportion to those on the wire
	ReasonForbidden = "forbidden_address" // a scheme, port or address that the rule refuses
	ReasonEncoding  = "encoding"          // a Content-Encoding that was not asked for
)

// Exception opens one host to addresses or ports that the rule refuses, for instance an outlet inside one's own network.
type Exception struct {
	Host     string         `yaml:"host"`     // as it stands in the URL, without the port
	Prefixes []netip.Prefix `yaml:"prefixes"` // addresses allowed beside public ones
	Ports    []uint16       `yaml:"ports"`    // ports allowed beside 80 and 443
}

// Config of the way out. The zero value is not usable; begin with Default.
type Config struct {
	UserAgent     string        `yaml:"user_agent"`     // who asks, with a page that tells more: "rawi (+https://desk.example/reader)"
	HeaderTimeout time.Duration `yaml:"header_timeout"` // until the answer's header is there
	Timeout       time.Duration `yaml:"timeout"`        // until the answer's last byte is there
	MinRate       int64         `yaml:"min_rate"`       // bytes a second; an answer that is slower after ten seconds is given up
	Proxy         string        `yaml:"proxy"`          // http://host:port of the proxy that every request goes through; empty for none
	Exceptions    []Exception   `yaml:"exceptions"`
}

// Anonymous is the User-Agent of a daemon that nobody has named: it says what asks, not whose it is.
const Anonymous = "rawi"

// Default is the configuration for the public web.
func Default() Config {
	return Config{
		UserAgent:     Anonymous,
		HeaderTimeout: 20 * time.Second,
		Timeout:       time.Minute,
		MinRate:       256,
	}
}

// Validate returns what is wrong with the configuration, by key.
func (c Config) Validate() error {
	var errs []error
	if c.UserAgent == "" {
		errs = append(errs, errors.New("user_agent: must not be empty: site owners want to know who reads them"))
	}
	if c.HeaderTimeout <= 0 || c.Timeout <= 0 {
		errs = append(errs, errors.New("header_timeout, timeout: must be above zero"))
	}
	if c.MinRate < 0 {
		errs = append(errs, errors.New("min_rate: must not be below zero"))
	}
	if _, err := c.proxy(); err != nil {
		errs = append(errs, err)
	}
	for i, e := range c.Exceptions {
		if e.Host == "" {
			errs = append(errs, fmt.Errorf("exceptions[%d].host: must name a host", i))
		}
	}
	return errors.Join(errs...)
}

// proxy is nil where none is configured. A password is refused because settings are shown by commands and logs.
func (c Config) proxy() (*url.URL, error) {
	if c.Proxy == "" {
		return nil, nil
	}
	u, err := url.Parse(c.Proxy)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5":
		return nil, errors.New("proxy: wants http://host:port, https://host:port or socks5://host:port")
	case u.User != nil:
		return nil, errors.New("proxy: must not hold a password: let the proxy know this host by its address")
	}
	return u, nil
}

// Guard holds the connections to the web. It is safe for concurrent use.
type Guard struct {
	cfg    Config
	rule   atomic.Pointer[rule]
	dialer net.Dialer
	proxy  string // host:port of the configured proxy; the only place that the address rule does not look at
	pool   *http.Transport
	header http.Header // of every request
}

// New returns a guard for a valid configuration. Close ends its idle connections.
func New(cfg Config) *Guard {
	g := &Guard{
		cfg: cfg, dialer: net.Dialer{Timeout: cfg.HeaderTimeout, KeepAlive: 30 * time.Second},
		header: http.Header{"User-Agent": {cfg.UserAgent}, "Accept-Encoding": {accepted}},
	}
	g.Allow(cfg.Exceptions)
	g.pool = &http.Transport{
		DialContext:            g.dial,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // decoding is ours, under a limit
		MaxIdleConns:           200,
		MaxIdleConnsPerHost:    16,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    cfg.HeaderTimeout,
		ResponseHeaderTimeout:  cfg.HeaderTimeout,
		MaxResponseHeaderBytes: 256 << 10,
	}
	if proxy, err := cfg.proxy(); err == nil && proxy != nil { // the environment's proxy is not asked: it would switch the rule off unseen
		g.proxy = hostPort(proxy)
		g.pool.Proxy = http.ProxyURL(proxy)
	}
	return g
}

// Allow replaces the exceptions, and drops idle connections so that a withdrawn one ends at once.
func (g *Guard) Allow(exceptions []Exception) {
	g.rule.Store(newRule(exceptions))
	if g.pool != nil {
		g.pool.CloseIdleConnections()
	}
}

// Close ends idle connections.
func (g *Guard) Close() { g.pool.CloseIdleConnections() }

func (g *Guard) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", address, err)
	}
	if address == g.proxy {
		return g.dialer.DialContext(ctx, network, address)
	}
	check, err := g.rule.Load().forHost(host, port)
	if err != nil {
		return nil, err
	}
	d := g.dialer
	d.ControlContext = check
	return d.DialContext(ctx, network, address)
}

// Transport returns a round tripper with a cap on the decoded bytes of each answer. Reading past the cap is an error, never an early end.
// All transports of a guard share its connections.
func (g *Guard) Transport(maxBody int64) http.RoundTripper { return &transport{guard: g, max: maxBody} }

type transport struct {
	guard *Guard
	max   int64
}

// RoundTrip sends one request and decodes the answer's body as it is read.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "http" && r.URL.Scheme != "https" {
		return nil, fault.Permanently(ReasonForbidden, fmt.Errorf("scheme %q: only http and https are fetched", r.URL.Scheme))
	}
	if err := t.guard.behindProxy(r.URL); err != nil {
		return nil, err
	}
	w := newWatch(r.Context(), t.guard.cfg.Timeout, t.guard.cfg.MinRate)
	out := r.WithContext(w.ctx)
	out.Header = make(http.Header, len(r.Header)+2) // whose values are nobody's to change
	maps.Copy(out.Header, r.Header)
	maps.Copy(out.Header, t.guard.header)
	res, err := t.guard.pool.RoundTrip(out)
	if err != nil {
		err = w.because(err)
		w.end()
		return nil, inWords(r.URL.Host, err)
	}
	res.Request = r
	wire := res.Body
	if res.Body, err = decoded(res, t.max, w); err != nil {
		w.end()
		return nil, errors.Join(err, wire.Close())
	}
	return res, nil
}

// behindProxy checks what can be known of an address that a proxy will resolve: its port, and the address itself where the URL spells one.
func (g *Guard) behindProxy(u *url.URL) error {
	if g.proxy == "" {
		return nil
	}
	check, err := g.rule.Load().forHost(u.Hostname(), portOf(u))
	if err != nil {
		return err
	}
	ip, err := spelled(u.Hostname())
	switch {
	case err != nil:
		return refused("%q: %w", u.Hostname(), err)
	case !ip.IsValid():
		return nil
	}
	return check(context.Background(), "tcp", net.JoinHostPort(ip.String(), portOf(u)), nil)
}

func hostPort(u *url.URL) string { return net.JoinHostPort(u.Hostname(), portOf(u)) }

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	case u.Scheme == "socks5":
		return "1080"
	}
	return "80"
}
