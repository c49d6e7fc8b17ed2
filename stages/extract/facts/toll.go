package facts

import (
	"slices"
	"time"
)

// tollDay is the day of the accident or attack whose toll a report brings up to date: the report opens with the number that rose or with bodies found,
// and looks back on the day further down: وكان القارب قد انقلب ليلة الخميس. It is nil where that day is told otherwise.
func (p *page) tollDay(main []*sentence, act *dayCandidate) *dayCandidate {
	if p.g.Forms == nil || act != nil && act.from.Before(p.published.AddDate(0, 0, -1)) || !risingToll(main) {
		return nil
	}
	for _, s := range p.sentences {
		if !s.background || s.depth > 3 || !s.has(classAccident, classAttack, classSum) || !p.remoteTold(s) {
			continue
		}
		for _, d := range s.dates {
			if p.maybeDay(d) && d.From.Equal(d.To) && (act == nil || d.From.Before(act.from)) && p.published.Sub(d.From) < tollDays*24*time.Hour {
				return &dayCandidate{from: d.From, to: d.To, s: s, start: d.start, end: d.end}
			}
		}
	}
	return nil
}

// tollDays is how many days after an accident its toll is still news.
const tollDays = 7

// risingToll reports whether a report of dead or hurt opens with a number that rose.
func risingToll(main []*sentence) bool {
	return slices.ContainsFunc(main, func(s *sentence) bool {
		return s.depth <= 0 && s.has(classSum) && slices.ContainsFunc(s.counts, func(q quantity) bool { return q.sum && (q.role == classKill || q.role == classWound) })
	})
}

// remoteTold reports whether the sentence tells of an accident, an attack or a first toll in the pluperfect.
func (p *page) remoteTold(s *sentence) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return (h.Class == classAccident || h.Class == classAttack || h.Class == classSum) && p.g.Remote(s.tokens, h)
	})
}
