package index

import (
	"io"
	"maps"
	"slices"
)

// Save writes all that the index knows. Records are written as they are, and lists of stories by number, so that reading them takes no more than
// copying: to find them again from the records takes a hundred times as long.
func (x *Index) Save(to io.Writer) error {
	for _, slot := range x.hot {
		if r := &x.rows[slot]; r.entry.changed {
			r.record, r.entry.changed = x.packer.record(&x.terms, r.entry.State, r.entry.Reports), false
		}
	}
	w := &flatWriter{to: to}
	w.signed(x.clock.Unix())
	w.number(uint64(x.clock.Nanosecond()))
	w.text(string(x.packer.dict))
	w.text(string(x.packer.samples))
	words := x.packer.words.Texts()
	w.number(uint64(len(words)))
	for _, word := range words {
		w.text(word)
	}
	w.number(uint64(len(x.rows)))
	for i := range x.rows {
		w.row(&x.rows[i])
	}
	x.saveLists(w)
	w.flush(0)
	return w.err
}

// saveLists writes what the records are found by.
func (x *Index) saveLists(w *flatWriter) {
	w.list(x.free)
	for _, p := range x.sets() {
		w.longs(p.places)
	}
	w.number(uint64(len(x.gone)))
	for _, id := range slices.Sorted(maps.Keys(x.gone)) {
		w.text(id)
		w.list(x.gone[id])
	}
	w.number(uint64(len(x.taken)))
	for _, id := range slices.Sorted(maps.Keys(x.taken)) {
		w.text(id)
		w.text(x.taken[id])
	}
	w.number(uint64(len(x.changed)))
	for _, day := range slices.Sorted(maps.Keys(x.changed)) {
		w.signed(int64(day))
		w.list(x.changed[day])
	}
	w.number(uint64(len(x.berths)))
	for _, slot := range slices.Sorted(maps.Keys(x.berths)) {
		w.number(uint64(slot))
		w.list(x.berths[slot])
	}
	w.terms(&x.terms)
	w.counts(x.counts)
}

// sets of stories by what they have.
func (x *Index) sets() []*pairs {
	return []*pairs{&x.names, &x.owner, &x.bands, &x.scenes.told, &x.scenes.recalled}
}

// What a row says of its story.
const (
	flagLive = 1 << iota
	flagShown
	flagMerged
	flagMoored
)

func flag(is bool, f uint64) uint64 {
	if is {
		return f
	}
	return 0
}

func (w *flatWriter) row(r *row) {
	w.text(string(r.record))
	w.number(flag(r.live, flagLive) | flag(r.shown, flagShown) | flag(r.merged, flagMerged) | flag(r.moored, flagMoored))
	w.signed(int64(r.revision))
	w.signed(int64(r.day))
	w.number(uint64(r.berth))
}

func (w *flatWriter) terms(t *terms) {
	w.lexicon(&t.lex)
	w.list(t.reports)
	w.list(t.stories)
	w.number(uint64(len(t.berths)))
	for _, b := range t.berths {
		w.number(uint64(b.slot))
		w.signed(int64(b.day))
	}
	w.list(t.vacated)
	w.pool(&t.lists)
	w.number(uint64(len(t.common)))
	for _, id := range slices.Sorted(maps.Keys(t.common)) {
		w.number(uint64(id))
		w.number(uint64(len(t.common[id])))
		for _, d := range t.common[id] {
			w.signed(int64(d.day))
			w.number(uint64(d.n))
			w.list(d.berths)
		}
	}
}

func (w *flatWriter) lexicon(l *lexicon) {
	w.list(l.slots)
	w.list(l.texts)
	w.list(l.free)
	w.text(string(l.held))
	w.number(uint64(l.lost))
	w.number(uint64(len(l.chunks)))
	for _, c := range l.chunks {
		w.text(string(c))
	}
}

func (w *flatWriter) pool(p *pool) {
	w.number(uint64(len(p.chunks)))
	for i, c := range p.chunks {
		if i == len(p.chunks)-1 {
			c = c[:p.used]
		}
		w.list(c)
	}
	for _, places := range p.free {
		w.list(places)
	}
}

func (w *flatWriter) counts(c *counts) {
	w.number(uint64(c.all))
	w.number(uint64(len(c.reports)))
	for _, lang := range slices.Sorted(maps.Keys(c.reports)) {
		w.text(lang)
		w.number(uint64(c.reports[lang]))
	}
}
