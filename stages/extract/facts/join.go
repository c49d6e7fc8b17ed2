package facts

import (
	"slices"
	"strings"
)

// joinApart is how many tokens may describe people before those told of in one breath with them: le conducteur, un Tunisien de 44 ans, et son épouse.
const joinApart = 12

// together reports whether q adds to the people stated before it: un homme et une femme, trois hommes et une femme, un suspect ainsi que trois complices.
func (g *Grammar) together(s *sentence, stated *statement, q *quantity) bool {
	if q.by != stated.by || q.part || stated.part || q.sum || len(stated.of) > 0 || q.bare || q.foe != stated.foe {
		return false
	}
	if (q.role == classArrest || q.role == classWound && !g.VerbFirst) && s.accompanied(q.start, g) {
		return q.start-stated.end <= roleReach
	}
	if g.kin(s, q.start) && q.start-stated.end <= joinApart && !s.parts(stated.end, q.start) {
		return true
	}
	if !stated.single && !q.single {
		return stated.person && !stated.joined && g.andBetween(s, s.pastAge(stated.end), q.start)
	}
	if g.andBetween(s, s.pastAge(stated.end), q.start) {
		return true
	}
	link, ok := g.linkBefore(s, q.start)
	return ok && stated.single && link >= stated.end && link-stated.end <= joinApart && !s.parts(stated.end, link)
}

// kin reports whether a comma and a possessive stand right before token i, which adds others to a list: le propriétaire, son fils et un chauffeur.
func (g *Grammar) kin(s *sentence, i int) bool {
	return i > 1 && slices.Contains(g.Possessives, s.tokens[i-1].Fold) && s.tokens[i-2].Fold == ","
}

// accompanied reports whether words that add people stand right before token i: ainsi que trois complices, رفقة شريكه.
func (s *sentence) accompanied(i int, g *Grammar) bool {
	for _, h := range s.hits {
		if h.Class == classWith && h.End <= i && i-h.End <= 1 && (h.End == i || g.Stop[s.tokens[h.End].Fold]) {
			return true
		}
	}
	return false
}

// linkBefore is the token of "and" right before token i: et son épouse, وزوجته.
func (g *Grammar) linkBefore(s *sentence, i int) (int, bool) {
	for back := 1; back <= 2 && i-back >= 0; back++ {
		if slices.Contains(g.And, s.tokens[i-back].Fold) {
			return i - back, true
		}
		if !g.Stop[s.tokens[i-back].Fold] {
			break
		}
	}
	fold := s.tokens[i].Fold
	if g.AndPrefix == "" || !strings.HasPrefix(fold, g.AndPrefix) || g.Lexicon.opens(fold) {
		return 0, false
	}
	return i, true
}

// parts reports whether anything between two tokens parts what is told of one from what is told of the other.
func (s *sentence) parts(from, to int) bool {
	for _, t := range s.tokens[from:to] {
		if strings.ContainsAny(t.Fold, ";:؛.(«") {
			return true
		}
	}
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Start >= from && h.End <= to && (isRole(h.Class) || h.Class == classClause || h.Class == classProcedure)
	})
}

// pastAge steps over an age told right after people: un homme de 24 ans et sa compagne.
func (s *sentence) pastAge(i int) int {
	for _, a := range s.ages {
		if a.start >= i && a.start-i <= 2 {
			return a.end
		}
	}
	return i
}

// andBetween reports whether only "and" parts two tokens: un homme et une femme, رجل وامرأة.
func (g *Grammar) andBetween(s *sentence, end, start int) bool {
	switch start - end {
	case 0:
		return g.AndPrefix != "" && strings.HasPrefix(s.tokens[start].Fold, g.AndPrefix)
	case 1, 2: // et, et ses
		return slices.Contains(g.And, s.tokens[end].Fold) && (start-end == 1 || g.Stop[s.tokens[end+1].Fold])
	}
	return false
}
