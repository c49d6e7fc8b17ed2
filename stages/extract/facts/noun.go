package facts

import (
	"slices"
	"strings"
)

// countedNoun is the noun at token i that says itself what befell the people counted: blessés, arrestations, قتلى.
func (s *sentence) countedNoun(i int) (Hit, bool) {
	for _, h := range s.hits {
		if h.Start <= i && i < h.End && isRole(h.Class) && (h.Value == "c" || h.Value == "n" || h.Value == "c1") {
			return h, true
		}
	}
	return Hit{}, false
}

// headBefore is the noun that a number follows: الموقوفين الـ13, الأشخاص الثلاثة.
func (p *page) headBefore(s *sentence, i int) (Hit, bool) {
	switch {
	case len(p.g.Article) == 0:
		return Hit{}, false
	case i > 0 && slices.Contains(p.g.Article, s.tokens[i-1].Fold):
		i--
	case i < len(s.tokens) && !strings.HasPrefix(s.tokens[i].Fold, p.g.Article[0]):
		return Hit{}, false
	}
	for _, h := range s.hits {
		if h.End == i && (h.Class == classMany || isRole(h.Class) && h.Value == "c") {
			return h, true
		}
	}
	return Hit{}, false
}

// killedBefore reports whether a verb of dying ends right before token i.
func (s *sentence) killedBefore(i int) bool {
	for _, h := range s.hits {
		if h.Class == classKill && h.End == i && h.Value == "v" {
			return true
		}
	}
	return false
}

// sidewise reports whether d'un côté or de l'autre follows: deux d'un côté de la clôture.
func (p *page) sidewise(s *sentence, i int) bool {
	return i+1 < len(s.tokens) && slices.Contains(p.g.Links, s.tokens[i].Fold) && slices.Contains(p.g.Sides, s.tokens[i+1].Fold)
}

// endsPhrase reports whether token i can be no noun: a short function word.
func (p *page) endsPhrase(s *sentence, i int) bool {
	if p.g.Stop[s.tokens[i].Fold] {
		return !slices.Contains(p.g.Of, s.tokens[i].Fold)
	}
	for _, spot := range s.spots {
		if spot.start == i {
			return true
		}
	}
	return false
}

// counted reports whether token i is a plural of the lexicon, which may look like a dual.
func (s *sentence) counted(i int) bool {
	h, ok := s.hitAt(i, classMany, classArrest, classKill, classWound, classRescue)
	return ok && (h.Class == classMany || h.Value == "c" || h.Value == "c1")
}
