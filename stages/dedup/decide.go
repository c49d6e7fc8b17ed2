package dedup

import (
	"cmp"
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/dedup/index"
	"rawi/stages/dedup/match"
)

const (
	considered  = 16   // stories that a report is compared with
	perStory    = 16   // reports of one story that it is compared with: the first and the latest
	copied      = 0.6  // share of the shorter text that stands in the longer one
	credited    = 0.4  // the same, where both name one agency as their origin
	bridging    = 1.0  // score from which a second story is one with the first
	stretch     = 0.8  // how far from agreeing by themselves two stories may be that a report bridges
	strangers   = 5.0  // score against two stories of a report that is ruled out by all of the other's
	vetoesShare = 0.34 // share of a story's reports that rule a report out, above which the story does
	develops    = 1.0  // score with one report of a story from which the days that others give do not count against a report

	// What all reports of a story together count beside the nearest one. General news has no typed facts that keep a chain from growing.
	crowdDated   = 0.3
	crowdGeneral = 0.4
)

// opinion is what one story's comparison with a report came to.
type opinion struct {
	entry  *index.Entry
	score  float64
	veto   string
	best   *match.Report // the nearest report of the story; one that is ruled out where all are
	copyOf string        // article that the report copies
}

func (o opinion) joins() bool { return o.veto == "" && (o.score > 0 || o.copyOf != "") }

// weigh compares a report with the stories that it may belong to, the likeliest first.
func (s *Stage) weigh(in arrival) []opinion {
	var out []opinion
	look := s.look(in.report)
	for _, e := range s.index.Candidates(in.report, considered) {
		if e.Size() >= mostReports {
			continue
		}
		o := s.consider(in, look, e)
		if o.joins() {
			s.index.Load(e) // its state may follow
		}
		out = append(out, o)
	}
	slices.SortStableFunc(out, func(x, y opinion) int {
		return cmp.Or(cmp.Compare(y.rank(), x.rank()), cmp.Compare(y.score, x.score), cmp.Compare(x.entry.ID(), y.entry.ID()))
	})
	return out
}

// look compares a report with others, as long as memory stays the same.
func (s *Stage) look(r *match.Report) *match.Look { return s.matcher.Look(r, s.index.Rarity()) }

// rank puts what a report copies before what it joins, and that before what it does not.
func (o opinion) rank() int {
	switch {
	case !o.joins():
		return 0
	case o.copyOf == "":
		return 1
	}
	return 2
}

// consider compares a report with the reports of one story. The nearest of them counts most, all of them together count too: a story
// must not grow by chains of reports of which each resembles only the next.
func (s *Stage) consider(in arrival, look *match.Look, e *index.Entry) opinion {
	o := opinion{entry: e}
	sum, nearest, passed, against := 0.0, 0.0, 0, contradictions{}
	for i, other := range e.Reports {
		if i >= perStory/2 && i < len(e.Reports)-perStory/2 {
			continue
		}
		res := look.Compare(other)
		if len(res.Vetoes) > 0 {
			against.add(res, other, in.report)
			o.best = cmp.Or(o.best, other)
			continue
		}
		passed++
		sum += res.Score
		if passed == 1 || res.Score > nearest {
			nearest, o.best = res.Score, other
		}
		if o.copyOf == "" && s.copies(in.article, other, e, res) {
			s.index.Load(e)
			o.copyOf = e.Original(other.Article)
		}
	}
	if passed > 0 {
		share := crowdGeneral
		if match.Dated(o.best, in.report) {
			share = crowdDated
		}
		o.score = (1-share)*nearest + share*sum/float64(passed)
	}
	if against.prevail(passed, nearest) {
		o.veto = against.first
	}
	return o
}

// contradictions are the reports of a story that rule a report out.
type contradictions struct {
	all, days int // days: those that do by their day alone
	first     string
}

func (c *contradictions) add(res match.Result, a, b *match.Report) {
	c.all++
	operation := a.Facts.Kind == message.KindOperation || b.Facts.Kind == message.KindOperation
	if len(res.Vetoes) == 1 && res.Vetoes[0].Fact == match.VetoDay && !operation {
		c.days++
	}
	c.first = cmp.Or(c.first, res.Vetoed())
}

// prevail tells whether a story rules a report out of which so many reports do not, the nearest with that score. An event of days is told by its
// first day at first and by its latest then: a report that surely goes on from one of the story's is no contradiction to those that came before.
// Operations alone are of their day: the next one in the same place is told in the same words.
func (c *contradictions) prevail(passed int, nearest float64) bool {
	count := c.all
	if nearest > develops {
		count -= c.days
	}
	return c.all > 0 && passed == 0 || float64(count) > vetoesShare*float64(passed+c.all)
}

// copies tells whether an article repeats another nearly word for word.
func (s *Stage) copies(a message.Article, other *match.Report, e *index.Entry, res match.Result) bool {
	if other.Language != a.Language {
		return false
	}
	if res.Copy >= copied {
		return true
	}
	if a.Credit == "" || res.Copy < credited {
		return false
	}
	s.index.Load(e)
	for _, r := range e.State.Story.Reports {
		if r.Article == other.Article {
			return r.Credit == a.Credit
		}
	}
	return false
}

// decision puts the weighing on record.
func (s *Stage) decision(in arrival, outcome string, joined, other *opinion) message.Decision {
	d := message.Decision{Article: in.article.ID, Outcome: outcome, Rules: s.matcher.Version(), At: at(in.article)}
	if joined != nil {
		why := s.matcher.Explain(joined.best, in.report, s.index.Rarity())
		d.Score, d.For, d.Against = round(joined.score), why.For(), why.Against()
	}
	if other != nil {
		why := s.matcher.Explain(other.best, in.report, s.index.Rarity())
		d.RunnerUp = &message.Rejected{
			Story: other.entry.ID(), Score: round(other.score), For: why.For(), Against: why.Against(), Veto: cmp.Or(why.Vetoed(), other.veto),
		}
	}
	return d
}

// together tells whether two stories that one report belongs to are one: the reports of the smaller find their like in the larger, or nearly.
func (s *Stage) together(a, b *index.Entry) bool {
	few, many := sample(a.Reports), sample(b.Reports)
	if len(few) > len(many) {
		few, many = many, few
	}
	sum, vetoed := 0.0, 0
	for _, x := range few {
		best, look := -strangers, s.look(x)
		for _, y := range many {
			res := look.Compare(y)
			if len(res.Vetoes) > 0 {
				vetoed++
				continue
			}
			best = max(best, res.Score)
		}
		sum += best
	}
	return sum > -stretch*float64(len(few)) && float64(vetoed) <= vetoesShare*float64(len(few)*len(many))
}

// sample are the first and the latest reports of a story.
func sample(reports []*match.Report) []*match.Report {
	if len(reports) <= perStory {
		return reports
	}
	return append(slices.Clone(reports[:perStory/2]), reports[len(reports)-perStory/2:]...)
}
