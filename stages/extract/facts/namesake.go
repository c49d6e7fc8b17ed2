package facts

import (
	"maps"
	"slices"
	"strings"

	"rawi/stages/places"
)

// settleNamesakes takes for each name that several places bear the one that lies where the report says it happened: in a country that title
// or opening name, else, for a name that nothing in its sentence settles, in that of other places or of the outlet; and rather where other
// places of the report lie than where nothing but the name does.
func (p *page) settleNamesakes() {
	told, sure := p.toldCountries(), p.sureCountries()
	implied := p.impliedCountries()
	if len(told) == 0 {
		told = implied
	}
	others := slices.Sorted(maps.Keys(sure))
	known := p.knownPlaces()
	for _, s := range p.sentences {
		for i := range s.spots {
			at := &s.spots[i]
			if at.match.Place == nil || slices.Contains(told, at.place.Country) {
				continue
			}
			place, ok := p.g.Places.Namesake(at.match, told)
			if !ok {
				place, ok = p.g.Places.Namesake(at.match, implied)
			}
			if !ok && !at.certain {
				place, ok = p.g.Places.Namesake(at.match, others)
			}
			if !ok && at.certain && at.match.Shared() && !p.supported(known, at.place.Country, at.key()) {
				place, ok = p.g.Places.Namesake(at.match, p.countriesBut(known, at.key()))
			}
			if ok && place.ID != at.place.ID {
				at.set(place, at.place.Name)
				at.certain = true
			}
		}
	}
}

// dropWeak drops the everyday Arabic words that no more than a preposition makes a place, where nothing else in the report is of their country: في مشهد مؤلم.
func (p *page) dropWeak() {
	if p.g.Forms == nil {
		return
	}
	var known map[string]bool // countries of the places beyond doubt; looked for only where it matters
	for _, s := range p.sentences {
		s.spots = slices.DeleteFunc(s.spots, func(at spot) bool {
			if !at.match.Weak || at.kind == places.KindCountry || at.place.ID == "" || s.headline(at) {
				return false
			}
			if known == nil {
				known = p.knownCountries()
			}
			return !known[at.place.Country]
		})
	}
}

// headline reports whether a title begins with the place and a stop, as one that names the scene does: الجديدة.. توقيف ثلاثة.
func (s *sentence) headline(at spot) bool {
	return s.depth < 0 && at.start == 0 && at.end < len(s.tokens) && strings.ContainsAny(s.tokens[at.end].Fold, ".:…")
}

// knownCountries are the outlet's, and those of the places and adjectives that need no help.
func (p *page) knownCountries() map[string]bool {
	known := map[string]bool{p.doc.Outlet.Country: true}
	for _, s := range p.sentences {
		for _, at := range s.spots {
			if !at.match.Weak {
				known[at.place.Country] = true
			}
		}
		for i := range s.tokens {
			if iso := p.countryAt(s, i); iso != "" {
				known[iso] = true
			}
		}
	}
	return known
}

// knownPlaces are the countries of the certain places of a report, by their key.
func (p *page) knownPlaces() map[string]string {
	known := map[string]string{}
	for _, s := range p.sentences {
		for _, at := range s.spots {
			if at.certain && at.place.ID != "" && at.place.Country != "" {
				known[at.key()] = at.place.Country
			}
		}
	}
	return known
}

// supported reports whether anything but the place itself speaks for its country: another place, an agency, the outlet.
func (p *page) supported(known map[string]string, country, key string) bool {
	if country == p.doc.Outlet.Country {
		return true
	}
	for other, of := range known {
		if of == country && other != key {
			return true
		}
	}
	return p.agencyOf(country)
}

// agencyOf reports whether the report names an agency of the country.
func (p *page) agencyOf(country string) bool {
	return slices.ContainsFunc(p.sentences, func(s *sentence) bool {
		return slices.ContainsFunc(s.hits, func(h Hit) bool {
			_, of := agencyName(h.Value, "")
			return h.Class == classAgency && of == country
		})
	})
}

// countriesBut are the countries of the certain places other than one, in order.
func (p *page) countriesBut(known map[string]string, key string) []string {
	var found []string
	for other, of := range known {
		if other != key && !slices.Contains(found, of) {
			found = append(found, of)
		}
	}
	slices.Sort(found)
	return found
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

// impliedCountries are those to which the services and the people that title and opening name belong, where that is one: la Sûreté générale, quatre
// Libanais.
func (p *page) impliedCountries() []string {
	var services, people []string
	for _, s := range p.sentences {
		if s.depth > 0 {
			break
		}
		for _, h := range s.hits {
			if _, of := agencyName(h.Value, ""); h.Class == classAgency && of != "" {
				services = append(services, of)
			}
		}
		for i := range s.tokens {
			if iso, adjective, ok := p.g.Places.Country(s.tokens[i].Fold, p.g.Tag); ok && adjective {
				people = append(people, iso)
			}
		}
	}
	if told := alike(services); told != nil {
		return told
	}
	return alike(people)
}

// alike is the one value of the list; nil where it has none or several.
func alike(list []string) []string {
	slices.Sort(list)
	if list = slices.Compact(list); len(list) == 1 {
		return list
	}
	return nil
}
