package index

import (
	"math"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// address is the URL of a report, and the id of an article that has it as its own.
type address struct{ url, id string }

// own makes the articles of a state known as those of a story, in place of those that it had. Most states only add one at the end.
func (x *Index) own(e *Entry, s message.State) {
	old, before := e.State.Members, e.addressed()
	now := resolve(s, old, before)
	same := 0
	for same < min(len(old), len(now)) && old[same].Article == s.Members[same].Article && before[same] == now[same] {
		same++
	}
	for i := same; i < len(old); i++ {
		x.release(old[i].Article, e.slot)
		x.release(before[i].id, e.slot)
	}
	if same < len(old) {
		same = 0 // several reports may have given one URL as theirs
	}
	for i := same; i < len(now); i++ {
		x.hold(s.Members[i].Article, e.slot)
		x.hold(now[i].id, e.slot)
	}
	e.addresses = now
	for _, w := range e.State.Withdrawn {
		if x.gone[w.Member.Article] = without(x.gone[w.Member.Article], e.slot); len(x.gone[w.Member.Article]) == 0 {
			delete(x.gone, w.Member.Article)
		}
	}
	for _, w := range s.Withdrawn {
		x.gone[w.Member.Article] = append(x.gone[w.Member.Article], e.slot)
	}
}

func (x *Index) hold(id string, slot uint32) {
	if id != "" {
		x.owner.add(hash(id), slot)
	}
}

func (x *Index) release(id string, slot uint32) {
	if id != "" {
		x.owner.remove(hash(id), slot)
	}
}

// addressed finds the addresses of the members of a story that is there as a whole.
func (e *Entry) addressed() []address {
	if e.addresses == nil && len(e.State.Members) > 0 {
		e.addresses = resolve(e.State, nil, nil)
	}
	return e.addresses
}

// resolve finds the address of each member, as it was found before where nothing changed: reading a URL takes longer than all else here.
func resolve(s message.State, old []message.Member, before []address) []address {
	urls := make(map[string]string, len(s.Story.Reports))
	for _, r := range s.Story.Reports {
		urls[r.Article] = r.URL
	}
	out := make([]address, len(s.Members))
	for i, m := range s.Members {
		url := urls[m.Article]
		switch {
		case url == "":
		case i < len(old) && old[i].Article == m.Article && before[i].url == url:
			out[i] = before[i]
		default:
			out[i] = address{url, message.ArticleID(message.Identity(url))}
		}
	}
	return out
}

// Listed is the index of the member that is known under the id of an article, or of its URL; -1 where there is none.
func (e *Entry) Listed(id string) int {
	if i := slices.IndexFunc(e.State.Members, func(m message.Member) bool { return m.Article == id }); i >= 0 {
		return i
	}
	return slices.IndexFunc(e.addressed(), func(a address) bool { return a.id == id })
}

// Owner finds the story that lists an article, by the article's own id before that of a canonical URL, which pages of other articles may claim.
// Where two list it, a report was moved from one to the other, and it is in the one to which it was moved last.
func (x *Index) Owner(article string) (*Entry, bool) {
	var owner *Entry
	most := 0
	for _, e := range x.holding(article) {
		if rank := e.rank(article); owner == nil || rank > most || rank == most && e.ID() < owner.ID() {
			owner, most = e, rank
		}
	}
	return owner, owner != nil
}

// holding are the stories that hold an article, those in place of them that they were merged into.
func (x *Index) holding(article string) []*Entry {
	var out []*Entry
	for _, slot := range x.owner.find(hash(article), maxSlots) {
		own := x.whole(slot)
		if own.Listed(article) < 0 { // of another article
			continue
		}
		if e, ok := x.Story(own.ID()); ok {
			out = append(out, e)
		}
	}
	return out
}

// rank grows with how often an article was moved into the story. A report that only claims its URL comes after all that have its id.
func (e *Entry) rank(article string) int {
	i := e.Listed(article)
	switch {
	case i < 0:
		return math.MinInt
	case e.State.Members[i].Article != article:
		return e.State.Members[i].Moved - math.MaxInt32
	}
	return e.State.Members[i].Moved
}

// Shared tells whether several stories may list an article, which is rare and quickly known.
func (x *Index) Shared(article string) bool { return len(x.owner.find(hash(article), 1)) > 1 }

// Listing are the stories that list an article by its id, without those that were merged away: more than one while a move is not finished.
func (x *Index) Listing(article string) []*Entry { return inOrder(x.holding(article)) }

// Withdrawn finds the story out of which an article was taken back last.
func (x *Index) Withdrawn(article string) (*Entry, *message.Withdrawn) {
	var from *Entry
	var last *message.Withdrawn
	var stories []*Entry
	for _, slot := range x.gone[article] {
		if e, ok := x.Story(x.id(slot)); ok {
			stories = append(stories, e)
		}
	}
	for _, e := range inOrder(stories) {
		from, last = e.latest(article, from, last)
	}
	return from, last
}

// latest finds the record of an article that was taken back after the one given.
func (e *Entry) latest(article string, from *Entry, last *message.Withdrawn) (*Entry, *message.Withdrawn) {
	for i := range e.State.Withdrawn {
		w := &e.State.Withdrawn[i]
		if w.Member.Article == article && (last == nil || w.Hand.At.After(last.Hand.At)) {
			from, last = e, w
		}
	}
	return from, last
}

// inOrder are stories by their ids, each once.
func inOrder(entries []*Entry) []*Entry {
	slices.SortFunc(entries, func(a, b *Entry) int { return strings.Compare(a.ID(), b.ID()) })
	return slices.Compact(entries)
}
