package pipeline

import (
	"container/heap"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	// longestRest is how long a daemon rests at most: how soon it notices that its clock was set forward, or that the machine slept.
	longestRest = 30 * time.Second
	// clockStep is how far the clock has to run ahead in one rest to have been set.
	clockStep = 2 * time.Second
	// breath is how long a name rests after a claim that failed: the watch tells why before that.
	breath = 250 * time.Millisecond
	// newSpread and mostSpread are over how long new names are spread: so much for each, and for all at most.
	newSpread  = time.Millisecond
	mostSpread = 2 * time.Minute
)

// group is names whose looks are spaced. Its record says when the next one may begin.
type group struct {
	sight
	name   string
	free   time.Time // when the next look may begin, by the record and our clock
	booked time.Time // the same, by the looks that are about to begin here
	tail   time.Time // where the next name that has to wait may stand, in our own line
}

// line is what one daemon knows of the bucket, and the order in which it goes through its names. It does no input or output.
type line struct {
	alone   bool // the server is within this process: of all that ran it before, none lives
	of      func(name string, state []byte) (string, time.Duration)
	lots    map[string]*lot // by key, wanted or not
	groups  map[string]*group
	waiting lotHeap
	ready   bool      // the bucket was read
	clock   time.Time // when tick was called last
}

// want replaces the names that are looked at.
func (l *line) want(names []string, now time.Time) {
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		key := nameKey(name)
		wanted[key] = true
		t := l.lots[key]
		if t == nil {
			t = &lot{sight: sight{key: key}, index: -1}
			l.lots[key] = t
		}
		if !t.wanted {
			t.wanted, t.record.Name = true, name
			t.turned = t.revision > 0 && t.settled(now)
			l.regroup(t)
		}
	}
	for key, t := range l.lots {
		t.wanted = wanted[key]
		if !t.wanted && t.revision == 0 && !t.busy {
			l.leave(t)
			delete(l.lots, key)
		}
	}
	l.begin(now)
}

// loaded is told when the bucket was read.
func (l *line) loaded(now time.Time) {
	l.ready = true
	l.begin(now)
}

// begin gives a time to names that have none yet.
func (l *line) begin(now time.Time) {
	if !l.ready {
		return
	}
	fresh := 0
	for _, t := range l.lots {
		if t.wanted && t.due.IsZero() {
			fresh++
		}
	}
	spread := min(time.Duration(fresh)*newSpread, mostSpread)
	for _, t := range l.lots {
		if t.wanted && t.due.IsZero() {
			t.due = now.Add(rand.N(spread + 1))
		}
		if t.index < 0 || !t.wanted { // who stands in the line keeps the place
			l.plan(t)
		}
	}
}

// see takes over what stands in the bucket now. What is older than what is known, for instance our own writing, is nothing new.
func (l *line) see(is sight, now time.Time) {
	if g := l.groupOf(is.key); g != nil {
		if is.revision > g.revision || is.revision == 0 { // of a forgotten record someone asked for
			g.sight = is
			g.free = l.local(is.record, now)
		}
		return
	}
	t := l.lots[is.key]
	if t == nil {
		t = &lot{index: -1}
		l.lots[is.key] = t
	}
	if is.revision <= t.revision {
		return
	}
	l.take(t, is, now)
}

// groupOf returns the group of a key, or nil where the key is a name's.
func (l *line) groupOf(key string) *group {
	if len(key) < len(groupKeys) || key[:len(groupKeys)] != groupKeys {
		return nil
	}
	g := l.groups[key]
	if g == nil {
		g = &group{sight: sight{key: key}}
		l.groups[key] = g
	}
	return g
}

func (l *line) take(t *lot, is sight, now time.Time) {
	name := t.record.Name
	t.sight, t.seen = is, now
	if t.record.Name == "" {
		t.record.Name = name
	}
	t.due = l.local(is.record, now)
	t.turned = t.turned || t.settled(now)
	l.regroup(t)
	l.plan(t)
}

// local is when a turn is due by our clock. Of one that was just written only the wait counts, since its writer's clock may differ; of an older
// one the time counts too, but never for a longer wait than was meant: a clock that was wrong once must not park a name for years.
func (l *line) local(r turn, now time.Time) time.Time {
	wait := r.wait()
	if !l.ready {
		wait = min(wait, r.Due.Sub(now))
	}
	return now.Add(wait)
}

func (l *line) regroup(t *lot) {
	if l.of == nil {
		return
	}
	name, apart := l.of(t.record.Name, t.record.State)
	t.group, t.apart = "", apart
	if name != "" {
		t.group = groupKey(name)
		l.groupOf(t.group).name = name
	}
}

// plan puts a name where it belongs in the line.
func (l *line) plan(t *lot) {
	if !t.wanted || t.busy || !l.ready || t.record.Name == "" {
		l.leave(t)
		return
	}
	switch {
	case t.record.Held:
		t.at = t.record.At.Add(scheduleTTL / 2) // it is written again, lest the hold be forgotten
	case t.record.Owner != "" && (!l.alone || !strings.HasSuffix(t.record.Owner, atServer)):
		t.at = t.seen.Add(t.record.Lease)
	default:
		t.at = t.due
	}
	l.enter(t)
}

func (l *line) enter(t *lot) {
	if t.index < 0 {
		heap.Push(&l.waiting, t)
		return
	}
	heap.Fix(&l.waiting, t.index)
}

func (l *line) leave(t *lot) {
	if t.index >= 0 {
		heap.Remove(&l.waiting, t.index)
	}
}

// next takes the first name that is due out of the line, or says how long there is none.
func (l *line) next(now time.Time) (*lot, time.Duration) {
	for len(l.waiting) > 0 {
		t := l.waiting[0]
		if t.at.After(now) {
			return nil, min(t.at.Sub(now), longestRest)
		}
		if at, busy := l.queue(t, now); busy {
			t.at = at
			heap.Fix(&l.waiting, 0)
			continue
		}
		l.leave(t)
		t.busy, t.popped = true, t.sight
		return t, 0
	}
	return nil, longestRest
}

// queue says when to try a name again whose group is not free, and otherwise takes the group's turn for it.
func (l *line) queue(t *lot, now time.Time) (time.Time, bool) {
	g := l.groups[t.group]
	if g == nil || t.record.Held {
		return time.Time{}, false
	}
	free := latest(g.free, g.booked)
	wait := free.Sub(now)
	switch {
	case wait <= 0:
		g.booked = now.Add(t.apart)
		return time.Time{}, false
	case wait <= t.apart/2: // its place has come, and the one before it was a little late
		return free, true
	}
	at := latest(free, g.tail)
	g.tail = at.Add(t.apart)
	return at, true
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// release puts a name back that was in a worker's hands, with its record as the worker left or found it. It had the revision was before.
func (l *line) release(t *lot, is sight, was uint64, now time.Time) {
	t.busy = false
	if is.revision > t.revision || is.revision == 0 && t.revision == was {
		l.take(t, is, now)
	}
	l.plan(t)
	if soonest := now.Add(breath); t.index >= 0 && t.at.Before(soonest) {
		t.at = soonest
		heap.Fix(&l.waiting, t.index)
	}
}

// tick notices that the clock was set forward, or that the machine slept. One that was set back is of no matter: what is waited for is a
// time that passes, not one that the clock shows.
func (l *line) tick(now time.Time) {
	was := l.clock
	l.clock = now
	if ahead := now.Round(0).Sub(was.Round(0)) - now.Sub(was); !was.IsZero() && ahead >= clockStep {
		l.skip(ahead)
	}
}

// skip makes everything due sooner, by a time that passed without being noticed.
func (l *line) skip(d time.Duration) {
	for _, g := range l.groups {
		g.free, g.booked = g.free.Add(-d), g.booked.Add(-d)
	}
	for _, t := range l.lots {
		if !t.due.IsZero() {
			t.due = t.due.Add(-d)
			l.plan(t)
		}
	}
}

func (l *line) caughtUp(now time.Time) bool {
	if !l.ready {
		return false
	}
	for _, t := range l.lots {
		if t.wanted && !t.turned && !l.delayed(t, now) {
			return false
		}
	}
	return true
}

// delayed reports whether the name's group was delayed for longer than its names are apart.
func (l *line) delayed(t *lot, now time.Time) bool {
	g := l.groups[t.group]
	return g != nil && !t.busy && g.free.Sub(now) > t.apart
}
