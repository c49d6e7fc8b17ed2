package index

import (
	"math"

	"rawi/stages/dedup/match"
)

// counts are document frequencies over the reports of live stories: they age as stories do.
type counts struct {
	terms   map[uint64]int
	reports map[string]int // by language
	all     int
	curves  map[string]*curve // weights by document frequency, by language; "" for terms of all languages
}

// curve are the weights of the lower document frequencies among n reports: a logarithm a term would be half the cost of a comparison.
type curve struct {
	n       int
	weights [256]float64
}

func newCounts() counts {
	return counts{terms: map[uint64]int{}, reports: map[string]int{}, curves: map[string]*curve{}}
}

func (c *counts) add(r *match.Report, n int) {
	c.all += n
	c.reports[r.Language] += n
	if c.reports[r.Language] == 0 {
		delete(c.reports, r.Language)
	}
	for _, t := range r.Terms {
		c.terms[t.Key] += n
		if c.terms[t.Key] == 0 {
			delete(c.terms, t.Key)
		}
	}
}

// smoothing stands for reports that were never seen: the first dozen of a new index must not make every word look rare.
const smoothing = 60

// Weight is the inverse document frequency of a term: words among the reports of their language, all else among all reports.
func (c *counts) Weight(t match.Term, lang string) float64 {
	n := c.all
	if t.Field == match.Word {
		n = c.reports[lang]
	} else {
		lang = ""
	}
	k := c.curves[lang]
	if k == nil || k.n != n {
		k = bend(n)
		c.curves[lang] = k
	}
	if df := c.terms[t.Key]; df < len(k.weights) {
		return k.weights[df]
	}
	return weight(n, c.terms[t.Key])
}

func bend(n int) *curve {
	k := curve{n: n}
	for df := range k.weights {
		k.weights[df] = weight(n, df)
	}
	return &k
}

func weight(n, df int) float64 { return math.Log(1 + float64(n+smoothing)/(float64(df)+1)) }

// Rarity tells how telling terms are among the reports of live stories.
func (x *Index) Rarity() match.Rarity { return &x.counts }
