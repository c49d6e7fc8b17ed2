package match

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// overlapping is what two texts share in one field.
type overlapping struct {
	dot, a, b float64
	sum       float64 // of the weights of what is shared
	most      float64 // weight of the most telling of them
	n, m      int     // terms of either
	top       []shared
}

type shared struct {
	text   string
	weight float64
	key    uint64
}

// cosine is the cosine of the two weighted vectors, 0 where either is empty.
func (o overlapping) cosine() float64 {
	if o.a == 0 || o.b == 0 {
		return 0
	}
	return o.dot / math.Sqrt(o.a*o.b)
}

// within is how much of the poorer vector the richer one holds, 0 where either is empty.
func (o overlapping) within() float64 {
	if o.a == 0 || o.b == 0 {
		return 0
	}
	return math.Min(1, o.dot/math.Min(o.a, o.b))
}

func (o overlapping) String() string {
	slices.SortFunc(o.top, func(x, y shared) int { return cmp.Or(cmp.Compare(y.weight, x.weight), cmp.Compare(x.key, y.key)) })
	texts := make([]string, 0, 8)
	for _, s := range o.top[:min(8, len(o.top))] {
		texts = append(texts, s.text)
	}
	return strings.Join(texts, ", ")
}

// texts are what two reports share, field by field: in all of the text, and in title and beginning alone; and what their titles share in all
// fields together.
type texts struct {
	whole, head [fields]overlapping
	title       overlapping
}

// compareTexts weighs what the texts have in common beyond the typed facts: words within one language, and across languages concepts, names
// and numbers.
func (c *comparison) compareTexts() {
	t := &c.in.texts
	*t = texts{}
	c.overlaps(t)
	c.compareSubjects(&t.whole)
	f := &t.whole
	c.note("names", f[Name].cosine(), "%v", &f[Name])
	c.note("names.rare", rare(f[Name]), "%v", &f[Name])
	c.note("numbers", rare(f[Number]), "%v", &f[Number])
	all, head := neutral(f), neutral(&t.head)
	c.note("names.best", best(f[Name]), "%v", &f[Name])
	c.note("length", length(all), "%d and %d concepts, names and numbers", all.n, all.m)
	c.note("title", t.title.cosine(), "%v", &t.title)
	c.note("neutral.shared", rare(all), "%.1f in concepts, names and numbers", all.sum)
	if c.a.Language == c.b.Language {
		c.note("words", f[Word].cosine(), "%v", &f[Word])
		c.note("words.within", f[Word].within(), "%v", &f[Word])
		c.note("words.head", t.head[Word].cosine(), "%v", &t.head[Word])
		c.note("words.shared", rare(f[Word]), "%v", &f[Word])
		c.note("words.none", boolean(f[Word].cosine() < 0.06), "hardly a word in common")
		c.note("neutral.same", all.cosine(), "similarity %.2f", all.cosine())
		return
	}
	c.note("neutral.cross", all.cosine(), "similarity %.2f", all.cosine())
	c.note("neutral.within", all.within(), "similarity %.2f", all.within())
	c.note("neutral.head", head.cosine(), "similarity %.2f", head.cosine())
	c.note("neutral.none", boolean(all.cosine() < 0.06), "hardly a concept or name in common")
}

// neutral joins the fields that are comparable across languages.
func neutral(f *[fields]overlapping) overlapping {
	return joint(f[Deed], f[Subject], f[Name], f[Number], f[Place], f[Agency])
}

// compareSubjects weighs what the texts are about, in terms of the lexicon.
func (c *comparison) compareSubjects(f *[fields]overlapping) {
	c.note("deeds", f[Deed].cosine(), "%v", &f[Deed])
	c.note("subjects", f[Subject].cosine(), "%v", &f[Subject])
	c.note("subjects.apart", strange(f[Subject]), "hardly a subject in common: %v", &f[Subject])
	c.note("themes.apart", boolean(disjoint(f[Theme])), "no theme in common")
}

// strange is 1 where both texts have terms of a field and share none, and falls to 0 as they share more.
func strange(o overlapping) float64 {
	if o.a == 0 || o.b == 0 {
		return 0
	}
	return math.Max(0, 1-o.cosine()/0.25)
}

// best is 0 where nothing is shared or only what every eighth report has, and grows with how rare the rarest of it is: about 1 for one report in
// two hundred.
func best(o overlapping) float64 { return math.Max(0, o.most-2) / 3 }

// length grows slowly with the shorter text: two long ones have something in common by chance.
func length(o overlapping) float64 { return math.Log(1 + float64(min(o.n, o.m))/10) }

// disjoint tells whether both texts have terms of a field and share none.
func disjoint(o overlapping) bool { return o.a > 0 && o.b > 0 && o.dot == 0 }

// joint takes several fields as one.
func joint(fields ...overlapping) overlapping {
	var all overlapping
	for _, o := range fields {
		all.dot += o.dot
		all.a += o.a
		all.b += o.b
		all.sum += o.sum
		all.n += o.n
		all.m += o.m
		all.most = max(all.most, o.most)
	}
	return all
}

// rare is 0 where nothing is shared and grows towards 2 with the weight of all that is, however long the texts are.
func rare(o overlapping) float64 {
	return 2 * (1 - math.Exp(-o.sum/12))
}

// Copied estimates from the signatures how much of the shorter text stands word for word in the longer one, 0..1.
func Copied(a, b *Report) float64 {
	copied, _ := copiedIn(a, b, nil)
	return copied
}

// copiedIn is Copied with room for the minima of a, which it gives back for the next time.
func copiedIn(a, b *Report, room []uint32) (float64, []uint32) {
	if a.Shingles < fewest || b.Shingles < fewest {
		return 0, room
	}
	x, y := a.minima(room), b.minima(nil)
	if a.MinHash == nil {
		room = x
	}
	n := len(x)
	if n == 0 || n != len(y) {
		return 0, room
	}
	equal := 0
	for i, h := range x {
		if h == y[i] {
			equal++
		}
	}
	jaccard := float64(equal) / float64(n)
	both := jaccard * float64(a.Shingles+b.Shingles) / (1 + jaccard)
	return math.Min(1, both/float64(min(a.Shingles, b.Shingles))), room
}

func (r *Report) minima(room []uint32) []uint32 {
	if r.MinHash == nil && r.Minima != nil {
		return r.Minima(room)
	}
	return r.MinHash
}

// fewest shingles of which a copy can be told.
const fewest = 12
