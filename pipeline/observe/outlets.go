package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// maxOutlets bounds the series of single sources. Their names come from the configuration and from nowhere else; they are there because an alert
// that does not name the outlet sends its reader looking for it. Past this many, rawi_sources and the command line tell the rest.
const maxOutlets = 500

// outlets is how single sources are doing.
type outlets struct {
	healthy *prometheus.GaugeVec
	looked  *prometheus.GaugeVec
	newest  *prometheus.GaugeVec
}

func newOutlets(f factory) outlets {
	return outlets{
		healthy: f.gauge("rawi_source_healthy", "1 while a source answers and useful things come, 0 while it fails or is silent.", "source"),
		looked:  f.gauge("rawi_source_last_look_timestamp_seconds", "When a source was last looked at; 0 before the first time.", "source"),
		newest:  f.gauge("rawi_source_newest_item_timestamp_seconds", "Date of the newest item of a source; 0 where none has one.", "source"),
	}
}

// Outlet is how one source is doing.
type Outlet struct {
	Name         string
	Healthy      bool
	Look, Newest time.Time // zero where there was none
}

// Outlets replaces what is said of single sources by the first 500 of these. Concurrent calls are not meant.
func (m *Metrics) Outlets(all []Outlet) {
	for _, vec := range []*prometheus.GaugeVec{m.outlets.healthy, m.outlets.looked, m.outlets.newest} {
		vec.Reset()
	}
	for _, o := range all[:min(len(all), maxOutlets)] {
		m.outlets.healthy.WithLabelValues(o.Name).Set(number(o.Healthy))
		m.outlets.looked.WithLabelValues(o.Name).Set(stamp(o.Look))
		m.outlets.newest.WithLabelValues(o.Name).Set(stamp(o.Newest))
	}
}

func stamp(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}
