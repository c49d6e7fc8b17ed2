package index

import (
	"cmp"
	"slices"

	"rawi/stages/dedup/match"
)

const (
	reach    = 5    // days of publication on either side in which a report looks for its story
	perField = 40   // terms of one field that are posted: the first ones of a text tell what it is about
	shortage = 400  // stories that one band of copies may hold
	telling  = 80   // terms of a report by which stories are looked for: the rarest of those that stories of its days have
	effort   = 1500 // stories looked at for one article
	sceneful = 8.0  // what a happening at the same place in the same week weighs: as much as a rare name
)

// post makes a story be found by some reports in place of those by which it was, within a few days of their publication. A story stands once in
// each list, however many of its reports share what the list is of: what thousands repeat is still one story.
func (x *Index) post(e *Entry, before, reports []*match.Report) {
	now := slices.Clone(before)
	for _, r := range before {
		if !slices.Contains(reports, r) {
			now = slices.DeleteFunc(now, func(o *match.Report) bool { return o == r })
			x.unpost(e.slot, r, now)
			x.count(r, -1)
		}
	}
	for _, r := range reports {
		if !slices.Contains(before, r) {
			x.count(r, 1)
			x.add(e.slot, r, now)
			now = append(now, r)
		}
	}
}

// add posts a story under what one of its reports has and none of the others, which are posted already.
func (x *Index) add(slot uint32, r *match.Report, others []*match.Report) {
	at := x.moor(slot, int32(r.Day))
	for _, k := range own(r, others) {
		x.terms.post(k, at)
	}
	for _, b := range ownBands(r, others) {
		x.bands.add(b, slot)
	}
}

// unpost takes back what add did, while the others still stand.
func (x *Index) unpost(slot uint32, r *match.Report, others []*match.Report) {
	day := int32(r.Day)
	at := x.moor(slot, day)
	for _, k := range own(r, others) {
		x.terms.unpost(k, at)
	}
	for _, b := range ownBands(r, others) {
		x.bands.remove(b, slot)
	}
	if !slices.ContainsFunc(others, func(o *match.Report) bool { return o.Day == r.Day }) {
		x.leave(slot, at)
	}
}

// moor finds the berth of a story on a day, or gives it one.
func (x *Index) moor(slot uint32, day int32) uint32 {
	r := &x.rows[slot]
	if r.moored && x.terms.berths[r.berth].day == day {
		return r.berth
	}
	for _, at := range x.berths[slot] {
		if x.terms.berths[at].day == day {
			return at
		}
	}
	at := x.terms.moor(slot, day)
	if r.moored {
		x.berths[slot] = append(x.berths[slot], at)
	} else {
		r.berth, r.moored = at, true
	}
	return at
}

// leave gives up the berth of a story on a day.
func (x *Index) leave(slot, at uint32) {
	x.terms.leave(at)
	r, others := &x.rows[slot], x.berths[slot]
	switch {
	case r.berth != at:
		others = without(others, at)
	case len(others) == 0:
		r.moored = false
	default:
		r.berth, others = others[0], others[1:]
	}
	if x.berths[slot] = others; len(others) == 0 {
		delete(x.berths, slot)
	}
}

// own are the ids under which a report is found that no other report of the same day has.
func own(r *match.Report, others []*match.Report) []uint32 {
	out := posted(r)
	var theirs map[uint32]bool
	for _, o := range others {
		if o.Day != r.Day {
			continue
		}
		if theirs == nil {
			theirs = make(map[uint32]bool, 2*len(out))
		}
		for _, k := range posted(o) {
			theirs[k] = true
		}
	}
	return slices.DeleteFunc(out, func(id uint32) bool { return theirs[id] })
}

func ownBands(r *match.Report, others []*match.Report) []uint64 {
	out := bands(r.MinHash)
	for _, o := range others {
		theirs := bands(o.MinHash)
		out = slices.DeleteFunc(out, func(b uint64) bool { return slices.Contains(theirs, b) })
	}
	return out
}

// posted are the terms by which a report is found, by their ids: those of title and beginning first, a few of each field.
func posted(r *match.Report) []uint32 {
	out := make([]uint32, 0, 128)
	var taken [8]int
	for _, early := range [2]bool{true, false} {
		for i := range r.Terms {
			if t := &r.Terms[i]; t.Early == early && taken[t.Field] < perField {
				taken[t.Field]++
				out = append(out, t.ID)
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
	f := finder{index: x, round: x.round, found: x.room.found[:0]}
	for i, b := range bands(r.MinHash) {
		if list := x.bands.find(b, shortage); len(list) <= shortage {
			f.add(list, -1-i, 2)
		}
	}
	f.add(x.sameScene(r), -1-maxBands, sceneful)
	used := 0
	for i, t := range x.byRarity(r) {
		if used == telling || f.looked >= effort {
			break
		}
		if list, found := x.within(t.id, r.Day); found {
			f.add(list, i, t.weight)
			used++
		}
	}
	x.room.found = f.found
	return f.best(n)
}

// room is that of a search, kept for the next one: it is no larger than effort and the length of the longest list ask for.
type room struct {
	found  []candidate
	berths []uint32
	slots  []uint32
}

// sameScene are the live stories whose happening may be that of a report, by day and place.
func (x *Index) sameScene(r *match.Report) []uint32 {
	told := x.scenes.told.lookup(sceneKeys(r.Facts, match.Slack(r.Facts)))
	return slices.DeleteFunc(told, func(slot uint32) bool { return !x.rows[slot].live })
}

// within are the stories with a term of which a report was published within a few days of one, without those of days on which it is crowded. It
// tells whether there is a day on which it is not. They hold until it is asked again.
func (x *Index) within(id uint32, day int) (slots []uint32, found bool) {
	var most [2*reach + 1]int // stories of a day
	first := int32(day - reach)
	berths := x.room.berths[:0]
	x.terms.visit(id, first, first+2*reach, x.relist, func(on int32, at []uint32, n int) {
		i := on - first
		if most[i] = max(most[i]+len(at), n); most[i] <= crowded {
			berths = append(berths, at...)
		}
	})
	slots = x.room.slots[:0]
	for _, at := range berths {
		if b := x.terms.berths[at]; most[b.day-first] <= crowded {
			slots = append(slots, b.slot)
		}
	}
	x.room.berths, x.room.slots = berths, slots
	return slots, len(slots) > 0
}

// relist makes the lists of a day whole of which only the number was kept while they were long. Few ask for the days that stories are leaving.
func (x *Index) relist(day int32) {
	x.terms.relist(day, func(at uint32) []uint32 {
		var out []uint32
		for _, r := range x.reports(x.terms.berths[at].slot) {
			if int32(r.Day) == day {
				out = append(out, posted(r)...)
			}
		}
		return unique(out)
	})
}

// finder adds up what stories share with a report.
type finder struct {
	index  *Index
	found  []candidate
	round  uint32
	looked int
}

type candidate struct {
	slot   uint32
	weight float64
	last   int // the term counted last: each counts once for a story, on however many days it has it
}

func (f *finder) add(list []uint32, term int, weight float64) {
	f.looked += len(list)
	for _, slot := range list {
		r := &f.index.rows[slot]
		if r.round != f.round {
			r.round, r.found = f.round, uint32(len(f.found))
			f.found = append(f.found, candidate{slot, weight, term})
			continue
		}
		if c := &f.found[r.found]; c.last != term {
			c.weight += weight
			c.last = term
		}
	}
}

// best are the n heaviest, of equal ones those with the lower id.
func (f *finder) best(n int) []*Entry {
	top := make([]candidate, 0, n+1)
	for _, c := range f.found {
		if len(top) == n && !f.heavier(c, top[n-1]) {
			continue
		}
		i := len(top)
		for i > 0 && f.heavier(c, top[i-1]) {
			i--
		}
		top = slices.Insert(top, i, c)
		top = top[:min(len(top), n)]
	}
	out := make([]*Entry, len(top))
	for i, c := range top {
		out[i] = f.index.entry(c.slot)
	}
	return out
}

func (f *finder) heavier(a, b candidate) bool {
	if a.weight != b.weight {
		return a.weight > b.weight
	}
	return f.index.id(a.slot) < f.index.id(b.slot)
}

type weighted struct {
	id     uint32
	key    uint64
	weight float64
}

// byRarity are the terms that a report shares with others, the most telling first.
func (x *Index) byRarity(r *match.Report) []weighted {
	out := make([]weighted, 0, len(r.Terms))
	ids := x.Number(r)
	for i, w := range x.Weigh(nil, r, true) {
		if id := ids[i]; x.terms.frequency(id) > 0 {
			out = append(out, weighted{id, r.Terms[i].Key, w})
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
