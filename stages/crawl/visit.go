package crawl

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"rawi/pipeline/fault"
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
	v := &Visitor{cfg: cfg, transport: transport}
	v.hosts = host.New(host.Limits{
		Spacing: cfg.Spacing, MaxDelay: cfg.MaxDelay, Hold: cfg.Hold, Parallel: cfg.PerHost, Platforms: cfg.Platforms,
	}, shared)
	v.gate = newGate(cfg, v.hosts.Transport(&bounded{transport, robotsTimeout}, 0), shared)
	v.collectors.New = func() any { return v.newCollector() }
	return v
}

// Paced returns a round tripper for others who ask the same hosts, such as a poller of feeds: its requests and those of the visitor share one
// pace for each host over all daemons, and whom the host wants to be left alone by, all leave it alone. Between two of its own requests lies
// apart at least. An error that is a fault.Delayed says that it is not the host's turn, and that nothing was sent.
func (v *Visitor) Paced(next http.RoundTripper, apart time.Duration) http.RoundTripper {
	return v.hosts.Transport(next, apart)
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
	unanswered  bool     // not even a header came of the last request
}

// visit fetches one page as soon as its host's turn comes, or says when to come back with the same id.
func (v *Visitor) visit(ctx context.Context, id, address string, header http.Header) (page, error) {
	return v.walk(ctx, address, header, &way{visitor: v, id: id})
}

// visitOpening is visit for a page that open may take as it comes.
func (v *Visitor) visitOpening(ctx context.Context, address string, header http.Header, open opener) (page, error) {
	return v.walk(ctx, address, header, &way{visitor: v, id: sectionID(address), open: open})
}

func (v *Visitor) walk(ctx context.Context, address string, header http.Header, way *way) (page, error) {
	u, err := parse(address)
	if err != nil {
		return page{}, err
	}
	defer way.leave()
	if err := way.enter(ctx, u); err != nil {
		return page{}, err
	}
	timed, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	way.clock = newStopwatch(v.cfg.Timeout, func() { cancel(fmt.Errorf("no complete answer within %s", v.cfg.Timeout)) })
	defer way.clock.pause()
	p, err := v.collect(timed, u, header, way)
	p.asked = u
	if err != nil {
		if cause := context.Cause(timed); cause != nil && !errors.Is(err, cause) {
			err = cause
		}
		silent := p.unanswered && (timed.Err() != nil || host.Unreachable(err))
		return page{}, way.failed(ctx, silent, fmt.Errorf("fetch %s: %w", shown(u.String()), err))
	}
	if host.Refusal(p.status, p.header) {
		return page{}, way.refused(ctx, p, fmt.Errorf("fetch %s: status %d", shown(u.String()), p.status))
	}
	if p.status == http.StatusForbidden || challenged(p) {
		return p, way.last().Displeased(ctx)
	}
	return p, way.last().Done(ctx)
}

// way is one fetch with its redirects, each of which may lead to another host with a schedule of its own.
type way struct {
	visitor *Visitor
	id      string
	places  []*host.Visit // one for each schedule
	at      *host.Visit   // where the last request went
	open    opener        // nil for a page that is read whole
	clock   *stopwatch    // the page's time
}

// enter waits for the turn of a page at its host, after its robots.txt was asked.
func (w *way) enter(ctx context.Context, u *url.URL) error {
	place, err := w.visitor.hosts.Enter(ctx, w.id, u.Host)
	if err != nil {
		return err
	}
	w.places, w.at = append(w.places, place), place
	delay, err := w.visitor.gate.check(ctx, u)
	if closed, ok := errors.AsType[*fault.Delayed](err); ok {
		return place.Closed(ctx, closed.Delay, closed.Err)
	}
	if err != nil {
		return err
	}
	return place.Start(ctx, delay)
}

// follow lets a redirect go on when it is its turn; the page's time stands still while it waits. One that stays at its host, or at one that
// shares its schedule, is part of the same visit.
func (w *way) follow(ctx context.Context, u *url.URL) error {
	w.clock.pause()
	defer w.clock.resume()
	key := w.visitor.hosts.Key(u.Host)
	for _, place := range w.places {
		if place.At(key) {
			w.at = place
			delay, err := w.visitor.gate.check(ctx, u)
			if err != nil {
				return err
			}
			return place.Again(ctx, delay)
		}
	}
	if err := w.at.Done(ctx); err != nil { // a host that only leads to others has answered as well
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
	return w.last().Refused(ctx, host.RetryAfter(p.header, time.Now()), why)
}

// failed returns the error of a fetch. A host that cannot be reached, or is silent once it was, is skipped for a while.
func (w *way) failed(ctx context.Context, silent bool, err error) error {
	switch {
	case ctx.Err() != nil:
		return err // says nothing about the host
	case silent:
		return w.last().Failed(ctx, err)
	}
	return errors.Join(err, w.last().Done(ctx))
}

// stopwatch ends something when its time is up. It is used by one goroutine.
type stopwatch struct {
	timer *time.Timer
	left  time.Duration
	since time.Time
}

func newStopwatch(d time.Duration, end func()) *stopwatch {
	return &stopwatch{timer: time.AfterFunc(d, end), left: d, since: time.Now()}
}

func (s *stopwatch) pause() {
	if s.timer.Stop() {
		s.left -= time.Since(s.since)
	}
}

func (s *stopwatch) resume() {
	s.since = time.Now()
	s.timer.Reset(s.left)
}
