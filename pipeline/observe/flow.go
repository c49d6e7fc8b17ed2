package observe

import "github.com/prometheus/client_golang/prometheus"

// flow is what goes into a stage and what comes out.
type flow struct {
	received *prometheus.CounterVec
	emitted  *prometheus.CounterVec
	workers  *prometheus.GaugeVec
	ready    prometheus.Gauge
}

func newFlow(f factory) flow {
	return flow{
		received: f.counter("rawi_stage_received_total", "Messages that a stage began to work on, repeated attempts included; what a source brought.", "stage"),
		emitted:  f.counter("rawi_stage_emitted_total", "New messages that a stage or source stored.", "stage"),
		workers:  f.gauge("rawi_stage_workers", "Messages that a stage works on at once at most.", "stage"),
		ready:    f.single("rawi_ready", "1 while messages are taken, worked on and stored; /readyz says why not."),
	}
}

func (f flow) add(stage string) {
	f.received.WithLabelValues(stage)
	f.emitted.WithLabelValues(stage)
}

// Received counts what a source brought.
func (m *Metrics) Received(source string) { m.flow.received.WithLabelValues(source).Inc() }

// Emitted counts a new message of a stage or source.
func (m *Metrics) Emitted(stage string) { m.flow.emitted.WithLabelValues(stage).Inc() }

// Workers says how many messages a stage works on at once.
func (m *Metrics) Workers(stage string, n int) { m.flow.workers.WithLabelValues(stage).Set(float64(n)) }

// Ready says whether the pipeline can do its work.
func (m *Metrics) Ready(ready bool) { m.flow.ready.Set(number(ready)) }
