package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// hearts tell when a stage was last seen to turn.
type hearts struct {
	seen *prometheus.GaugeVec
	took *prometheus.HistogramVec
}

func newHearts(f factory) hearts {
	return hearts{
		seen: f.gauge("rawi_heartbeat_seen_timestamp_seconds", "When a heartbeat last came through a stage here; 0 before the first one.", "stage"),
		took: f.histogram(histogram("rawi_heartbeat_duration_seconds",
			"From the sending of a heartbeat to its end at a stage: how long an article would wait.", 0.025, 3600), "stage"),
	}
}

// AddHeartbeat makes the series of a stage that heartbeats go through.
func (m *Metrics) AddHeartbeat(stage string) {
	m.hearts.seen.WithLabelValues(stage)
	m.hearts.took.WithLabelValues(stage)
}

// Heartbeat says that a heartbeat has come through a stage, so long after it was sent.
func (m *Metrics) Heartbeat(stage string, took time.Duration) {
	m.hearts.seen.WithLabelValues(stage).SetToCurrentTime()
	m.hearts.took.WithLabelValues(stage).Observe(max(took, 0).Seconds())
}
