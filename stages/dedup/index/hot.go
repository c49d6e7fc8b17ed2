package index

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// Stories are at hand as entries that were asked for last: a report is compared with a few dozen, and the next one often with the same. All others
// are records. An entry takes ten times the memory of its record.
const (
	fewest = 128  // entries at hand
	most   = 8192 // and at most, of very many stories
	share  = 200  // of so many stories one is at hand
)

// hottest is how many stories are kept at hand.
func (x *Index) hottest() int { return min(max(fewest, len(x.rows)/share), most) }

// entry is the story of a row, whose state may be there in part: see Load.
func (x *Index) entry(slot uint32) *Entry {
	r := &x.rows[slot]
	if r.entry == nil {
		members := x.packer.members(r.record)
		r.entry = &Entry{
			State:   message.State{Story: message.Story{ID: r.record.id()}, Members: members},
			Reports: prepare(members, nil), slot: slot, live: r.live,
		}
		if r.live {
			x.number(r.entry.Reports)
		}
		x.hot = append(x.hot, slot)
	}
	r.entry.used = true
	return r.entry
}

// number finds the ids of terms of reports that are counted.
func (x *Index) number(reports []*match.Report) {
	for _, r := range reports {
		for i := range r.Terms {
			t := &r.Terms[i]
			t.ID = x.terms.ids.get(t.Key).id
		}
	}
}

// reports of the story of a row, which is not asked for.
func (x *Index) reports(slot uint32) []*match.Report {
	if e := x.rows[slot].entry; e != nil {
		return e.Reports
	}
	return prepare(x.packer.members(x.rows[slot].record), nil)
}

// whole is the story of a row with all of its state.
func (x *Index) whole(slot uint32) *Entry {
	e := x.entry(slot)
	x.Load(e)
	return e
}

// Load makes the whole state of a story available that was found by what it shares with a report. Of such a story only what is compared is
// there: its id, and its members without their quotations.
func (x *Index) Load(e *Entry) {
	if e.whole {
		return
	}
	e.State, e.whole = x.packer.state(x.rows[e.slot].record, e.State.Members), true
}

// Settle puts away what nobody asked for lately. Entries that were found before it must not be used after it.
func (x *Index) Settle() {
	hottest := x.hottest()
	if len(x.hot) <= 2*hottest {
		return
	}
	var kept []uint32
	for i, slot := range slices.Backward(x.hot) {
		e := x.rows[slot].entry
		if len(kept) < hottest && (e.used || i >= len(x.hot)-hottest/2) {
			e.used = false
			kept = append(kept, slot)
			continue
		}
		x.putAway(slot)
	}
	slices.Reverse(kept)
	x.hot = kept
}

// putAway makes a record of an entry.
func (x *Index) putAway(slot uint32) {
	r := &x.rows[slot]
	if r.entry.changed {
		r.record = x.packer.record(r.entry.State)
	}
	r.entry = nil
}
