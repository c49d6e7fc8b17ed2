package facts

import (
	"maps"
	"slices"

	"rawi/stages/places"
)

// settleNamesakes takes for each name that several places bear the one that lies where the report says it happened: in a country that title
// or opening name, else, for a name that nothing in its sentence settles, in that of other places or of the outlet.
func (p *page) settleNamesakes() {
	told, sure := p.toldCountries(), p.sureCountries()
	others := slices.Sorted(maps.Keys(sure))
	for _, s := range p.sentences {
		for i := range s.spots {
			at := &s.spots[i]
			if at.match.Place == nil || slices.Contains(told, at.place.Country) {
				continue
			}
			place, ok := p.g.Places.Namesake(at.match, told)
			if !ok && !at.certain {
				place, ok = p.g.Places.Namesake(at.match, others)
			}
			if ok && place.ID != at.place.ID {
				at.set(place, at.place.Name)
				at.certain = true
			}
		}
	}
}

// toldCountries are those that title and opening name.
func (p *page) toldCountries() []string {
	var told []string
	for _, s := range p.sentences {
		if s.depth > 0 {
			break
		}
		for _, at := range s.spots {
			if at.kind == places.KindCountry && !at.relative {
				told = append(told, at.place.Country)
			}
		}
	}
	return told
}
