package index

import "math/bits"

// table maps the keys of terms to what is known of each, in one look into memory a search.
type table struct {
	places []place
	used   int
}

// place is free where its id is 0.
type place struct {
	key uint64
	id  uint32
}

// home is where a key stands unless others stand there. Keys are hashes, so that they spread.
func (t *table) home(key uint64) int {
	hi, _ := bits.Mul64(key, uint64(len(t.places)))
	return int(hi)
}

func (t *table) after(i int) int {
	if i++; i < len(t.places) {
		return i
	}
	return 0
}

// find is the place of a key, or the free one where it would stand. It holds until a key comes or goes.
func (t *table) find(key uint64) *place {
	i := t.home(key)
	for t.places[i].id != 0 && t.places[i].key != key {
		i = t.after(i)
	}
	return &t.places[i]
}

// get is what is known of a key, all zero where that is nothing.
func (t *table) get(key uint64) place {
	if t.used == 0 {
		return place{}
	}
	if p := t.find(key); p.id != 0 {
		return *p
	}
	return place{}
}

// put gives a key that has none an id.
func (t *table) put(key uint64, id uint32) *place {
	if 5*(t.used+1) > 4*len(t.places) {
		t.grow()
	}
	p := t.find(key)
	*p = place{key: key, id: id}
	t.used++
	return p
}

func (t *table) grow() {
	old := t.places
	t.places = make([]place, max(16, len(old)+len(old)/4))
	for _, p := range old {
		if p.id != 0 {
			*t.find(p.key) = p
		}
	}
}

// remove forgets a key and closes the gap, so that no search ends there.
func (t *table) remove(key uint64) {
	if t.get(key).id == 0 {
		return
	}
	t.used--
	i := t.home(key)
	for t.places[i].key != key || t.places[i].id == 0 {
		i = t.after(i)
	}
	for j := t.after(i); t.places[j].id != 0; j = t.after(j) {
		if h := t.home(t.places[j].key); i <= j && (i < h && h <= j) || i > j && (i < h || h <= j) {
			continue
		}
		t.places[i] = t.places[j]
		i = j
	}
	t.places[i] = place{}
}
