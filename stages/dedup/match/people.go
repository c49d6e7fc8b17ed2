package match

import (
	"fmt"
	"slices"
	"strconv"

	"rawi/pipeline/message"
)

// comparePeople weighs numbers of people, their ages and their names.
func (c *comparison) comparePeople() {
	a, b := &c.a.Facts, &c.b.Facts
	c.compareCount("arrested", a.Arrested, b.Arrested, false)
	c.compareCount("rescued", a.Rescued, b.Rescued, false)
	c.compareCount("killed", a.Killed, b.Killed, true)
	c.compareCount("wounded", a.Wounded, b.Wounded, true)
	c.compareAges(a, b)
	c.comparePersons(a.Persons, b.Persons)
}

// compareCount weighs two counts of one role; b is the later report's. A toll rises, and both outlets are right.
func (c *comparison) compareCount(fact string, a, b *message.Count, toll bool) {
	if a == nil || b == nil {
		return
	}
	lowA, highA := bounds(a)
	lowB, highB := bounds(b)
	switch {
	case a.N == b.N:
		c.note("count.same", telling(a.N), "%s %s and %s", fact, count{a}, count{b})
	case lowA <= highB && lowB <= highA:
		c.note("count.near", 1, "%s %s and %s", fact, count{a}, count{b})
	case splits(a, b.N) || splits(b, a.N):
		c.note("count.near", 1, "%s %s and a part of it, %s", fact, count{a}, count{b})
	case toll && b.N > a.N:
		c.note("count.risen", ratio(a.N, b.N), "%s %s and %s", fact, count{a}, count{b})
	default:
		c.note("count.apart", ratio(a.N, b.N), "%s %s and %s", fact, count{a}, count{b})
	}
}

// count is a count for the reader.
type count struct{ *message.Count }

func (n count) String() string {
	switch {
	case n.Max > n.N:
		return fmt.Sprintf("%d-%d", n.N, n.Max)
	case n.Approx:
		return fmt.Sprintf("about %d", n.N)
	}
	return fmt.Sprint(n.N)
}

func bounds(n *message.Count) (low, high int) {
	low, high = n.N, max(n.N, n.Max)
	if n.Approx {
		low, high = low-low/5, high+high/3+1
	}
	return low, high
}

// telling is how much it says that two counts are equal: nearly nothing for one, much for a dozen.
func telling(n int) float64 {
	switch {
	case n <= 1:
		return 0.15
	case n == 2:
		return 0.4
	case n <= 5:
		return 0.6
	case n <= 9:
		return 0.8
	}
	return 1
}

func splits(n *message.Count, part int) bool {
	for _, s := range n.Split {
		if s.N == part {
			return true
		}
	}
	return false
}

// ratio is 0 for equal counts and grows to 2 where one is many times the other.
func ratio(a, b int) float64 {
	low, high := float64(max(min(a, b), 1)), float64(max(a, b, 1))
	return min(2, (high-low)/(high+low)*2.5)
}

// years shows an age, or the youngest and the oldest, in a reason.
type years message.Range

func (y years) String() string {
	if y.Min == y.Max {
		return strconv.Itoa(y.Min)
	}
	return strconv.Itoa(y.Min) + " to " + strconv.Itoa(y.Max)
}

// compareAges weighs ages. Two men arrested alone whose ages differ are two men.
func (c *comparison) compareAges(a, b *message.Facts) {
	if a.Ages == nil || b.Ages == nil {
		return
	}
	x, y := *a.Ages, *b.Ages
	singleX, singleY := x.Min == x.Max, y.Min == y.Max
	apart := max(0, x.Min-y.Max, y.Min-x.Max)
	switch {
	case x == y && !singleX:
		c.note("age.range", 1, "%v and %v years", years(x), years(y))
	case singleX && singleY && apart <= 1:
		c.note("age.same", 1-0.5*float64(apart), "%v and %v years", years(x), years(y))
	case singleX && singleY && alone(a.Arrested) && alone(b.Arrested):
		c.veto("age", "%v and %v years", years(x), years(y))
	case apart > 1:
		c.note("age.apart", 1, "%v and %v years", years(x), years(y))
	}
}

// alone tells whether a report counts exactly one arrest.
func alone(n *message.Count) bool { return n != nil && n.N == 1 && n.Max <= 1 && !n.Approx }

// comparePersons weighs names of people. Officials are named in every report on their service.
func (c *comparison) comparePersons(a, b []message.Person) {
	for _, p := range a {
		for _, q := range b {
			if p.Key == "" || p.Key != q.Key {
				continue
			}
			if p.Role == "official" || q.Role == "official" {
				c.note("person.official", 1, "%s", p.Name)
			} else {
				c.note("person.same", 1, "%s", p.Name)
			}
			return
		}
	}
}

// compareServices weighs agencies, foreign partners and the group concerned.
func (c *comparison) compareServices() {
	a, b := &c.a.Facts, &c.b.Facts
	if both, some := overlap(a.Agencies, b.Agencies); some {
		c.note("agency.same", boolean(both != ""), "%s", both)
		c.note("agency.apart", boolean(both == ""), "no service in common")
	}
	x, y := Countries(a), Countries(b)
	if len(x) > 1 && len(y) > 1 {
		both, _ := overlap(a.Partners, append([]string{b.Country}, b.Partners...))
		if both == "" {
			both, _ = overlap(b.Partners, []string{a.Country})
		}
		c.note("partner.same", boolean(both != ""), "%s", both)
		c.note("partner.apart", boolean(both == ""), "no partner in common")
	}
	if a.Country != "" && b.Country != "" && a.Country != b.Country {
		both, _ := overlap(x, y)
		c.note("country.apart", boolean(both == ""), pair, a.Country, b.Country)
	}
	if a.Group != "" && b.Group != "" {
		c.note("group.same", boolean(a.Group == b.Group), "%s", a.Group)
	}
}

// Countries are the country of a happening and those of its partners.
func Countries(f *message.Facts) []string {
	if f.Country == "" || slices.Contains(f.Partners, f.Country) {
		return f.Partners
	}
	return append([]string{f.Country}, f.Partners...)
}

// overlap returns the first value in common; some tells whether both lists have values.
func overlap(a, b []string) (both string, some bool) {
	for _, x := range a {
		for _, y := range b {
			if x != "" && x == y {
				return x, true
			}
		}
	}
	return "", len(a) > 0 && len(b) > 0
}
