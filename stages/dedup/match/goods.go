package match

import (
	"math"

	"rawi/pipeline/message"
)

// tolerance is how far two amounts may lie apart and still be one amount that an outlet rounded.
const tolerance = 0.08

// compareGoods weighs what was seized: one amount of one thing is nearly a fingerprint.
func (c *comparison) compareGoods() {
	var same, amount, apart *[2]message.Goods
	for _, x := range c.a.Facts.Seized {
		for _, y := range c.b.Facts.Seized {
			if x.Concept != y.Concept {
				continue
			}
			same = &[2]message.Goods{x, y}
			if x.Unit != y.Unit || x.Amount == 0 || y.Amount == 0 {
				continue
			}
			if alike(x, y) {
				amount = same
			} else if heavy(x) && heavy(y) {
				apart = same
			}
		}
	}
	switch {
	case amount != nil:
		c.note("goods.same", 1, pair, amount[0], amount[1])
		c.note("goods.amount", 1, pair, amount[0], amount[1])
	case apart != nil:
		c.note("goods.apart", 1, pair, apart[0], apart[1])
	case same != nil:
		c.note("goods.same", 1, pair, same[0], same[1])
	}
}

// heavy tells whether an amount is one that outlets report as such, not "two telephones".
func heavy(g message.Goods) bool { return g.Amount > 3 }

func alike(x, y message.Goods) bool {
	return math.Abs(x.Amount-y.Amount) <= tolerance*math.Max(x.Amount, y.Amount)
}
