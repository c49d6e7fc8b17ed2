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

// Entry is one known story.
type Entry struct {
	State   message.State
	Reports []*match.Report // in the order of State.Members
	live    bool
	round   int // search that last found it, and where in the search's list it stands
	found   int
}

// ID of the story.
func (e *Entry) ID() string { return e.State.Story.ID }

// Merged names the story that took this one's reports, or is empty.
func (e *Entry) Merged() string { return e.State.Story.MergedInto }

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
	owner   map[string]map[string]bool // article id, or id of its canonical URL, to ids of the stories that list it
	taken   map[string]string          // id of a story merged away to its survivor
	changed map[int]map[string]bool    // day of the last decision to ids, for expiry
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
		limits: x.limits, stories: map[string]*Entry{}, owner: map[string]map[string]bool{}, taken: map[string]string{},
		changed: map[int]map[string]bool{}, posts: newPosts(), scenes: newScenes(), counts: newCounts(),
	}
}

// Apply puts the state of a story in place of what is known of it. An older revision than the known one changes nothing.
func (x *Index) Apply(s message.State) {
	id := s.Story.ID
	old := x.stories[id]
	if old != nil && old.State.Story.Revision > s.Story.Revision {
		return
	}
	e := &Entry{State: s}
	var had []*match.Report
	if old != nil {
		had = old.Reports
		x.forget(old)
	}
	if x.expired(s.Story.Decision.At, x.limits.Known) {
		return
	}
	e.Reports = prepare(s.Members, had)
	x.remember(e)
	x.advance(s.Story.Decision.At)
}

// prepare reuses what was prepared of members that did not change.
func prepare(members []message.Member, had []*match.Report) []*match.Report {
	known := make(map[string]*match.Report, len(had))
	for _, r := range had {
		known[r.Article] = r
	}
	out := make([]*match.Report, len(members))
	for i, m := range members {
		if r := known[m.Article]; r != nil && r.Digest == m.Digest {
			out[i] = r
		} else {
			out[i] = match.Prepare(m)
		}
	}
	return out
}

func (x *Index) remember(e *Entry) {
	x.stories[e.ID()] = e
	for _, alias := range e.State.Story.Aliases {
		x.taken[alias] = e.ID()
		if loser := x.stories[alias]; loser != nil {
			x.hide(loser)
		}
	}
	for _, article := range articles(e.State) {
		if x.owner[article] == nil {
			x.owner[article] = map[string]bool{}
		}
		x.owner[article][e.ID()] = true
	}
	day := dayOf(e.State.Story.Decision.At)
	if x.changed[day] == nil {
		x.changed[day] = map[string]bool{}
	}
	x.changed[day][e.ID()] = true
	x.show(e)
}

func (x *Index) forget(e *Entry) {
	x.hide(e)
	delete(x.stories, e.ID())
	for _, alias := range e.State.Story.Aliases {
		delete(x.taken, alias)
	}
	for _, article := range articles(e.State) {
		delete(x.owner[article], e.ID())
		if len(x.owner[article]) == 0 {
			delete(x.owner, article)
		}
	}
	day := dayOf(e.State.Story.Decision.At)
	delete(x.changed[day], e.ID())
	if len(x.changed[day]) == 0 {
		delete(x.changed, day)
	}
}

// show makes a story a candidate, unless it was merged away or is too old.
func (x *Index) show(e *Entry) {
	if x.away(e) || e.live {
		return
	}
	x.scenes.add(e)
	if x.expired(e.State.Story.Decision.At, x.limits.Live) {
		return
	}
	e.live = true
	for _, r := range e.Reports {
		x.posts.add(e, r)
		x.counts.add(r, 1)
	}
}

func (x *Index) hide(e *Entry) {
	x.scenes.remove(e)
	x.fade(e)
}

// fade ends a story's life as a candidate; it can still be recalled.
func (x *Index) fade(e *Entry) {
	if !e.live {
		return
	}
	e.live = false
	for _, r := range e.Reports {
		x.posts.remove(e, r)
		x.counts.add(r, -1)
	}
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

// articles are the ids under which the reports of a story are known.
func articles(s message.State) []string {
	out := make([]string, 0, 2*len(s.Members))
	for _, m := range s.Members {
		out = append(out, m.Article)
	}
	for _, r := range s.Story.Reports {
		if r.URL != "" {
			if id := message.ArticleID(message.Identity(r.URL)); id != r.Article {
				out = append(out, id)
			}
		}
	}
	return out
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

// Owner finds the story that lists an article, by the article's id or that of its canonical URL.
func (x *Index) Owner(article string) (*Entry, bool) {
	var ids []string
	for id := range x.owner[article] {
		if e, ok := x.Story(id); ok {
			ids = append(ids, e.ID())
		}
	}
	if len(ids) == 0 {
		return nil, false
	}
	return x.stories[slices.Min(ids)], true
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
