package discover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// errEnough is why an address was not asked for.
var errEnough = errors.New("not asked: the check has made as many requests as it may")

// traffic is the way out of one check. It asks for each address once, spaces its requests to one host, and ends after a number of them. What
// was answered is kept, so that poller and crawler read the same answer without asking again.
type traffic struct {
	next   http.RoundTripper
	budget int
	told   func(address string)

	mu      sync.Mutex
	apart   map[string]time.Duration // by host; zero key for hosts that say nothing
	turn    map[string]time.Time     // earliest next request, by host
	answers map[string]kept
	asked   int
}

// kept is an answer, or why there is none.
type kept struct {
	status int
	header http.Header
	body   []byte
	broken error // met while the body was read
	err    error
}

func newTraffic(next http.RoundTripper, spacing time.Duration, budget int, told func(string)) *traffic {
	return &traffic{
		next: next, budget: budget, told: told, apart: map[string]time.Duration{"": spacing}, turn: map[string]time.Time{}, answers: map[string]kept{},
	}
}

// space keeps requests to a host further apart.
func (t *traffic) space(host string, apart time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.apart[host] = max(apart, t.apart[""])
}

func (t *traffic) requests() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.asked
}

// RoundTrip answers from what is known, or asks when it is the host's turn.
func (t *traffic) RoundTrip(r *http.Request) (*http.Response, error) {
	address := r.URL.String()
	t.mu.Lock()
	known, ok := t.answers[address]
	t.mu.Unlock()
	if ok {
		return known.response(r)
	}
	if err := t.await(r.Context(), strings.ToLower(r.URL.Host)); err != nil {
		return nil, err
	}
	t.told(address)
	answer := t.ask(r)
	t.mu.Lock()
	t.answers[address] = answer
	t.mu.Unlock()
	return answer.response(r)
}

// ask reads an answer to its end: what is broken off half way is broken off in the same place for everybody who reads it again.
func (t *traffic) ask(r *http.Request) kept {
	res, err := t.next.RoundTrip(r)
	if err != nil {
		return kept{err: err}
	}
	defer res.Body.Close() //nolint:errcheck // it was read, as far as it goes
	body, err := io.ReadAll(res.Body)
	return kept{status: res.StatusCode, header: res.Header, body: body, broken: err}
}

// await waits for the turn of a host.
func (t *traffic) await(ctx context.Context, host string) error {
	t.mu.Lock()
	if t.asked >= t.budget {
		t.mu.Unlock()
		return errEnough
	}
	t.asked++
	apart, ok := t.apart[host]
	if !ok {
		apart = t.apart[""]
	}
	now := time.Now()
	at := t.turn[host]
	if at.Before(now) {
		at = now
	}
	t.turn[host] = at.Add(apart)
	t.mu.Unlock()
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for our turn at %s: %w", host, context.Cause(ctx))
	}
}

func (k kept) response(r *http.Request) (*http.Response, error) {
	if k.err != nil {
		return nil, k.err
	}
	return &http.Response{
		StatusCode: k.status, Status: fmt.Sprintf("%d %s", k.status, http.StatusText(k.status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: k.header.Clone(), Body: io.NopCloser(io.MultiReader(bytes.NewReader(k.body), failing{k.broken})), ContentLength: -1, Uncompressed: true,
		Request: r,
	}, nil
}

// failing ends a body as it ended on the wire.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}
