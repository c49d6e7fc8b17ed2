package facts

import (
	"slices"
	"strings"

	"rawi/stages/places"
	"rawi/stages/text"
)

// standsForState reports whether a capital is named for its government: Madrid remet à Rabat, بتنسيق مع مدريد.
func (p *page) standsForState(s *sentence, at spot, found []spot) bool {
	h, ok := s.hitAt(at.start, classService)
	if !ok || h.Value == "" || at.named {
		return false
	}
	if p.g.Forms != nil && strings.HasPrefix(s.tokens[at.start].Fold, "ب") && !strings.HasPrefix(text.Fold(at.place.Name), "ب") {
		return false
	}
	acts := s.has(classCoop, classExtradite) || p.bareSubject(s, at) || p.g.Forms == nil && s.depth < 0 && namesCountry(found, at)
	for _, l := range s.hits {
		switch {
		case l.Class == classLocative && l.End == at.start:
			return false
		case l.Class == classAnnounce && (l.End == at.start || l.Start == at.end),
			l.Class == classService && l.Value != "" && l.Start != at.start:
			acts = true
		}
	}
	return acts
}

// bareSubject reports whether a French capital without a word before places does something other than what befalls towns: Si Paris se veut rassurant.
func (p *page) bareSubject(s *sentence, at spot) bool {
	if p.g.At == nil || s.depth < 0 || at.end >= len(s.tokens) || s.has(acts...) {
		return false
	}
	next := s.tokens[at.end]
	opens := at.start == 0 || at.start == 1 && !properName(s.tokens[0]) || slices.Contains(openers, s.tokens[at.start-1].Fold)
	return opens && next.Script == text.Latin && !properName(next) && !slices.Contains(p.g.And, next.Fold) && !s.there(p.g, at.start)
}

// openers are the French words that open a clause with its subject behind them.
var openers = []string{"si", "que", "qu'", "mais", "car", "selon", "or", "alors", "lorsque", "puisque"}

// namesCountry reports whether a sentence names another country than that of the place: le Maroc déjoue un attentat, Paris cité pour son aide.
func namesCountry(found []spot, at spot) bool {
	return slices.ContainsFunc(found, func(o spot) bool { return o.kind == places.KindCountry && o.place.Country != at.place.Country })
}
