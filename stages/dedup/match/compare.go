package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// Places answers what the place table knows; *places.Table does.
type Places interface {
	// Within tells whether the place inner lies in outer, or is it.
	Within(inner, outer string) bool
	// Near tells whether two places lie at most km kilometres apart. False where one of them has no position.
	Near(a, b string, km float64) bool
}

// Rarity tells how telling a term is among the reports of the time.
type Rarity interface {
	// Weigh appends to out the inverse document frequency of each term of a report, above 0. Those of words may be left out.
	Weigh(out []float64, r *Report, words bool) []float64
	// Number gives the ID of each term of a report, 0 for those that no known report has.
	Number(r *Report) []uint32
}

// Veto names a contradiction that no similarity outvotes.
type Veto struct {
	Fact   string
	Detail string
}

// Result is what one comparison found.
type Result struct {
	Score   float64 // log odds that both tell of one happening; above 0 they do
	Reasons []message.Reason
	Vetoes  []Veto
	Copy    float64 // 0..1: how much of the shorter text stands in the longer one, word for word; 0 where that is ruled out
}

// For and Against are the reasons on either side, the weightiest first.
func (r Result) For() []message.Reason { return side(r.Reasons, 1) }

// Against returns the reasons that speak against one happening, the weightiest first.
func (r Result) Against() []message.Reason { return side(r.Reasons, -1) }

// Vetoed names the first veto, or is empty.
func (r Result) Vetoed() string {
	if len(r.Vetoes) == 0 {
		return ""
	}
	return strings.TrimSuffix(r.Vetoes[0].Fact+": "+r.Vetoes[0].Detail, ": ")
}

func side(reasons []message.Reason, sign float64) []message.Reason {
	var out []message.Reason
	for _, r := range reasons {
		if r.Weight*sign > 0 {
			r.Weight = math.Round(r.Weight*100) / 100
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b message.Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return out
}

// Matcher compares reports by one set of rules. It is safe for concurrent use.
type Matcher struct {
	rules  Rules
	places Places
}

// New makes a matcher. A nil places knows no place: places then agree by identity alone.
func New(rules Rules, places Places) *Matcher {
	if places == nil {
		places = nowhere{}
	}
	return &Matcher{rules: rules, places: places}
}

// Version of the rules, as decisions carry it.
func (m *Matcher) Version() string { return m.rules.Version }

type nowhere struct{}

func (nowhere) Within(inner, outer string) bool  { return inner == outer }
func (nowhere) Near(a, b string, _ float64) bool { return a == b }

// comparison is one run over two reports, a the earlier one.
type comparison struct {
	a, b   *Report
	m      *Matcher
	in     *Look
	result Result
	dated  bool // both happened on a day
	spell  bool // put reasons on record
}

// Look compares one report with others. It holds while no report comes or goes, and is not safe for concurrent use.
type Look struct {
	m       *Matcher
	report  *Report
	rarity  Rarity
	own     own       // terms of the report, once they were asked for
	weights []float64 // of the other one's terms
	texts   texts     // of the comparison that is under way
	minima  []uint32  // of the other one
}

// Look prepares to compare a report with many others: what is known of it alone is found once.
func (m *Matcher) Look(r *Report, rarity Rarity) *Look {
	return &Look{m: m, report: r, rarity: rarity}
}

// Compare is Matcher's with the report that is looked at.
func (l *Look) Compare(other *Report) Result { return l.compare(other, false) }

// Compare weighs whether two reports tell of one happening. It is symmetric, and gives no reasons: see Explain.
func (m *Matcher) Compare(a, b *Report, rarity Rarity) Result {
	return m.Look(b, rarity).compare(a, false)
}

// Explain is Compare with its reasons, which cost several times the comparison itself. The terms of b must be at hand.
func (m *Matcher) Explain(a, b *Report, rarity Rarity) Result {
	return m.Look(b, rarity).compare(a, true)
}

func (l *Look) compare(a *Report, spell bool) Result {
	b, m, other := l.report, l.m, a
	if later(a, b) {
		a, b = b, a
	}
	c := comparison{a: a, b: b, m: m, in: l, spell: spell}
	c.dated = Dated(a, b)
	c.result.Score = m.rules.weight("bias", c.dated)
	c.compareKinds()
	c.compareDays()
	c.comparePlaces()
	c.comparePeople()
	c.compareServices()
	c.compareGoods()
	c.compareOutcomes()
	c.compareDomains()
	c.compareBackground()
	c.compareSpeech()
	if a.Source != "" && a.Source == b.Source {
		c.note("source.same", 1, "%s", a.Source)
	}
	if spell || len(c.result.Vetoes) == 0 { // what is ruled out needs no score
		c.compareTexts()
		if a.Language == b.Language {
			c.result.Copy, l.minima = copiedIn(other, l.report, l.minima)
		}
	}
	return c.result
}

func later(a, b *Report) bool {
	if d := a.Published.Compare(b.Published); d != 0 {
		return d > 0
	}
	return a.Article > b.Article
}

// note adds one piece of evidence: value in the unit that the rule of that name weighs, and a format and its arguments for the reader.
func (c *comparison) note(rule string, value float64, format string, args ...any) {
	if w := c.weigh(rule, value); value != 0 && c.spell {
		c.result.Reasons = append(c.result.Reasons, message.Reason{Fact: rule, Detail: fmt.Sprintf(format, args...), Weight: w})
	}
}

// weigh adds one piece of evidence without a word for the reader.
func (c *comparison) weigh(rule string, value float64) float64 {
	if value == 0 {
		return 0
	}
	w := c.m.rules.weight(rule, c.dated) * value
	c.result.Score += w
	return w
}

// notePair is note for two texts, which cost nothing while no reasons are asked for.
func (c *comparison) notePair(rule string, value float64, a, b string) {
	if c.spell {
		c.note(rule, value, pair, a, b)
		return
	}
	c.weigh(rule, value)
}

func (c *comparison) veto(fact, format string, args ...any) {
	v := Veto{Fact: fact}
	if c.spell {
		v.Detail = fmt.Sprintf(format, args...)
	}
	c.result.Vetoes = append(c.result.Vetoes, v)
}

// pair is how two values of one fact stand in a reason.
const pair = "%v and %v"

// compareKinds keeps apart what is said about happenings from the happenings themselves.
func (c *comparison) compareKinds() {
	a, b := c.a.Facts.Kind, c.b.Facts.Kind
	if a == message.KindOperation && (apart(b) || ordinary(b)) || b == message.KindOperation && (apart(a) || ordinary(a)) {
		c.veto("kind", pair, a, b)
	}
	c.notePair("kind.apart", boolean(a != "" && b != "" && a != b && (apart(a) || apart(b))), a, b)
	c.notePair("kind.same", boolean(a != "" && a == b), a, b)
	told := a != "" && b != "" && a != message.KindOther && b != message.KindOther
	mixed := sudden(&c.a.Facts) != sudden(&c.b.Facts)
	c.notePair("kind.other", boolean(told && a != b && !mixed), a, b)
	c.notePair("kind.mixed", boolean(told && mixed), a, b)
	c.notePair("kind.far", boolean(mixed && (ordinary(a) || ordinary(b))), a, b)
	x, y := family(c.a.Facts.Action), family(c.b.Facts.Action)
	if x == "" || y == "" {
		return
	}
	switch {
	case x == y:
		c.notePair("action.same", 1, c.a.Facts.Action, c.b.Facts.Action)
	case x == message.ActionTrial || y == message.ActionTrial:
		c.veto("action", pair, c.a.Facts.Action, c.b.Facts.Action)
	case exclusive(x) || exclusive(y):
		c.notePair("action.apart", 1, c.a.Facts.Action, c.b.Facts.Action)
		handed := x == message.ActionExtradition || y == message.ActionExtradition
		c.notePair("action.handed", boolean(handed && a == message.KindOperation && a == b), c.a.Facts.Action, c.b.Facts.Action)
	default:
		c.notePair("action.other", 1, c.a.Facts.Action, c.b.Facts.Action)
	}
}

// ordinary are kinds of report on what was foreseen: whatever happens on a day is news of another kind.
func ordinary(kind string) bool {
	return kind == message.KindSport || kind == message.KindEconomy || kind == message.KindCulture
}

// apart are kinds of report that only ever match their own kind.
func apart(kind string) bool {
	return kind == message.KindRoundup || kind == message.KindOpinion || kind == message.KindJustice
}

// family joins actions that outlets choose between for one and the same operation.
func family(action string) string {
	switch action {
	case message.ActionDismantling, message.ActionFoiled, message.ActionRaid:
		return message.ActionArrest
	}
	return action
}

// exclusive tells whether an action is a step of its own: the extradition of an arrested man is not his arrest.
func exclusive(action string) bool {
	return action == message.ActionExtradition || action == message.ActionRescue
}
