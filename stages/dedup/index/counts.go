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
		t.ID = x.terms.intern(t)
		if x.terms.count(t.ID, n); n < 0 {
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
	var ids []uint32 // of terms that are not marked with theirs
	if !counted(r) {
		ids = x.Number(r)
	}
	for i := range r.Size() {
		m, c := r.Mark(i), all
		if m.Field == match.Word {
			c = spoken
		}
		id := m.ID
		if ids != nil {
			id = ids[i]
		}
		if m.Field == match.Word && !words {
			out = append(out, 0)
		} else {
			out = append(out, c.weight(x.terms.frequency(id)))
		}
	}
	return out
}

// counted tells whether the terms of a report are marked with their ids.
func counted(r *match.Report) bool { return r.Terms == nil || len(r.Terms) > 0 && r.Terms[0].ID != 0 }

// numbered are the ids of the terms of the report that was asked about last.
type numbered struct {
	report *match.Report
	ids    []uint32
}

// Number gives the id of each term of a report, 0 for those that no known report has. They hold until a state is applied.
func (x *Index) Number(r *match.Report) []uint32 {
	if x.last.report == r {
		return x.last.ids
	}
	out := make([]uint32, r.Size())
	for i := range out {
		if out[i] = r.Mark(i).ID; out[i] == 0 {
			out[i] = x.terms.id(&r.Terms[i])
		}
	}
	x.last = numbered{r, out}
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
	w := &c.weights[uint(df)%uint(len(c.weights))]
	if w.n != int32(c.n) || w.df != int32(df) || w.weight == 0 {
		w.renew(c.n, df)
	}
	return w.weight
}

func (w *weighed) renew(n, df int) { *w = weighed{int32(n), int32(df), weight(n, df)} }

func weight(n, df int) float64 { return math.Log(1 + float64(n+smoothing)/(float64(df)+1)) }

// Rarity tells how telling terms are among the reports of live stories.
func (x *Index) Rarity() match.Rarity { return x }
