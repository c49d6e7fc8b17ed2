package host

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/fault"
)

const (
	// urgentHold is how long a request waits for its slot that goes before the queue of pages.
	urgentHold = time.Minute
	// longestWait is the longest Retry-After that is kept; some ask for years.
	longestWait = 24 * time.Hour
)

// Transport returns a round tripper whose requests, each redirect of them too, take slots of their hosts and tell the schedule what came of
// them. They are few and others wait for them: they go before the queue of pages, do not count against the places of a host, and leave apart
// between them at least. Where a host is to be left alone, or its slot is too far away, the error is a fault.After with ErrNotYet, and nothing
// was sent.
func (s *Schedule) Transport(next http.RoundTripper, apart time.Duration) http.RoundTripper {
	return &paced{s, next, apart}
}

type paced struct {
	schedule *Schedule
	next     http.RoundTripper
	apart    time.Duration
}

// RoundTrip sends a request when it is its turn.
func (p *paced) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx := r.Context()
	v, err := p.schedule.enter(ctx, r.URL.Host, p.apart)
	if err != nil {
		return nil, err
	}
	if err := v.Start(ctx, p.apart); err != nil {
		return nil, err
	}
	res, err := p.next.RoundTrip(r)
	v.note(ctx, res, err)
	return res, err
}

// note tells the schedule how a request went. Where that cannot be stored the answer is good all the same, and no further slot can be taken.
func (v *Visit) note(ctx context.Context, res *http.Response, err error) {
	switch {
	case err == nil && Refusal(res.StatusCode, res.Header):
		_ = v.Refused(ctx, RetryAfter(res.Header, time.Now()), ErrNotYet)
	case err == nil:
		_ = v.Done(ctx)
	case ctx.Err() == nil && Unreachable(err):
		_ = v.Failed(ctx, err)
	}
}

// enter is the visit of a request that goes before the queue. It has no place to give back.
func (s *Schedule) enter(ctx context.Context, name string, apart time.Duration) (*Visit, error) {
	v, err := s.visit(ctx, name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v.delay, v.urgent, v.left = apart, urgentHold, true
	if end, ok := ctx.Deadline(); ok { // half of its time is for the answer
		v.urgent = max(min(v.urgent, time.Until(end)/2), time.Millisecond)
	}
	if now := time.Now(); now.Before(v.opens()) {
		return nil, v.later(now, ErrNotYet)
	}
	return v, nil
}

// Refusal reports whether an answer asks us to leave its host alone for a while. A challenge is no such thing: it is there for good.
func Refusal(status int, h http.Header) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && h.Get("Cf-Mitigated") == ""
}

// RetryAfter reads the header in seconds or as a date, a day at most; 0 where there is none or it makes no sense.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 0 {
		return time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return min(at.Sub(now), longestWait)
	}
	return 0
}

// Unreachable reports whether a round trip that brought no answer failed for a reason that lies with its host: no connection came about, or
// nobody spoke on it in time.
func Unreachable(err error) bool {
	if _, ok := errors.AsType[*fault.Permanent](err); ok {
		return false
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		return true
	}
	_, name := errors.AsType[*net.DNSError](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	return name || certificate
}
