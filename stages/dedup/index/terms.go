package index

import (
	"cmp"
	"slices"
)

// terms are what the reports of live stories have: how many reports have it, and which stories by day of publication.
type terms struct {
	ids     table
	reports []uint32 // that have the term, by id less one
	stories []uint32 // by id less one: 0, a berth + 1 where one story alone has the term, or with the top bit set the place of a list
	free    []uint32
	lists   [][]uint32 // berths of terms that more than one story has
	spare   []uint32
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

// id of a term, given to one that has none.
func (t *terms) id(key uint64) *place {
	if t.used(key) {
		return t.ids.find(key)
	}
	if n := len(t.free); n > 0 {
		id := t.free[n-1]
		t.free = t.free[:n-1]
		return t.ids.put(key, id)
	}
	t.stories, t.reports = append(t.stories, 0), append(t.reports, 0)
	return t.ids.put(key, uint32(len(t.stories)))
}

func (t *terms) used(key uint64) bool { return t.ids.get(key).id != 0 }

// frequency is the number of reports with a term.
func (t *terms) frequency(key uint64) int {
	if id := t.ids.get(key).id; id != 0 {
		return int(t.reports[id-1])
	}
	return 0
}

// count adds reports with a term, or takes some away, and gives its id while there are any. A term is counted before it is posted and posted no
// more before it is counted out.
func (t *terms) count(key uint64, n int) uint32 {
	id := t.id(key).id
	reports := &t.reports[id-1]
	*reports = uint32(int(*reports) + n)
	if *reports > 0 {
		return id
	}
	if t.stories[id-1] == 0 {
		t.free = append(t.free, id)
		t.ids.remove(key)
	}
	return 0
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
func (t *terms) relist(day int32, keys func(at uint32) []uint64) {
	for at, b := range t.berths {
		if b.slot == nobody || b.day != day {
			continue
		}
		at := uint32(at)
		for _, key := range keys(at) {
			c, ok := t.common[t.ids.get(key).id]
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
func (t *terms) post(key uint64, at uint32) {
	id := t.id(key).id
	row := &t.stories[id-1]
	switch c, ok := t.common[id]; {
	case ok:
		t.common[id] = c.add(t.berths[at].day, at)
	case *row == 0:
		*row = at + 1
	case *row&listed == 0:
		*row = listed | t.list([]uint32{*row - 1, at})
	default:
		place := *row &^ listed
		list := grown(t.lists[place], at)
		if t.lists[place] = list; len(list) > widespread {
			t.chart(id, list)
			t.drop(place)
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

// list keeps a list at a place.
func (t *terms) list(berths []uint32) uint32 {
	if n := len(t.spare); n > 0 {
		place := t.spare[n-1]
		t.spare = t.spare[:n-1]
		t.lists[place] = berths
		return place
	}
	t.lists = append(t.lists, berths)
	return uint32(len(t.lists) - 1)
}

func (t *terms) drop(place uint32) {
	t.lists[place] = nil
	t.spare = append(t.spare, place)
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
func (t *terms) unpost(key uint64, at uint32) {
	id := t.ids.get(key).id
	if id == 0 {
		return
	}
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
	list := without(t.lists[place], at)
	if t.lists[place] = list; len(list) == 1 {
		*row = list[0] + 1
		t.drop(place)
	}
}

// visit gives fn the berths of a term, by day from the first day to the last, and how many they are. A list that was not kept, and is short enough
// to be asked for again, is made anew by relist first. A day may come more than once.
func (t *terms) visit(key uint64, first, last int32, relist func(day int32), fn func(day int32, at []uint32, n int)) {
	id := t.ids.get(key).id
	if id == 0 {
		return
	}
	if row := t.stories[id-1]; row&listed == 0 {
		if row > 0 {
			t.each([]uint32{row - 1}, first, last, fn)
		}
		return
	} else if c, ok := t.common[id]; !ok {
		t.each(t.lists[row&^listed], first, last, fn)
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
