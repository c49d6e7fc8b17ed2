package match

import "math/bits"

// earlyWeight is how much more a term of the title or the first sentences weighs.
const earlyWeight = 1.5

// Sums of weights are of whole numbers of this part of one: so they are the same in whatever order the terms stand.
const part = 1 << 40

// sums are what two reports share in one field, while it is added up.
type sums struct {
	dot, own, other, shared int64
	most                    float64
	n, m                    int // terms of the own and of the other report
	top                     []shared
}

// tally are the sums of all fields, and of the titles.
type tally struct {
	whole, head [fields]sums
	title       sums
}

// own is the report that is looked at.
type own struct {
	ready   bool
	byKey   bool // its terms are found by their keys, else by their ids: of one report or the other not more may be at hand
	weights []float64
	ids     []uint32
	seats   [seats]uint16 // of its terms, by key or id: their place and one; what finds its seat taken has the next that is free
	alone   tally         // what it has where nothing is shared, without its words and with them
	worded  tally
}

// seats are more than a report has terms, so that few take that of another.
const seats = 1024

// Size is how many terms there are.
func (r *Report) Size() int { return max(len(r.Terms), len(r.Marks)) }

// Mark of a term.
func (r *Report) Mark(i int) *Mark {
	if r.Terms != nil {
		return &r.Terms[i].Mark
	}
	return &r.Marks[i]
}

// overlaps adds up what the texts share.
func (c *comparison) overlaps(t *texts) {
	l, other := c.in, c.b
	if other == l.report {
		other = c.a
	}
	same := c.a.Language == c.b.Language
	spelled := other.Terms != nil && (other.Size() == 0 || other.Mark(0).ID == 0) // and not marked with ids
	l.settle(spelled && l.report.Terms != nil)
	var ids []uint32
	if spelled && !l.own.byKey {
		ids = l.rarity.Number(other)
	}
	sum := &l.own.alone
	if same {
		sum = &l.own.worded
	}
	all := *sum
	l.weights = l.rarity.Weigh(l.weights[:0], other, same)
	for i, w := range l.weights {
		y := other.Mark(i)
		if y.Field == Word && !same {
			continue
		}
		id := uint64(y.ID)
		switch {
		case l.own.byKey:
			id = other.Terms[i].Key
		case ids != nil:
			id = uint64(ids[i])
		}
		at := l.find(id)
		if at < 0 || !recognised(l.report.Mark(at).Sure, y.Sure, same) { // a known name may sound like a word of the other report
			all.add(y, w, false)
			continue
		}
		c.share(&all, at, y)
	}
	all.read(t, l.report == c.a)
}

// share adds a term that both reports have. A sound counts across languages alone, where one side is known to be a name.
func (c *comparison) share(t *tally, at int, y *Mark) {
	l := c.in
	x, w := l.report.Mark(at), l.own.weights[at]
	if x.Sure != Known {
		t.count(x, w, true) // what is only heard was left out
	}
	t.count(y, w, false)
	t.whole[x.Field].meet(x, y, w)
	if x.Early && y.Early {
		t.head[x.Field].meet(x, y, w)
	}
	if x.Title && y.Title {
		t.title.meet(x, y, w)
	}
	if c.spell {
		t.spell(&l.report.Terms[at], y, w)
	}
}

func (t *tally) spell(x *Term, y *Mark, w float64) {
	s := shared{x.Text, w, x.Key}
	t.whole[x.Field].top = append(t.whole[x.Field].top, s)
	if x.Early && y.Early {
		t.head[x.Field].top = append(t.head[x.Field].top, s)
	}
	if x.Title && y.Title {
		t.title.top = append(t.title.top, s)
	}
}

// add counts a term that one report has, unless it was only heard.
func (t *tally) add(x *Mark, w float64, own bool) {
	if x.Sure == Known {
		t.count(x, w, own)
	}
}

// count adds the square of the weight of a term to what its report has.
func (t *tally) count(x *Mark, w float64, own bool) {
	w *= prominence(x)
	square := int64(w * w * part)
	t.whole[x.Field].extend(square, own)
	if x.Early {
		t.head[x.Field].extend(square, own)
	}
	if x.Title {
		t.title.extend(square, own)
	}
}

func (s *sums) extend(square int64, own bool) {
	if own {
		s.own += square
		s.n++
	} else {
		s.other += square
		s.m++
	}
}

func (s *sums) meet(x, y *Mark, w float64) {
	s.dot += int64(w * prominence(x) * (w * prominence(y)) * part)
	s.shared += int64(w * part)
	s.most = max(s.most, w)
}

func prominence(t *Mark) float64 {
	if t.Early {
		return earlyWeight
	}
	return 1
}

// recognised tells whether two names of one sound are one name.
func recognised(x, y Sureness, sameLanguage bool) bool {
	switch {
	case x == Known && y == Known:
		return true
	case x == Heard && y == Heard:
		return false
	}
	return !sameLanguage
}

// read gives the sums as numbers, of which the first report is the own one or the other.
func (t *tally) read(out *texts, first bool) {
	for f := range fields {
		out.whole[f], out.head[f] = t.whole[f].read(first), t.head[f].read(first)
	}
	out.title = t.title.read(first)
}

func (s *sums) read(first bool) overlapping {
	o := overlapping{
		dot: float64(s.dot) / part, a: float64(s.own) / part, b: float64(s.other) / part, sum: float64(s.shared) / part,
		most: s.most, n: s.n, m: s.m, top: s.top,
	}
	if !first {
		o.a, o.b, o.n, o.m = o.b, o.a, o.m, o.n
	}
	return o
}

// settle prepares to find the terms of the report that is looked at, by their keys or by their ids.
func (l *Look) settle(byKey bool) {
	o := &l.own
	if o.ready && o.byKey == byKey {
		return
	}
	if !o.ready {
		o.weigh(l.report, l.rarity)
	}
	if !byKey && o.ids == nil {
		o.ids = l.rarity.Number(l.report)
	}
	o.ready, o.byKey, o.seats = true, byKey, [seats]uint16{}
	for i := range min(l.report.Size(), seats/2) {
		id := l.identity(i)
		if id == 0 { // nobody has it
			continue
		}
		at := seat(id)
		for o.seats[at] != 0 {
			at = (at + 1) % seats
		}
		o.seats[at] = uint16(i + 1)
	}
}

// weigh adds up what the report has where nothing is shared.
func (o *own) weigh(r *Report, rarity Rarity) {
	o.weights = rarity.Weigh(nil, r, true)
	for i, w := range o.weights {
		x := r.Mark(i)
		o.worded.add(x, w, true)
		if x.Field != Word {
			o.alone.add(x, w, true)
		}
	}
}

// identity of a term of the report that is looked at, by which another report has it too.
func (l *Look) identity(i int) uint64 {
	if l.own.byKey {
		return l.report.Terms[i].Key
	}
	return uint64(l.own.ids[i])
}

// find is where the report that is looked at has a term of that identity, -1 where it has not.
func (l *Look) find(identity uint64) int {
	for at := seat(identity); l.own.seats[at] != 0; at = (at + 1) % seats {
		if j := int(l.own.seats[at]) - 1; l.identity(j) == identity {
			return j
		}
	}
	return -1
}

func seat(identity uint64) int {
	hi, _ := bits.Mul64(identity*0x9E3779B97F4A7C15, seats)
	return int(hi)
}
