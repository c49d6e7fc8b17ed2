package index

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// keysOf are hashes of which some agree in the bits by which they find their home.
func keysOf(r *rand.Rand, n int) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		if out[i] = r.Uint64(); i%3 == 1 {
			out[i] = out[i-1] + 1<<slotBits
		}
	}
	return out
}

func TestPairsAreASet(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	keys := keysOf(r, 60)
	var p pairs
	want := map[uint64]map[uint32]bool{}
	for _, k := range keys {
		want[k] = map[uint32]bool{}
	}
	for range 20_000 {
		k, slot := keys[r.IntN(len(keys))], r.Uint32N(40)
		if r.IntN(2) == 0 {
			p.add(k, slot)
			want[k][slot] = true
		} else {
			p.remove(k, slot)
			delete(want[k], slot)
		}
		k = keys[r.IntN(len(keys))]
		got := p.find(k, maxSlots)
		slices.Sort(got)
		if w := slices.Sorted(maps.Keys(want[k])); !slices.Equal(got, w) {
			t.Fatalf("under %x: %v, want %v", k, got, w)
		}
	}
	if got := p.find(keys[0], 3); len(want[keys[0]]) > 4 && len(got) != 4 {
		t.Errorf("%d found, want one more than 3", len(got))
	}
}

// plain are lists of stories by term and day, kept as one would without a thought of memory.
type plain map[uint64]map[int32][]uint32

// TestTermsFindWhoHasThem posts so many stories that lists become calendars, and days of them numbers, and takes them back.
func TestTermsFindWhoHasThem(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	keys := keysOf(r, 6)
	x, want := newTerms(), plain{}
	for _, k := range keys {
		want[k] = map[int32][]uint32{}
	}
	berths := map[uint32]map[uint64]bool{}
	var all []uint32
	relists := 0
	relist := func(day int32) {
		relists++
		x.relist(day, func(at uint32) []uint64 { return slices.Collect(maps.Keys(berths[at])) })
	}
	for step := range 30_000 {
		grow := step/5000%2 == 0
		if grow == (r.IntN(4) > 0) || len(all) == 0 {
			at := x.moor(uint32(step), int32(r.IntN(4)))
			berths[at] = map[uint64]bool{}
			all = append(all, at)
			for i, k := range keys {
				if r.IntN(i+1) == 0 {
					x.count(k, 1)
					x.post(k, at)
					berths[at][k] = true
					want[k][x.berths[at].day] = append(want[k][x.berths[at].day], at)
				}
			}
		} else {
			i := r.IntN(len(all))
			at := all[i]
			all = slices.Delete(all, i, i+1)
			day := x.berths[at].day
			for k := range berths[at] {
				x.unpost(k, at)
				x.count(k, -1)
				want[k][day] = without(want[k][day], at)
			}
			x.leave(at)
			delete(berths, at)
		}
		if step%50 == 0 {
			same(t, &x, want, keys, relist)
		}
	}
	if relists == 0 {
		t.Error("no list had to be made again: the test does not show what it is for")
	}
}

func same(t *testing.T, x *terms, want plain, keys []uint64, relist func(int32)) {
	t.Helper()
	for _, k := range keys {
		got, n, reports := map[int32][]uint32{}, map[int32]int{}, 0
		x.visit(k, 1, 2, relist, func(day int32, at []uint32, all int) {
			got[day] = append(got[day], at...)
			n[day] += all
		})
		for day := range int32(4) {
			w := want[k][day]
			reports += len(w)
			if day == 0 || day == 3 {
				w = nil
			}
			if n[day] != len(w) {
				t.Fatalf("%d stories with %x on day %d, want %d", n[day], k, day, len(w))
			}
			slices.Sort(got[day])
			if len(w) <= crowded && !slices.Equal(got[day], slices.Sorted(slices.Values(w))) {
				t.Fatalf("under %x on day %d: %v, want %v", k, day, got[day], w)
			}
		}
		if x.frequency(k) != reports {
			t.Fatalf("%d reports with %x, want %d", x.frequency(k), k, reports)
		}
	}
}

func TestFrequenciesAreCounted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	keys := keysOf(r, 60)
	x, want := newTerms(), map[uint64]int{}
	for range 20_000 {
		k := keys[r.IntN(len(keys))]
		if n := r.IntN(3) - 1; n != 0 && want[k]+n >= 0 {
			x.count(k, n)
			want[k] += n
		}
		if k = keys[r.IntN(len(keys))]; x.frequency(k) != want[k] {
			t.Fatalf("%d reports with %x, want %d", x.frequency(k), k, want[k])
		}
	}
	if len(x.stories) > len(keys) {
		t.Errorf("%d rows for %d terms: those of terms that went are not used again", len(x.stories), len(keys))
	}
}
