package index

import (
	"cmp"
	"slices"

	"rawi/stages/dedup/match"
)

// posts finds the stories that share something with a report published within a few days of theirs. A story stands once in each list, however
// many of its reports share what the list is of: what thousands repeat is still one story.
type posts struct {
	terms map[uint64]calendar // a word that is common over weeks still finds few stories
	bands map[uint64][]*Entry
}

// calendar are the stories that have a term, by the day of publication, earliest first.
type calendar []daily

// daily are the stories with a report of one day that has the term.
type daily struct {
	day     int
	entries []*Entry
}

// within are the days about one in which a report looks for its story.
func (c calendar) within(day int) calendar {
	from, _ := onDay(c, day-reach)
	to, _ := onDay(c, day+reach+1)
	return c[from:to]
}

const (
	reach    = 5    // days of publication on either side in which a report looks for its story
	crowded  = 80   // a term that more stories of one day share finds none of them
	perField = 40   // terms of one field that are posted: the first ones of a text tell what it is about
	shortage = 400  // stories that one band of copies may hold
	telling  = 80   // terms of a report by which stories are looked for: the rarest of those that stories of its days have
	effort   = 1500 // stories looked at for one article
	sceneful = 8.0  // what a happening at the same place in the same week weighs: as much as a rare name
)

func newPosts() posts {
	return posts{terms: map[uint64]calendar{}, bands: map[uint64][]*Entry{}}
}

// add posts a story under what one of its reports has and none of the others, which are posted already.
func (p posts) add(e *Entry, r *match.Report, others []*match.Report) {
	for _, k := range own(r, others) {
		days := p.terms[k]
		i, ok := onDay(days, r.Day)
		if !ok {
			days = slices.Insert(days, i, daily{day: r.Day})
			p.terms[k] = days
		}
		days[i].entries = append(days[i].entries, e)
	}
	for _, b := range ownBands(r, others) {
		p.bands[b] = append(p.bands[b], e)
	}
}

// remove takes back what add did, while the others still stand.
func (p posts) remove(e *Entry, r *match.Report, others []*match.Report) {
	for _, k := range own(r, others) {
		days := p.terms[k]
		i, ok := onDay(days, r.Day)
		if !ok {
			continue
		}
		if days[i].entries = without(days[i].entries, e); len(days[i].entries) == 0 {
			days = slices.Delete(days, i, i+1)
			p.terms[k] = days
		}
		if len(days) == 0 {
			delete(p.terms, k)
		}
	}
	for _, b := range ownBands(r, others) {
		if p.bands[b] = without(p.bands[b], e); len(p.bands[b]) == 0 {
			delete(p.bands, b)
		}
	}
}

func onDay(days calendar, day int) (int, bool) {
	return slices.BinarySearchFunc(days, day, func(d daily, day int) int { return cmp.Compare(d.day, day) })
}

func without(list []*Entry, e *Entry) []*Entry {
	i := slices.Index(list, e)
	if i < 0 {
		return list
	}
	last := len(list) - 1
	list[i] = list[last]
	list[last] = nil
	return list[:last]
}

// own are the keys of a report that no other report of the same day has.
func own(r *match.Report, others []*match.Report) []uint64 {
	out := keys(r)
	var theirs map[uint64]bool
	for _, o := range others {
		if o.Day != r.Day {
			continue
		}
		if theirs == nil {
			theirs = make(map[uint64]bool, 2*len(out))
		}
		for _, k := range keys(o) {
			theirs[k] = true
		}
	}
	return slices.DeleteFunc(out, func(k uint64) bool { return theirs[k] })
}

func ownBands(r *match.Report, others []*match.Report) []uint64 {
	out := bands(r.MinHash)
	for _, o := range others {
		theirs := bands(o.MinHash)
		out = slices.DeleteFunc(out, func(b uint64) bool { return slices.Contains(theirs, b) })
	}
	return out
}

// keys are the terms by which a report is found: those of title and beginning first, a few of each field.
func keys(r *match.Report) []uint64 {
	out := make([]uint64, 0, 64)
	var taken [8]int
	for _, early := range [2]bool{true, false} {
		for _, t := range r.Terms {
			if t.Early == early && taken[t.Field] < perField {
				taken[t.Field]++
				out = append(out, t.Key)
			}
		}
	}
	return out
}

// rows of a signature that make one band, and how many bands: texts that share half of their shingles meet in a band with a probability
// of .64, those that share seven tenths with .99.
const (
	rows     = 4
	maxBands = 16
)

func bands(minhash []uint32) []uint64 {
	out := make([]uint64, 0, maxBands)
	for i := 0; i+rows <= len(minhash) && len(out) < maxBands; i += rows {
		h := uint64(i) + 0x9E3779B97F4A7C15
		for _, v := range minhash[i : i+rows] {
			h = (h ^ uint64(v)) * 0x100000001B3
			h ^= h >> 29
		}
		out = append(out, h)
	}
	return out
}

// Candidates are the live stories that share most with a report, at most n, the most promising first. Its cost depends on the length
// of the report and on the limits above, not on how many stories there are.
//
// Copies and what happened at the same place in the same week come first, and terms count only where stories of these days have them: words
// that other weeks share with a report must not crowd out what its own days do.
func (x *Index) Candidates(r *match.Report, n int) []*Entry {
	x.round++
	f := finder{round: x.round}
	for i, b := range bands(r.MinHash) {
		if list := x.posts.bands[b]; len(list) <= shortage {
			f.add(list, -1-i, 2)
		}
	}
	f.add(x.sameScene(r), -1-maxBands, sceneful)
	used := 0
	for i, t := range x.byRarity(r) {
		if used == telling || f.looked >= effort {
			break
		}
		found := false
		for _, d := range x.posts.terms[t.key].within(r.Day) {
			if len(d.entries) <= crowded {
				f.add(d.entries, i, t.weight)
				found = true
			}
		}
		if found {
			used++
		}
	}
	return f.best(n)
}

// sameScene are the live stories whose happening may be that of a report, by day and place.
func (x *Index) sameScene(r *match.Report) []*Entry {
	return slices.DeleteFunc(x.Told(r.Facts), func(e *Entry) bool { return !e.live })
}

// finder adds up what stories share with a report.
type finder struct {
	found  []candidate
	round  int
	looked int
}

type candidate struct {
	entry  *Entry
	weight float64
	last   int // the term counted last: each counts once for a story, on however many days it has it
}

func (f *finder) add(list []*Entry, term int, weight float64) {
	f.looked += len(list)
	for _, e := range list {
		if e.round != f.round {
			e.round, e.found = f.round, len(f.found)
			f.found = append(f.found, candidate{e, weight, term})
			continue
		}
		if c := &f.found[e.found]; c.last != term {
			c.weight += weight
			c.last = term
		}
	}
}

// best are the n heaviest, of equal ones those with the lower id.
func (f *finder) best(n int) []*Entry {
	top := make([]candidate, 0, n+1)
	for _, c := range f.found {
		if len(top) == n && !heavier(c, top[n-1]) {
			continue
		}
		i := len(top)
		for i > 0 && heavier(c, top[i-1]) {
			i--
		}
		top = slices.Insert(top, i, c)
		top = top[:min(len(top), n)]
	}
	out := make([]*Entry, len(top))
	for i, c := range top {
		out[i] = c.entry
	}
	return out
}

func heavier(a, b candidate) bool {
	if a.weight != b.weight {
		return a.weight > b.weight
	}
	return a.entry.ID() < b.entry.ID()
}

type weighted struct {
	key    uint64
	weight float64
}

// byRarity are the terms that a report shares with others, the most telling first.
func (x *Index) byRarity(r *match.Report) []weighted {
	out := make([]weighted, 0, len(r.Terms))
	for _, t := range r.Terms {
		if x.counts.terms[t.Key] > 0 {
			out = append(out, weighted{t.Key, x.counts.Weight(t, r.Language)})
		}
	}
	slices.SortFunc(out, func(a, b weighted) int {
		if d := cmp.Compare(b.weight, a.weight); d != 0 {
			return d
		}
		return cmp.Compare(a.key, b.key)
	})
	return out
}
