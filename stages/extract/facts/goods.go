package facts

import (
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

// maxGoods and maxPersons bound what one happening names.
const (
	maxGoods   = 16
	maxPersons = 16
	goodsReach = 5 // tokens from an amount to what it measures
)

// goodsOf gathers what was seized: the things that a sentence with a word for seizing names, with amount and unit where one stands before.
func (p *page) goodsOf(main []*sentence) ([]message.Goods, []message.Evidence) {
	var goods []message.Goods
	var evidence []message.Evidence
	seen := map[string]int{}
	for _, s := range main {
		if !s.has(classSeize) {
			continue
		}
		for _, hit := range p.g.Concepts.Find(s.tokens, p.g.Tag) {
			if !strings.HasPrefix(hit.ID, "obj:") || len(goods) == maxGoods {
				continue
			}
			amount, unit := p.amountBefore(s, hit.Start)
			if i, ok := seen[hit.ID]; ok {
				if goods[i].Amount == 0 {
					goods[i].Amount, goods[i].Unit = amount, unit
				}
				continue
			}
			seen[hit.ID] = len(goods)
			goods = append(goods, message.Goods{Concept: hit.ID, Amount: amount, Unit: unit})
			if e, ok := s.evidence("seized", hit.ID, "seized", hit.Start, hit.End); ok {
				evidence = append(evidence, e)
			}
		}
	}
	return goods, evidence
}

// amountBefore is the number that ends a few tokens before i, with the unit between them.
func (p *page) amountBefore(s *sentence, i int) (float64, string) {
	for from := max(0, i-goodsReach); from < i; from++ {
		n, ok := p.g.Number(s.tokens, from)
		if !ok || n.End > i || s.inDate(from) {
			continue
		}
		for j := n.End; j < i; j++ {
			if h, ok := s.hitAt(j, classThing); ok && h.Value != "" && h.Value != "drug" {
				return n.Value, h.Value
			}
		}
		return n.Value, "piece"
	}
	return 0, ""
}

// personsOf gathers the people named: names that follow a title or an office.
func (p *page) personsOf(main []*sentence) ([]message.Person, []message.Evidence) {
	var persons []message.Person
	var evidence []message.Evidence
	seen := map[string]bool{}
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class != classTitle || len(persons) == maxPersons {
				continue
			}
			start, end := p.personAfter(s, h)
			name := s.surface(start, end)
			key := text.NameKey(name)
			if key == "" || seen[key] || spotAt(s.spots, start) >= 0 {
				continue
			}
			seen[key] = true
			persons = append(persons, message.Person{Name: name, Key: key, Role: h.Value})
			if e, ok := s.evidence("persons", name, "person/title", start, end); ok {
				evidence = append(evidence, e)
			}
		}
	}
	return persons, evidence
}

// personAfter is the name after a title: past whose office it is, and two words long where the language does not show where it ends.
func (p *page) personAfter(s *sentence, h Hit) (start, end int) {
	start = h.End
	for start < len(s.tokens) && p.countryAt(s, start) != "" {
		start++ // الرئيس الأمريكي باراك أوباما
	}
	end = p.g.Name(s.tokens, start)
	if p.g.Forms != nil && end == start+1 && end < len(s.tokens) && s.tokens[end].Script == text.Arabic && !p.g.Stop[s.tokens[end].Fold] {
		end++
	}
	return start, end
}
