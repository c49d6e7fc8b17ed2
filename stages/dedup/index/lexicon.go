package index

import (
	"encoding/binary"
	"math"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"rawi/stages/dedup/match"
)

// lexicon numbers the terms that known reports have, each with its field and its text, so that records hold numbers in place of words.
type lexicon struct {
	slots  []uint32 // ids, with some bits of the hash beside each: most other terms differ in those, and no look at the text is needed
	used   int
	texts  []uint32 // where field and text stand, by id less one
	held   []uint8  // in how many places of records an id stands, by id less one: see hold
	free   []uint32
	chunks [][]byte
	size   int // bytes of texts
	lost   int // of those, bytes of terms that went
}

const (
	idBits    = 26
	maxIDs    = 1<<idBits - 1
	chunkBits = 16
)

// find is the id of a term, 0 where it has none.
func (l *lexicon) find(key uint64, f match.Field, text string) uint32 {
	if l.used == 0 {
		return 0
	}
	return l.slots[l.seek(key, f, text)] & maxIDs
}

// seek is where the id of a term stands, or would.
func (l *lexicon) seek(key uint64, f match.Field, text string) int {
	tag := tagOf(key)
	i := l.home(key)
	for ; l.slots[i] != 0; i = l.after(i) {
		if l.slots[i]&^maxIDs != tag {
			continue
		}
		if entry := l.entry(l.slots[i] & maxIDs); entry[0] == byte('a'+f) && string(entry[1:]) == text {
			return i
		}
	}
	return i
}

func tagOf(key uint64) uint32 { return uint32(key) << idBits }

func (l *lexicon) home(key uint64) int {
	hi, _ := bits.Mul64(key, uint64(len(l.slots)))
	return int(hi)
}

func (l *lexicon) after(i int) int {
	if i++; i < len(l.slots) {
		return i
	}
	return 0
}

// intern is the id of a term, given to one that has none.
func (l *lexicon) intern(key uint64, f match.Field, text string) uint32 {
	if 5*(l.used+1) > 4*len(l.slots) {
		l.grow()
	}
	i := l.seek(key, f, text)
	if l.slots[i] != 0 {
		return l.slots[i] & maxIDs
	}
	at := l.write(f, text)
	id := uint32(len(l.texts) + 1)
	if n := len(l.free); n > 0 {
		id, l.free = l.free[n-1], l.free[:n-1]
		l.texts[id-1] = at
	} else {
		if len(l.texts) == maxIDs {
			panic("more terms than an index can number: shorten known") // some hundred gigabytes before
		}
		l.texts, l.held = append(l.texts, at), append(l.held, 0)
	}
	l.slots[i] = tagOf(key) | id
	l.used++
	return id
}

func (l *lexicon) grow() {
	old := l.slots
	l.slots = make([]uint32, max(16, len(old)+len(old)/4))
	for _, slot := range old {
		if slot == 0 {
			continue
		}
		i := l.home(l.key(slot & maxIDs))
		for l.slots[i] != 0 {
			i = l.after(i)
		}
		l.slots[i] = slot
	}
}

// write keeps a field and a text behind their length.
func (l *lexicon) write(f match.Field, text string) uint32 {
	var room [binary.MaxVarintLen64]byte
	length := binary.AppendUvarint(room[:0], uint64(len(text)+1))
	n := len(l.chunks) - 1
	if need := len(length) + 1 + len(text); n < 0 || len(l.chunks[n])+need > cap(l.chunks[n]) {
		l.chunks = append(l.chunks, make([]byte, 0, max(1<<chunkBits, need)))
		n++
	}
	c := l.chunks[n]
	at := uint32(n)<<chunkBits | uint32(len(c))
	c = append(append(append(c, length...), byte('a'+f)), text...)
	l.size += len(c) - int(at&(1<<chunkBits-1))
	l.chunks[n] = c
	return at
}

// entry is the field, as a letter, and the text of a term.
func (l *lexicon) entry(id uint32) []byte {
	at := l.texts[id-1]
	c := l.chunks[at>>chunkBits][at&(1<<chunkBits-1):]
	if n := int(c[0]); n < 0x80 {
		return c[1 : 1+n]
	}
	n, used := binary.Uvarint(c)
	return c[used : used+int(n)]
}

func (l *lexicon) key(id uint32) uint64 { return xxhash.Sum64(l.entry(id)) }

func (l *lexicon) field(id uint32) match.Field { return match.Field(l.entry(id)[0] - 'a') }

func (l *lexicon) text(id uint32) string { return string(l.entry(id)[1:]) }

// hold counts a place of a record in which an id stands. What stands in very many is not counted any more, and is never forgotten.
func (l *lexicon) hold(id uint32) {
	if l.held[id-1] < math.MaxUint8 {
		l.held[id-1]++
	}
}

// drop takes back what hold did, and tells whether no record has the id.
func (l *lexicon) drop(id uint32) bool {
	if n := l.held[id-1]; n > 0 && n < math.MaxUint8 {
		l.held[id-1]--
	}
	return l.held[id-1] == 0
}

// remove forgets a term and closes the gap, so that no search ends there.
func (l *lexicon) remove(id uint32) {
	i := l.home(l.key(id))
	for l.slots[i]&maxIDs != id {
		i = l.after(i)
	}
	for j := l.after(i); l.slots[j] != 0; j = l.after(j) {
		if h := l.home(l.key(l.slots[j] & maxIDs)); i <= j && i < h && h <= j || i > j && (i < h || h <= j) {
			continue
		}
		l.slots[i] = l.slots[j]
		i = j
	}
	l.slots[i] = 0
	l.used--
	l.lost += len(l.entry(id)) + 1
	l.texts[id-1] = nowhere
	l.free = append(l.free, id)
	if l.lost > l.size/2 && l.size > 1<<chunkBits {
		l.rewrite()
	}
}

// nowhere is the place of a text that was forgotten.
const nowhere = math.MaxUint32

// rewrite keeps the texts that are left, without the gaps of those that went.
func (l *lexicon) rewrite() {
	old := lexicon{texts: l.texts, chunks: l.chunks}
	l.chunks, l.size, l.lost = nil, 0, 0
	for i, at := range old.texts {
		if at != nowhere {
			id := uint32(i + 1)
			entry := old.entry(id)
			l.texts[i] = l.write(match.Field(entry[0]-'a'), string(entry[1:]))
		}
	}
}
