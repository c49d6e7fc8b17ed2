package feed

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// maxRedirects is where a chain of redirects counts as endless.
	maxRedirects = 10
	// trustValidators is how long "nothing changed" is believed: some servers say it for ever, whatever changed.
	trustValidators = 7 * 24 * time.Hour
)

// answer is what a server said to one request.
type answer struct {
	status int
	header http.Header
	body   []byte // of 200 only
	hash   string // of body
	moved  string // where it lies now, if every redirect was a permanent one
}

// client follows redirects over transport. It has no cookie jar: a poller has nothing to be recognised by.
func client(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: transport, CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return nil
	}}
}

// fetch asks for a feed, conditionally where validators are known.
func (p *Poller) fetch(ctx context.Context, s state) (answer, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.cfg.Timeout, fmt.Errorf("no complete answer within %s", p.cfg.Timeout))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return answer{}, fmt.Errorf("ask for feed: %w", err)
	}
	req.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5")
	trusted := time.Since(s.Full) < trustValidators
	if s.ETag != "" && trusted {
		req.Header.Set("If-None-Match", s.ETag)
	}
	if s.LastModified != "" && trusted {
		req.Header.Set("If-Modified-Since", s.LastModified)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return answer{}, cause(ctx, err)
	}
	defer res.Body.Close()
	a := answer{status: res.StatusCode, header: res.Header, moved: permanentMove(res)}
	if res.StatusCode != http.StatusOK {
		return a, nil
	}
	a.body, err = io.ReadAll(io.LimitReader(res.Body, p.cfg.MaxBody+1))
	if err != nil {
		return answer{}, cause(ctx, err)
	}
	if int64(len(a.body)) > p.cfg.MaxBody {
		return answer{}, fmt.Errorf("more than %d bytes: raise max_body if this feed is meant to be that large", p.cfg.MaxBody)
	}
	sum := sha256.Sum256(a.body)
	a.hash = hex.EncodeToString(sum[:])
	return a, nil
}

// cause says what really ended a request that ran out of time.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil && !errors.Is(c, err) {
		return fmt.Errorf("ask for feed: %w", c)
	}
	return fmt.Errorf("ask for feed: %w", err)
}

// permanentMove returns the address at the end of a chain of permanent redirects, and nothing if one of them was for the time being.
func permanentMove(res *http.Response) string {
	end, moved := "", false
	if res.Request != nil && res.Request.URL != nil {
		end = res.Request.URL.String()
	}
	for r := res.Request; r != nil && r.Response != nil; r = r.Response.Request {
		if s := r.Response.StatusCode; s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect {
			return ""
		}
		moved = true
	}
	if !moved {
		return ""
	}
	return end
}

// statusError puts an answer that is no feed into words.
func statusError(a answer, now time.Time) error {
	switch wait := retryAfter(a.header, now); {
	case a.status == http.StatusGone:
		return errors.New("410: the outlet has withdrawn this feed for good; remove it or look for its successor")
	case wait > 0:
		return fmt.Errorf("%d %s: asked to stay away for %s", a.status, http.StatusText(a.status), wait.Round(time.Second))
	}
	return fmt.Errorf("%d %s instead of a feed", a.status, http.StatusText(a.status))
}
