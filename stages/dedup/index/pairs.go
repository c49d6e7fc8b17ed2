package index

import "math/bits"

// pairs tell which stories have something, by a hash of what they have. A pair takes 64 bits: 38 of the hash, and 26 for the place of the story.
// Those of one hash stand in one run. Two hashes of which 38 bits agree are taken for one another: whoever must not be wrong looks whether the
// story has what was asked for.
type pairs struct {
	places []uint64 // 0 where free
	used   int
}

const (
	slotBits = 26
	maxSlots = 1<<slotBits - 1 // stories that are known at a time
	hashMask = ^uint64(maxSlots)
)

func pairOf(key uint64, slot uint32) uint64 { return key&hashMask | uint64(slot+1) }

// home is where the run of a hash begins unless others stand there.
func (p *pairs) home(pair uint64) int {
	hi, _ := bits.Mul64(pair&hashMask, uint64(len(p.places)))
	return int(hi)
}

func (p *pairs) after(i int) int {
	if i++; i < len(p.places) {
		return i
	}
	return 0
}

// add puts a story under a key, once.
func (p *pairs) add(key uint64, slot uint32) {
	if 9*(p.used+1) > 8*len(p.places) {
		p.grow()
	}
	pair := pairOf(key, slot)
	i := p.home(pair)
	for ; p.places[i] != 0; i = p.after(i) {
		if p.places[i] == pair {
			return
		}
	}
	p.places[i] = pair
	p.used++
}

func (p *pairs) grow() {
	old := p.places
	p.places = make([]uint64, max(16, len(old)+len(old)/8+1))
	for _, pair := range old {
		if pair == 0 {
			continue
		}
		i := p.home(pair)
		for p.places[i] != 0 {
			i = p.after(i)
		}
		p.places[i] = pair
	}
}

// remove takes a story from under a key and closes the gap, so that no search ends there.
func (p *pairs) remove(key uint64, slot uint32) {
	if p.used == 0 {
		return
	}
	pair := pairOf(key, slot)
	i := p.home(pair)
	for p.places[i] != pair {
		if p.places[i] == 0 {
			return
		}
		i = p.after(i)
	}
	p.used--
	for j := p.after(i); p.places[j] != 0; j = p.after(j) {
		if p.between(i, p.home(p.places[j]), j) {
			continue
		}
		p.places[i] = p.places[j]
		i = j
	}
	p.places[i] = 0
}

// between tells whether a home lies behind i on the way round to j: what stands at j must then not move to i.
func (p *pairs) between(i, home, j int) bool {
	if i <= j {
		return i < home && home <= j
	}
	return i < home || home <= j
}

// find gives the stories under a key, but no more than a few if most of them are not wanted: one more than most.
func (p *pairs) find(key uint64, most int) []uint32 {
	if p.used == 0 {
		return nil
	}
	var out []uint32
	for i := p.home(key); p.places[i] != 0 && len(out) <= most; i = p.after(i) {
		if p.places[i]&hashMask == key&hashMask {
			out = append(out, uint32(p.places[i]&maxSlots)-1)
		}
	}
	return out
}
