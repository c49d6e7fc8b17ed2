package facts

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

// Limits of what tells that somebody is held.
const (
	custodyReach = 24 // tokens between people and the word for custody
	custodyDepth = 2  // blocks
)

// held counts the people whom a word for custody holds, where no word tells of their arrest: huit personnes ont été déférées, بإيداع ستة أشخاص الحبس.
func (p *page) held(main []*sentence) (*message.Count, []message.Evidence) {
	var best *message.Count
	var found []message.Evidence
	for _, s := range main {
		if s.depth > custodyDepth || best != nil && s.depth > 0 {
			break
		}
		for _, h := range s.hits {
			if h.Class != classProcedure || h.Value != "custody" {
				continue
			}
			q, ok := p.heldBy(s, h)
			if !ok || q.single && severalSuspects(main) || best != nil && (best.N >= q.n || best.N > 1) {
				continue // the opening tells of more than one whom the title names
			}
			best = &message.Count{N: q.n, Approx: q.approx}
			found = one(s.evidence("arrested", itoa(q.n), "count/custody", min(q.start, h.Start), max(q.end, h.End)))
		}
	}
	return best, found
}

// heldInAll counts the people whom a sentence near the opening tells to be held in all, where that is more than were told to be arrested: les deux
// frères arrêtés ... cinq hommes au total sont en garde à vue.
func (p *page) heldInAll(main []*sentence, arrested *message.Count) (*message.Count, []message.Evidence) {
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class != classProcedure || h.Value != "custody" || s.depth > 1 {
				continue
			}
			q, ok := p.heldBy(s, h)
			if ok && q.n > arrested.N && (q.sum || s.summedAfter(q)) {
				e, ok := s.evidence("arrested", itoa(q.n), "count/custody", min(q.start, h.Start), max(q.end, h.End))
				return &message.Count{N: q.n, Approx: q.approx}, one(e, ok)
			}
		}
	}
	return arrested, nil
}

// also are the words by which one arrest is told to come on top of another.
var also = []string{"egalement", "aussi"}

// alsoArrested counts two where the only one told to be arrested was arrested too, after a suspect: le conducteur a été écroué ... le propriétaire a
// également été interpellé.
func (p *page) alsoArrested(main []*sentence, arrested *message.Count) (*message.Count, []message.Evidence) {
	if arrested.N != 1 || p.g.VerbFirst {
		return arrested, nil
	}
	first := ""
	for _, s := range main {
		for _, q := range s.counts {
			if !q.single || q.agent || q.victim || q.part {
				continue
			}
			too := q.role == classArrest && q.by > q.end && slices.ContainsFunc(s.tokens[q.end:q.by], func(t text.Token) bool { return slices.Contains(also, t.Fold) })
			if too && first != "" && first != q.head {
				return &message.Count{N: 2}, one(s.evidence("arrested", "2", "count/others", q.start, q.end))
			}
			if s.depth >= 0 && (q.suspect || s.heldAfter(&q)) {
				first = q.head
			}
		}
	}
	return arrested, nil
}

// summedAfter reports whether words for a sum stand right behind people: cinq hommes au total.
func (s *sentence) summedAfter(q quantity) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classSum && h.Start == q.end })
}

// severalSuspects reports whether suspects are told of in the plural.
func severalSuspects(main []*sentence) bool {
	return slices.ContainsFunc(main, func(s *sentence) bool {
		return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classMany && h.Value == "suspect" })
	})
}

// heldBy is whom the word for custody holds: those before it, and where the verb comes first those right after.
func (p *page) heldBy(s *sentence, custody Hit) (quantity, bool) {
	const near = 4
	var best quantity
	for _, q := range s.counts {
		if !q.person || q.agent || q.foe || q.part || q.role == classKill {
			continue
		}
		before := q.end <= custody.Start && custody.Start-q.end <= custodyReach && !s.roleBetween(q.end, custody.Start, -1)
		after := p.g.VerbFirst && q.start >= custody.End && q.start-custody.End <= near
		if !before && !after {
			continue
		}
		if best.n > 0 && best.end <= q.start && p.g.together(s, &statement{quantity: best}, &q) {
			best.n, best.end = best.n+q.n, q.end
			continue
		}
		best = q
	}
	return best, best.n > 0
}
