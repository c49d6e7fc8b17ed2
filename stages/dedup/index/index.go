// Package index is the memory of the dedup stage: the stories that are known, which of them a new report may belong to, and how rare
// a term is among their reports.
//
// Its content is a function of the last State of every story, whatever the order in which they are applied: what a replay builds decides
// as the memory that it replaces.
package index

import (
	"math"
	"slices"
	"time"

	"github.com/cespare/xxhash/v2"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// Entry is one known story that was asked for. It stays the same until the index is settled or a state is applied.
type Entry struct {
	State     message.State   // of a story found by what it shares with a report its id alone; see Load
	Reports   []*match.Report // of the members that are kept whole, in the order of State.Members
	addresses []address       // of State.Members, once they were asked for
	told      []uint64        // keys under which it is found by what it tells, and by what it recalls, once they were asked for
	recalled  []uint64
	slot      uint32
	size      int // reports, where the state is not there
	live      bool
	keyed     bool // told and recalled are known
	whole     bool // all of the state is there
	changed   bool // the state is nowhere else
	used      bool // since the index was settled last
}

// ID of the story.
func (e *Entry) ID() string { return e.State.Story.ID }

// Report finds what is compared of a member; there is none of one that is not kept whole.
func (e *Entry) Report(article string) (*match.Report, bool) {
	i := slices.IndexFunc(e.Reports, func(r *match.Report) bool { return r.Article == article })
	if i < 0 {
		return nil, false
	}
	return e.Reports[i], true
}

// Size is how many reports the story has.
func (e *Entry) Size() int {
	if e.whole {
		return len(e.State.Members)
	}
	return e.size
}

// Original is the article that a member copies, or its own where it copies none. The state must be there.
func (e *Entry) Original(article string) string {
	i := slices.IndexFunc(e.State.Members, func(m message.Member) bool { return m.Article == article })
	if i < 0 || e.State.Members[i].CopyOf == "" {
		return article
	}
	return e.State.Members[i].CopyOf
}

// Merged names the story that took this one's reports, or is empty.
func (e *Entry) Merged() string { return e.State.Story.MergedInto }

// Live tells whether the story takes reports.
func (e *Entry) Live() bool { return e.live }

// Limits of what the index holds, by the time at which articles were fetched: never by the wall clock.
type Limits struct {
	Live  time.Duration // a story unchanged for so long takes no more reports
	Known time.Duration // a story unchanged for so long is forgotten
}

// Index is not safe for concurrent use.
type Index struct {
	limits  Limits
	clock   time.Time // latest decision
	rows    []row     // of the stories that are known
	free    []uint32  // rows of stories that were forgotten
	hot     []uint32  // rows with an entry
	packer  *packer
	names   pairs               // ids of stories
	owner   pairs               // ids of articles, and of their canonical URLs, to the stories that list them
	gone    map[string][]uint32 // ids of articles that were taken back, to the stories out of which they were
	taken   map[string]string   // id of a story merged away to its survivor
	changed map[int32][]uint32  // day of the last decision to rows, for expiry; some have changed again since
	terms   terms
	berths  map[uint32][]uint32 // of rows whose posted reports are of several days, all but the first
	bands   pairs
	scenes  scenes
	counts  *counts
	round   uint32 // searches made
	last    numbered
	room    room
}

// row is what is at hand of each story that is known.
type row struct {
	record   record // nothing while an entry holds what has changed since
	entry    *Entry // nil where nobody asked for it lately
	revision int32
	day      int32  // of the last decision
	berth    uint32 // of its posted reports, on the first of their days: see Index.berths
	round    uint32 // search that last found it, and where in the search's list it stands
	found    uint32
	live     bool
	shown    bool // it can be recalled
	merged   bool // another story took its reports
	moored   bool // it has a berth
}

// New makes an empty index.
func New(limits Limits) *Index {
	x := &Index{limits: limits}
	x.Reset()
	return x
}

// Reset forgets everything.
func (x *Index) Reset() {
	*x = Index{
		limits: x.limits, packer: &packer{words: newWords()}, gone: map[string][]uint32{}, taken: map[string]string{}, changed: map[int32][]uint32{},
		terms: newTerms(), berths: map[uint32][]uint32{}, counts: newCounts(),
	}
}

// Apply puts the state of a story in place of what is known of it. An older revision than the known one changes nothing. Its cost depends on
// what the state changes, and on the length of a story only by steps that are as quick as copying it.
func (x *Index) Apply(s message.State) {
	x.last = numbered{}
	slot, ok := x.slot(s.Story.ID)
	if ok && int(x.rows[slot].revision) > s.Story.Revision {
		return
	}
	if x.expired(s.Story.Decision.At, x.limits.Known) {
		if ok {
			x.forget(slot)
		}
		return
	}
	if !ok {
		slot = x.open(s.Story.ID)
	}
	x.replace(x.whole(slot), s)
	x.advance(s.Story.Decision.At)
	x.Settle()
}

// open makes a row for a story that is not known.
func (x *Index) open(id string) uint32 {
	var slot uint32
	if n := len(x.free); n > 0 {
		slot, x.free = x.free[n-1], x.free[:n-1]
	} else {
		if len(x.rows) >= maxSlots {
			panic("more stories than an index can number: shorten known") // some hundred gigabytes before
		}
		x.rows = append(x.rows, row{})
		slot = uint32(len(x.rows) - 1)
	}
	x.names.add(hash(id), slot)
	e := &Entry{State: message.State{Story: message.Story{ID: id}}, slot: slot, whole: true, changed: true, keyed: true}
	x.rows[slot] = row{entry: e, day: never}
	x.hot = append(x.hot, slot)
	return slot
}

// never is the day of a story before its first state.
const never = math.MinInt32

func (x *Index) replace(e *Entry, s message.State) {
	r := &x.rows[e.slot]
	x.spell(e)
	x.unlink(e)
	x.own(e, s)
	x.scenes.recollect(e, r.shown)
	before := e.Reports
	if !r.live {
		before = nil
	}
	e.State, e.Reports, e.changed = s, prepare(s.Members, e.Reports), true
	for _, alias := range s.Story.Aliases {
		x.taken[alias] = e.ID()
		if loser, ok := x.slot(alias); ok {
			x.hide(loser)
		}
	}
	day := dayOf(s.Story.Decision.At)
	if r.day != day {
		x.changed[day] = append(x.changed[day], e.slot)
	}
	x.terms.forget(r.record)
	r.record, r.revision, r.day, r.merged = "", int32(s.Story.Revision), day, s.Story.MergedInto != ""
	x.show(e, before)
}

// unlink forgets by which aliases a story is known.
func (x *Index) unlink(e *Entry) {
	for _, alias := range e.State.Story.Aliases {
		delete(x.taken, alias)
	}
}

func (x *Index) forget(slot uint32) {
	e := x.whole(slot)
	x.hide(slot)
	x.unlink(e)
	x.own(e, message.State{Story: message.Story{ID: e.ID()}})
	x.names.remove(hash(e.ID()), slot)
	x.terms.forget(x.rows[slot].record)
	x.hot = without(x.hot, slot)
	x.rows[slot] = row{day: never}
	x.free = append(x.free, slot)
}

// prepare reuses what was prepared of members that did not change.
func prepare(members []message.Member, had []*match.Report) []*match.Report {
	known := make(map[string]*match.Report, len(had))
	for _, r := range had {
		known[r.Article] = r
	}
	var out []*match.Report
	for _, m := range members {
		if m.Reduced {
			continue
		}
		r := known[m.Article]
		if r == nil || r.Digest != m.Digest || r.Read != m.Read {
			r = match.Prepare(m)
		}
		out = append(out, r)
	}
	return out
}

// show makes a story a candidate in place of what it was, unless it was merged away or is too old.
func (x *Index) show(e *Entry, before []*match.Report) {
	r := &x.rows[e.slot]
	r.shown = !x.away(e)
	x.scenes.put(e, r.shown)
	r.live = r.shown && !x.expired(e.State.Story.Decision.At, x.limits.Live)
	e.live = r.live
	if r.live {
		x.post(e, before, e.Reports)
	} else {
		x.post(e, before, nil)
	}
}

func (x *Index) hide(slot uint32) {
	x.fade(slot)
	if r := &x.rows[slot]; r.shown {
		e := x.entry(slot)
		x.scenes.recollect(e, true)
		x.scenes.put(e, false)
		r.shown = false
	}
}

// fade ends a story's life as a candidate; it can still be recalled.
func (x *Index) fade(slot uint32) {
	r := &x.rows[slot]
	if !r.live {
		return
	}
	e := x.entry(slot)
	x.spell(e)
	x.post(e, e.Reports, nil)
	r.live, e.live = false, false
}

func (x *Index) away(e *Entry) bool { return e.Merged() != "" || x.taken[e.ID()] != "" }

func (x *Index) expired(at time.Time, limit time.Duration) bool {
	return dayOf(at) < dayOf(x.clock.Add(-limit))
}

// advance drops what the clock leaves behind, whole days at a time.
func (x *Index) advance(at time.Time) {
	if !at.After(x.clock) {
		return
	}
	before := dayOf(x.clock)
	x.clock = at
	if dayOf(at) == before {
		return
	}
	live, known := dayOf(at.Add(-x.limits.Live)), dayOf(at.Add(-x.limits.Known))
	for day, slots := range x.changed {
		if day >= live {
			continue
		}
		for i, slot := range slots {
			switch r := &x.rows[slot]; {
			case r.day != day: // forgotten, or changed since
			case day < known:
				x.forget(slot)
			case r.live:
				x.fade(slot)
			}
			if i%fewest == 0 {
				x.Settle()
			}
		}
		if day < known {
			delete(x.changed, day)
		}
	}
}

// Story finds a story by its id, or by that of one merged into it.
func (x *Index) Story(id string) (*Entry, bool) {
	for range len(x.taken) + 1 { // a chain of merges is never longer
		into := x.taken[id]
		if slot, ok := x.slot(id); into == "" && ok && x.rows[slot].merged {
			into = x.whole(slot).Merged()
		}
		if into == "" {
			break
		}
		id = into
	}
	return x.Exact(id)
}

// Exact finds a story by its own id alone, merged away or not.
func (x *Index) Exact(id string) (*Entry, bool) {
	slot, ok := x.slot(id)
	if !ok {
		return nil, false
	}
	return x.whole(slot), true
}

// slot finds the row of a story by its own id.
func (x *Index) slot(id string) (uint32, bool) {
	for _, slot := range x.names.find(hash(id), maxSlots) {
		if x.id(slot) == id {
			return slot, true
		}
	}
	return 0, false
}

// id of the story in a row.
func (x *Index) id(slot uint32) string {
	if r := &x.rows[slot]; r.entry == nil {
		return r.record.id()
	}
	return x.rows[slot].entry.ID()
}

// Size is how many stories are known, and how many of them take reports.
func (x *Index) Size() (known, live int) {
	for i := range x.rows {
		if x.rows[i].live {
			live++
		}
	}
	return len(x.rows) - len(x.free), live
}

func dayOf(t time.Time) int32 { return int32(t.Unix() / 86400) }

func hash(id string) uint64 { return xxhash.Sum64String(id) }
