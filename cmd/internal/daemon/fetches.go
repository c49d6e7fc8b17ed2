package daemon

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/observe"
	"rawi/pipeline/outbound"
)

// counted is a way to the web whose requests are counted.
type counted struct {
	metrics *observe.Metrics
	kind    string
	next    http.RoundTripper
}

// RoundTrip sends a request and counts what comes of it. Crawlers ask for robots.txt by the same way as for pages.
func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	kind := c.kind
	if r.URL.Path == "/robots.txt" {
		kind = observe.FetchRobots
	}
	began := time.Now()
	res, err := c.next.RoundTrip(r)
	took := time.Since(began)
	if err != nil {
		c.metrics.Fetch(kind, failure(r.Context(), err), took)
		return nil, err
	}
	c.metrics.Fetch(kind, answer(res.StatusCode), took)
	return res, nil
}

// answer is a status as it stands in metrics: those that mean something of their own, and the class of all others.
func answer(status int) string {
	switch status {
	case http.StatusNotModified, http.StatusNotFound, http.StatusTooManyRequests:
		return strconv.Itoa(status)
	}
	return strconv.Itoa(status/100) + "xx"
}

// failure says in one word why there is no answer.
func failure(ctx context.Context, err error) string {
	timeout, ok := errors.AsType[net.Error](err)
	switch permanent, refused := errors.AsType[*fault.Permanent](err); {
	case errors.Is(ctx.Err(), context.Canceled):
		return observe.FetchStopped
	case refused && permanent.Reason == outbound.ReasonForbidden:
		return observe.FetchForbidden
	case ok && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return observe.FetchTimeout
	}
	return observe.FetchUnreachable
}
