package crawl

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/crawl/host"
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
	// Further reasons are those of package verdict: blocked, consent, login, soft_404, home_page.
)

// longestWait is the longest Retry-After that is kept; some ask for years.
const longestWait = 24 * time.Hour

// Visitor fetches pages. Fetcher and Watcher share one, so that together they keep the manners that each would keep alone. It is safe for
// concurrent use.
type Visitor struct {
	cfg        Config
	transport  http.RoundTripper
	gate       *gate
	hosts      *host.Schedule
	collectors sync.Pool
}

// Shared is what daemons remember together: robots.txt files and the schedule of each host.
type Shared interface {
	Store
	host.Store
}

// NewVisitor returns a visitor that asks through transport, which guards addresses and sizes, and shares what it knows of hosts.
func NewVisitor(cfg Config, transport http.RoundTripper, shared Shared) *Visitor {
	v := &Visitor{cfg: cfg, transport: transport, gate: newGate(cfg, transport, shared)}
	v.hosts = host.New(host.Limits{
		Spacing: cfg.Spacing, MaxDelay: cfg.MaxDelay, Hold: cfg.Hold, Parallel: cfg.PerHost, Platforms: cfg.Platforms,
	}, shared)
	v.collectors.New = func() any { return v.newCollector() }
	return v
}

// page is an answer.
type page struct {
	status      int
	asked       *url.URL
	answered    *url.URL // after redirects; final is the same
	header      http.Header
	contentType string // as served
	body        []byte
	hash        uint64 // of body
	final       string
	hops        []string // addresses between the one that was asked for and the final one
}

// visit fetches one page as soon as its host's turn comes, or says when to come back with the same id.
func (v *Visitor) visit(ctx context.Context, id, address string, header http.Header) (page, error) {
	return v.walk(ctx, address, header, &way{visitor: v, id: id, places: map[string]*host.Visit{}})
}

// visitOpening is visit for a page that open may take as it comes.
func (v *Visitor) visitOpening(ctx context.Context, address string, header http.Header, open opener) (page, error) {
	return v.walk(ctx, address, header, &way{visitor: v, id: sectionID(address), places: map[string]*host.Visit{}, open: open})
}

func (v *Visitor) walk(ctx context.Context, address string, header http.Header, way *way) (page, error) {
	fetched, ok := message.Address(address)
	u, err := url.Parse(fetched)
	if !ok || err != nil {
		return page{}, fault.Permanently(ReasonBadURL, fmt.Errorf("%q is no http(s) address", shown(address)))
	}
	defer way.leave()
	if err := way.enter(ctx, u); err != nil {
		return page{}, err
	}
	timed, cancel := context.WithTimeoutCause(ctx, v.cfg.Timeout, fmt.Errorf("no complete answer within %s", v.cfg.Timeout))
	defer cancel()
	p, err := v.collect(timed, fetched, header, way)
	p.asked = u
	if err != nil {
		if cause := context.Cause(timed); cause != nil && !errors.Is(err, cause) {
			err = cause
		}
		return page{}, way.failed(ctx, fmt.Errorf("fetch %s: %w", shown(u.String()), err))
	}
	if refused(p) {
		return page{}, way.refused(ctx, p, fmt.Errorf("fetch %s: status %d", shown(u.String()), p.status))
	}
	if p.status == http.StatusForbidden || challenged(p) {
		return p, way.last().Displeased(ctx)
	}
	return p, way.last().Done(ctx)
}

// refused reports whether a host asks to be left alone for a while. A challenge is no such thing: it is there for good.
func refused(p page) bool {
	return p.status == http.StatusTooManyRequests || p.status == http.StatusServiceUnavailable && !challenged(p)
}

// way is one fetch with its redirects, each of which may lead to another host with a schedule of its own.
type way struct {
	visitor *Visitor
	id      string
	places  map[string]*host.Visit // one for each schedule
	at      *host.Visit            // where the last request went
	open    opener                 // nil for a page that is read whole
}

// enter waits for the turn of a page at its host, after its robots.txt was asked.
func (w *way) enter(ctx context.Context, u *url.URL) error {
	place, err := w.visitor.hosts.Enter(ctx, w.id, u.Host)
	if err != nil {
		return err
	}
	w.places[w.visitor.hosts.Key(u.Host)], w.at = place, place
	delay, err := w.visitor.gate.check(ctx, u)
	if closed, ok := errors.AsType[*fault.Delayed](err); ok {
		return place.Closed(ctx, closed.Delay, closed.Err)
	}
	if err != nil {
		return err
	}
	return place.Start(ctx, delay)
}

// follow lets a redirect go on. One that stays at its host, or at one that shares its schedule, is part of the same visit: in a queue for a
// turn of its own the page would stand behind others that do the same, and never arrive. To another host it waits for its turn there.
func (w *way) follow(ctx context.Context, u *url.URL) error {
	if place := w.places[w.visitor.hosts.Key(u.Host)]; place != nil {
		w.at = place
		_, err := w.visitor.gate.check(ctx, u)
		return err
	}
	return w.enter(ctx, u)
}

func (w *way) leave() {
	for _, place := range w.places {
		place.Leave()
	}
}

func (w *way) last() *host.Visit { return w.at }

func (w *way) refused(ctx context.Context, p page, why error) error {
	return w.last().Refused(ctx, retryAfter(p.header, time.Now()), why)
}

// failed returns the error of a fetch. A host that cannot be reached is skipped for a while.
func (w *way) failed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return err // says nothing about the host
	case unreachable(err):
		return w.last().Failed(ctx, err)
	}
	return errors.Join(err, w.last().Done(ctx))
}

// unreachable reports whether no connection came about, for a reason that lies with the host.
func unreachable(err error) bool {
	if _, ok := errors.AsType[*fault.Permanent](err); ok {
		return false
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	_, name := errors.AsType[*net.DNSError](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	return name || certificate
}
