package facts

import (
	"slices"
	"sort"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// longestList bounds the names after one word for several places.
const longestList = 6

// addListed adds the names that follow the first one after a word for several places: quartiers Saknia et Ouled Oujih, حيي السلام والرحمة.
func (p *page) addListed(s *sentence, found []spot) []spot {
	for _, h := range s.hits {
		if h.Class != classLocal || h.Value != "many" && h.Value != "two" || s.alive(h) {
			continue
		}
		i := spotAt(found, p.skipLink(s, h.End))
		if i < 0 {
			continue
		}
		if found[i].place.ID == "" {
			found[i].kind, found[i].place.Kind = places.KindQuarter, places.KindQuarter
		}
		most := longestList
		if h.Value == "two" {
			most = 2
		}
		found = p.addNext(s, found, found[i].end, most-1)
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].start < found[j].start })
	return found
}

// addNext adds at most so many names joined to what ends before token i.
func (p *page) addNext(s *sentence, found []spot, i, most int) []spot {
	for ; most > 0 && i < len(s.tokens); most-- {
		start, joined := p.afterJoint(s, i)
		if start == i && !joined {
			break
		}
		if known := spotAt(found, start); known >= 0 {
			found[known].local, found[known].named = true, true
			i = found[known].end
			continue
		}
		end := p.nameAt(s, start, joined)
		if end <= start || s.named(start, end) || joined && most > 1 && !p.sureName(s, start, end) {
			break
		}
		name := s.surface(start, end)
		if joined {
			name = strings.TrimPrefix(name, p.g.AndPrefix)
		}
		found = append(found, spot{
			start: start, end: end, kind: places.KindQuarter, certain: true, local: true,
			place: message.Place{Name: name, Kind: places.KindQuarter, Key: text.NameKey(name)},
		})
		i = end
	}
	return found
}

// afterJoint is where the name after a comma or "and" begins; joined tells that "and" is written onto it.
func (p *page) afterJoint(s *sentence, i int) (start int, joined bool) {
	fold := s.tokens[i].Fold
	switch {
	case slices.Contains(p.g.And, fold), fold == ",", fold == "،":
		return p.skipLink(s, i+1), false
	case p.g.AndPrefix != "" && strings.HasPrefix(fold, p.g.AndPrefix):
		return i, true
	}
	return i, false
}

// nameAt is where the name that begins at token i ends, without the "and" that may be joined to it.
func (p *page) nameAt(s *sentence, i int, joined bool) int {
	if i >= len(s.tokens) {
		return i
	}
	if !joined {
		return p.g.Name(s.tokens, i)
	}
	if _, word := s.hitAt(i, Happenings()...); word {
		return i
	}
	bare := slices.Clone(s.tokens[i:min(i+2, len(s.tokens))])
	bare[0].Fold = strings.TrimPrefix(bare[0].Fold, p.g.AndPrefix)
	if p.g.Stop[bare[0].Fold] {
		return i
	}
	return i + p.g.Name(bare, 0)
}

// sureName reports whether a name without capitals shows that it is one: by its article, or by a first word that asks for another.
func (p *page) sureName(s *sentence, start, end int) bool {
	return end-start > 1 || strings.HasPrefix(s.tokens[start].Fold, p.g.AndPrefix+"ال")
}
