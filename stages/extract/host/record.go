package host

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"
)

const (
	places   = 64                  // articles of one host that are known at once: the bits of a mask
	longest  = 60 * 24 * time.Hour // after which an article is forgotten
	mostSeen = 160                 // blocks of one page that are counted
	mostRows = 4096                // blocks of one host: 48 KB
)

// record is what is known of one host. Its size is bounded: 64 articles, and 4,096 blocks that stood in them.
type record struct {
	next  uint32 // number of the next article
	since uint32 // number of the first article that may count as usual
	seen  [places]*seen
	rows  []row // by form
	alarm *alarm
}

// seen is one article of the host.
type seen struct {
	id      uint64
	group   uint64 // of articles that are copies of one
	number  uint32
	at      int64 // Unix seconds
	words   int
	signals readings
}

// row is a block with the articles in which it stands.
type row struct {
	form uint32
	mask uint64
}

// expire forgets what is old when a new article comes.
func (r *record) expire(now time.Time) {
	for i, s := range r.seen {
		if s != nil && now.Sub(time.Unix(s.at, 0)) > longest {
			r.clear(i)
		}
	}
}

// clear empties a place.
func (r *record) clear(i int) {
	r.seen[i] = nil
	for j := range r.rows {
		r.rows[j].mask &^= 1 << i
	}
	r.rows = slices.DeleteFunc(r.rows, func(known row) bool { return known.mask == 0 })
}

func number(identity string) uint64 { return xxhash.Sum64String(identity) }

// place is where an article stands or comes to stand: its own place, a free one, or that of the oldest.
func (r *record) place(id uint64) int {
	free, oldest := -1, 0
	for i, s := range r.seen {
		switch {
		case s == nil:
			if free < 0 {
				free = i
			}
		case s.id == id:
			return i
		case r.seen[oldest] == nil || s.number < r.seen[oldest].number:
			oldest = i
		}
	}
	if free >= 0 {
		return free
	}
	return oldest
}

// teach says what the other articles tell about the blocks of one, and which of them come again at all.
func (r *record) teach(s Sighting) (l Lesson, repeated []Block) {
	l.verdicts = map[uint32]Verdict{}
	l.Length = r.length(s)
	others := r.others(s)
	known := r.groups(others)
	again, words := 0, 0
	for _, b := range s.Blocks {
		if !b.Kept {
			continue
		}
		words += b.Words
		n := r.groups(r.mask(b) & others)
		if n > 0 {
			repeated = append(repeated, b)
		}
		if n < needed(b, known) {
			continue
		}
		l.verdicts[b.form()] = Furniture
		if b.Words > mostFurniture {
			l.verdicts[b.form()] = Background
		} else {
			again += b.Words
		}
	}
	if float64(again) > alike*float64(words) { // a series, or a copy: whatever it is, furniture is little of an article
		clear(l.verdicts)
	}
	return l, repeated
}

// needed is in how many of the known articles a block has to stand to be no article's own.
func needed(b Block, known int) int {
	if b.Words >= leastBackground {
		return max(distinct, known/oneInLong)
	}
	return max(distinct, known/oneIn)
}

// others are the places of the articles that are not this one, nor copies of it, and came before it: given again it is what it was.
func (r *record) others(s Sighting) (mask uint64) {
	own, before := r.group(s), r.next
	if known := r.seen[r.place(number(s.Article))]; known != nil && known.id == number(s.Article) {
		before = known.number
	}
	for i, a := range r.seen {
		if a != nil && a.group != own && a.number < before {
			mask |= 1 << i
		}
	}
	return mask
}

// group is that of the article itself where it is known, else of the first article that it is a copy of, else a new one.
func (r *record) group(s Sighting) uint64 {
	id := number(s.Article)
	var shared [places]int
	words := 0
	for _, b := range s.Blocks {
		if b.Kept {
			words += b.Words
			for m := r.mask(b); m != 0; m &= m - 1 {
				shared[bits.TrailingZeros64(m)] += b.Words
			}
		}
	}
	group, first := id, r.next
	for i, a := range r.seen {
		switch {
		case a == nil:
		case a.id == id:
			return a.group
		case float64(shared[i]) > alike*float64(min(words, a.words)) && a.number < first:
			group, first = a.group, a.number
		}
	}
	return group
}

// groups counts the articles of a mask, copies of one as one.
func (r *record) groups(mask uint64) int {
	var met []uint64
	for m := mask; m != 0; m &= m - 1 {
		if s := r.seen[bits.TrailingZeros64(m)]; s != nil && !slices.Contains(met, s.group) {
			met = append(met, s.group)
		}
	}
	return len(met)
}

// add puts an article in its place. An article too old to be remembered is not taken in: it comes from a replay.
func (r *record) add(s Sighting) {
	if s.At.IsZero() {
		s.At = r.newest()
	}
	if s.At.Before(r.newest().Add(-longest)) {
		return
	}
	id := number(s.Article)
	group, at := r.group(s), r.place(id)
	a := &seen{id: id, group: group, number: r.next, at: s.At.Unix(), signals: s.Signals.readings()}
	if known := r.seen[at]; known != nil && known.id == id {
		a.number = known.number
	} else {
		r.next++
	}
	r.clear(at)
	r.seen[at] = a
	for _, b := range s.Blocks {
		if b.Kept {
			a.words += b.Words
		}
	}
	r.count(s.Blocks, at)
}

// count notes that blocks stand in the article at a place: the article's own first, for pages have more menu than can be counted. What is outside of
// articles leaves room for what is inside.
func (r *record) count(blocks []Block, at int) {
	counted := map[uint32]bool{}
	sorted := len(r.rows) // the rows behind it are new
	for _, kept := range []bool{true, false} {
		room := mostRows
		if !kept {
			room = mostRows * 3 / 4
		}
		for _, b := range blocks {
			form := b.form()
			if b.Kept != kept || counted[form] || len(counted) == mostSeen {
				continue
			}
			i, known := slices.BinarySearchFunc(r.rows[:sorted], form, byForm)
			switch {
			case known:
				r.rows[i].mask |= 1 << at
			case len(r.rows) < room:
				r.rows = append(r.rows, row{form: form, mask: 1 << at})
			}
			counted[form] = true
		}
	}
	slices.SortFunc(r.rows, func(a, b row) int { return cmp.Compare(a.form, b.form) })
}

func byForm(known row, form uint32) int { return cmp.Compare(known.form, form) }

// mask is the articles in which a block stands.
func (r *record) mask(b Block) uint64 {
	if i, known := slices.BinarySearchFunc(r.rows, b.form(), byForm); known {
		return r.rows[i].mask
	}
	return 0
}

func (r *record) newest() time.Time {
	var newest int64
	for _, s := range r.seen {
		if s != nil {
			newest = max(newest, s.at)
		}
	}
	return time.Unix(newest, 0)
}

// inOrder are the articles in the order in which they came first.
func (r *record) inOrder() []*seen {
	var all []*seen
	for _, s := range r.seen {
		if s != nil {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *seen) int { return cmp.Compare(a.number, b.number) })
	return all
}
