package fit

import (
	_ "embed" // the prior is data
	"maps"
	"math"
	"slices"

	"rawi/stages/dedup/match"
)

//go:embed data/prior.tsv
var priorTable string

// Prior are the weights set by hand. It fails where the embedded table cannot be read.
func Prior() (match.Rules, error) { return match.Parse(priorTable) }

// Options say how a fit weighs what it is given.
type Options struct {
	Pull    float64 // how strongly weights are drawn towards the prior, above 0
	Dated   float64 // how many pairs a pair of one story counts for, where both happened on a day
	General float64 // the same in other news
	Steps   int     // of the descent
}

// Default are the options that did best on sets held out.
func Default() Options { return Options{Pull: 2, Dated: 2.5, General: 1.7, Steps: 400} }

// Fit finds weights by logistic regression over pairs that no veto rules out. A weight keeps the sign that it has in the prior, or becomes 0;
// the bias alone moves freely.
func Fit(pairs []Pair, prior match.Rules, o Options) match.Rules {
	out := match.Rules{Version: prior.Version, Weights: map[string]match.Weights{}}
	dated, general := descend(pairs, prior, o, true), descend(pairs, prior, o, false)
	for name := range prior.Weights {
		out.Weights[name] = match.Weights{Dated: dated[name], General: general[name]}
	}
	return out
}

// example is a pair in numbers: the rules that it meets, by their index, and what each weighs.
type example struct {
	rules  []int
	values []float64
	same   float64 // 1 or 0
	counts float64
}

// descend fits the weights of one column by gradient steps, each weight's by the gradients it has seen.
func descend(pairs []Pair, prior match.Rules, o Options, dated bool) map[string]float64 {
	out := column(prior, dated)
	names := slices.Sorted(maps.Keys(out))
	start := make([]float64, len(names))
	for i, name := range names {
		start[i] = out[name]
	}
	weights, seen := slices.Clone(start), make([]float64, len(names))
	examples := chosen(pairs, names, o, dated)
	const rate = 0.3
	for range o.Steps {
		for i, slope := range slopes(examples, weights) {
			slope += pull(names[i], o) * (weights[i] - start[i])
			seen[i] += slope * slope
			weights[i] = keepSign(names[i], start[i], weights[i]-rate*slope/(math.Sqrt(seen[i])+1e-9))
		}
	}
	for i, name := range names {
		out[name] = weights[i]
	}
	return out
}

func column(r match.Rules, dated bool) map[string]float64 {
	out := make(map[string]float64, len(r.Weights))
	for name, w := range r.Weights {
		out[name] = w.General
		if dated {
			out[name] = w.Dated
		}
	}
	return out
}

// chosen are the pairs that a column is fitted on. A rule without a name among names is left out.
func chosen(pairs []Pair, names []string, o Options, dated bool) []example {
	var out []example
	for _, p := range pairs {
		if p.Dated != dated || p.Vetoed || p.Unscored {
			continue
		}
		e := example{counts: 1}
		for _, name := range slices.Sorted(maps.Keys(p.Values)) { // sums of floats depend on their order
			if i, ok := slices.BinarySearch(names, name); ok {
				e.rules, e.values = append(e.rules, i), append(e.values, p.Values[name])
			}
		}
		if p.Same {
			e.same, e.counts = 1, o.General
			if dated {
				e.counts = o.Dated
			}
		}
		out = append(out, e)
	}
	return out
}

// slopes are the gradient of the loss, for every weight.
func slopes(examples []example, weights []float64) []float64 {
	out := make([]float64, len(weights))
	for _, e := range examples {
		z := 0.0
		for k, i := range e.rules {
			z += weights[i] * e.values[k]
		}
		wrong := (1/(1+math.Exp(-z)) - e.same) * e.counts
		for k, i := range e.rules {
			out[i] += wrong * e.values[k]
		}
	}
	return out
}

// pull leaves the bias all but free: how many pairs of a set are of one story is no property of the world.
func pull(name string, o Options) float64 {
	if name == bias {
		return 0.01
	}
	return o.Pull
}

func keepSign(name string, prior, weight float64) float64 {
	if name != bias && prior*weight < 0 {
		return 0
	}
	return weight
}

// Score is the log odds of a pair under rules.
func Score(r match.Rules, p Pair) float64 { return dot(column(r, p.Dated), p.Values) }

func dot(weights, values map[string]float64) float64 {
	sum := 0.0
	for _, name := range slices.Sorted(maps.Keys(values)) {
		sum += weights[name] * values[name]
	}
	return sum
}
