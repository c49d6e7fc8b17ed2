package facts

import "slices"

// Limits of what stands between people and the word that tells what befell them, in tokens.
const (
	insetOpens  = 6 // from the people to the comma that opens what describes them
	insetCloses = 5 // from the comma that closes it to the word
)

// inset is what only describes the people counted before it, from its comma to the one before the auxiliary: cinq hommes, dont deux mineurs, ont été
// arrêtés. Where there is none, both ends are to.
func (p *page) inset(s *sentence, from, to int) (start, end int) {
	opens, closes := -1, -1
	for i := from; i < to; i++ {
		switch {
		case s.tokens[i].Fold == "," && opens < 0:
			opens = i
		case s.tokens[i].Fold == ",":
			closes = i
		case opens < 0 && (i-from >= insetOpens || slices.Contains(p.g.Auxiliaries, s.tokens[i].Fold)):
			return to, to
		}
	}
	if closes < 0 || to-closes > insetCloses || !slices.Contains(p.g.Auxiliaries, s.tokens[closes+1].Fold) {
		return to, to
	}
	return opens, closes
}

// arrestAfter is the arrest told of people after something else that befell them: un homme sorti indemne de sa cabine a été placé en garde à vue.
func (p *page) arrestAfter(s *sentence, fate Hit) (Hit, bool) {
	for _, h := range s.hits {
		if h.Start < fate.End {
			continue
		}
		switch {
		case h.Class == classArrest && h.Value == "p":
			return h, !p.g.Active(s.tokens, h)
		case h.Class == classOne, h.Class == classMany, h.Class == classClause, h.Class == classOther, isRole(h.Class):
			return h, false
		}
	}
	return Hit{}, false
}

// companion makes one person of an unknown noun in the singular that is told of in one breath with a person, where a participle in the plural says
// what befell both: le capitaine et un convoyeur ont été arrêtés. It is nobody where the words do not stand so.
func (p *page) companion(s *sentence, i int, before []quantity) (q quantity, ok bool) {
	if len(before) == 0 || p.g.Auxiliaries == nil || i+2 >= len(s.tokens) || !p.determined(s, i) {
		return q, false
	}
	last := before[len(before)-1]
	link, linked := p.g.linkBefore(s, i)
	beside := s.accompanied(i, p.g) || linked && link >= last.end && link-last.end <= joinApart && !s.parts(last.end, link)
	if !last.person || last.agent || last.start >= i || !beside {
		return q, false
	}
	if !p.unknownNoun(s, i) || !p.sufferTogether(s, i) {
		return q, false
	}
	return quantity{start: i, end: i + 1, n: 1, single: true, person: true, head: s.tokens[i].Fold}, true
}

// unknownNoun reports whether no table knows the word at token i, and it is no name.
func (p *page) unknownNoun(s *sentence, i int) bool {
	t := s.tokens[i]
	known := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Start <= i && i < h.End })
	return !known && len(t.Fold) > 3 && !p.g.Stop[t.Fold] && p.g.Name(s.tokens, i) == i && spotAt(s.spots, i) < 0
}

// sufferTogether reports whether a participle in the plural follows soon after token i: ainsi que l'accompagnateur du car ont été arrêtés.
func (p *page) sufferTogether(s *sentence, i int) bool {
	const near = 7
	for _, h := range s.hits {
		if h.Start > i && h.Start-i <= near && isRole(h.Class) {
			last := s.tokens[h.End-1].Fold
			return h.Value == "p" && last[len(last)-1] == 's' && !s.stopBetween(i, h.Start)
		}
	}
	return false
}
