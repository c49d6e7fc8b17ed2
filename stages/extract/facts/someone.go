package facts

import (
	"slices"
	"strings"
	"unicode"

	"rawi/stages/places"
	"rawi/stages/text"
)

// dropPersons takes the names outside of the table that stand where a place may and are those of people or media from the places: rend hommage à
// Simone Veil, a-t-il dit à CNN. Those of people are kept as such.
func (p *page) dropPersons() {
	if p.g.At == nil {
		return
	}
	for _, s := range p.sentences {
		s.spots = slices.DeleteFunc(s.spots, func(at spot) bool {
			unknown := at.place.ID == "" && at.kind == places.KindCity && !at.local && !at.named
			if unknown && p.isPerson(s, at) {
				s.someone = append(s.someone, at)
				return true
			}
			return unknown && s.isAcronym(at)
		})
	}
}

// isPerson reports whether a name is that of somebody: it begins with a first name, or the report has its last word alone as well.
func (p *page) isPerson(s *sentence, at spot) bool {
	first, _, _ := strings.Cut(s.tokens[at.start].Fold, "-") // Jean-Pierre
	if p.g.FirstNames[first] {
		return true
	}
	if at.end-at.start == 1 {
		return p.hasFirstName(s.tokens[at.start].Fold)
	}
	plain := !slices.ContainsFunc(s.tokens[at.start:at.end], func(t text.Token) bool { return !properName(t) }) // no Cité du Vatican
	return plain && p.standsAlone(s.tokens[at.end-1].Fold)
}

// hasFirstName reports whether the report has a name behind a first name as well: Obama, and Barack Obama.
func (p *page) hasFirstName(fold string) bool {
	for _, s := range p.sentences {
		for i := 1; i < len(s.tokens); i++ {
			if s.tokens[i].Fold == fold && properName(s.tokens[i]) && p.g.FirstNames[s.tokens[i-1].Fold] && properName(s.tokens[i-1]) {
				return true
			}
		}
	}
	return false
}

// standsAlone reports whether a capitalised word stands in the report without another one beside it: Dupond after Alphonse Dupond.
func (p *page) standsAlone(fold string) bool {
	for _, s := range p.sentences {
		for i, t := range s.tokens {
			before, after := i > 0 && properName(s.tokens[i-1]), i+1 < len(s.tokens) && properName(s.tokens[i+1])
			if t.Fold == fold && properName(t) && !before && !after {
				return true
			}
		}
	}
	return false
}

func properName(t text.Token) bool {
	return t.Script == text.Latin && unicode.IsUpper(firstRune(t.Text))
}

// isAcronym reports whether one word in capitals throughout stands for a name, in a sentence that is not all written so.
func (s *sentence) isAcronym(at spot) bool {
	if at.end-at.start != 1 || !shouted(s.tokens[at.start].Text) {
		return false
	}
	return slices.ContainsFunc(s.tokens, func(t text.Token) bool { return t.Script == text.Latin && len(t.Text) > 3 && !shouted(t.Text) })
}
