package crash

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// State is one story of the state stream.
type State struct {
	ID       string
	Revision int
	Merged   bool  // its reports belong to another story now
	Numbers  []int // of its reports
	Members  int
}

// Told is one message of the story stream.
type Told struct {
	ID       string
	Revision int
	Subject  string
	Retract  bool
	Numbers  []int
}

// Found is what a run left behind.
type Found struct {
	States    []State
	Decisions uint64           // messages that were ever stored in the state stream
	Told      []Told           // in their order
	Dead      map[int][]string // reasons, by number
	Strays    []string         // dead letters that hold no article of the oracle
}

// Problem is a promise that was not kept.
type Problem struct {
	Kind   string // lost, doubled, stray, revision, untold, regrouped, fate, open
	Number int    // of the article where it is about one
	Detail string
}

func (p Problem) String() string { return p.Kind + ": " + p.Detail }

// Check compares what was issued with what was found. Dropped articles are those of which nothing may be found at all.
func Check(issued []Article, f Found) []Problem {
	var all problems
	stories := all.members(issued, f)
	all.fates(issued, f, stories)
	all.strays(f)
	all.revisions(f)
	all.told(f)
	return all
}

type problems []Problem

func (p *problems) add(kind, format string, args ...any) {
	*p = append(*p, Problem{Kind: kind, Detail: fmt.Sprintf(format, args...)})
}

func (p *problems) about(number int, kind, format string, args ...any) {
	*p = append(*p, Problem{Kind: kind, Number: number, Detail: fmt.Sprintf("number %d ", number) + fmt.Sprintf(format, args...)})
}

// members returns the stories of each number, and reports numbers that were never issued.
func (p *problems) members(issued []Article, f Found) map[int][]string {
	stories := map[int][]string{}
	for _, s := range f.States {
		if s.Members != len(s.Numbers) {
			p.add("doubled", "story %s has %d members and %d reports", s.ID, s.Members, len(s.Numbers))
		}
		if s.Merged {
			continue
		}
		for _, n := range s.Numbers {
			stories[n] = append(stories[n], s.ID)
			if n < 0 || n >= len(issued) {
				p.about(n, "stray", "of story %s was never issued", s.ID)
			}
		}
	}
	return stories
}

// fates holds every article to the one end that it was made for.
func (p *problems) fates(issued []Article, f Found, stories map[int][]string) {
	for _, a := range issued {
		linked, dead := stories[a.Number], f.Dead[a.Number]
		switch {
		case len(linked) > 1:
			p.about(a.Number, "doubled", "is in stories %s", strings.Join(linked, ", "))
		case a.Fate == Linked && len(linked)+len(dead) == 0, a.Fate == Dead && len(dead) == 0:
			p.about(a.Number, "lost", "(%s, outlet %d) is nowhere", a.Language, a.Outlet)
		case a.Fate == Linked && len(dead) > 0:
			p.about(a.Number, "fate", "is a dead letter: %v", dead)
		case a.Fate != Linked && len(linked) > 0, a.Fate == Dropped && len(dead) > 0:
			p.about(a.Number, "fate", "should be %s, and is linked %v, dead %v", a.Fate, linked, dead)
		case len(dead) > 1:
			p.about(a.Number, "doubled", "is a dead letter %d times: %v", len(dead), dead)
		}
	}
}

// strays names every kind of dead letter once that nobody asked for.
func (p *problems) strays(f Found) {
	counts := map[string]int{}
	for _, letter := range f.Strays {
		counts[letter]++
	}
	for _, letter := range slices.Sorted(maps.Keys(counts)) {
		p.add("stray", "%d dead letters %s", counts[letter], letter)
	}
}

// revisions uses that every decision is one message and one revision of one story: a gap, or a revision written twice, parts the two sums.
func (p *problems) revisions(f Found) {
	sum := 0
	for _, s := range f.States {
		sum += s.Revision
	}
	if f.Decisions != uint64(sum) {
		p.add("revision", "%d decisions were stored, the revisions of all stories add up to %d", f.Decisions, sum)
	}
}

// told compares the two streams. A revision may be missing in the story stream where a newer one overtook it; the last one may not, and
// none may come twice or late.
func (p *problems) told(f Found) {
	last := map[string]Told{}
	for _, t := range f.Told {
		if t.Retract {
			continue
		}
		if before, ok := last[t.ID]; ok && t.Revision <= before.Revision {
			p.add("doubled", "story %s was told with revision %d after %d", t.ID, t.Revision, before.Revision)
		}
		last[t.ID] = t
	}
	reports := map[int]string{}
	for _, s := range f.States {
		if s.Merged {
			continue
		}
		t := last[s.ID]
		if t.Revision != s.Revision || !slices.Equal(t.Numbers, s.Numbers) {
			p.add("untold", "story %s: revision %d with %v is decided, %d with %v is told", s.ID, s.Revision, s.Numbers, t.Revision, t.Numbers)
		}
		for _, n := range t.Numbers {
			if other, ok := reports[n]; ok {
				p.about(n, "doubled", "is told in stories %s and %s", other, s.ID)
			}
			reports[n] = s.ID
		}
	}
}

// Overtaken counts the revisions that were decided and never told, because a newer one of their story was there first.
func (f Found) Overtaken() int {
	told, decided := map[string]bool{}, 0
	for _, t := range f.Told {
		if !t.Retract {
			told[fmt.Sprint(t.ID, " ", t.Revision)] = true
		}
	}
	for _, s := range f.States {
		decided += s.Revision
	}
	return decided - len(told)
}

// Groups are the numbers of each story, in order.
func (f Found) Groups() [][]int {
	var groups [][]int
	for _, s := range f.States {
		if !s.Merged {
			groups = append(groups, slices.Sorted(slices.Values(s.Numbers)))
		}
	}
	slices.SortFunc(groups, slices.Compare)
	return groups
}

// Compare holds the stories of a run against those of another, whose ids differ.
func Compare(got, want [][]int) []Problem {
	var all problems
	for _, group := range want {
		if !slices.ContainsFunc(got, func(other []int) bool { return slices.Equal(group, other) }) {
			all.add("regrouped", "%v belong together, and are in %v", group, touching(got, group))
		}
	}
	if len(got) != len(want) {
		all.add("regrouped", "%d stories, want %d", len(got), len(want))
	}
	return all
}

// touching are the groups that share a number with one.
func touching(groups [][]int, one []int) [][]int {
	return slices.DeleteFunc(slices.Clone(groups), func(group []int) bool {
		return !slices.ContainsFunc(group, func(n int) bool { return slices.Contains(one, n) })
	})
}

// Expected are the stories that the articles were made for.
func Expected(issued []Article) [][]int {
	var groups [][]int
	of := map[int]int{}
	for _, a := range issued {
		if a.Fate != Linked {
			continue
		}
		at, ok := of[a.Operation]
		if !ok {
			at = len(groups)
			of[a.Operation] = at
			groups = append(groups, nil)
		}
		groups[at] = append(groups[at], a.Number)
	}
	slices.SortFunc(groups, slices.Compare)
	return groups
}
