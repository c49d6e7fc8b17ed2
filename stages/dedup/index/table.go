package index

import "math/bits"

// table maps the keys of terms to numbers above zero. It takes less memory than a map, and one look into memory a search.
type table struct {
	keys   []uint64
	values []uint32 // 0 where the place is free
	used   int
}

// home is where a key stands unless others stand there. Keys are hashes, so that they spread.
func (t *table) home(key uint64) int {
	hi, _ := bits.Mul64(key, uint64(len(t.keys)))
	return int(hi) //nolint:gosec // below the length
}

func (t *table) after(i int) int {
	if i++; i < len(t.keys) {
		return i
	}
	return 0
}

// place is where a key stands, or the free place where it would.
func (t *table) place(key uint64) int {
	i := t.home(key)
	for t.values[i] != 0 && t.keys[i] != key {
		i = t.after(i)
	}
	return i
}

// get is the number of a key, 0 where it has none.
func (t *table) get(key uint64) uint32 {
	if t.used == 0 {
		return 0
	}
	return t.values[t.place(key)]
}

// put gives a key that has none a number.
func (t *table) put(key uint64, value uint32) {
	if 5*(t.used+1) > 4*len(t.keys) {
		t.grow()
	}
	i := t.place(key)
	t.keys[i], t.values[i] = key, value
	t.used++
}

func (t *table) grow() {
	old := *t
	n := max(16, len(old.keys)+len(old.keys)/3)
	*t = table{keys: make([]uint64, n), values: make([]uint32, n), used: old.used}
	for i, v := range old.values {
		if v != 0 {
			j := t.place(old.keys[i])
			t.keys[j], t.values[j] = old.keys[i], v
		}
	}
}

// remove forgets a key and closes the gap, so that no search ends there.
func (t *table) remove(key uint64) {
	if t.get(key) == 0 {
		return
	}
	t.used--
	i := t.place(key)
	for j := t.after(i); t.values[j] != 0; j = t.after(j) {
		if h := t.home(t.keys[j]); i <= j && (i < h && h <= j) || i > j && (i < h || h <= j) {
			continue
		}
		t.keys[i], t.values[i] = t.keys[j], t.values[j]
		i = j
	}
	t.values[i] = 0
}
