package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// Limits in tokens.
const (
	adjectiveReach = 4 // from a service to the adjective that tells whose it is
	coopReach      = 9 // from a word for cooperation to the partner
)

// partnersOf gathers the countries whose services helped: services told by an adjective or a name of a country beside them, and capitals
// that stand for their state.
func (p *page) partnersOf(main []*sentence, country string, countries []string) ([]string, []message.Evidence) {
	partners := slices.Clone(countries)
	var evidence []message.Evidence
	add := func(s *sentence, iso string, start, end int) {
		if iso == "" || iso == country || slices.Contains(partners, iso) {
			return
		}
		partners = append(partners, iso)
		if e, ok := s.evidence("partners", iso, "partner", start, end); ok {
			evidence = append(evidence, e)
		}
	}
	for _, s := range main {
		for _, h := range s.hits {
			switch h.Class {
			case classService:
				if iso, end := p.serviceCountry(s, h); iso != "" && (s.has(classCoop) || h.Value == "" && s.tellsAct()) {
					add(s, iso, h.Start, end)
					p.andOf(s, h.Start, end, add)
				}
			case classCoop:
				p.afterCoop(s, h, add)
			}
		}
		p.actingTogether(s, country, add)
		p.combined(s, country, add)
		p.concerted(s, country, add)
	}
	return partners, evidence
}

// cooperates reports whether the report tells of services that worked together: those named after an accident or an attack mostly did not.
func cooperates(main []*sentence) bool {
	return slices.ContainsFunc(main, func(s *sentence) bool { return s.has(classCoop) })
}

// atBorder reports whether the places lie in several countries: the services of each have their part then.
func atBorder(found []message.Place) bool {
	return slices.ContainsFunc(found, func(x message.Place) bool { return x.Country != "" && x.Country != found[0].Country })
}

// andOf adds the second country whose services a sentence names as one: les services français et américains.
func (p *page) andOf(s *sentence, start, end int, add func(*sentence, string, int, int)) {
	if end >= len(s.tokens) {
		return
	}
	i, joined := p.afterJoint(s, end)
	if i >= len(s.tokens) || i == end && !joined {
		return
	}
	if _, adjective, ok := p.g.Places.Country(s.tokens[i].Fold, p.g.Tag); ok && !adjective {
		return // les services français et la Belgique: told by the name elsewhere
	}
	add(s, p.countryAt(s, i), start, i+1)
}

// combined adds both states of an operation told by one word for both: opération franco-espagnole, عملية مغربية إسبانية. It must be said of
// something done or of services, not of people.
func (p *page) combined(s *sentence, country string, add func(*sentence, string, int, int)) {
	const reach = 2
	for _, h := range s.hits {
		if h.Class != classOperation && h.Class != classCoop && h.Class != classService {
			continue
		}
		for i := h.Start; i < min(h.End+reach, len(s.tokens)-1); i++ {
			one, other := p.pair(s, i)
			if one == "" || one == other || country != one && country != other {
				continue
			}
			add(s, one, h.Start, i+2)
			add(s, other, h.Start, i+2)
		}
	}
}

// concerted adds the states in which an operation of Europol took place, where the country of the happening is one of them.
func (p *page) concerted(s *sentence, country string, add func(*sentence, string, int, int)) {
	led := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classAgency && h.Value == europol })
	states := p.states(s)
	if !led || !s.tellsAct() || !slices.ContainsFunc(states, func(x state) bool { return x.iso == country }) {
		return
	}
	for _, x := range states {
		add(s, x.iso, x.start, x.end)
	}
}

// acrossBorder are the other countries in whose towns people were arrested too, which their own services do: trois à Lille et cinq à Tournai.
func (p *page) acrossBorder(main []*sentence, country string, known []string) (found []string, evidence []message.Evidence) {
	for _, s := range main {
		if s.depth > 1 || !s.has(police...) {
			continue
		}
		here := slices.ContainsFunc(s.spots, func(at spot) bool { return at.scene() && at.place.Country == country })
		for _, at := range s.spots {
			iso := at.place.Country
			if !here || !at.scene() || iso == "" || iso == country || slices.Contains(known, iso) || slices.Contains(found, iso) {
				continue
			}
			found = append(found, iso)
			evidence = append(evidence, one(s.evidence("partners", iso, "partner/border", at.start, at.end))...)
		}
	}
	return found, evidence
}

// scene reports whether something happened in the town, rather than near it or on the way there.
func (at spot) scene() bool {
	return at.kind == places.KindCity && at.certain && !at.relative && !at.near && !at.toward
}

// europol is the service that acts in several states at once.
const europol = "Europol"

// pair is the two countries that the tokens at i and i+1 tell of as one.
func (p *page) pair(s *sentence, i int) (one, other string) {
	if one = p.g.Places.Combining(s.tokens[i].Fold); one == "" && p.g.Forms != nil {
		one = p.adjectiveAt(s, i)
	}
	if one == "" {
		return "", ""
	}
	if other = p.adjectiveAt(s, i+1); other == "" {
		return "", ""
	}
	return one, other
}

// adjectiveAt is the country of which token i says that something is its own.
func (p *page) adjectiveAt(s *sentence, i int) string {
	if iso, adjective, ok := p.g.Places.Country(s.tokens[i].Fold, p.g.Tag); ok && adjective {
		return iso
	}
	return ""
}

// actingTogether adds the states that the title, the opening or a sentence on cooperation names as one subject with the country of the
// happening: Rabat et Madrid démantèlent, السلطات في المغرب وإسبانيا.
func (p *page) actingTogether(s *sentence, country string, add func(*sentence, string, int, int)) {
	if !s.tellsAct() {
		return
	}
	opening, states := s.depth <= 0 && s.first || s.has(classCoop), p.states(s)
	for i := 1; i < len(states); i++ {
		a, b := states[i-1], states[i]
		if !opening && !s.actsBeside(a.start, b.end) {
			continue
		}
		if a.iso == b.iso || a.iso != country && b.iso != country || !p.coordinated(s, spot{end: a.end}, spot{start: b.start}) {
			continue
		}
		add(s, a.iso, a.start, a.end)
		add(s, b.iso, b.start, b.end)
	}
}

// actsBeside reports whether a word for what was done stands next to the tokens: أوقفتهم إسبانيا والمغرب.
func (s *sentence) actsBeside(start, end int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return isAct(h.Class) && (h.End == start || h.Start >= end && h.Start-end <= 1)
	})
}

// state is a country named in a sentence, or a capital that stands for it.
type state struct {
	iso        string
	start, end int
}

// states are the countries named as such where no word relates them to people or things, in the order of the text.
func (p *page) states(s *sentence) []state {
	var found []state
	for _, spot := range s.spots {
		if spot.kind == places.KindCountry && !spot.relative {
			found = append(found, state{spot.place.Country, spot.start, spot.end})
		}
	}
	for _, h := range s.hits {
		if h.Class == classService && h.Value != "" && spotAt(s.spots, h.Start) >= 0 && !p.asPlace(s, h) {
			found = append(found, state{h.Value, h.Start, h.End})
		}
	}
	slices.SortFunc(found, func(a, b state) int { return a.start - b.start })
	return found
}

// asPlace reports whether a capital is the place of something rather than its state: à Madrid, بمدريد.
func (p *page) asPlace(s *sentence, h Hit) bool {
	if p.g.Forms != nil && strings.HasPrefix(s.tokens[h.Start].Fold, "ب") {
		for _, form := range p.g.Forms(nil, s.tokens[h.Start].Fold)[1:] {
			if slices.Contains(p.g.Lexicon.Lookup(form), h.Entry) {
				return true
			}
		}
	}
	return slices.ContainsFunc(s.hits, func(l Hit) bool { return l.Class == classLocative && l.End == h.Start })
}

// serviceCountry is whose a service is: that of the adjective or country within a few words, or the state that a capital stands for.
func (p *page) serviceCountry(s *sentence, h Hit) (iso string, end int) {
	if h.Value != "" {
		return h.Value, h.End
	}
	for i := h.End; i < len(s.tokens) && i < h.End+adjectiveReach; i++ {
		if s.tokens[i].Script == text.Punct || strings.HasSuffix(s.tokens[i].Fold, "جنسيه") || strings.HasPrefix(s.tokens[i].Fold, "nationalit") {
			break
		}
		if iso := p.countryAt(s, i); iso != "" {
			return iso, i + 1
		}
	}
	return "", 0
}

// countryAt is the country that token i names, or that it says something belongs to.
func (p *page) countryAt(s *sentence, i int) string {
	if iso, _, ok := p.g.Places.Country(s.tokens[i].Fold, p.g.Tag); ok || s.forms == nil {
		return iso
	}
	for _, form := range s.forms[i][1:] {
		if iso, _, ok := p.g.Places.Country(form, ""); ok { // what is joined to it is off already
			return iso
		}
	}
	return ""
}

// afterCoop adds the countries named after a word for cooperation.
func (p *page) afterCoop(s *sentence, h Hit, add func(*sentence, string, int, int)) {
	for i := h.End; i < len(s.tokens) && i < h.End+coopReach; i++ {
		switch s.tokens[i].Fold {
		case ".", ";", "؛", ":":
			return
		}
		if _, person := s.hitAt(i, classOne, classMany); person {
			return // whose citizen somebody is says nothing of who helped
		}
		if c, ok := s.hitAt(i, classService); ok && c.Value != "" {
			add(s, c.Value, c.Start, c.End)
			continue
		}
		add(s, p.countryAt(s, i), i, i+1)
	}
	for _, spot := range s.spots {
		if spot.kind == places.KindCountry && spot.start >= h.End && spot.start < h.End+coopReach {
			add(s, spot.place.Country, spot.start, spot.end)
		}
	}
}
