package discover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"rawi/stages/crawl/robots"
	"rawi/stages/feed"
)

const (
	maxRedirects = 10
	// longestSpacing is the longest Crawl-delay that a check keeps between its few requests; the daemon keeps it whole.
	longestSpacing = 10 * time.Second
)

// errForbidden is the error of an address that robots.txt keeps us from.
var errForbidden = errors.New("robots.txt keeps it from us")

// answer is what an address gave.
type answer struct {
	asked  string
	final  *url.URL
	moved  string // where it lies for good, if every redirect was a permanent one
	status int
	header http.Header
	body   []byte
	cut    error // why body is not whole
}

func (a answer) contentType() string { return a.header.Get("Content-Type") }

// get asks for an address if robots.txt allows it, and follows redirects, each of which it has to allow too.
func (c *check) get(ctx context.Context, address string) (answer, error) {
	u, err := url.Parse(address)
	if err != nil {
		return answer{}, err
	}
	if err := c.allowed(ctx, u); err != nil {
		return answer{}, err
	}
	return c.ask(ctx, c.client, address)
}

// getFeed asks for what is said to be a feed. As the daemon polls feeds, that does not hang on robots.txt, which tells crawlers what to leave
// alone; many name feeds there, so that search engines pass them over.
func (c *check) getFeed(ctx context.Context, address string) (answer, error) {
	a, err := c.get(ctx, address)
	if !errors.Is(err, errForbidden) {
		return a, err
	}
	if a, err = c.ask(ctx, &http.Client{Transport: c.traffic, CheckRedirect: atMost}, address); err == nil {
		c.note("robots.txt keeps crawlers from %s; the daemon polls feeds all the same", shown(address))
	}
	return a, err
}

func (c *check) ask(ctx context.Context, client *http.Client, address string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return answer{}, err
	}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close() //nolint:errcheck // it lies in memory
	a := answer{asked: address, final: res.Request.URL, moved: permanentMove(res), status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); feed.BrokeOff(ctx, err) && len(a.body) > 0 {
		c.note("%s broke off after %d bytes (%v): what came is looked at", shown(address), len(a.body), err)
		a.cut, err = err, nil
	}
	return a, err
}

func atMost(_ *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	return nil
}

func (c *check) redirect(req *http.Request, via []*http.Request) error {
	if err := atMost(req, via); err != nil {
		return err
	}
	if req.URL.Path == "/robots.txt" && via[0].URL.Path == "/robots.txt" {
		return nil
	}
	return c.allowed(req.Context(), req.URL)
}

// permanentMove returns the address at the end of a chain of permanent redirects, and nothing if one of them was for the time being.
func permanentMove(res *http.Response) string {
	moved := ""
	for r := res.Request; r != nil && r.Response != nil; r = r.Response.Request {
		if s := r.Response.StatusCode; s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect {
			return ""
		}
		moved = res.Request.URL.String()
	}
	return moved
}

// Robots is what robots.txt of the outlet's host says to us.
type Robots struct {
	Found    bool          `json:"found"`
	Forbids  []string      `json:"forbids,omitempty"` // of what was to be fetched
	Delay    time.Duration `json:"crawl_delay_ns,omitempty"`
	Sitemaps []string      `json:"sitemaps,omitempty"`
}

// ruling is what robots.txt of one origin says, or why nothing may be fetched there.
type ruling struct {
	rules robots.Rules
	found bool
	err   error
}

// allowed is nil where robots.txt allows an address.
func (c *check) allowed(ctx context.Context, u *url.URL) error {
	r := c.ruling(ctx, u)
	if r.err != nil {
		return r.err
	}
	if !r.rules.Allowed(u.RequestURI()) {
		if c.Robots != nil {
			c.Robots.Forbids = append(c.Robots.Forbids, shown(u.String()))
		}
		return fmt.Errorf("%w: %s must not fetch %s", errForbidden, c.opts.Config.Crawl.Agent, shown(u.String()))
	}
	return nil
}

func (c *check) ruling(ctx context.Context, u *url.URL) ruling {
	origin := u.Scheme + "://" + u.Host
	if r, ok := c.robots[origin]; ok {
		return r
	}
	c.robots[origin] = ruling{} // while robots.txt itself is fetched
	r := c.readRobots(ctx, origin)
	c.robots[origin] = r
	c.traffic.space(u.Host, min(r.rules.Delay, longestSpacing))
	if r.err == nil && c.Robots == nil {
		c.Robots = &Robots{Found: r.found, Delay: r.rules.Delay, Sitemaps: r.rules.Sitemaps}
	}
	return r
}

// readRobots follows RFC 9309: no file means no rules, a server in trouble means that nothing may be fetched yet.
func (c *check) readRobots(ctx context.Context, origin string) ruling {
	a, err := c.ask(ctx, c.client, origin+"/robots.txt")
	switch {
	case err != nil:
		return ruling{err: err}
	case a.status >= http.StatusInternalServerError || a.status == http.StatusTooManyRequests:
		return ruling{err: fmt.Errorf("%w: the server answers %d for it, so nothing may be fetched yet", errForbidden, a.status)}
	case a.status != http.StatusOK:
		return ruling{}
	}
	return ruling{rules: robots.Parse(a.body, c.opts.Config.Crawl.Agent), found: true}
}
