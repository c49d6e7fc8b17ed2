package crawl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rawi/pipeline/fault"
	"rawi/stages/crawl/robots"
)

const (
	robotsTimeout   = 15 * time.Second
	robotsRedirects = 5                // RFC 9309 2.3.1.2
	robotsRetry     = 10 * time.Minute // a file that could not be read is asked for again after that, and later each time,
	longestRetry    = time.Hour        // up to that
	maxRobots       = 10_000           // hosts whose file is kept,
	maxRobotsBytes  = 64 << 20         // and bytes of all these files together: each may be large
	maxCopy         = 64 << 10         // bytes of a file that is stored; larger ones are asked for again after a restart
)

// reasonForbidden is the way out's reason for what it lets nobody ask for. What else it finds wrong lies in an answer, and the next one may be
// right.
const reasonForbidden = "forbidden_address"

// ReasonRobots is the reason under which pages are dropped that a robots.txt keeps to itself.
const ReasonRobots = "robots"

// gate decides by robots.txt which pages may be fetched.
type gate struct {
	agent  string
	ttl    time.Duration
	client *http.Client
	store  Store

	mu    sync.Mutex
	files map[string]*file // by scheme and host
	bytes int              // of all of them
}

// file is what is known of one host's robots.txt.
type file struct {
	rules  robots.Rules
	bytes  int       // that they were read from
	known  bool      // rules were read once; they hold on while the host is out of reach, as RFC 9309 2.3.1.4 allows
	until  time.Time // asked for again then
	asked  bool      // whether the store was asked what is known
	failed int       // times in a row that it could not be read
	err    error     // why there are no rules
	asking chan struct{}
}

// newGate returns a gate that asks through transport, each request of which has to end by itself.
func newGate(cfg Config, transport http.RoundTripper, store Store) *gate {
	redirect := func(_ *http.Request, via []*http.Request) error {
		if len(via) > robotsRedirects {
			return errors.New("robots.txt: too many redirects")
		}
		return nil
	}
	return &gate{
		agent: cfg.Agent, ttl: cfg.RobotsTTL, store: store, files: map[string]*file{},
		client: &http.Client{Transport: transport, CheckRedirect: redirect},
	}
}

// bounded bounds the time of each request, from when it leaves until its body is closed.
type bounded struct {
	next http.RoundTripper
	time time.Duration
}

// RoundTrip sends one request.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), b.time)
	res, err := b.next.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	res.Request, res.Body = r, &boundedBody{res.Body, cancel}
	return res, nil
}

type boundedBody struct {
	io.ReadCloser
	cancel context.CancelFunc
}

func (b *boundedBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// check returns nil for a page that may be fetched, and how long its host wants between requests. A page that may not is dropped: that is what
// its outlet wants, and no failure. Where that cannot be known, because the file cannot be read, it may not be fetched yet.
func (g *gate) check(ctx context.Context, u *url.URL) (time.Duration, error) {
	rules, err := g.rules(ctx, u)
	if err != nil {
		return 0, err
	}
	if strings.Contains(u.Path, "/.") { // where a redirect leads
		u = straight(u)
	}
	if !rules.Allowed(u.RequestURI()) {
		return 0, fmt.Errorf("robots.txt of %s does not allow %s: %w", u.Host, u.EscapedPath(), fault.Dropped(ReasonRobots))
	}
	return rules.Delay, nil
}

// rules returns those of a host. Only one of those who ask at the same time asks the host.
func (g *gate) rules(ctx context.Context, u *url.URL) (robots.Rules, error) {
	origin := strings.ToLower(u.Scheme + "://" + u.Host)
	for {
		f, mine := g.claim(origin)
		switch {
		case mine:
			return g.renew(ctx, origin, f)
		case f.asking == nil:
			return f.answer()
		}
		select {
		case <-f.asking:
		case <-ctx.Done():
			return robots.Rules{}, fmt.Errorf("wait for robots.txt of %s: %w", origin, ctx.Err())
		}
	}
}

// claim returns what is known. Mine is true where it is the caller's turn to find out more; otherwise the copy is the caller's to read.
func (g *gate) claim(origin string) (f *file, mine bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f = g.files[origin]
	if f == nil {
		g.makeRoom()
		f = &file{}
		g.files[origin] = f
	}
	if f.asking == nil && !time.Now().Before(f.until) {
		f.asking = make(chan struct{})
		return f, true
	}
	known := *f
	return &known, false
}

// makeRoom drops what has run out and was never read, then anything: the map's order is as good as any for what is asked for again when it is
// needed. Rules go last, since their host may be out of reach when they are needed again.
func (g *gate) makeRoom() {
	now := time.Now()
	many := func() bool { return len(g.files) >= maxRobots }
	for _, goes := range []func(*file) bool{
		func(f *file) bool { return many() && !f.known && now.After(f.until) },
		func(f *file) bool { return many() && !f.known },
		func(f *file) bool { return many() || f.bytes > 0 },
	} {
		for origin, f := range g.files {
			if !many() && g.bytes <= maxRobotsBytes {
				return
			}
			if f.asking == nil && goes(f) {
				g.bytes -= f.bytes
				delete(g.files, origin)
			}
		}
	}
}

// take has the rules of a file hold.
func (g *gate) take(f *file, text []byte, until time.Time) {
	rules := robots.Parse(text, g.agent)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bytes += len(text) - f.bytes
	f.rules, f.bytes, f.known, f.until, f.failed, f.err = rules, len(text), true, until, 0, nil
}

// answer is what a page is told by the file as it is known.
func (f *file) answer() (robots.Rules, error) {
	if f.err != nil && !f.until.IsZero() {
		return robots.Rules{}, fault.After(time.Until(f.until), f.err)
	}
	return f.rules, f.err
}

// renew finds out what holds: by what this or another daemon has stored, before the host is asked.
func (g *gate) renew(ctx context.Context, origin string, f *file) (robots.Rules, error) {
	var kept *copied
	if !f.asked {
		kept = g.recall(ctx, origin)
	}
	if kept != nil {
		g.take(f, kept.File, kept.Until)
		if time.Now().Before(kept.Until) {
			return g.settle(ctx, f, nil)
		}
	}
	text, err := g.read(ctx, origin)
	if err == nil {
		until := time.Now().Add(g.ttl)
		g.take(f, text, until)
		g.remember(ctx, origin, copied{text, until})
	}
	return g.settle(ctx, f, err)
}

// settle lets those go on who wait for what is known now.
func (g *gate) settle(ctx context.Context, f *file, err error) (robots.Rules, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	close(f.asking)
	f.asking, f.asked = nil, true
	refused, permanent := errors.AsType[*fault.Permanent](err)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return robots.Rules{}, err // says nothing about the host; the next one asks again
	case permanent && refused.Reason == reasonForbidden && !f.known:
		f.err, f.until = err, time.Time{} // refused before it left: asking again costs nothing, and the rule may have changed
	default:
		f.until = time.Now().Add(f.pause(err))
		if !f.known {
			f.err = err
		}
	}
	return f.answer()
}

// pause is how long to do without a file that could not be had.
func (f *file) pause(err error) time.Duration {
	if turn, ok := errors.AsType[*fault.Delayed](err); ok {
		return min(turn.Delay, longestRetry) // it was not asked for
	}
	f.failed++
	return min(robotsRetry<<min(f.failed-1, 8), longestRetry)
}

// copied is a file as it is stored, for other daemons and for the time after a restart.
type copied struct {
	File  []byte    `json:"file"`
	Until time.Time `json:"until"`
}

func robotsKey(origin string) string { return "crawl.robots." + origin }

// recall is nil where nothing is stored, or nothing that can be read: the host is asked then, as if it were new.
func (g *gate) recall(ctx context.Context, origin string) *copied {
	b, err := g.store.Get(ctx, robotsKey(origin))
	var kept copied
	if err != nil || b == nil || json.Unmarshal(b, &kept) != nil || time.Until(kept.Until) > 24*time.Hour {
		return nil
	}
	return &kept
}

// remember stores a file. Where that fails the file holds all the same; it is asked for once more by others or after a restart.
func (g *gate) remember(ctx context.Context, origin string, c copied) {
	if b, err := json.Marshal(c); err == nil && len(c.File) <= maxCopy {
		_ = g.store.Put(ctx, robotsKey(origin), b)
	}
}

// read asks a host for its file. RFC 9309: a file that is not there allows everything, one that cannot be reached allows nothing.
func (g *gate) read(ctx context.Context, origin string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/robots.txt", nil)
	if err != nil {
		return nil, fmt.Errorf("ask for robots.txt: %w", err)
	}
	res, err := g.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for robots.txt: %w", err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests:
		return nil, fmt.Errorf("robots.txt of %s: status %d, so nothing may be fetched yet", origin, res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return nil, nil
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, robots.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read robots.txt of %s: %w", origin, err)
	}
	if robots.Packed(b) {
		return nil, fmt.Errorf("robots.txt of %s is compressed and does not say how, so nothing may be fetched yet", origin)
	}
	return b, nil
}
