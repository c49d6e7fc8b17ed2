package facts

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"

	"rawi/pipeline/message"
	"rawi/stages/tsv"
)

// moneyConcept is the concept of what currencies count.
const moneyConcept = "obj:money"

// anywhere stands in the table for the countries that it does not name.
const anywhere = "-"

// currency is what a unit of money is.
type currency struct {
	code string
	of   float64 // how many of the unit make one
}

//go:embed data/currencies.tsv
var currencyTable string

// currencies are the units of money by unit and country. They are read once and never written again.
var currencies = parseCurrencies(currencyTable)

func parseCurrencies(table string) map[string]map[string]currency {
	units := map[string]map[string]currency{}
	for line, cells := range tsv.Rows(table, 4) {
		of, err := strconv.ParseFloat(cells[3], 64)
		if err != nil || of <= 0 || len(cells[2]) != 3 {
			panic(fmt.Sprintf("embedded table of currencies: line %d: %q", line, cells)) // a fault of the build, caught by every test of this package
		}
		if units[cells[0]] == nil {
			units[cells[0]] = map[string]currency{}
		}
		units[cells[0]][cells[1]] = currency{cells[2], of}
	}
	return units
}

// Limits of what tells of money.
const (
	unitReach  = 2 // tokens between a number and its currency: 3 millions de dinars
	worthReach = 7 // tokens between a word for a value and the sum
)

// moneyOf adds the sums of money that a sentence names, but not what other things are worth: une somme de 30 000 dinars, مبلغ 30 ألف دينار.
func (p *page) moneyOf(s *sentence, country string, l *loot) {
	for i := 0; i < len(s.tokens); {
		n, ok := p.g.Number(s.tokens, i)
		if !ok || n.End <= i {
			i++
			continue
		}
		if unit, end, ok := s.currencyAt(n.End); ok && n.Value > 0 && !n.Plural && !s.worth(i) {
			c, named := currencies[unit][country]
			if !named {
				c = currencies[unit][anywhere]
			}
			l.add(s, message.Goods{Concept: moneyConcept, Amount: n.Value / c.of, Unit: c.code}, i, end)
		}
		i = n.End
	}
}

// currencyAt is the unit of money within a few words from token i.
func (s *sentence) currencyAt(i int) (unit string, end int, ok bool) {
	for j := i; j < min(i+unitReach, len(s.tokens)); j++ {
		if h, ok := s.hitAt(j, classThing); ok && h.Value != "" {
			_, money := currencies[h.Value]
			return h.Value, h.End, money
		}
	}
	return "", i, false
}

// worth reports whether the sum at token i is what something is worth or costs: d'une valeur de deux millions de dinars.
func (s *sentence) worth(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classWorth && h.End <= i && i-h.End <= worthReach && !s.stopBetween(h.End, i)
	})
}
