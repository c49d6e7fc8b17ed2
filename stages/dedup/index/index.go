// Package index is the memory of the dedup stage: the stories that are known, which of them a new report may belong to, and how rare
// a term is among their reports.
//
// Its content is a function of the last State of every story, whatever the order in which they are applied: what a replay builds decides
// as the memory that it replaces.
package index

import (
	"slices"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
)

// Entry is one known story. It stays the same while the states of the story follow each other.
type Entry struct {
	State     message.State
	Reports   []*match.Report // of the members that are kept whole, in the order of State.Members
	addresses []address       // of State.Members
	told      []uint64        // keys under which it is found by what it tells, and by what it recalls
	recalled  []uint64
	posted    []*match.Report // reports by which it is found as a candidate: all of them while it lives
	live      bool
	round     int // search that last found it, and where in the search's list it stands
	found     int
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

// Original is the article that a member copies, or its own where it copies none.
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
	stories map[string]*Entry
	owner   holders                 // article id, or id of its canonical URL, to ids of the stories that list it
	gone    holders                 // the same of articles that were taken back
	taken   map[string]string       // id of a story merged away to its survivor
	changed map[int]map[string]bool // day of the last decision to ids, for expiry
	posts   posts
	scenes  scenes
	counts  counts
	round   int // searches made
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
		limits: x.limits, stories: map[string]*Entry{}, owner: holders{}, gone: holders{}, taken: map[string]string{},
		changed: map[int]map[string]bool{}, posts: newPosts(), scenes: newScenes(), counts: newCounts(),
	}
}

// Apply puts the state of a story in place of what is known of it. An older revision than the known one changes nothing. Its cost depends on
// what the state changes, and on the length of a story only by steps that are as quick as copying it.
func (x *Index) Apply(s message.State) {
	e := x.stories[s.Story.ID]
	if e != nil && e.State.Story.Revision > s.Story.Revision {
		return
	}
	if x.expired(s.Story.Decision.At, x.limits.Known) {
		if e != nil {
			x.forget(e)
		}
		return
	}
	if e == nil {
		e = &Entry{}
	}
	x.replace(e, s)
	x.advance(s.Story.Decision.At)
}

func (x *Index) replace(e *Entry, s message.State) {
	if e.ID() != "" {
		x.unlink(e)
	}
	x.own(e, s)
	e.State, e.Reports = s, prepare(s.Members, e.Reports)
	x.stories[e.ID()] = e
	for _, alias := range s.Story.Aliases {
		x.taken[alias] = e.ID()
		if loser := x.stories[alias]; loser != nil {
			x.hide(loser)
		}
	}
	day := dayOf(s.Story.Decision.At)
	if x.changed[day] == nil {
		x.changed[day] = map[string]bool{}
	}
	x.changed[day][e.ID()] = true
	x.show(e)
}

// unlink forgets by which aliases and on which day a story is known.
func (x *Index) unlink(e *Entry) {
	for _, alias := range e.State.Story.Aliases {
		delete(x.taken, alias)
	}
	day := dayOf(e.State.Story.Decision.At)
	delete(x.changed[day], e.ID())
	if len(x.changed[day]) == 0 {
		delete(x.changed, day)
	}
}

func (x *Index) forget(e *Entry) {
	x.hide(e)
	x.unlink(e)
	x.own(e, message.State{Story: message.Story{ID: e.ID()}})
	delete(x.stories, e.ID())
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

// show makes a story a candidate, unless it was merged away or is too old.
func (x *Index) show(e *Entry) {
	if x.away(e) {
		x.hide(e)
		return
	}
	x.scenes.put(e, told(e.Reports), recalled(e.Reports))
	e.live = !x.expired(e.State.Story.Decision.At, x.limits.Live)
	if e.live {
		x.post(e, e.Reports)
	} else {
		x.post(e, nil)
	}
}

func (x *Index) hide(e *Entry) {
	x.scenes.put(e, nil, nil)
	x.fade(e)
}

// fade ends a story's life as a candidate; it can still be recalled.
func (x *Index) fade(e *Entry) {
	e.live = false
	x.post(e, nil)
}

// post makes a story be found by these reports, and by no others.
func (x *Index) post(e *Entry, reports []*match.Report) {
	now := slices.Clone(e.posted)
	for _, r := range e.posted {
		if !slices.Contains(reports, r) {
			now = slices.DeleteFunc(now, func(o *match.Report) bool { return o == r })
			x.posts.remove(e, r, now)
			x.counts.add(r, -1)
		}
	}
	for _, r := range reports {
		if !slices.Contains(e.posted, r) {
			x.posts.add(e, r, now)
			x.counts.add(r, 1)
			now = append(now, r)
		}
	}
	e.posted = now
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
	for day, ids := range x.changed {
		for id := range ids {
			switch {
			case day < known:
				x.forget(x.stories[id])
			case day < live:
				x.fade(x.stories[id])
			}
		}
	}
}

// Story finds a story by its id, or by that of one merged into it.
func (x *Index) Story(id string) (*Entry, bool) {
	for range len(x.taken) + 1 { // a chain of merges is never longer
		into := x.taken[id]
		if e := x.stories[id]; into == "" && e != nil {
			into = e.Merged()
		}
		if into == "" {
			break
		}
		id = into
	}
	e, ok := x.stories[id]
	return e, ok
}

// Exact finds a story by its own id alone, merged away or not.
func (x *Index) Exact(id string) (*Entry, bool) {
	e, ok := x.stories[id]
	return e, ok
}

// Size is how many stories are known, and how many of them take reports.
func (x *Index) Size() (known, live int) {
	for _, e := range x.stories {
		if e.live {
			live++
		}
	}
	return len(x.stories), live
}

func dayOf(t time.Time) int { return int(t.Unix() / 86400) }
