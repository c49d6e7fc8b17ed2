package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// maxGoods and maxPersons bound what one happening names.
const (
	maxGoods   = 16
	maxPersons = 16
	goodsReach = 7 // tokens from an amount to what it measures
)

// goodsOf gathers what was seized in a country: the things that can be, which a sentence with a word for seizing names, with amount and unit
// where one stands beside, and sums of money.
func (p *page) goodsOf(main []*sentence, country string) ([]message.Goods, []message.Evidence) {
	var l loot
	for _, s := range main {
		if !s.has(classSeize) {
			continue
		}
		past := 0
		for _, hit := range p.g.Concepts.Find(s.tokens, p.g.Tag) {
			if c, ok := p.g.Concepts.ByID(hit.ID); !ok || !c.Seizable || s.holds(hit.Start) {
				continue
			}
			amount, unit := p.amountOf(s, hit.Start, past)
			past = hit.End
			l.add(s, message.Goods{Concept: hit.ID, Amount: amount, Unit: unit}, hit.Start, hit.End)
		}
		p.moneyOf(s, country, &l)
	}
	return l.goods, l.evidence
}

// loot is what was seized so far, each thing once.
type loot struct {
	goods    []message.Goods
	evidence []message.Evidence
}

func (l *loot) add(s *sentence, g message.Goods, start, end int) {
	for i := range l.goods {
		known := &l.goods[i]
		switch {
		case known.Concept != g.Concept:
		case known.Amount == 0:
			known.Amount, known.Unit = g.Amount, g.Unit
			return
		case g.Amount == 0 || g.Concept != moneyConcept || known.Unit == g.Unit:
			return
		}
	}
	if len(l.goods) == maxGoods {
		return
	}
	l.goods = append(l.goods, g)
	if e, ok := s.evidence("seized", g.Concept, "seized", start, end); ok {
		l.evidence = append(l.evidence, e)
	}
}

// holds reports whether what stands at token i only held what was seized: dans une voiture, على متن شاحنة.
func (s *sentence) holds(i int) bool {
	const near = 2 // dans le coffre, dans une voiture
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classInside && h.End <= i && i-h.End < near })
}

// measure is an amount with its unit.
type measure struct {
	value float64
	unit  string
	end   int
}

// kilos are the units of weight in kilograms.
var kilos = map[string]float64{"t": 1000, "q": 100, "kg": 1, "g": 0.001}

// amountOf is the number that ends a few tokens before i and after what was named before, with the unit between them: the nearest, and what two
// units of weight make together, 6 quintaux et 12 kg.
func (p *page) amountOf(s *sentence, i, past int) (float64, string) {
	var best measure
	for from := max(past, i-goodsReach); from < i; {
		next, ok := p.measureAt(s, from, i)
		if !ok {
			from++
			continue
		}
		from = next.end
		if _, money := currencies[next.unit]; money {
			continue
		}
		best = best.with(next, from)
	}
	if best.value > 0 {
		return best.value, best.unit
	}
	if n, two := p.g.pair(s, i); two {
		return n, "piece"
	}
	return 0, ""
}

// measureAt is the amount told at token from of what stands at token i.
func (p *page) measureAt(s *sentence, from, i int) (measure, bool) {
	n, ok := p.g.Number(s.tokens, from)
	if !ok {
		return p.g.loneUnit(s, from)
	}
	if n.End > i || n.Plural || s.inDate(from) || s.inAge(from) || s.countsPeople(from) {
		return measure{}, false
	}
	return measure{n.Value, s.unitBetween(n.End, i), max(n.End, p.g.pastUnit(s, n.End))}, true
}

// loneUnit is the measure of an Arabic unit of weight or volume without a number: one in the singular, two in the dual, طن و740 كيلوغراما, قنطارين.
func (g *Grammar) loneUnit(s *sentence, i int) (measure, bool) {
	h, ok := s.hitAt(i, classThing)
	if g.Dual == nil || !ok || kilos[h.Value] == 0 && h.Value != "l" || i > 0 && s.tokens[i-1].Fold == "نصف" {
		return measure{}, false
	}
	for _, form := range s.forms[i] {
		singular, dual := g.Dual(form)
		if dual && slices.ContainsFunc(g.Lexicon.Lookup(singular), func(e Entry) bool { return e.Value == h.Value }) {
			return measure{2, h.Value, i + 1}, true
		}
	}
	fold := s.tokens[i].Fold
	if strings.HasSuffix(fold, "طنين") || strings.HasSuffix(fold, "طنان") { // too short for a dual that can be told from its letters
		return measure{2, h.Value, i + 1}, !strings.HasSuffix(fold, "اطنان")
	}
	return measure{1, h.Value, i + 1}, !strings.HasSuffix(fold, "ات") && !strings.Contains(fold, "اطنان") && !strings.HasSuffix(fold, "قناطير")
}

// pastUnit is the token after the Arabic unit at token i, which belongs to the number before it; i where there is none.
func (g *Grammar) pastUnit(s *sentence, i int) int {
	if h, ok := s.hitAt(i, classThing); g.Dual != nil && ok && h.Value != "" && h.Value != "drug" {
		return h.End
	}
	return i
}

// with is the next measure, and the one before it where both are weights.
func (m measure) with(next measure, at int) measure {
	const between = 4 // 6 quintaux et 12: from the end of one number to the end of the other
	one, other := kilos[m.unit], kilos[next.unit]
	if one > other && other > 0 && at-m.end <= between {
		return measure{m.value*one + next.value*other, "kg", next.end}
	}
	return next
}

// countsPeople reports whether the number at token i counts people.
func (s *sentence) countsPeople(i int) bool {
	return slices.ContainsFunc(s.counts, func(q quantity) bool { return q.person && q.start <= i && i < q.end })
}

// unitBetween is the unit of measure among tokens, piece where there is none.
func (s *sentence) unitBetween(from, to int) string {
	for j := from; j < min(from+unitReach, to); j++ {
		if h, ok := s.hitAt(j, classThing); ok && h.Value != "" && h.Value != "drug" {
			return h.Value
		}
	}
	return "piece"
}

// pair is 2 for a thing in a dual that nothing else looks like: سيارتين, بندقيتان.
func (g *Grammar) pair(s *sentence, i int) (float64, bool) {
	if g.Dual == nil {
		return 0, false
	}
	stem, ok := g.Dual(s.tokens[i].Fold)
	return 2, ok && strings.HasSuffix(stem, "ه")
}
