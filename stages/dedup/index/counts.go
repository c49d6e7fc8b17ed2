package index

import (
	"math"

	"github.com/cespare/xxhash/v2"

	"rawi/stages/dedup/match"
)

// counts are how many reports live stories have: with the frequencies of terms among them they age as stories do.
type counts struct {
	reports map[string]int // by language
	all     int
	curves  map[string]*curve // weights by document frequency, by language
	lately  [8192]weighed     // weights that were asked for last: the reports that one is compared with have much in common
	changes uint64
	lang    string // that was asked for last, and the mark of it
	mark    uint64
}

// weighed is the weight of a term while no report comes or goes.
type weighed struct {
	key    uint64 // of the term, by the mark
	weight float64
}

// curve are the weights of the lower document frequencies among n reports: a logarithm a term would be half the cost of a comparison.
type curve struct {
	n       int
	weights [256]float64
}

func newCounts() *counts {
	return &counts{reports: map[string]int{}, curves: map[string]*curve{}, changes: 1, lang: anyLanguage}
}

// count adds a report, or takes it away where n is -1.
func (x *Index) count(r *match.Report, n int) {
	c := x.counts
	c.changes++
	c.speak(c.lang)
	c.all += n
	c.reports[r.Language] += n
	if c.reports[r.Language] == 0 {
		delete(c.reports, r.Language)
	}
	for _, t := range r.Terms {
		x.terms.count(t.Key, n)
	}
}

// smoothing stands for reports that were never seen: the first dozen of a new index must not make every word look rare.
const smoothing = 60

// Weight is the inverse document frequency of a term: words among the reports of their language, all else among all reports.
func (x *Index) Weight(t match.Term, lang string) float64 {
	if t.Field != match.Word {
		lang = anyLanguage
	}
	c := x.counts
	if lang != c.lang {
		c.speak(lang)
	}
	w := &c.lately[t.Key%uint64(len(c.lately))]
	if key := t.Key ^ c.mark; w.key != key {
		*w = weighed{key, c.weight(x.terms.frequency(t.Key), lang)}
	}
	return w.weight
}

// speak makes the mark of a language, which is another one whenever a report has come or gone.
func (c *counts) speak(lang string) {
	c.lang, c.mark = lang, xxhash.Sum64String(lang)^c.changes*0x9E3779B97F4A7C15
}

// anyLanguage stands for all languages together.
const anyLanguage = "*"

// weight of a document frequency in a language, or among all reports.
func (c *counts) weight(df int, lang string) float64 {
	n := c.all
	if lang != anyLanguage {
		n = c.reports[lang]
	}
	k := c.curves[lang]
	if k == nil || k.n != n {
		k = bend(n)
		c.curves[lang] = k
	}
	if df < len(k.weights) {
		return k.weights[df]
	}
	return weight(n, df)
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
func (x *Index) Rarity() match.Rarity { return x }
