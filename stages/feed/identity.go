package feed

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// named is an item with the id of its article.
type named struct {
	Item
	id  string
	own bool // its text is the article, however short: there is no page, or not one of its own
}

// name gives each item of a document the id of its article, in the order of the document, and leaves out what a later item says of the same
// article: the newest stands first.
//
// An article is known by the address of its page, whatever its feed calls it: ids that change with every poll, and titles that are edited, are
// common. Only where items of one document link to one page, and their texts have little in common, is each its own article: entries of a
// running report, or items that all link to the front page.
func (b *batch) name(s sighting) []named {
	all := make([]named, len(s.result.Items))
	members := map[string][]int{}
	for i, item := range s.result.Items {
		all[i] = named{Item: item}
		if item.Link != "" {
			all[i].id = message.ArticleID(s.feed.Outlet.Identity(item.Link))
		}
		members[all[i].id] = append(members[all[i].id], i)
	}
	for page, places := range members {
		switch {
		case page == "":
			b.group(s, page, all, places).tellApart()
		case s.feed.FullText != FullTextNever && b.isShared(page, all, places):
			b.group(s, page, all, places).share()
		}
	}
	taken := map[string]bool{}
	return slices.DeleteFunc(all, func(n named) bool {
		again := taken[n.id]
		taken[n.id] = true
		return again
	})
}

// isShared reports whether a page may stand for several items: it did before, it does in this document, or it is a front page.
func (b *batch) isShared(page string, all []named, places []int) bool {
	return len(places) > 1 || b.known.Items[page].Shared || homePage(message.Identity(all[places[0]].Link))
}

// group is the items of a document that link to one page, or those that link to none.
type group struct {
	sighting
	b       *batch
	page    string // id of the page; empty for items without a link
	members []*named
	prints  []string
	guids   map[string]int // different items by their ids in the feed
	titles  map[string]int // and by their titles
}

func (b *batch) group(s sighting, page string, all []named, places []int) *group {
	g := &group{sighting: s, b: b, page: page, guids: map[string]int{}, titles: map[string]int{}}
	seen := map[string]bool{}
	for _, i := range places {
		item := &all[i]
		print := item.print()
		g.members, g.prints = append(g.members, item), append(g.prints, print)
		if !seen[print] {
			seen[print] = true
			g.guids[item.GUID]++
			g.titles[item.Title]++
		}
	}
	return g
}

// tellApart gives each item of the group an id of its own.
func (g *group) tellApart() {
	for i, item := range g.members {
		item.id, item.own = g.ownID(i), g.feed.FullText != FullTextNever
	}
}

// share gives ids of their own to the items that a page does not stand for, where it cannot stand for all of them.
func (g *group) share() {
	was := g.b.known.Items[g.page]
	front, alike := homePage(message.Identity(g.members[0].Link)), g.alike()
	if !front && !was.Shared && slices.Max(alike) == 0 {
		return
	}
	owner := g.owner(was, front)
	for i, item := range g.members {
		id := g.ownID(i)
		if hasText(item.Item) && (g.b.knows(id) || owner < 0 || alike[i] != alike[owner]) {
			item.id, item.own = id, true
		}
	}
	if front {
		return // it is known without being remembered
	}
	own := was.Own
	if owner >= 0 {
		own = ownerOf(g.members[owner].Item)
	}
	g.b.shared[g.page] = own
}

// owner is the member that the page stands for: the one that it stood for before, else the oldest. It is -1 where there is none.
func (g *group) owner(was sighted, front bool) int {
	switch {
	case front || message.Identity(g.result.Link) == message.Identity(g.members[0].Link):
		return -1
	case was.Shared:
		return slices.IndexFunc(g.members, func(n *named) bool { return owns(was.Own, n.Item) })
	}
	if i := slices.Index(g.prints, was.Print); i >= 0 {
		return i
	}
	return len(g.members) - 1
}

// ownerOf is how the item that a page stands for is known again: by its id in the feed, or by its title.
func ownerOf(i Item) string { return message.Digest("guid", i.GUID) + message.Digest("title", i.Title) }

func owns(own string, i Item) bool {
	is := ownerOf(i)
	half := len(is) / 2
	return len(own) == len(is) && (i.GUID != "" && own[:half] == is[:half] || i.Title != "" && own[half:] == is[half:])
}

// ownID is the id of a member that is an article beside the others. An id in the feed that has changed since the last poll is seen through where
// the item itself is as it was.
func (g *group) ownID(i int) string {
	prefix := g.feed.URL
	if g.page != "" {
		prefix = g.feed.Outlet.Identity(g.members[i].Link)
	}
	id := message.ArticleID(prefix + " " + g.key(g.members[i].Item))
	if before := g.b.byPrint(g.prints[i]); before != "" && !g.b.knows(id) {
		return before
	}
	return id
}

// key tells an item apart from the others of its group: its id in the feed if that is its alone, else its title, else all that it says.
func (g *group) key(item Item) string {
	switch {
	case item.GUID != "" && g.guids[item.GUID] == 1 && message.Identity(item.GUID) != message.Identity(item.Link):
		return item.GUID
	case item.Title != "" && g.titles[item.Title] == 1:
		return item.Title
	}
	return message.Digest(item.Title, item.Summary, item.Content)
}

const (
	// likeness is the share of their words in common from which two items say the same.
	likeness = 0.5
	// likeWords of an item are compared, out of so many bytes of its text.
	likeWords, likeBytes = 32, 1000
	// likeReach is how many different items an item is compared with: revisions of one article stand close together.
	likeReach = 50
)

// alike numbers the members from the newest on, those that say the same alike.
func (g *group) alike() []int {
	numbers := make([]int, len(g.members))
	var different [][]string
	for i, item := range g.members {
		words := item.words()
		from := max(len(different)-likeReach, 0)
		n := slices.IndexFunc(different[from:], func(others []string) bool { return inCommon(words, others) >= likeness })
		if numbers[i] = from + n; n < 0 {
			numbers[i], different = len(different), append(different, words)
		}
	}
	return numbers
}

// words are the first words of an item, in alphabetical order.
func (i Item) words() []string {
	text := i.Title + " " + plain(clip(i.text(), likeBytes))
	words := strings.Fields(strings.ToLower(text))
	words = slices.Clone(words[:min(len(words), likeWords)])
	slices.Sort(words)
	return slices.Compact(words)
}

// inCommon is the share of the words of both, each in alphabetical order, that stand in both.
func inCommon(a, b []string) float64 {
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i], b[j]) {
		case -1:
			i++
		case 1:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return float64(both) / float64(max(len(a)+len(b)-both, 1))
}

// text is what the feed holds of an item's article.
func (i Item) text() string {
	if i.Content != "" {
		return i.Content
	}
	return i.Summary
}

// hasText reports whether there is anything to read in an item itself.
func hasText(i Item) bool { return letters(plain(i.text())) > 0 }
