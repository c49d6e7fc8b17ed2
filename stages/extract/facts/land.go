package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// titleLand is the country that opens the title, before a colon: Espagne : deux hommes arrêtés. What the report tells happened there, whoever else
// and wherever else it names.
func (p *page) titleLand() (iso string, found []message.Evidence) {
	for _, s := range p.sentences {
		if s.depth >= 0 {
			return "", nil
		}
		for _, at := range s.spots {
			if at.kind == places.KindCountry && (at.start == 0 || at.start == 1 && s.there(p.g, 1)) && at.end < len(s.tokens) && s.tokens[at.end].Fold == ":" {
				return at.place.Country, one(s.evidence("country", at.place.Country, "country/title", at.start, at.end))
			}
		}
	}
	return "", nil
}

// withoutAbroad drops the places of other countries than the one that opens the title where nothing says that it happened in them: Allemagne : un
// suspect de l'attaque du Bardo arrêté.
func (p *page) withoutAbroad(found []candidate, main []*sentence) []candidate {
	land, _ := p.titleLand()
	if land == "" {
		return found
	}
	return slices.DeleteFunc(found, func(c candidate) bool {
		return c.place.Country != "" && c.place.Country != land && !p.toldIn(c, main)
	})
}

// toldIn reports whether title or first sentence name a place behind a word that says that something is there: à, في.
func (p *page) toldIn(c candidate, main []*sentence) bool {
	for _, s := range main {
		for _, at := range s.spots {
			if s.depth <= 0 && s.first && at.key() == c.key() && !at.relative && p.locative(s, at) {
				return true
			}
		}
	}
	return false
}

// locative reports whether a word before places, or what Arabic joins to the name, says that something is there.
func (p *page) locative(s *sentence, at spot) bool {
	if p.g.Forms != nil && at.match.Joined > 0 && strings.HasPrefix(s.tokens[at.start].Fold, "ب") {
		return true
	}
	if at.start > 0 && slices.Contains(p.g.Determiners, s.tokens[at.start-1].Fold) {
		return s.there(p.g, at.start-1) // dans l'Adrar
	}
	return s.there(p.g, at.start)
}

// there reports whether a word that says that something is at a place stands right before token i: à, في, but not the town alone, ومدينة طنجة.
func (s *sentence) there(g *Grammar, i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		switch {
		case h.Class == classLocal && h.End == i && g.Forms != nil && h.Start > 0:
			return s.there(g, h.Start) // في ولاية تمنراست
		case h.Class != classLocative || h.Value == "between" || h.Value == "toward" || h.End != i:
			return false
		case g.At != nil:
			return g.At(s.tokens, h) || len(s.tokens[h.Start].Fold) > 1 // dans, en: but not the verb "a"
		case strings.HasSuffix(s.tokens[h.Start].Fold, "مدينه"):
			return strings.HasPrefix(s.tokens[h.Start].Fold, "ب") || s.there(g, h.Start)
		}
		return true
	})
}

// settleAbroad makes a place of its own of a name that the table has only elsewhere than where the report says that it lies: à Gaoua, dans le nord du
// Mali; عين الرمانة بولاية البليدة.
func (p *page) settleAbroad() {
	for _, s := range p.sentences {
		for i := range s.spots {
			at := &s.spots[i]
			if at.kind != places.KindCity && at.kind != places.KindQuarter || i+1 == len(s.spots) {
				continue
			}
			if at.place.ID == "" {
				p.placeIn(s, at, s.spots[i+1])
				continue
			}
			if iso := p.liesIn(s, *at, s.spots[i+1]); iso != "" && iso != at.place.Country && !p.g.Places.Borders(at.place.ID, iso, borderDistance) {
				p.moveTo(at, iso)
			}
		}
	}
}

// placeIn gives a place outside of the table the country, and the province, that stand behind it.
func (p *page) placeIn(s *sentence, at *spot, next spot) {
	if iso := p.liesIn(s, *at, next); iso != "" && at.place.Country == "" {
		at.place.Country, at.within = iso, next.place.ID
	}
}

// borderDistance is how far, in kilometres, from the places of another country a place may lie that both may be said to hold.
const borderDistance = 150

// moveTo makes the spot the bearer of its name in a country, and one outside of the table where the table has none there.
func (p *page) moveTo(at *spot, iso string) {
	if place, ok := p.g.Places.Namesake(at.match, []string{iso}); ok {
		at.set(place, at.place.Name)
		return
	}
	at.certain = true
	at.place = message.Place{Name: at.place.Name, Kind: at.kind, Country: iso, Key: text.NameKey(at.place.Name)}
}

// liesIn is the country in which the next place says that a place lies: its own or that of a province, with no more than words for the part of it
// between them.
func (p *page) liesIn(s *sentence, at, next spot) string {
	const reach = 5
	bracketed := next.start > 0 && s.tokens[next.start-1].Fold == "(" // a province in brackets only tells of a town
	if next.start-at.end > reach || next.start < at.end || next.relative && !bracketed || next.place.Country == "" {
		return ""
	}
	holds := next.kind == places.KindCountry || next.kind == places.KindProvince || next.kind == places.KindRegion
	parted := slices.ContainsFunc(s.tokens[at.end:next.start], func(t text.Token) bool { return !slices.Contains(between, t.Fold) })
	told := next.start > at.end || p.g.Forms != nil && next.match.Joined > 0
	if !holds || parted || !told {
		return ""
	}
	return next.place.Country
}

// between are the words that may stand between a place and what holds it.
var between = []string{
	"(", ",", "،", "dans", "le", "la", "l'", "les", "du", "de", "d'", "des", "au", "aux", "en", "nord", "sud", "est", "ouest", "centre", "nord-est", "nord-ouest", "sud-est",
	"sud-ouest", "province", "region", "etat", "في", "شمال", "جنوب", "شرق", "غرب", "شمالي", "جنوبي", "شرقي", "غربي", "وسط", "ولايه", "بولايه", "محافظه", "بمحافظه", "اقليم", "باقليم", "اقصي",
}

// officeCountry is the country whose official title or opening name, where they name no other: le ministre belge de la Justice.
func (p *page) officeCountry(main []*sentence) (string, []message.Evidence) {
	const reach = 2
	for _, s := range main {
		if s.depth > 0 {
			break
		}
		for _, h := range s.hits {
			if h.Class != classOffice && (h.Class != classTitle || h.Value != official) {
				continue
			}
			for i := h.End; i < min(h.End+reach, len(s.tokens)); i++ {
				if iso := p.countryAt(s, i); iso != "" {
					return iso, one(s.evidence("country", iso, "country/office", h.Start, i+1))
				}
			}
		}
	}
	return "", nil
}

// adjectives counts the countries by which title and opening tell whose people and things they speak of.
func (p *page) adjectives(main []*sentence) (most string) {
	told := map[string]int{}
	for _, s := range main {
		if s.depth > 0 {
			break
		}
		for i := range s.tokens {
			if iso := p.countryAt(s, i); iso != "" {
				if told[iso]++; most == "" || told[iso] > told[most] {
					most = iso
				}
			}
		}
	}
	return most
}
