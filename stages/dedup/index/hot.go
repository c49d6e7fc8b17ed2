package index

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// Stories are at hand as entries that were asked for last: a report is compared with a few dozen, and the next one often with the same. All others
// are records, which are read in no time as far as they are compared. An entry takes several times the memory of its record.
const (
	fewest = 32   // entries at hand
	most   = 2048 // and at most, of very many stories
	share  = 400  // of so many stories one is at hand
)

// hottest is how many stories are kept at hand.
func (x *Index) hottest() int { return min(max(fewest, len(x.rows)/share), most) }

// entry is the story of a row, whose state may be there in part: see Load.
func (x *Index) entry(slot uint32) *Entry {
	r := &x.rows[slot]
	if r.entry == nil {
		size, _ := r.record.gists()
		r.entry = &Entry{
			State: message.State{Story: message.Story{ID: r.record.id()}}, Reports: x.packer.reports(&x.terms, r.record),
			slot: slot, size: size, live: r.live,
		}
		x.hot = append(x.hot, slot)
	}
	r.entry.used = true
	return r.entry
}

// reports of the story of a row, which is not asked for, with their terms.
func (x *Index) reports(slot uint32) []*match.Report {
	r := &x.rows[slot]
	if r.entry != nil {
		x.spell(r.entry)
		return r.entry.Reports
	}
	out := prepare(x.packer.members(&x.terms, r.record), nil)
	x.mark(out)
	return out
}

// spell puts the terms of its reports at hand.
func (x *Index) spell(e *Entry) {
	if !slices.ContainsFunc(e.Reports, func(r *match.Report) bool { return r.Terms == nil && r.Marks != nil }) {
		return
	}
	x.Load(e)
	if e.Reports = prepare(e.State.Members, nil); e.live {
		x.mark(e.Reports)
	}
}

// mark finds the ids of terms of reports that are counted.
func (x *Index) mark(reports []*match.Report) {
	for _, r := range reports {
		for i := range r.Terms {
			r.Terms[i].ID = x.terms.id(&r.Terms[i])
		}
	}
}

// whole is the story of a row with all of its state.
func (x *Index) whole(slot uint32) *Entry {
	e := x.entry(slot)
	x.Load(e)
	return e
}

// Load makes the whole state of a story available that was found by what it shares with a report. Of such a story only its id is there, and
// what is compared of its reports.
func (x *Index) Load(e *Entry) {
	if e.whole {
		return
	}
	e.State, e.whole = x.packer.state(&x.terms, x.rows[e.slot].record), true
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
		r.record = x.packer.record(&x.terms, r.entry.State, r.entry.Reports)
	}
	r.entry = nil
}
