package facts

import (
	"slices"
	"unicode/utf8"

	"rawi/stages/text"
)

// initialled counts the people whom Arabic communiqués name by their initials in brackets, where the first of them stands at token i:
// (م. ع.) و(ح. س.).
func (p *page) initialled(s *sentence, i int) (quantity, int) {
	if p.g.Forms == nil || s.tokens[i].Fold != "(" {
		return quantity{}, i + 1
	}
	n, end := 0, i+1
	for j := i; j < len(s.tokens); j++ {
		if close := s.initialsEnd(j); close > 0 {
			n, end = n+1, close
			j = close - 1
		}
	}
	if n < 2 {
		return quantity{}, i + 1
	}
	return quantity{start: i, end: end, n: n, person: true, head: "("}, end
}

// initialsEnd is the token after a bracket that holds nothing but initials and opens at token i; 0 where none does.
func (s *sentence) initialsEnd(i int) int {
	const longest = 7
	if s.tokens[i].Fold != "(" {
		return 0
	}
	letters := 0
	for j := i + 1; j < min(i+longest, len(s.tokens)); j++ {
		switch t := s.tokens[j]; {
		case t.Fold == ")":
			if letters == 0 {
				return 0
			}
			return j + 1
		case t.Script == text.Arabic && utf8.RuneCountInString(t.Fold) == 1:
			letters++
		case t.Fold != ".":
			return 0
		}
	}
	return 0
}

// ofWhole reports whether what stands at token i is a whole of which only some are meant: parmi les dix fugitifs, أحد.
func (s *sentence) ofWhole(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classPart && (h.Value == "whole" || h.Value == "one") && h.End == i && !s.inDate(h.Start)
	}) // يوم الأحد
}

// dualAt reads a dual: شخصين, قتيلان.
func (p *page) dualAt(s *sentence, i int) (quantity, int) {
	if p.g.Dual == nil || p.g.Forms == nil || s.counted(i) && !s.twoFollow(i+1) {
		return quantity{}, i + 1
	}
	for _, form := range s.forms[i] {
		singular, ok := p.g.Dual(form)
		if !ok {
			continue
		}
		end := i + 1
		if end < len(s.tokens) && slices.Contains(twos, s.tokens[end].Fold) {
			end++ // إرهابيين اثنين
		}
		for _, e := range p.g.Lexicon.Lookup(singular) {
			switch {
			case e.Class == classOne:
				return quantity{
					start: i, end: end, n: 2, person: true, head: singular,
					agent: e.Value == "agent", suspect: e.Value == "suspect", victim: e.Value == "victim", foe: e.Value == "foe",
				}, end
			case (e.Value == "c" || e.Value == "c1") && isRole(e.Class):
				return quantity{start: i, end: end, n: 2, person: true, role: e.Class, head: singular}, end
			}
		}
	}
	return quantity{}, i + 1
}
