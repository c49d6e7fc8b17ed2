package observe

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// Described is one metric, whether or not it has series yet.
type Described struct {
	Name   string
	Type   string // counter, gauge or histogram
	Labels []string
	Help   string
}

// description is how the library writes a description down; it has no other way to be asked.
var description = regexp.MustCompile(`^Desc\{fqName: ("(?:[^"\\]|\\.)*"), help: ("(?:[^"\\]|\\.)*"), (?:unit: "[^"]*", )?constLabels: \{.*\}, variableLabels: \{(.*)\}\}$`)

// Catalogue describes every metric of ours, by name.
func (m *Metrics) Catalogue() []Described {
	found := make(chan *prometheus.Desc)
	go func() {
		defer close(found)
		m.registry.Describe(found)
	}()
	var all []Described
	for desc := range found {
		parts := description.FindStringSubmatch(desc.String())
		if parts == nil || !strings.HasPrefix(parts[1], `"rawi_`) {
			continue // of the Go runtime and of the process
		}
		d := Described{}
		d.Name, _ = strconv.Unquote(parts[1]) // the pattern holds it to be quoted
		d.Help, _ = strconv.Unquote(parts[2])
		if parts[3] != "" {
			d.Labels = strings.Split(parts[3], ",")
		}
		all = append(all, d)
	}
	for i := range all { // not before: while it describes itself the registry is locked
		all[i].Type = m.typeOf(all[i])
	}
	slices.SortFunc(all, func(a, b Described) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// typeOf asks the registry for the metric of a description, by trying to register another one of it.
func (m *Metrics) typeOf(d Described) string {
	err := m.registry.Register(prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: d.Name, Help: d.Help}, d.Labels))
	var there prometheus.AlreadyRegisteredError
	if !errors.As(err, &there) {
		return ""
	}
	switch there.ExistingCollector.(type) {
	case *prometheus.CounterVec:
		return "counter"
	case *prometheus.HistogramVec:
		return "histogram"
	case *prometheus.GaugeVec:
		return "gauge"
	case prometheus.Gauge: // before the counter, whose methods it has
		return "gauge"
	case prometheus.Counter:
		return "counter"
	case prometheus.Histogram:
		return "histogram"
	}
	return ""
}
