package index

import (
	"math"

	"rawi/stages/dedup/match"
)

// counts are how many reports live stories have: with the frequencies of terms among them they age as stories do.
type counts struct {
	reports map[string]int // by language
	all     int
	curves  map[string]*curve // by language
}

// curve are the weights that were asked for last, by document frequency: a logarithm a term would be half the cost of a comparison.
type curve struct {
	n       int // reports
	weights [1024]weighed
}

// weighed is the weight of a document frequency among n reports.
type weighed struct {
	n, df  int32
	weight float64
}

func newCounts() *counts { return &counts{reports: map[string]int{}, curves: map[string]*curve{}} }

// count adds a report, or takes it away where n is -1.
func (x *Index) count(r *match.Report, n int) {
	c := x.counts
	c.all += n
	c.reports[r.Language] += n
	if c.reports[r.Language] == 0 {
		delete(c.reports, r.Language)
	}
	for i := range r.Terms {
		t := &r.Terms[i]
		if t.ID = x.terms.count(t.Key, n); n < 0 {
			t.ID = 0
		}
	}
}

// smoothing stands for reports that were never seen: the first dozen of a new index must not make every word look rare.
const smoothing = 60

// Weigh appends the inverse document frequency of each term of a report: of words among the reports of their language, which may be left out, of
// all else among all reports.
func (x *Index) Weigh(out []float64, r *match.Report, words bool) []float64 {
	spoken, all := x.counts.curve(r.Language), x.counts.curve(anyLanguage)
	for i := range r.Size() {
		switch m := r.Mark(i); {
		case m.Field != match.Word:
			out = append(out, all.weight(x.frequency(r, i)))
		case words:
			out = append(out, spoken.weight(x.frequency(r, i)))
		default:
			out = append(out, 0)
		}
	}
	return out
}

// frequency is the number of reports of live stories that have a term of a report.
func (x *Index) frequency(r *match.Report, i int) int {
	if id := r.Mark(i).ID; id != 0 {
		return int(x.terms.reports[id-1])
	}
	return x.terms.frequency(r.Terms[i].Key)
}

// Number gives the id of each term of a report, 0 for those that no report of a live story has.
func (x *Index) Number(r *match.Report) []uint32 {
	out := make([]uint32, r.Size())
	for i := range out {
		if out[i] = r.Mark(i).ID; out[i] == 0 && r.Terms != nil {
			out[i] = x.terms.ids.get(r.Terms[i].Key).id
		}
	}
	return out
}

// anyLanguage stands for all languages together.
const anyLanguage = "*"

// curve of a language, or of all reports, as many as there are now.
func (c *counts) curve(lang string) *curve {
	k := c.curves[lang]
	if k == nil {
		k = &curve{}
		c.curves[lang] = k
	}
	if k.n = c.all; lang != anyLanguage {
		k.n = c.reports[lang]
	}
	return k
}

// weight of a document frequency.
func (c *curve) weight(df int) float64 {
	w := &c.weights[df%len(c.weights)]
	if n := int32(c.n); w.n != n || w.df != int32(df) || w.weight == 0 {
		*w = weighed{n, int32(df), weight(c.n, df)}
	}
	return w.weight
}

func weight(n, df int) float64 { return math.Log(1 + float64(n+smoothing)/(float64(df)+1)) }

// Rarity tells how telling terms are among the reports of live stories.
func (x *Index) Rarity() match.Rarity { return x }
