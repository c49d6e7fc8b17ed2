package index

import (
	"slices"

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
		x.disown(old[i].Article, s.Story.ID)
		x.disown(before[i].id, s.Story.ID)
	}
	if same < len(old) {
		same = 0 // several reports may have given one URL as theirs
	}
	for i := same; i < len(now); i++ {
		x.belong(s.Members[i].Article, s.Story.ID)
		x.belong(now[i].id, s.Story.ID)
	}
	e.addresses = now
}

func (x *Index) belong(article, story string) {
	if article == "" {
		return
	}
	if x.owner[article] == nil {
		x.owner[article] = map[string]bool{}
	}
	x.owner[article][story] = true
}

func (x *Index) disown(article, story string) {
	delete(x.owner[article], story)
	if len(x.owner[article]) == 0 {
		delete(x.owner, article)
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
