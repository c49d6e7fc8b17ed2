package index

import (
	"encoding/binary"
	"io"
	"slices"
	"time"

	"rawi/stages/dedup/pack"
)

// Restore puts what Save wrote in place of all that the index knows. It reads to the end, and looks at whatever one part says of another: an index that
// it has read does not come to where there is nothing. After an error the index is to be reset.
func (x *Index) Restore(from io.Reader) error {
	x.Reset()
	r := newFlatReader(from)
	x.clock = clockOf(r.signed(), r.number())
	x.packer.dict, x.packer.samples = r.bytes(r.length()), r.bytes(r.length())
	var words []string
	for range r.times() {
		words = append(words, r.text())
	}
	x.packer.words = pack.NewDictionary(dictionaryTexts, words...)
	x.packer.revive()
	n := r.under(maxSlots)
	for i := 0; i < n && r.err == nil; i++ {
		x.rows = append(x.rows, r.row())
	}
	x.rows = slices.Clip(x.rows)
	x.loadLists(r)
	if r.ahead(1); r.err == nil && len(r.buf) > 0 {
		r.fail("more follows")
	}
	return r.err
}

func clockOf(seconds int64, nanoseconds uint64) time.Time {
	t := time.Unix(seconds, int64(nanoseconds)).UTC()
	if t.IsZero() {
		return time.Time{}
	}
	return t
}

func (x *Index) loadLists(r *flatReader) {
	x.free = r.list()
	r.below(x.free, len(x.rows), "row")
	for _, p := range x.sets() {
		*p = r.pairs(x.rows)
	}
	for range r.times() {
		id := r.text()
		x.gone[id] = r.slots(x.rows)
	}
	for range r.times() {
		id := r.text()
		x.taken[id] = r.text()
	}
	for range r.times() {
		day := int32(r.signed())
		x.changed[day] = r.list()
		r.below(x.changed[day], len(x.rows), "row")
	}
	for range r.times() {
		slot := uint32(r.under(max(1, len(x.rows))))
		x.berths[slot] = r.list()
	}
	x.terms = r.terms(x.rows)
	for _, at := range x.berths {
		r.below(at, len(x.terms.berths), "berth")
	}
	for i := range x.rows {
		if row := &x.rows[i]; row.moored && int(row.berth) >= len(x.terms.berths) {
			r.fail("berth %d of %d", row.berth, len(x.terms.berths))
		}
	}
	x.counts = r.counts()
}

// times is how often something follows, while it can be read.
func (r *flatReader) times() func(func(int) bool) {
	n := r.length()
	return func(yield func(int) bool) {
		for i := 0; i < n && r.err == nil; i++ {
			if !yield(i) {
				return
			}
		}
	}
}

func (r *flatReader) row() row {
	out := row{record: record(r.text())}
	flags := r.number()
	out.live, out.shown, out.merged, out.moored = flags&flagLive != 0, flags&flagShown != 0, flags&flagMerged != 0, flags&flagMoored != 0
	out.revision, out.day, out.berth = int32(r.signed()), int32(r.signed()), uint32(r.number())
	if out.record != "" && !out.record.whole() {
		r.fail("a record is cut off")
	}
	return out
}

// whole tells whether all parts of a record are there.
func (r record) whole() bool {
	for range 2 {
		n, used := binary.Uvarint([]byte(r[:min(len(r), binary.MaxVarintLen64)]))
		if used <= 0 || n > uint64(len(r)-used) {
			return false
		}
		r = r[used+int(n):]
	}
	return r != ""
}

// known tells whether there is a story in a row.
func known(rows []row, slot uint32) bool { return int(slot) < len(rows) && rows[slot].record != "" }

func (r *flatReader) slots(rows []row) []uint32 {
	list := r.list()
	if slices.ContainsFunc(list, func(slot uint32) bool { return !known(rows, slot) }) {
		r.fail("a list names stories that are not there")
	}
	return list
}

func (r *flatReader) pairs(rows []row) pairs {
	p := pairs{places: r.longs()}
	for _, pair := range p.places {
		if pair == 0 {
			continue
		}
		p.used++
		if slot := pair & maxSlots; slot == 0 || !known(rows, uint32(slot)-1) {
			r.fail("a set names stories that are not there")
			return pairs{}
		}
	}
	if p.used > 0 && p.used == len(p.places) {
		r.fail("a set is full")
	}
	return p
}

func (r *flatReader) terms(rows []row) terms {
	t := newTerms()
	t.lex = r.lexicon()
	t.reports, t.stories = r.list(), r.list()
	for range r.times() {
		b := berth{uint32(r.number()), int32(r.signed())}
		if t.berths = append(t.berths, b); b.slot != nobody && !known(rows, b.slot) {
			r.fail("a berth names a story that is not there")
		}
	}
	t.vacated = r.berths(&t)
	t.berths, t.lists = slices.Clip(t.berths), r.pool()
	for range r.times() {
		id := uint32(r.number())
		t.common[id] = r.calendar(&t)
	}
	r.check(&t)
	return t
}

func (r *flatReader) berths(t *terms) []uint32 {
	list := r.list()
	r.below(list, len(t.berths), "berth")
	return list
}

func (r *flatReader) calendar(t *terms) calendar {
	var c calendar
	for range r.times() {
		d := daily{day: int32(r.signed()), n: int32(r.number()), berths: r.berths(t)}
		if len(c) > 0 && c[len(c)-1].day >= d.day || int(d.n) < len(d.berths) {
			r.fail("a calendar is out of order")
		}
		c = append(c, d)
	}
	return c
}

func (r *flatReader) lexicon() lexicon {
	l := lexicon{slots: r.list(), texts: r.list(), free: r.list()}
	l.held = r.bytes(r.length())
	l.lost = r.length()
	for range r.times() {
		c := r.bytes(r.length())
		l.chunks, l.size = append(l.chunks, slices.Clip(c)), l.size+len(c)
	}
	if len(l.held) != len(l.texts) {
		r.fail("%d terms are held of %d", len(l.held), len(l.texts))
		return lexicon{}
	}
	for _, slot := range l.slots {
		if slot == 0 {
			continue
		}
		if id := slot & maxIDs; id == 0 || int(id) > len(l.texts) || !l.whole(l.texts[id-1]) {
			r.fail("term %d of %d is not there", slot&maxIDs, len(l.texts))
			return lexicon{}
		}
		l.used++
	}
	if l.used > 0 && l.used == len(l.slots) || slices.ContainsFunc(l.free, func(id uint32) bool { return id == 0 || int(id) > len(l.texts) }) {
		r.fail("terms are in places that are not there")
		return lexicon{}
	}
	return l
}

// whole tells whether a field and a text stand at a place.
func (l *lexicon) whole(at uint32) bool {
	chunk, in := int(at>>chunkBits), int(at&(1<<chunkBits-1))
	if chunk >= len(l.chunks) || in > len(l.chunks[chunk]) {
		return false
	}
	n, used := binary.Uvarint(l.chunks[chunk][in:])
	return used > 0 && n > 0 && n <= uint64(len(l.chunks[chunk])-in-used)
}

func (r *flatReader) pool() pool {
	p := pool{used: poolChunk}
	for range r.times() {
		c := r.list()
		if len(c) > poolChunk || p.used < poolChunk {
			r.fail("lists are cut off")
			return pool{}
		}
		p.used = uint32(len(c))
		p.chunks = append(p.chunks, append(c, make([]uint32, poolChunk-len(c))...))
	}
	for room := range p.free {
		p.free[room] = r.list()
		if slices.ContainsFunc(p.free[room], func(place uint32) bool { return !p.has(place, room) }) {
			r.fail("a list has no room")
			return pool{}
		}
	}
	return p
}

// has tells whether there is a place with some room.
func (p *pool) has(place uint32, room int) bool {
	return int(place>>poolBits) < len(p.chunks) && int(place&(poolChunk-1))+1+rooms[room] <= poolChunk
}

// whole tells whether a list stands at a place.
func (p *pool) whole(place uint32) bool {
	if !p.has(place, 0) {
		return false
	}
	head := p.at(place)[0]
	room := int(head & (1<<roomBits - 1))
	return p.has(place, room) && int(head>>roomBits) <= rooms[room] && head>>roomBits > 1
}

// check holds the parts of the terms against each other.
func (r *flatReader) check(t *terms) {
	if ids := len(t.lex.texts); ids != len(t.reports) || ids != len(t.stories) {
		r.fail("%d terms are in lists of %d and %d", ids, len(t.reports), len(t.stories))
	}
	for i, row := range t.stories {
		_, charted := t.common[uint32(i+1)]
		switch {
		case row == 0 || charted:
		case row&listed == 0 && int(row) > len(t.berths), row&listed != 0 && !t.listed(row&^listed):
			r.fail("term %d is in a list that is not there", i+1)
			return
		}
	}
}

// listed tells whether a list of berths stands at a place.
func (t *terms) listed(place uint32) bool {
	return t.lists.whole(place) && !slices.ContainsFunc(t.lists.list(place), func(at uint32) bool { return int(at) >= len(t.berths) })
}

func (r *flatReader) counts() *counts {
	c := newCounts()
	c.all = r.length()
	for range r.times() {
		lang := r.text()
		c.reports[lang] = r.length()
	}
	return c
}
