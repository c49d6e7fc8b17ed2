package match

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

// Distances in kilometres: within the first two towns may stand for one scene, beyond the second they cannot.
const (
	neighbours = 25
	faraway    = 60
)

// comparePlaces weighs where the two happenings took place. A country in common is no agreement.
func (c *comparison) comparePlaces() {
	a, b := scenes(&c.a.Facts), scenes(&c.b.Facts)
	if len(a) == 0 || len(b) == 0 {
		return
	}
	best, shared := agreement{}, 0
	for i, p := range a {
		hit := agreement{}
		for j, q := range b {
			if x := c.agree(p, q, i == 0, j == 0); x.value > hit.value {
				hit = x
			}
		}
		if hit.exact {
			shared++
		}
		if hit.value > best.value {
			best = hit
		}
	}
	switch {
	case best.value > 0 && shared < 2 && c.mainApart(a[0], b[0]):
		c.note("place.main", 1, pair, a, b)
	case best.value > 0:
		c.note("place.same", best.value, "%s %s %s", best.p.Name, best.how, best.q.Name)
		c.note("place.more", math.Min(3, float64(max(0, shared-1))), "%d places in common", shared)
	case c.farApart(a, b):
		if c.dated && !c.names(c.a, b) && !c.names(c.b, a) {
			c.veto("place", pair, a, b)
		}
		c.note("place.apart", 1, pair, a, b)
	default:
		c.note("place.apart", 0.5, pair, a, b)
	}
}

// scene is where a happening took place.
type scene []message.Place

// String names the first places.
func (s scene) String() string {
	names := make([]string, 0, 3)
	for _, p := range s[:min(3, len(s))] {
		names = append(names, p.Name)
	}
	return strings.Join(names, ", ")
}

// scenes are the places of a happening below the level of a country.
func scenes(f *message.Facts) scene {
	const most = 16
	if !slices.ContainsFunc(f.Places, wholeCountry) {
		return f.Places[:min(len(f.Places), most)]
	}
	out := make(scene, 0, len(f.Places))
	for _, p := range f.Places {
		if !wholeCountry(p) && len(out) < most {
			out = append(out, p)
		}
	}
	return out
}

func wholeCountry(p message.Place) bool { return p.Kind == "country" }

type agreement struct {
	value float64
	exact bool
	how   string
	p, q  message.Place
}

// agree weighs one place against another: the same one, one in the other, or neighbours. A place that is not the main one of its report
// counts less, since reports name more places than the scene.
func (c *comparison) agree(p, q message.Place, mainP, mainQ bool) agreement {
	value, how := c.relation(p, q)
	if value == 0 {
		return agreement{}
	}
	exact := value == 1
	if !mainP {
		value *= 0.85
	}
	if !mainQ {
		value *= 0.85
	}
	return agreement{value, exact, how, p, q}
}

func (c *comparison) relation(p, q message.Place) (float64, string) {
	places := c.m.places
	switch {
	case placeKey(p) == placeKey(q):
		return 1, "="
	case p.ID != "" && q.ID != "":
		switch {
		case places.Within(p.ID, q.ID):
			return level(q.Kind), "in"
		case places.Within(q.ID, p.ID):
			return level(p.Kind), "holds"
		case small(p) && small(q) && places.Near(p.ID, q.ID, neighbours):
			return 0.4, "near"
		}
	case p.ID == "" && p.Within != "" && q.ID != "" && places.Within(p.Within, q.ID):
		return level(q.Kind), "in"
	case q.ID == "" && q.Within != "" && p.ID != "" && places.Within(q.Within, p.ID):
		return level(p.Kind), "holds"
	}
	return 0, ""
}

// level is how much it says that a place lies in one of this kind.
func level(kind string) float64 {
	switch kind {
	case "city", "quarter", "site":
		return 0.9
	case "province":
		return 0.6
	case "region":
		return 0.45
	}
	return 0
}

func small(p message.Place) bool { return p.Kind == "city" || p.Kind == "quarter" || p.Kind == "site" }

// farApart tells whether no scene of one report can be that of the other: every place is known and every pair lies far apart.
func (c *comparison) farApart(a, b scene) bool {
	known := 0
	for _, p := range a {
		for _, q := range b {
			if p.ID == "" || q.ID == "" {
				continue
			}
			if c.m.places.Near(p.ID, q.ID, faraway) {
				return false
			}
			known++
		}
	}
	return known > 0
}

// mainApart tells whether two towns are too far from each other to be one scene. What a report names beside its own scene is often that of another
// happening of the kind: a minibus falls into a ravine the day after a coach did elsewhere.
func (c *comparison) mainApart(p, q message.Place) bool {
	return p.ID != "" && q.ID != "" && small(p) && small(q) && !c.m.places.Near(p.ID, q.ID, faraway)
}

// names tells whether a report begins with the name of the other's main place, whatever place it was read to tell of: a word taken for a town must
// not rule out the happening that its title is about.
func (c *comparison) names(r *Report, other scene) bool {
	name := text.NameKey(other[0].Name)
	if name == "" {
		return false
	}
	if r.Terms == nil {
		known := c.in.rarity.Number(&Report{Terms: []Term{{Mark{Field: Name}, Key(Name, name), name}}})
		return slices.ContainsFunc(r.Marks, func(m Mark) bool { return m.ID != 0 && m.ID == known[0] && m.Early })
	}
	i, ok := slices.BinarySearchFunc(r.Terms, Key(Name, name), func(t Term, k uint64) int { return cmp.Compare(t.Key, k) })
	return ok && r.Terms[i].Early
}
