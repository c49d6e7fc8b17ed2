package facts

import (
	"slices"
	"sort"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// addUnknown adds names outside of the table that stand where only a place does: after à or au large de where the report opens, before the
// province that holds them in brackets, behind "and" after entre.
func (p *page) addUnknown(s *sentence, found []spot) []spot {
	if p.g.At == nil || s.depth > 1 {
		return found
	}
	add := func(start, end int) {
		_, other := s.hitAt(min(start, len(s.tokens)-1), classNotPlace)
		if end <= start || other || s.named(start, end) || spotAt(found, start) >= 0 {
			return
		}
		name := s.surface(start, end)
		found = append(found, spot{
			start: start, end: end, kind: places.KindCity, certain: true,
			place: message.Place{Name: name, Kind: places.KindCity, Key: text.NameKey(name)},
		})
	}
	for _, h := range s.hits {
		switch {
		case h.Class == classLocative && p.g.At(s.tokens, h) && spotAt(found, h.End) < 0:
			start := p.pastArticle(s, h)
			add(start, p.g.Name(s.tokens, start))
		case h.Class == classLocal && localKind(h.Value) == places.KindRegion:
			add(p.nameBeforeBracket(s, h.Start))
		}
		if h.Class == classLocative && h.Value == "between" {
			add(p.nameBehindAnd(s, h.End, found))
		}
	}
	for _, at := range slices.Clip(found) {
		if (at.kind == places.KindProvince || at.kind == places.KindRegion) && at.end < len(s.tokens) && s.tokens[at.end].Fold == ")" {
			add(p.nameBeforeBracket(s, at.start))
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].start < found[j].start })
	return found
}

// pastArticle is the token after a phrase before places, past the article of a region: au large de la Calabre.
func (p *page) pastArticle(s *sentence, h Hit) int {
	article := h.End < len(s.tokens) && slices.Contains(p.g.Determiners, s.tokens[h.End].Fold) && s.tokens[h.End].Text == s.tokens[h.End].Fold
	if h.End-h.Start > 2 && article {
		return h.End + 1
	}
	return h.End
}

// nameBeforeBracket is the name before a bracket that opens right before token i: Boufekrane (préfecture de Meknès).
func (p *page) nameBeforeBracket(s *sentence, i int) (start, end int) {
	const longest = 4
	if i < 2 || s.tokens[i-1].Fold != "(" {
		return 0, 0
	}
	for start = max(0, i-1-longest); start < i-1; start++ {
		if p.g.Name(s.tokens, start) == i-1 {
			return start, i - 1
		}
	}
	return 0, 0
}

// nameBehindAnd is the second of two names after entre: entre Midelt et Er-Rich.
func (p *page) nameBehindAnd(s *sentence, i int, found []spot) (start, end int) {
	first := spotAt(found, i)
	if first < 0 {
		return 0, 0
	}
	and := found[first].end
	if and+1 >= len(s.tokens) || !slices.Contains(p.g.And, s.tokens[and].Fold) {
		return 0, 0
	}
	return and + 1, p.g.Name(s.tokens, and+1)
}

// settleTitle adds the name before the colon that opens the title where the text tells of it as a place: Boufekrane : un projet d'attentat déjoué.
func (p *page) settleTitle() {
	for _, s := range p.sentences {
		if s.depth >= 0 {
			return
		}
		end := p.g.Name(s.tokens, 0)
		if p.g.At == nil || end == 0 || end >= len(s.tokens) || s.tokens[end].Fold != ":" || spotAt(s.spots, 0) >= 0 || s.named(0, end) {
			continue
		}
		if known, ok := p.unlisted(text.Fold(s.surface(0, end))); ok {
			known.start, known.end, known.local, known.relative, known.near, known.toward = 0, end, false, false, false, false
			s.spots = append([]spot{known}, s.spots...)
		}
	}
}

// unlisted is the place outside of the table that the text names so.
func (p *page) unlisted(name string) (spot, bool) {
	for _, s := range p.sentences {
		for _, at := range s.spots {
			if at.place.ID == "" && s.depth >= 0 && text.Fold(at.place.Name) == name {
				return at, true
			}
		}
	}
	return spot{}, false
}
