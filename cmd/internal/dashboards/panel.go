package main

// dashboard is one page. Its first strip says whether all is well, in a few numbers; most of the page below says why not.
type dashboard struct {
	uid, title, about string
	strip             []panel
	rows              []row
}

func (d dashboard) file() string { return d.uid + ".json" }

// row is a line of panels of equal width.
type row struct {
	title  string
	panels []panel
}

// kind is how a panel shows its values.
type kind string

// Kinds of panels.
const (
	graph kind = "timeseries"
	stat  kind = "stat"
	table kind = "table"
	bars  kind = "bargauge"
)

// unit is what a value is measured in, as Grafana names it.
type unit string

// Units.
const (
	seconds   unit = "s"
	share     unit = "percentunit"
	count     unit = "short"
	perSecond unit = "cps"
	size      unit = "bytes"
	when      unit = "dateTimeFromNow"
	none      unit = "none"
)

// panel is one picture with its queries. In an expression $job stands for the daemons that were chosen, and $__rate_interval for a time in which
// Prometheus has seen every series a few times.
type panel struct {
	kind  kind
	title string
	about string // what is seen, and what to make of it
	unit  unit
	wrong bound // from where on the value is red; the zero value for nowhere
	of    []query
}

// bound is where values become wrong.
type bound struct {
	at    float64
	below bool // it is smaller values that are wrong
	set   bool
}

func above(v float64) bound { return bound{at: v, set: true} }

// missing is for values that have to be 1 at least.
func missing() bound { return bound{at: 1, below: true, set: true} }

// query is an expression and how its series are called.
type query struct{ expr, legend string }

func one(expr, legend string) []query { return []query{{expr, legend}} }

// quantiles of a histogram, by further labels ("" for none).
func quantiles(metric, by string) []query {
	labels, legend := "le", ""
	if by != "" {
		labels, legend = "le, "+by, "{{"+by+"}} "
	}
	var all []query
	for _, q := range []struct{ of, name string }{{"0.5", "median"}, {"0.95", "95 %"}} {
		all = append(all, query{
			"histogram_quantile(" + q.of + ", sum by (" + labels + ") (rate(" + metric + "_bucket{job=\"$job\"}[$__rate_interval])))", legend + q.name,
		})
	}
	return all
}
