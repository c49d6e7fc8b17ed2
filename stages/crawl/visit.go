package crawl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"

	"rawi/pipeline/fault"
)

// Reasons of permanent errors beside those of the transport.
const (
	ReasonBadURL  = "bad_url"
	ReasonGone    = "gone"     // 404, 410
	ReasonBlocked = "blocked"  // 401, 403, 451, or a challenge instead of the page: the outlet does not want us
	ReasonRefused = "refused"  // any other 4xx
	ReasonNotHTML = "not_html" // another media type
	ReasonBinary  = "binary"   // says that it is HTML, but its bytes are not text
	ReasonEmpty   = "empty"    // no body
	ReasonTooBig  = "too_big"
)

const (
	maxRedirects = 10
	// busy is how long a host is left alone that said 429 or 503 without saying how long.
	busy = time.Minute
	// longestWait is the longest Retry-After that is kept; some ask for years.
	longestWait = 24 * time.Hour
)

// errNotOurTurn is why a page is not asked for that its host has not refused.
var errNotOurTurn = errors.New("it is not our turn")

// Visitor fetches pages. Fetcher and Watcher share one, so that together they keep the manners that each would keep alone. It is safe for
// concurrent use.
type Visitor struct {
	cfg       Config
	transport http.RoundTripper
	gate      *gate
	pacer     *pacer
}

// NewVisitor returns a visitor that asks through transport, which guards addresses and sizes.
func NewVisitor(cfg Config, transport http.RoundTripper) *Visitor {
	return &Visitor{cfg: cfg, transport: transport, gate: newGate(cfg, transport), pacer: newPacer()}
}

// page is an answer.
type page struct {
	status      int
	header      http.Header
	contentType string // as served
	body        []byte
	final       string
	hops        []string // addresses between the one that was asked for and the final one
}

// visit fetches one page as soon as its host's turn comes, or says when to come back with the same id.
func (v *Visitor) visit(ctx context.Context, id, address string, header http.Header) (page, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return page{}, fault.Permanently(ReasonBadURL, fmt.Errorf("%q is no http(s) address", shown(address)))
	}
	host := strings.ToLower(u.Host)
	delay, err := v.gate.check(ctx, u)
	if closed, ok := errors.AsType[*fault.Delayed](err); ok {
		return page{}, v.postpone(id, host, v.cfg.Spacing, closed.Delay, closed.Err)
	}
	if err != nil {
		return page{}, err
	}
	spacing := max(v.cfg.Spacing, min(delay, v.cfg.MaxDelay))
	if err := v.await(ctx, id, host, spacing); err != nil {
		return page{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, v.cfg.Timeout, fmt.Errorf("no complete answer within %s", v.cfg.Timeout))
	defer cancel()
	p, err := v.collect(ctx, u.String(), header)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
			err = cause
		}
		return page{}, fmt.Errorf("fetch %s: %w", shown(u.String()), err)
	}
	if p.status == http.StatusTooManyRequests || p.status == http.StatusServiceUnavailable && p.header.Get("Cf-Mitigated") == "" {
		away := retryAfter(p.header, time.Now())
		return page{}, v.postpone(id, host, spacing, away, fmt.Errorf("fetch %s: status %d", shown(u.String()), p.status))
	}
	return p, nil
}

// await waits for the turn of a page at its host, or says when to come back for it.
func (v *Visitor) await(ctx context.Context, id, host string, spacing time.Duration) error {
	wait := v.pacer.reserve(id, host, spacing, v.cfg.Hold, time.Now())
	if wait > v.cfg.Hold {
		return fault.After(wait, fmt.Errorf("%w yet at %s", errNotOurTurn, host))
	}
	if err := sleep(ctx, wait); err != nil {
		return err
	}
	if left := time.Until(v.pacer.closed(host)); left > 0 { // a request before ours was told to stay away
		return v.postpone(id, host, spacing, left, fmt.Errorf("%w any more at %s", errNotOurTurn, host))
	}
	return nil
}

// postpone leaves a host alone for a while, and asks for the message to come back at a turn of its own after that.
func (v *Visitor) postpone(id, host string, spacing, away time.Duration, err error) error {
	now := time.Now()
	return fault.After(v.pacer.postpone(id, host, spacing, now.Add(away), now), err)
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for our turn: %w", ctx.Err())
	}
}

// collect has one colly collector fetch one page. Everything that the collector would decide by itself is switched off, also where its
// environment variables switch it on: it has robots.txt, sizes and charsets decided elsewhere, and neither cookies nor a memory.
func (v *Visitor) collect(ctx context.Context, address string, header http.Header) (p page, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("collector panicked: %v", r)
		}
	}()
	wire := &recorder{next: v.transport, max: v.cfg.MaxBody}
	c := colly.NewCollector()
	c.AllowURLRevisit, c.IgnoreRobotsTxt, c.ParseHTTPErrorResponse = true, true, true
	c.Async, c.DetectCharset, c.MaxBodySize, c.MaxDepth, c.CacheDir = false, false, 0, 0, ""
	c.AllowedDomains, c.DisallowedDomains, c.UserAgent, c.Context = nil, nil, v.cfg.Agent, ctx
	c.DisableCookies()
	c.WithTransport(wire)
	c.SetRequestTimeout(v.cfg.Timeout)
	c.SetRedirectHandler(func(req *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fault.Permanently(ReasonRefused, fmt.Errorf("more than %d redirects", maxRedirects))
		}
		if len(via) > 1 {
			p.hops = append(p.hops, via[len(via)-1].URL.String())
		}
		_, err := v.gate.check(ctx, req.URL)
		return err
	})
	c.OnResponse(func(r *colly.Response) {
		p.status, p.header, p.body, p.final, p.contentType = r.StatusCode, *r.Headers, r.Body, r.Request.URL.String(), wire.contentType
	})
	if header == nil {
		header = http.Header{}
	}
	header.Set("Accept", "text/html, application/xhtml+xml, application/xml;q=0.8, */*;q=0.5")
	err = c.Request(http.MethodGet, address, nil, nil, header)
	return p, err
}

// recorder stands between a collector and the web for one page.
type recorder struct {
	next        http.RoundTripper
	max         int64
	contentType string
}

// RoundTrip hides the charset from the collector, which would decode the body by it: what is published is what was served.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Del("Referer")
	res, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	r.contentType = res.Header.Get("Content-Type")
	media, _, _ := mime.ParseMediaType(r.contentType)
	if strings.Contains(media, "gzip") {
		media = "application/octet-stream" // the collector would decompress by the name
	}
	res.Header.Set("Content-Type", media)
	res.Uncompressed = true
	res.Body = &capped{ReadCloser: res.Body, left: r.max}
	return res, nil
}

// capped ends in an error, not in a shorter page.
type capped struct {
	io.ReadCloser
	left int64
}

func (c *capped) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if c.left -= int64(n); c.left < 0 {
		return 0, fault.Permanently(ReasonTooBig, errors.New("the page is larger than max_body"))
	}
	return n, err
}
