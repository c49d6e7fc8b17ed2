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
	handOverReach  = 3
)

// agenciesOf gathers the services that carried an operation out or led to it, and the countries of those that are named by country.
// Services that people were only handed over to, or that are named for their silence, stay out.
func (p *page) agenciesOf(main []*sentence, country string) (names, countries []string, evidence []message.Evidence) {
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class != classAgency || s.onlyNamed(h) || s.suffers(h) {
				continue
			}
			name, of := agencyName(h.Value, country)
			if of != "" && h.End < len(s.tokens) && !p.isOf(s, h.End, of) {
				continue // le « FBI marocain »
			}
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
				if e, ok := s.evidence("agencies", name, "agency", h.Start, h.End); ok {
					evidence = append(evidence, e)
				}
			}
			if of != "" && of != country && !slices.Contains(countries, of) {
				countries = append(countries, of)
				if e, ok := s.evidence("partners", of, "partner/agency", h.Start, h.End); ok {
					evidence = append(evidence, e)
				}
			}
		}
	}
	return names, countries, evidence
}

// counterparts are the other states that a report of an extradition names where it opens.
func (p *page) counterparts(main []*sentence, country string) (found []string, evidence []message.Evidence) {
	add := func(s *sentence, iso string, start, end int) {
		if iso == "" || iso == country || slices.Contains(found, iso) {
			return
		}
		found = append(found, iso)
		if e, ok := s.evidence("partners", iso, "partner/counterpart", start, end); ok {
			evidence = append(evidence, e)
		}
	}
	for _, s := range main {
		if s.depth > 0 {
			break
		}
		for _, spot := range s.spots {
			if spot.kind == places.KindCountry {
				add(s, spot.place.Country, spot.start, spot.end)
			}
		}
		for _, h := range s.hits {
			if h.Class == classService {
				add(s, h.Value, h.Start, h.End)
			}
		}
	}
	return found, evidence
}

// isOf reports whether the word at token i is no adjective of another country than of.
func (p *page) isOf(s *sentence, i int, of string) bool {
	iso := p.countryAt(s, i)
	return iso == "" || iso == of
}

// suffers reports whether the word for a service names people who were killed or hurt: un gendarme a été blessé.
func (s *sentence) suffers(at Hit) bool {
	return slices.ContainsFunc(s.counts, func(q quantity) bool {
		return (q.role == classKill || q.role == classWound) && q.start <= at.Start && at.End <= q.end
	})
}

// onlyNamed reports whether an agency only takes over, or is said to be silent.
func (s *sentence) onlyNamed(at Hit) bool {
	for _, h := range s.hits {
		switch h.Class {
		case classHandOver:
			if h.End <= at.Start && at.Start-h.End <= handOverReach {
				return true
			}
		case classNegation:
			if near := h.Start - at.End; near >= 0 && near <= 2 && len(s.tokens) < 16 {
				return true
			}
		}
	}
	return false
}

// agencyName reads a value of the lexicon: "FBI:US", or by country of the happening "@MA=Gendarmerie royale;*=Gendarmerie nationale".
func agencyName(value, country string) (name, of string) {
	choices, depends := strings.CutPrefix(value, "@")
	if !depends {
		name, of, _ = strings.Cut(value, ":")
		return name, of
	}
	for choice := range strings.SplitSeq(choices, ";") {
		where, what, _ := strings.Cut(choice, "=")
		if where == country || where == "*" {
			return what, ""
		}
	}
	return "", ""
}

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
				}
			case classCoop:
				p.afterCoop(s, h, add)
			}
		}
		p.actingTogether(s, country, add)
	}
	return partners, evidence
}

// actingTogether adds the states that the title or the opening names as one subject with the country of the happening: Rabat et Madrid
// démantèlent, السلطات في المغرب وإسبانيا.
func (p *page) actingTogether(s *sentence, country string, add func(*sentence, string, int, int)) {
	if s.depth > 0 || !s.first || !s.tellsAct() {
		return
	}
	states := p.states(s)
	for i := 1; i < len(states); i++ {
		a, b := states[i-1], states[i]
		if a.iso == b.iso || a.iso != country && b.iso != country || !p.coordinated(s, spot{end: a.end}, spot{start: b.start}) {
			continue
		}
		add(s, a.iso, a.start, a.end)
		add(s, b.iso, b.start, b.end)
	}
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
		for _, form := range p.g.Forms(s.tokens[h.Start].Fold)[1:] {
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
		if s.tokens[i].Script == text.Punct {
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

// groupOf is the organisation named most where it counts most.
func groupOf(main []*sentence) (string, []message.Evidence) {
	score := map[string]int{}
	first := map[string]message.Evidence{}
	best := ""
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class != classGroup {
				continue
			}
			score[h.Value] += s.weight()
			if _, seen := first[h.Value]; !seen {
				first[h.Value], _ = s.evidence("group", h.Value, "group", h.Start, h.End)
			}
			if best == "" || score[h.Value] > score[best] {
				best = h.Value
			}
		}
	}
	if best == "" || first[best].Fact == "" {
		return best, nil
	}
	return best, []message.Evidence{first[best]}
}
