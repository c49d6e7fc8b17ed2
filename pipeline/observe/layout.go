package observe

import "github.com/prometheus/client_golang/prometheus"

// pageQuality has bounds for shares and for lengths against the usual one.
func pageQuality() *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "rawi_page_quality", Help: "How well pages are read: shares of 1, and for length the words against the median of the host.",
		Buckets: []float64{0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 2, 5},
	}, []string{"signal"})
}

// PageQuality takes one signal of one page: a share, or a ratio where the signal is a length.
func (m *Metrics) PageQuality(signal string, value float64) {
	m.pages.WithLabelValues(signal).Observe(value)
}

// Layouts says how many sites show a sign, one of a few words, that their layout changed.
func (m *Metrics) Layouts(sign string, n int) { m.layouts.WithLabelValues(sign).Set(float64(n)) }

// LayoutChange counts a site that passed into a state, one of a few words, by n; by 0 it makes the series.
func (m *Metrics) LayoutChange(state string, n int) { m.changes.WithLabelValues(state).Add(float64(n)) }
