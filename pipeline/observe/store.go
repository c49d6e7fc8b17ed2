package observe

import "github.com/prometheus/client_golang/prometheus"

// store is what the streams keep.
type store struct {
	bytes, limit, messages *prometheus.GaugeVec
	free, wanted           prometheus.Gauge
}

func newStore(f factory) store {
	return store{
		bytes:    f.gauge("rawi_store_bytes", "Size of what a stream keeps.", "stream"),
		limit:    f.gauge("rawi_store_limit_bytes", "Size at which a stream takes no more, or gives up its oldest messages.", "stream"),
		messages: f.gauge("rawi_store_messages", "Messages that a stream keeps.", "stream"),
		free:     f.single("rawi_store_disk_free_bytes", "What is left of the disk of an embedded server's store; NaN for a server elsewhere."),
		wanted:   f.single("rawi_store_disk_wanted_bytes", "Below so much free disk sources pause; NaN for a server elsewhere."),
	}
}

// Stream says how much a stream keeps, one of a fixed list, and how much it may.
func (m *Metrics) Stream(name string, bytes, limit, messages uint64) {
	m.store.bytes.WithLabelValues(name).Set(float64(bytes))
	m.store.limit.WithLabelValues(name).Set(float64(limit))
	m.store.messages.WithLabelValues(name).Set(float64(messages))
}

// Disk says how many bytes are left where the store lies, and how many are wanted; math.NaN where that cannot be told.
func (m *Metrics) Disk(free, wanted float64) {
	m.store.free.Set(free)
	m.store.wanted.Set(wanted)
}
