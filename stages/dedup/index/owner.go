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
	old, before := e.State.Members, e.addresses
	now := resolve(s, old, before)
	same := 0
	for same < min(len(old), len(now)) && old[same].Article == s.Members[same].Article && before[same] == now[same] {
		same++
	}
	for i := same; i < len(old); i++ {
		x.owner.remove(old[i].Article, s.Story.ID)
		x.owner.remove(before[i].id, s.Story.ID)
	}
	if same < len(old) {
		same = 0 // several reports may have given one URL as theirs
	}
	for i := same; i < len(now); i++ {
		x.owner.add(s.Members[i].Article, s.Story.ID)
		x.owner.add(now[i].id, s.Story.ID)
	}
	e.addresses = now
	for _, w := range e.State.Withdrawn {
		x.gone.remove(w.Member.Article, s.Story.ID)
	}
	for _, w := range s.Withdrawn {
		x.gone.add(w.Member.Article, s.Story.ID)
	}
}

// holders are the ids of the stories that hold something, by its id.
type holders map[string]map[string]bool

func (h holders) add(id, story string) {
	if id == "" {
		return
	}
	if h[id] == nil {
		h[id] = map[string]bool{}
	}
	h[id][story] = true
}

func (h holders) remove(id, story string) {
	delete(h[id], story)
	if len(h[id]) == 0 {
		delete(h, id)
	}
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
	return slices.IndexFunc(e.addresses, func(a address) bool { return a.id == id })
}

// Owner finds the story that lists an article, by the article's own id before that of a canonical URL, which pages of other articles may claim.
// Where two list it, a report was moved from one to the other, and it is in the one to which it was moved last.
func (x *Index) Owner(article string) (*Entry, bool) {
	var owner *Entry
	most := 0
	for id := range x.owner[article] {
		e, ok := x.Story(id)
		if !ok {
			continue
		}
		if rank := e.rank(article); owner == nil || rank > most || rank == most && e.ID() < owner.ID() {
			owner, most = e, rank
		}
	}
	return owner, owner != nil
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

// Shared tells whether several stories list an article, which is rare and quickly known.
func (x *Index) Shared(article string) bool { return len(x.owner[article]) > 1 }

// Listing are the stories that list an article by its id, without those that were merged away: more than one while a move is not finished.
func (x *Index) Listing(article string) []*Entry { return x.listing(x.owner[article]) }

// Withdrawn finds the story out of which an article was taken back last.
func (x *Index) Withdrawn(article string) (*Entry, *message.Withdrawn) {
	var from *Entry
	var last *message.Withdrawn
	for _, e := range x.listing(x.gone[article]) {
		for i := range e.State.Withdrawn {
			w := &e.State.Withdrawn[i]
			if w.Member.Article == article && (last == nil || w.Hand.At.After(last.Hand.At)) {
				from, last = e, w
			}
		}
	}
	return from, last
}

// listing finds the stories by ids, each once, in the order of their ids.
func (x *Index) listing(ids map[string]bool) []*Entry {
	var out []*Entry
	for id := range ids {
		if e, ok := x.Story(id); ok {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *Entry) int { return strings.Compare(a.ID(), b.ID()) })
	return slices.Compact(out)
}
