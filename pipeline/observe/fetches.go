package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Kinds of documents that outlets are asked for.
const (
	FetchFeed   = "feed"
	FetchPage   = "page"
	FetchRobots = "robots"
)

// What comes of a request instead of an answer. An answer stands under its status: 304, 404, 429, or its class, such as 5xx.
const (
	FetchTimeout     = "timeout"
	FetchUnreachable = "unreachable" // no such name, nobody listens, the connection broke, a certificate is wrong
	FetchForbidden   = "forbidden"   // by us: an address that no request may go to
	FetchStopped     = "stopped"     // with the daemon
)

func answers() closed {
	return closed{
		"1xx", "2xx", "3xx", "304", "4xx", "404", "429", "5xx",
		FetchTimeout, FetchUnreachable, FetchForbidden, FetchStopped,
	}
}

// fetches is what the way out to the web brings.
type fetches struct {
	total *prometheus.CounterVec
	took  *prometheus.HistogramVec
}

func newFetches(f factory) fetches {
	s := fetches{
		total: f.counter("rawi_fetch_total", "Requests to outlets by what was asked for and what came of it.", "kind", "outcome"),
		took:  f.histogram(histogram("rawi_fetch_duration_seconds", "From a request to the header of its answer, or to its failure.", 0.025, 60), "kind"),
	}
	for _, kind := range []string{FetchFeed, FetchPage, FetchRobots} {
		s.took.WithLabelValues(kind)
		for _, a := range answers().all() {
			s.total.WithLabelValues(kind, a)
		}
	}
	return s
}

// Fetch counts a request to an outlet: what was asked for, what came of it, and how long that took.
func (m *Metrics) Fetch(kind, outcome string, took time.Duration) {
	m.fetches.took.WithLabelValues(kind).Observe(took.Seconds())
	m.fetches.total.WithLabelValues(kind, answers().value(outcome)).Inc()
}
