package index

import (
	"cmp"
	"slices"

	"rawi/stages/dedup/match"
)

// terms are what the reports of live stories have: how many reports have it, and which stories by day of publication.
type terms struct {
	lex     lexicon
	reports []uint32            // of live stories that have the term, by id less one
	stories []uint32            // by id less one: 0, a berth + 1 where one story alone has the term, or with the top bit set the place of a list
	lists   pool                // berths of terms that more than one story has
	common  map[uint32]calendar // of terms that many stories have
	berths  []berth
	vacated []uint32
}

const listed = 1 << 31

// berth is a story on one day of publication of its reports. Lists name berths: 32 bits in place of 64.
type berth struct {
	slot uint32
	day  int32
}

const (
	widespread = 400 // stories with a term from which on it has a calendar
	crowded    = 80  // a term that more stories of one day share finds none of them
	hidden     = 128 // stories of one day from which on only their number is kept: they find nobody
)

// calendar are the stories that have a term, by the day of publication, earliest first.
type calendar []daily

// daily are the stories with a report of one day that has the term.
type daily struct {
	day    int32
	n      int32
	berths []uint32 // none where only their number is kept
}

func newTerms() terms { return terms{common: map[uint32]calendar{}} }

// id of a term, 0 where it has none.
func (t *terms) id(x *match.Term) uint32 { return t.lex.find(x.Key, x.Field, x.Text) }

// intern gives an id to a term that has none.
func (t *terms) intern(x *match.Term) uint32 {
	if x.ID != 0 {
		return x.ID
	}
	id := t.lex.intern(x.Key, x.Field, x.Text)
	if int(id) > len(t.stories) {
		t.stories, t.reports = append(t.stories, 0), append(t.reports, 0)
	}
	return id
}

// frequency is the number of reports with a term.
func (t *terms) frequency(id uint32) int {
	if id == 0 {
		return 0
	}
	return int(t.reports[id-1])
}

// count adds reports with a term, or takes some away. A term is counted before it is posted and posted no more before it is counted out.
func (t *terms) count(id uint32, n int) {
	reports := &t.reports[id-1]
	if *reports = uint32(int(*reports) + n); *reports == 0 && t.lex.held[id-1] == 0 {
		t.lex.remove(id)
	}
}

// release lets go of a term in a record.
func (t *terms) release(id uint32) {
	if t.lex.drop(id) && t.reports[id-1] == 0 {
		t.lex.remove(id)
	}
}

// moor gives a berth to a story.
func (t *terms) moor(slot uint32, day int32) uint32 {
	b := berth{slot, day}
	if n := len(t.vacated); n > 0 {
		at := t.vacated[n-1]
		t.vacated = t.vacated[:n-1]
		t.berths[at] = b
		return at
	}
	t.berths = append(t.berths, b)
	return uint32(len(t.berths) - 1)
}

// nobody stands in a berth that is free.
const nobody = 1<<32 - 1

func (t *terms) leave(at uint32) {
	t.berths[at] = berth{slot: nobody}
	t.vacated = append(t.vacated, at)
}

// relist keeps the lists of one day again that have become short, from what each berth of that day has.
func (t *terms) relist(day int32, ids func(at uint32) []uint32) {
	for at, b := range t.berths {
		if b.slot == nobody || b.day != day {
			continue
		}
		at := uint32(at)
		for _, id := range ids(at) {
			c, ok := t.common[id]
			if !ok {
				continue
			}
			if i, ok := c.on(day); ok && int(c[i].n) <= crowded && !slices.Contains(c[i].berths, at) {
				c[i].berths = append(c[i].berths, at)
			}
		}
	}
}

// post puts a berth under a term that is not under it yet.
func (t *terms) post(id, at uint32) {
	row := &t.stories[id-1]
	switch c, ok := t.common[id]; {
	case ok:
		t.common[id] = c.add(t.berths[at].day, at)
	case *row == 0:
		*row = at + 1
	case *row&listed == 0:
		*row = listed | t.lists.put(*row-1, at)
	default:
		place := t.lists.add(*row&^listed, at)
		*row = listed | place
		if list := t.lists.list(place); len(list) > widespread {
			t.chart(id, list)
			t.lists.drop(place)
			*row = listed
		}
	}
}

// grown is a list with one more, and little room for others: there are more short lists than long ones.
func grown(list []uint32, at uint32) []uint32 {
	if n := len(list); n == cap(list) {
		list = append(make([]uint32, 0, n+2+n/6), list...)
	}
	return append(list, at)
}

// chart gives a term a calendar.
func (t *terms) chart(id uint32, list []uint32) {
	var c calendar
	for _, at := range list {
		c = c.add(t.berths[at].day, at)
	}
	t.common[id] = c
}

// unpost takes a berth from under a term.
func (t *terms) unpost(id, at uint32) {
	row := &t.stories[id-1]
	if c, ok := t.common[id]; ok {
		if c = c.remove(t.berths[at].day, at); len(c) == 0 {
			delete(t.common, id)
			*row = 0
		} else {
			t.common[id] = c
		}
		return
	}
	if *row&listed == 0 {
		*row = 0
		return
	}
	place := *row &^ listed
	t.lists.remove(place, at)
	if list := t.lists.list(place); len(list) == 1 {
		*row = list[0] + 1
		t.lists.drop(place)
	}
}

// visit gives fn the berths of a term, by day from the first day to the last, and how many they are. A list that was not kept, and is short enough
// to be asked for again, is made anew by relist first. A day may come more than once.
func (t *terms) visit(id uint32, first, last int32, relist func(day int32), fn func(day int32, at []uint32, n int)) {
	if row := t.stories[id-1]; row&listed == 0 {
		if row > 0 {
			t.each([]uint32{row - 1}, first, last, fn)
		}
		return
	} else if c, ok := t.common[id]; !ok {
		t.each(t.lists.list(row&^listed), first, last, fn)
		return
	} else {
		i, _ := c.on(first)
		for ; i < len(c) && c[i].day <= last; i++ {
			if d := &c[i]; int(d.n) != len(d.berths) && d.n <= crowded {
				relist(d.day)
			}
			fn(c[i].day, c[i].berths, int(c[i].n))
		}
	}
}

func (t *terms) each(list []uint32, first, last int32, fn func(day int32, at []uint32, n int)) {
	for i, at := range list {
		if day := t.berths[at].day; first <= day && day <= last {
			fn(day, list[i:i+1], 1)
		}
	}
}

func (c calendar) on(day int32) (int, bool) {
	return slices.BinarySearchFunc(c, day, func(d daily, day int32) int { return cmp.Compare(d.day, day) })
}

func (c calendar) add(day int32, at uint32) calendar {
	i, ok := c.on(day)
	if !ok {
		c = slices.Insert(c, i, daily{day: day})
	}
	d := &c[i]
	whole := int(d.n) == len(d.berths)
	if d.n++; !whole {
		return c
	}
	if d.n > hidden {
		d.berths = nil
	} else {
		d.berths = grown(d.berths, at)
	}
	return c
}

func (c calendar) remove(day int32, at uint32) calendar {
	i, ok := c.on(day)
	if !ok {
		return c
	}
	d := &c[i]
	if int(d.n) == len(d.berths) {
		d.berths = without(d.berths, at)
	}
	if d.n--; d.n == 0 {
		return slices.Delete(c, i, i+1)
	}
	return c
}

// without takes one out of a list, in whose order nothing lies.
func without(list []uint32, x uint32) []uint32 {
	i := slices.Index(list, x)
	if i < 0 {
		return list
	}
	last := len(list) - 1
	list[i] = list[last]
	return list[:last]
}
