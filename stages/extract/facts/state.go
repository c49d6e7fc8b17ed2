package facts

import (
	"slices"

	"rawi/stages/places"
)

// extradites makes an extradition of a handing over to a state: remettent à la Belgique, livré au Maroc.
func (p *page) extradites(s *sentence) {
	if p.g.Forms != nil || s.has(classExtradite) {
		return
	}
	for i, h := range s.hits {
		if h.Class != classHandOver {
			continue
		}
		start := p.pastDeterminer(s, h.End)
		if at := spotAt(s.spots, start); at >= 0 && s.spots[at].kind == places.KindCountry {
			s.hits[i].Entry = Entry{Class: classExtradite}
		}
	}
}

// pastDeterminer is the token after the article at token i.
func (p *page) pastDeterminer(s *sentence, i int) int {
	if i < len(s.tokens) && slices.Contains(p.g.Determiners, s.tokens[i].Fold) {
		return i + 1
	}
	return i
}
