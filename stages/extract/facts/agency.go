package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// handOverReach is how many tokens may part a service from the word for what is handed over to it.
const handOverReach = 3

// receiverReach is how many tokens after the word for a handing over may tell to whom: remis vendredi aux autorités françaises.
const receiverReach = 5

// agenciesOf gathers the services that carried an operation out or led to it, and the countries of those that are named by country.
// Services that people were only handed over to, or that are named for their silence, stay out.
func (p *page) agenciesOf(main []*sentence, country string) (names, countries []string, evidence []message.Evidence) {
	extradited := titleHas(main, classExtradite, "")
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class != classAgency || s.onlyNamed(h) || s.suffers(h) || s.attacked(h) || !extradited && s.takesOver(h) {
				continue
			}
			if len(names) > 0 && !strings.Contains(h.Value, prosecution) && p.inquires(s) {
				continue
			}
			name, of := agencyName(h.Value, country)
			if of != "" && h.End < len(s.tokens) && !p.isOf(s, h.End, of) {
				continue // le « FBI marocain »
			}
			if of == "" && p.ofAnother(s, h, country) {
				continue // le service français de renseignement intérieur
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

// extraditions makes one of a handing over by which a title or opening tells that one state gave somebody to another: remis à la Belgique, livré aux
// autorités italiennes.
func (p *page) extraditions(s *sentence) {
	if s.depth > 0 || p.g.VerbFirst || s.has(classExtradite, classRescue, classCrossing) {
		return
	}
	for _, h := range s.hits {
		if h.Class != classHandOver || h.Value == "target" || strings.HasSuffix(s.tokens[h.Start].Fold, "s") && s.tokens[h.Start].Fold != "remis" {
			continue
		}
		for i := h.End; i < min(h.End+receiverReach, len(s.tokens)) && !s.stopBetween(i, i+1); i++ {
			if _, _, ok := p.g.Places.Country(s.tokens[i].Fold, p.g.Tag); ok && !s.fromCountry(i) {
				s.hits = append(s.hits, Hit{Start: h.Start, End: i + 1, Entry: Entry{Class: classExtradite}})
				return
			}
		}
	}
}

// fromCountry reports whether the country at token i is the one that gives: remis par l'Espagne.
func (s *sentence) fromCountry(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classDoer && h.End <= i && i-h.End <= 2 })
}

// ofAnother reports whether a service named by its kind alone is told to be another country's, right before it.
func (p *page) ofAnother(s *sentence, h Hit, country string) bool {
	if p.g.Forms != nil || h.Start < 2 || !slices.Contains(p.g.Links, s.tokens[h.Start-1].Fold) {
		return false
	}
	iso, adjective, ok := p.g.Places.Country(s.tokens[h.Start-2].Fold, p.g.Tag)
	return ok && adjective && iso != country
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
				iso, end := p.serviceCountry(s, h)
				add(s, iso, h.Start, max(end, h.End))
			}
		}
	}
	return found, evidence
}

// receiver is the country to whose authorities somebody is handed over where the report opens: remis aux autorités françaises.
func (p *page) receiver(main []*sentence) string {
	for _, s := range main {
		if s.depth > 0 {
			break
		}
		for _, h := range s.hits {
			if h.Class != classExtradite && h.Class != classHandOver {
				continue
			}
			for i := h.Start; i < min(h.End+receiverReach, len(s.tokens)); i++ {
				iso, adjective, ok := p.g.Places.Country(s.tokens[i].Fold, p.g.Tag)
				if service, isService := s.hitAt(i, classService); isService && service.Value != "" && i < h.End {
					return service.Value // remet à Rabat
				}
				if ok && (adjective && i >= h.End || i == h.End-1) {
					return iso
				}
			}
		}
	}
	return ""
}

// isOf reports whether the word at token i is no adjective of another country than of.
func (p *page) isOf(s *sentence, i int, of string) bool {
	iso := p.countryAt(s, i)
	return iso == "" || iso == of
}

// suffers reports whether the word for a service names people who were killed or hurt: un gendarme a été blessé.
func (s *sentence) suffers(at Hit) bool {
	const link = 2 // of the
	return slices.ContainsFunc(s.counts, func(q quantity) bool {
		hurt := q.role == classKill || q.role == classWound
		if q.start <= at.Start && at.End <= q.end {
			return hurt || q.role == "" && s.has(classAttack) && !s.has(police...)
		}
		return hurt && q.agent && at.Start >= q.end && at.Start-q.end <= link
	})
}

// attacked reports whether the word for a service tells whose men or posts an attack struck: un convoi des FAMa est tombé dans une embuscade.
func (s *sentence) attacked(at Hit) bool {
	return s.has(classAttack) && slices.ContainsFunc(s.hits, func(h Hit) bool {
		short := h.Class == classAgency && h.Value == at.Value && h.End == at.Start-1 && s.tokens[h.End].Fold == "(" // the name, then what it is called for short
		return h.Class == classHandOver && h.Value == "target" && h.End == at.Start || short && s.attacked(h)
	})
}

// onlyNamed reports whether an agency only takes over, or is said to be silent.
func (s *sentence) onlyNamed(at Hit) bool {
	for _, h := range s.hits {
		switch h.Class {
		case classHandOver:
			if h.Value != "target" && h.End <= at.Start && at.Start-h.End-s.datedBetween(h.End, at.Start) <= handOverReach {
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

// takesOver reports whether somebody or something was only brought to an Arabic agency: تسليم الجميع إلى مصالح الحرس الوطني والديوانة.
func (s *sentence) takesOver(at Hit) bool {
	const reach = 6
	start := at.Start
	for range 2 {
		for _, h := range s.hits {
			if h.Class == classAgency && h.End == start && strings.HasPrefix(s.tokens[start].Fold, "و") {
				start = h.Start
			}
		}
	}
	last := start - 1
	if last > 0 && !slices.Contains(ways, s.tokens[last].Fold) {
		last-- // مصالح, عناصر
	}
	return last > 0 && slices.Contains(ways[:1], s.tokens[last].Fold) && slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classRelative && h.Value == "to" && h.End <= last && last-h.End <= reach && !s.stopBetween(h.End, last)
	})
}

// inquiries are the folded Arabic words for what a service does once others have acted.
var inquiries = []string{"تحريات", "تحرياتها", "التحريات", "تحقيقا", "تحقيقاتها", "ابحاثها", "ابحاثا"}

// prosecution is the service whose part inquiries are.
const prosecution = "PNAT"

// inquires reports whether the sentence only tells of an inquiry: وتجري مصالح الدرك تحريات.
func (p *page) inquires(s *sentence) bool {
	if p.g.Forms == nil || s.depth <= 0 || s.tellsAct() || s.has(classOperation) || s.has(classCoop) {
		return false
	}
	return slices.ContainsFunc(s.tokens, func(t text.Token) bool { return slices.Contains(inquiries, t.Fold) })
}

// datedBetween is how many tokens between two others tell a day: سلموا صباح اليوم الخميس إلى الدرك.
func (s *sentence) datedBetween(from, to int) int {
	n := 0
	for i := from; i < to; i++ {
		if s.inDate(i) {
			n++
		}
	}
	return n
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
