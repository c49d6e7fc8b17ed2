package index

import (
	"encoding/binary"
	"io"
	"slices"
	"time"
)

// Restore puts what Save wrote in place of all that the index knows. It reads to the end, and looks at whatever one part says of another: an index that
// it has read does not come to where there is nothing. After an error the index is to be reset.
func (x *Index) Restore(from io.Reader) error {
	x.Reset()
	r := newFlatReader(from)
	x.clock = clockOf(r.signed(), r.number())
	x.packer.dict, x.packer.samples = r.bytes(r.length()), r.bytes(r.length())
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
	for range 3 {
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
	t.ids = r.table()
	t.reports, t.stories, t.free = r.list(), r.list(), r.list()
	for range r.times() {
		b := berth{uint32(r.number()), int32(r.signed())}
		if t.berths = append(t.berths, b); b.slot != nobody && !known(rows, b.slot) {
			r.fail("a berth names a story that is not there")
		}
	}
	t.vacated = r.berths(&t)
	for range r.times() {
		t.lists = append(t.lists, r.berths(&t))
	}
	t.berths, t.lists = slices.Clip(t.berths), slices.Clip(t.lists)
	t.spare = r.list()
	r.below(t.spare, len(t.lists), "list")
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

func (r *flatReader) table() table {
	keys, ids := r.longs(), r.list()
	if len(keys) != len(ids) {
		r.fail("%d keys of %d terms", len(keys), len(ids))
		return table{}
	}
	t := table{places: make([]place, len(ids))}
	for i := range t.places {
		if t.places[i] = (place{key: keys[i], id: ids[i]}); ids[i] != 0 {
			t.used++
		}
	}
	if t.used > 0 && t.used == len(t.places) {
		r.fail("a table is full")
	}
	return t
}

// check holds the parts of the terms against each other.
func (r *flatReader) check(t *terms) {
	ids := len(t.stories)
	if ids != len(t.reports) {
		r.fail("%d terms are in %d lists", ids, len(t.reports))
	}
	for _, p := range t.ids.places {
		if int(p.id) > ids {
			r.fail("term %d of %d", p.id, ids)
			return
		}
	}
	if slices.ContainsFunc(t.free, func(id uint32) bool { return id == 0 || int(id) > ids }) {
		r.fail("a term of %d that is not there is free", ids)
	}
	for i, row := range t.stories {
		_, charted := t.common[uint32(i+1)]
		switch {
		case row == 0 || charted:
		case row&listed == 0 && int(row) > len(t.berths), row&listed != 0 && int(row&^listed) >= len(t.lists):
			r.fail("term %d is in a list that is not there", i+1)
			return
		}
	}
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
