package observe

import "github.com/prometheus/client_golang/prometheus"

// Sinks are the metrics of the sinks of stories. It is safe for concurrent use.
type Sinks struct {
	stories *prometheus.CounterVec
	lag     *prometheus.GaugeVec
}

// Sinks makes the metrics of sinks. It is called once.
func (m *Metrics) Sinks() *Sinks {
	f := factory{m.registry}
	return &Sinks{
		stories: f.counter("rawi_sink_stories_total", "Stories by what became of an attempt to deliver them: delivered, retried, dead.", "sink", "result"),
		lag:     f.gauge("rawi_sink_lag_messages", "Stories that wait for a sink.", "sink"),
	}
}

// Begin makes all series of a sink, at 0: a rate over a series that appears with its first error finds nothing.
func (s *Sinks) Begin(sink string) {
	for _, result := range []string{"delivered", "retried", "dead"} {
		s.stories.WithLabelValues(sink, result)
	}
	s.lag.WithLabelValues(sink)
}

// Count counts an attempt of a sink.
func (s *Sinks) Count(sink, result string) { s.stories.WithLabelValues(sink, result).Inc() }

// Lag says how many stories wait for a sink.
func (s *Sinks) Lag(sink string, n uint64) { s.lag.WithLabelValues(sink).Set(float64(n)) }

// Forget removes the series of a sink that is no longer there.
func (s *Sinks) Forget(sink string) {
	s.stories.DeletePartialMatch(prometheus.Labels{"sink": sink})
	s.lag.DeleteLabelValues(sink)
}
