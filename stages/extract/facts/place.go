package facts

import (
	"slices"
	"sort"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// candidate is a place with what speaks for it.
type candidate struct {
	spot
	s     *sentence
	score int
}

// localThreshold is the least score of a quarter or village told of as such: reports name the spot only once.
const localThreshold = 2

// maxPlaces bounds the places of one happening.
const maxPlaces = 16

// placesOf picks the places of the happening, main place first.
func (p *page) placesOf(main []*sentence) ([]message.Place, []message.Evidence) {
	found := p.candidates(main)
	best := highest(found)
	if best <= 1 {
		found = append(found, p.ofPeople(main, found)...)
		best = highest(found)
	}
	surroundingsBehind(found, main)
	found = p.withoutAbroad(found, main)
	found = p.withoutDesk(found, main)
	found = p.withoutContainers(found, best)
	found = p.withoutNeighbours(found, best)
	sort.SliceStable(found, func(i, j int) bool { return found[i].score > found[j].score })
	p.townsFirst(found, threshold(best))
	var out []message.Place
	var evidence []message.Evidence
	named := map[string]bool{}
	town := slices.ContainsFunc(found, func(c candidate) bool { return c.score >= threshold(best) && c.isTown() })
	for _, c := range found {
		if len(out) == maxPlaces {
			break
		}
		around := !town && c.isTown() && c.score >= localThreshold // the town of a quarter
		if c.score < threshold(best) && !around && (!c.local || c.kind != places.KindQuarter || c.score < localThreshold) {
			continue
		}
		town = town || around
		fold := text.Fold(c.place.Name)
		if named[fold] {
			continue // a town and its province
		}
		named[fold] = true
		out = append(out, c.place)
		if e, ok := c.s.evidence("places", c.place.Name, "place", c.start, c.end); ok {
			evidence = append(evidence, e)
		}
	}
	if len(out) == 1 && found[0].area != "" {
		out[0].Name = found[0].area
	}
	return out, evidence
}

// surroundingsBehind puts the region that is named after a town behind it, where the report tells of no more than its surroundings: aux environs de
// Bankilaré, dans la région de Tillabéri.
func surroundingsBehind(found []candidate, main []*sentence) {
	const reach = 6
	at := func(x spot) int { return slices.IndexFunc(found, func(c candidate) bool { return c.key() == x.key() }) }
	for _, s := range main {
		for i := 1; i < len(s.spots); i++ {
			town, region := s.spots[i-1], s.spots[i]
			if region.area == "" || town.area != "" || town.relative || region.start-town.end > reach {
				continue
			}
			inner, outer := at(town), at(region)
			if inner >= 0 && outer >= 0 && inner != outer && found[outer].area != "" && found[inner].isTown() {
				found[inner].score = max(found[inner].score, found[outer].score)
				found[outer].score = min(found[outer].score, found[inner].score-1)
				found[outer].area = ""
			}
		}
	}
}

func highest(found []candidate) int {
	best := 0
	for _, c := range found {
		best = max(best, c.score)
	}
	return best
}

// ofPeople are the towns of which the report tells no more than that its people are theirs, where it opens: les captifs de Koufra racontent.
func (p *page) ofPeople(main []*sentence, found []candidate) []candidate {
	var more []candidate
	for _, s := range main {
		for _, at := range s.spots {
			seen := func(c candidate) bool { return c.key() == at.key() }
			if s.depth > 0 || !at.relative || !at.certain || at.kind != places.KindCity || !p.belongsToPeople(s, at) {
				continue
			}
			if !slices.ContainsFunc(found, seen) && !slices.ContainsFunc(more, seen) {
				more = append(more, candidate{spot: at, s: s, score: localThreshold})
			}
		}
	}
	return more
}

// deskDistance is how far, in kilometres, the town that a report comes from lies from where it happened.
const deskDistance = 60

// withoutDesk drops the town that only opens the title, before a colon, where the opening tells of another one far from it:
// باريس: توقيف رجل هدد بتفجير محطة ليل.
func (p *page) withoutDesk(found []candidate, main []*sentence) []candidate {
	if len(found) < 2 || found[0].s.depth >= 0 || found[0].start != 0 || found[0].end >= len(found[0].s.tokens) || found[0].s.tokens[found[0].end].Fold != ":" {
		return found
	}
	desk := found[0]
	for _, s := range main {
		if s.depth == 0 && slices.ContainsFunc(s.spots, func(at spot) bool { return at.place.Name == desk.place.Name }) {
			return found
		}
	}
	elsewhere := slices.ContainsFunc(found[1:], func(c candidate) bool {
		km, ok := p.g.Places.Distance(desk.place.ID, c.place.ID)
		return ok && km > deskDistance && c.s.depth <= 0 && c.isTown() && !c.toward && !p.sameProvince(desk, c)
	})
	if !elsewhere {
		return found
	}
	return found[1:]
}

// sameProvince reports whether two places lie in one province or region.
func (p *page) sameProvince(a, b candidate) bool {
	for _, climb := range []func(string) (*places.Place, bool){p.g.Places.Province, p.g.Places.Region} {
		of, ok := climb(a.place.ID)
		other, known := climb(b.place.ID)
		if ok && known && of.ID == other.ID {
			return true
		}
	}
	return false
}

func (c candidate) isTown() bool { return c.kind == places.KindCity || c.kind == places.KindProvince }

// townsFirst puts the provinces behind the towns in them: what happened is told by its towns.
func (p *page) townsFirst(found []candidate, least int) {
	holds := func(c candidate) bool {
		return c.kind == places.KindProvince && slices.ContainsFunc(found, func(o candidate) bool {
			return o.score >= least && o.place.ID != c.place.ID && (o.place.ID != "" && p.g.Places.Within(o.place.ID, c.place.ID) || o.within != "" && p.g.Places.Within(o.within, c.place.ID))
		})
	}
	behind := make(map[string]bool, len(found))
	for _, c := range found {
		behind[c.key()] = holds(c)
	}
	sort.SliceStable(found, func(i, j int) bool { return !behind[found[i].key()] && behind[found[j].key()] })
}

// threshold is the least score of a place beside a best one: places that no more than a passing mention speaks for stay out.
func threshold(best int) int {
	if best >= 8 {
		return 4
	}
	if best >= 4 {
		return 3
	}
	return 1
}

// candidates gathers the places of the sentences, one for each place, with the score of its mentions.
func (p *page) candidates(main []*sentence) []candidate {
	sure := p.sureCountries()
	var found []candidate
	index := map[string]int{}
	for _, s := range main {
		act := s.has(acts...) || s.has(classOperation)
		for _, spot := range s.spots {
			if spot.relative || spot.kind == places.KindCountry || !spot.certain && !sure[spot.place.Country] {
				continue
			}
			score := mentionScore(s, spot, act)
			if spot.near && p.ofProvince(s, spot) {
				score += 2 // قرب برج عمر إدريس بولاية إليزي: no other town is meant
			}
			i, seen := index[spot.key()]
			if !seen {
				index[spot.key()] = len(found)
				found = append(found, candidate{spot: spot, s: s, score: score})
				continue
			}
			found[i].score = max(found[i].score, score)
			if s.depth <= 1 {
				found[i].score++
			}
			found[i].near = found[i].near && spot.near
			if s.tokens[spot.start].Script == found[i].s.tokens[found[i].start].Script && p.fuller(spot.place.Name, found[i].place.Name) {
				found[i].place.Name = spot.place.Name
			}
		}
	}
	return found
}

// fuller reports whether a name of a place says more than another of it, rather than only its kind before it: îles Kerkennah.
func (p *page) fuller(name, than string) bool {
	return len(name) > len(than) && (p.g.Forms != nil || !strings.HasSuffix(name, " "+than))
}

// ofProvince reports whether the province in which a place lies is named right after it.
func (p *page) ofProvince(s *sentence, at spot) bool {
	const reach = 2
	return slices.ContainsFunc(s.spots, func(o spot) bool {
		return o.start >= at.end && o.start-at.end <= reach && at.place.ID != "" && o.place.ID != "" && p.g.Places.Within(at.place.ID, o.place.ID)
	})
}

// mentionScore is what one mention says for a place.
func mentionScore(s *sentence, at spot, act bool) int {
	score := 0
	switch {
	case s.depth < 0:
		score = 6
	case s.depth <= 1 && s.first || s.depth == 0:
		score = 3
	case s.depth <= 2:
		score = 1
	}
	if act {
		score += 2
	}
	if at.local {
		score += 2
	}
	if s.has(classProcedure) && !act {
		score -= 2
	}
	if at.near || at.toward {
		score -= 2
	}
	if at.apart || at.seat {
		score -= 3
	}
	return score
}

// sureCountries are the countries of the places that are certain, and the outlet's own.
func (p *page) sureCountries() map[string]bool {
	sure := map[string]bool{p.doc.Outlet.Country: true}
	for _, s := range p.sentences {
		for _, spot := range s.spots {
			if spot.certain && spot.place.Country != "" {
				sure[spot.place.Country] = true
			}
		}
		for _, h := range s.hits {
			if _, of := agencyName(h.Value, ""); h.Class == classAgency && of != "" {
				sure[of] = true
			}
		}
	}
	return sure
}

// leastTown is the least score of a town that a region named beside it must give way to.
const leastTown = 3

// withoutContainers drops regions where a town is named: the happening is told by its town.
func (p *page) withoutContainers(found []candidate, best int) []candidate {
	towns := 0
	for _, c := range found {
		if c.kind != places.KindRegion {
			towns = max(towns, c.score)
		}
	}
	town := towns >= min(threshold(best), leastTown)
	kept := found[:0]
	for _, c := range found {
		if town && c.kind == places.KindRegion {
			continue
		}
		kept = append(kept, c)
	}
	return kept
}

// neighbours is how far, in kilometres, the town that a place is told to be near may lie from it.
const neighbours = 25

// withoutNeighbours drops the towns that the happening was only near, where one beside them is told to be its place: près d'Agadir, à Inezgane.
func (p *page) withoutNeighbours(found []candidate, best int) []candidate {
	beside := func(c candidate) bool {
		return slices.ContainsFunc(found, func(o candidate) bool {
			return !o.near && o.score >= threshold(best) && o.place.ID != c.place.ID && p.g.Places.Near(c.place.ID, o.place.ID, neighbours)
		})
	}
	kept := make([]candidate, 0, len(found))
	for _, c := range found {
		if !c.near || c.local || !beside(c) {
			kept = append(kept, c)
		}
	}
	return kept
}

// countryOf is the country of the happening: its main place's, else the one named most, else the outlet's.
func (p *page) countryOf(found []message.Place, main []*sentence) (string, []message.Evidence) {
	for _, place := range found {
		if place.Country != "" {
			return place.Country, nil
		}
	}
	if iso, e := p.titleLand(); iso != "" {
		return iso, e
	}
	for _, s := range main {
		if s.depth > 1 {
			break
		}
		for _, h := range s.hits {
			if iso, end := p.serviceCountry(s, h); h.Class == classService && iso != "" && !s.has(classCoop) {
				return iso, one(s.evidence("country", iso, "country/service", h.Start, end))
			}
		}
		for _, spot := range s.spots {
			if spot.kind == places.KindCountry && !spot.relative && !s.has(classCoop) {
				return spot.place.Country, one(s.evidence("country", spot.place.Country, "country/named", spot.start, spot.end))
			}
		}
	}
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class != classAgency {
				continue
			}
			if _, of := agencyName(h.Value, ""); of != "" {
				return of, one(s.evidence("country", of, "country/agency", h.Start, h.End))
			}
		}
	}
	if iso, e := p.officeCountry(main); iso != "" {
		return iso, e
	}
	return p.countryAround(main), nil
}

// countryAround is the country of the dateline, else of most places named where the report opens, whatever they tell of, else the outlet's.
func (p *page) countryAround(main []*sentence) string {
	if p.wire != nil && p.wire.Country != "" {
		return p.wire.Country
	}
	if p.doc.Outlet.Country != "" {
		return p.doc.Outlet.Country
	}
	named := map[string]int{}
	most := ""
	for _, s := range main {
		for _, spot := range s.spots {
			if iso := spot.place.Country; s.depth <= 1 && iso != "" {
				if named[iso]++; most == "" || named[iso] > named[most] {
					most = iso
				}
			}
		}
	}
	if most == "" {
		return p.adjectives(main)
	}
	return most
}

// one is a list of the evidence, empty where there is none.
func one(e message.Evidence, ok bool) []message.Evidence {
	if !ok {
		return nil
	}
	return []message.Evidence{e}
}
