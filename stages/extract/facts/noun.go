package facts

import (
	"slices"
	"strings"

	"rawi/stages/text"
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

// describes reports whether the word for one person at token i describes the noun before it, with which it agrees: سجائر مهربة, الاتحاد الأوروبي,
// but not أوقفت الشرطة مهربا.
func (p *page) describes(s *sentence, i int) bool {
	if i == 0 || !p.describing(s.tokens[i].Fold) {
		return false
	}
	noun, word := s.tokens[i-1], s.tokens[i].Fold
	if noun.Script != text.Arabic || p.g.Stop[noun.Fold] || s.tellsFate(i-1) || slices.ContainsFunc(s.spots, func(at spot) bool { return at.end == i }) {
		return false
	}
	return definite(noun.Fold) == definite(word) && agree(noun.Fold, word)
}

// describing reports whether a folded word, with or without the article but with nothing else before it, is one that describes things too.
func (p *page) describing(fold string) bool {
	isOne := func(e Entry) bool { return e.Class == classAdjective }
	return slices.ContainsFunc(p.g.Lexicon.Lookup(fold), isOne) || slices.ContainsFunc(p.g.Lexicon.Lookup(strings.TrimPrefix(fold, "ال")), isOne)
}

// tellsFate reports whether token i belongs to what befell people, whose people follow it: توقيف مهرب.
func (s *sentence) tellsFate(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Start <= i && i < h.End && (isRole(h.Class) || h.Class == classSeize || h.Class == classWith || h.Class == classDoer)
	})
}

// definite reports whether an Arabic word has the article, whatever else is written onto it.
func definite(fold string) bool {
	return slices.ContainsFunc(text.Clitics(fold), func(form string) bool { return strings.HasPrefix(form, "ال") })
}

// agree reports whether the ending of an adjective allows the noun before it: the accusative goes with itself, the masculine not with a feminine.
func agree(noun, word string) bool {
	switch {
	case strings.HasSuffix(word, "ه"):
		return true // plurals of things are feminine too
	case strings.HasSuffix(word, "ا"):
		return strings.HasSuffix(noun, "ا")
	}
	return !strings.HasSuffix(noun, "ه")
}
