package index

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rawi/stages/dedup/match"
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
type plain map[*match.Term]map[int32][]uint32

// words are terms, each with the letters and the key of its text.
func words(n int) []*match.Term {
	out := make([]*match.Term, n)
	for i := range out {
		text := strings.Repeat("سلا", i) + strconv.Itoa(i)
		out[i] = &match.Term{Mark: match.Mark{Field: match.Field(i % 3)}, Key: match.Key(match.Field(i%3), text), Text: text}
	}
	return out
}

// TestTermsFindWhoHasThem posts so many stories that lists become calendars, and days of them numbers, and takes them back.
func TestTermsFindWhoHasThem(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	keys := words(6)
	x, want := newTerms(), plain{}
	for _, k := range keys {
		want[k] = map[int32][]uint32{}
	}
	berths := map[uint32]map[*match.Term]bool{}
	var all []uint32
	relists := 0
	relist := func(day int32) {
		relists++
		x.relist(day, func(at uint32) (ids []uint32) {
			for k := range berths[at] {
				ids = append(ids, x.id(k))
			}
			return ids
		})
	}
	for step := range 30_000 {
		grow := step/5000%2 == 0
		if grow == (r.IntN(4) > 0) || len(all) == 0 {
			at := x.moor(uint32(step), int32(r.IntN(4)))
			berths[at] = map[*match.Term]bool{}
			all = append(all, at)
			for i, k := range keys {
				if r.IntN(i+1) == 0 {
					id := x.intern(k)
					x.count(id, 1)
					x.post(id, at)
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
				id := x.id(k)
				x.unpost(id, at)
				x.count(id, -1)
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

func same(t *testing.T, x *terms, want plain, keys []*match.Term, relist func(int32)) {
	t.Helper()
	for _, k := range keys {
		got, n, reports := map[int32][]uint32{}, map[int32]int{}, 0
		visit := x.visit
		if x.id(k) == 0 {
			visit = func(uint32, int32, int32, func(int32), func(int32, []uint32, int)) {}
		}
		visit(x.id(k), 1, 2, relist, func(day int32, at []uint32, all int) {
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
				t.Fatalf("%d stories with %v on day %d, want %d", n[day], *k, day, len(w))
			}
			slices.Sort(got[day])
			if len(w) <= crowded && !slices.Equal(got[day], slices.Sorted(slices.Values(w))) {
				t.Fatalf("under %v on day %d: %v, want %v", *k, day, got[day], w)
			}
		}
		if n := x.frequency(x.id(k)); n != reports {
			t.Fatalf("%d reports with %v, want %d", n, *k, reports)
		}
	}
}

// TestLexiconKnowsWhatIsCountedOrHeld counts terms, holds them and lets them go, and looks that those and no others have an id, each its own.
func TestLexiconKnowsWhatIsCountedOrHeld(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	keys := words(200)
	x, counted, held := newTerms(), map[*match.Term]int{}, map[*match.Term]int{}
	for range 40_000 {
		k := keys[r.IntN(len(keys))]
		switch n := r.IntN(4); {
		case n == 0:
			x.count(x.intern(k), 1)
			counted[k]++
		case n == 1 && counted[k] > 0:
			x.count(x.id(k), -1)
			counted[k]--
		case n == 2 && held[k] < 200:
			x.lex.hold(x.intern(k))
			held[k]++
		case n == 3 && held[k] > 0:
			x.release(x.id(k))
			held[k]--
		}
		k = keys[r.IntN(len(keys))]
		id := x.id(k)
		if known := counted[k]+held[k] > 0; known != (id != 0) || x.frequency(id) != counted[k] {
			t.Fatalf("%v: id %d and %d reports, want %d and %d times held", *k, id, x.frequency(id), counted[k], held[k])
		}
		if id != 0 && (x.lex.text(id) != k.Text || x.lex.field(id) != k.Field || x.lex.key(id) != k.Key) {
			t.Fatalf("%v reads %s", *k, x.lex.entry(id))
		}
	}
	if len(x.stories) > len(keys) {
		t.Errorf("%d rows for %d terms: those of terms that went are not used again", len(x.stories), len(keys))
	}
	if longest := len(strings.Join(textsOf(keys), "")); x.lex.size > 3*longest {
		t.Errorf("%d bytes of texts for %d: those of terms that went are kept", x.lex.size, longest)
	}
}

func textsOf(terms []*match.Term) []string {
	var out []string
	for _, t := range terms {
		out = append(out, t.Text)
	}
	return out
}

// What very many records have is not counted to the end, and must not be forgotten before the last of them lets it go.
func TestTermOfManyRecordsIsNotForgotten(t *testing.T) {
	x, k := newTerms(), words(1)[0]
	for range 1000 {
		x.lex.hold(x.intern(k))
	}
	for range 999 {
		x.release(x.id(k))
	}
	if x.id(k) == 0 {
		t.Error("a term that one record has is forgotten")
	}
}

// TestListsInAPoolAreKeptApart grows and shortens lists, gives some up, and looks at all of them.
func TestListsInAPoolAreKeptApart(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	var p pool
	half, places, want := 0, map[int]uint32{}, map[int][]uint32{}
	for step := range uint32(60_000) {
		i := r.IntN(20)
		switch n := len(want[i]); {
		case n == 0:
			places[i], want[i] = p.put(step, step+1), []uint32{step, step + 1}
		case n > widespread || n == 1 || r.IntN(400) == 0:
			p.drop(places[i])
			delete(want, i)
		case r.IntN(5) > 0:
			places[i], want[i] = p.add(places[i], step), append(want[i], step)
		default:
			p.remove(places[i], want[i][0])
			want[i] = without(want[i], want[i][0])
		}
		if step == 30_000 {
			half = len(p.chunks)
		}
		for i, w := range want {
			if step%100 == 0 && !slices.Equal(p.list(places[i]), w) {
				t.Fatalf("step %d: list %d is %v, want %v", step, i, p.list(places[i]), w)
			}
		}
	}
	if len(p.chunks) > half+1 {
		t.Errorf("%d chunks after %d: places are not used again", len(p.chunks), half)
	}
}
