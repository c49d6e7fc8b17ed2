package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxRedirects is where a chain of redirects counts as endless.
const maxRedirects = 10

// answer is what a server said to one request.
type answer struct {
	status int
	header http.Header
	body   []byte // nil where there is none to be read
	hash   string // of body; empty where that is not whole
	cut    *cut   // how body broke off; nil where it is whole
	moved  string // where it lies now, if every redirect was a permanent one
}

// delta reports whether the body holds nothing but what is new since the version that we named (RFC 3229).
func (a answer) delta() bool { return a.status == http.StatusIMUsed }

// whole reports whether the body holds all that the feed shows.
func (a answer) whole() bool { return !a.delta() && a.cut == nil }

// client follows redirects over transport. It has no cookie jar: a poller has nothing to be recognised by.
func client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return nil
	}}
}

// Bounds of how long "nothing changed" is believed: some servers say it for ever, whatever changed. A feed that is later than lateItems items
// is asked plainly sooner.
const (
	trustAtLeast = 24 * time.Hour
	trustAtMost  = 7 * 24 * time.Hour
	lateItems    = 20
)

// trusted reports whether the validators are still believed.
func (s state) trusted(now time.Time) bool {
	trust := trustAtMost
	if r := s.Rhythm.Rate; r > 0 {
		trust = time.Duration(min(lateItems/r, trustAtMost.Hours()) * float64(time.Hour))
	}
	return now.Sub(s.Full) < min(max(trust, trustAtLeast), trustAtMost)
}

// ask fetches a feed, conditionally where validators are known and believed.
func (p *Poller) ask(ctx context.Context, url string, s state) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.cfg.Timeout, fmt.Errorf("no complete answer within %s", p.cfg.Timeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, fmt.Errorf("ask for feed: %w", err)
	}
	req.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5")
	if s.trusted(time.Now()) {
		s.setValidators(req.Header)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return answer{}, cause(ctx, err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header, moved: permanentMove(res)}
	if a.status != http.StatusOK && !a.delta() {
		return a, nil
	}
	if err := a.read(ctx, res.Body, p.cfg.MaxBody); err != nil {
		return a, cause(ctx, err)
	}
	return a, nil
}

func (s state) setValidators(h http.Header) {
	if s.ETag != "" {
		h.Set("If-None-Match", s.ETag)
		h.Set("A-Im", "feed")
	}
	if s.LastModified != "" {
		h.Set("If-Modified-Since", s.LastModified)
	}
}

// read keeps what came of a body that breaks off: its items may be whole.
func (a *answer) read(ctx context.Context, body io.Reader, most int64) error {
	all, err := io.ReadAll(io.LimitReader(body, most+1))
	switch {
	case int64(len(all)) > most:
		return fmt.Errorf("more than %d bytes: raise max_body if this feed is meant to be that large", most)
	case err != nil && BrokeOff(ctx, err):
		a.body, a.cut = all, &cut{len(all), err}
		return nil
	case err != nil:
		return err
	}
	sum := sha256.Sum256(all)
	a.body, a.hash = all, hex.EncodeToString(sum[:])
	return nil
}

// cause says what really ended a request that ran out of time.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil && !errors.Is(c, err) {
		return fmt.Errorf("ask for feed: %w", c)
	}
	return fmt.Errorf("ask for feed: %w", err)
}

// statusError puts an answer that is no feed into words.
func statusError(a answer, now time.Time) error {
	switch wait := retryAfter(a.header, now); {
	case a.status == http.StatusGone:
		return errors.New("410: the outlet has withdrawn this feed for good; remove it or look for its successor")
	case strings.EqualFold(a.header.Get("Cf-Mitigated"), "challenge"):
		return fmt.Errorf("%d: blocked, the site wants to see a browser; ask its owner to let this reader in", a.status)
	case wait > 0:
		return fmt.Errorf("%d %s: asked to stay away for %s", a.status, http.StatusText(a.status), wait.Round(time.Second))
	}
	return fmt.Errorf("%d %s instead of a feed", a.status, http.StatusText(a.status))
}
