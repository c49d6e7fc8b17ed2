package facts

import (
	"cmp"
	"slices"
	"strconv"

	"rawi/pipeline/message"
)

// Limits of words that count the days since a happening.
const (
	mostDaysAfter = 9
	afterReach    = 3 // tokens to the word for what happened
	farReach      = 8 // the same, where it may be told by more than one word
	apartDays     = 2 // since another happening that a report says it has nothing to do with, where it does not tell when that was
)

// daysAfter are the days of what the report looks back on where it opens: trois jours après le coup de filet, au lendemain de l'attaque.
func (p *page) daysAfter(s *sentence) []dayCandidate {
	if s.depth > 1 || s.depth < 0 {
		return nil
	}
	var found []dayCandidate
	for _, h := range s.hits {
		days, start := p.daysCounted(s, h)
		if c, ok := p.dayBeforeThat(s, h, days); ok {
			found = append(found, c)
			continue
		}
		if days == 0 || days > mostDaysAfter || start > 0 || len(s.dates) > 0 || !s.actFollows(h) {
			continue
		}
		day := p.published.AddDate(0, 0, -days)
		c := dayCandidate{from: day, to: day, s: s, start: start, end: h.End}
		c.score = p.dayScore(s, date{start: start, end: h.End})
		found = append(found, c)
	}
	return found
}

// dayBeforeThat is the day of an accident or attack that a sentence counts back to from a day of its own: elle a succombé dimanche, au lendemain de
// l'accident.
func (p *page) dayBeforeThat(s *sentence, h Hit, days int) (dayCandidate, bool) {
	const more = 4 // than the day counted from
	if days == 0 || h.Value == "" {
		return dayCandidate{}, false
	}
	struck := slices.ContainsFunc(s.hits, func(a Hit) bool {
		return a.Start >= h.End && a.Start-h.End <= afterReach && (a.Class == classAccident || a.Class == classAttack)
	})
	for _, d := range s.dates {
		if !struck || d.end > h.Start || !p.maybeDay(d) || d.From != d.To {
			continue
		}
		day := d.From.AddDate(0, 0, -days)
		return dayCandidate{from: day, to: day, s: s, start: h.Start, end: h.End, score: p.dayScore(s, d) + more}, true
	}
	return dayCandidate{}, false
}

// daysCounted is how many days before publication the happening was, and where the words for it begin.
func (p *page) daysCounted(s *sentence, h Hit) (days, start int) {
	if h.Class != classAfter {
		return 0, 0
	}
	if days, err := strconv.Atoi(h.Value); err == nil {
		return days, h.Start
	}
	if h.Start == 0 {
		return 0, 0
	}
	n, ok := p.g.Number(s.tokens, h.Start-1)
	if !ok || n.End != h.Start || n.Approx {
		return 0, 0
	}
	return int(n.Value), n.Start
}

// actFollows reports whether a word for what was done stands right after the hit, and none further on: what is told after it is news of another
// day.
func (s *sentence) actFollows(at Hit) bool {
	near, far := false, false
	for _, h := range s.hits {
		if h.Start < at.End || !isAct(h.Class) && h.Class != classOperation {
			continue
		}
		near = near || h.Start-at.End <= afterReach
		far = far || h.Start-at.End > farReach
	}
	return near && !far
}

// dayBack is the day of what is recalled where words count back to it from the report's own day: survient trois jours après le démantèlement, غداة
// عملية, la veille.
func (p *page) dayBack(passage []*sentence) (*message.Days, []message.Evidence) {
	own := cmp.Or(p.home, p.openingDay(acts), p.published)
	for _, s := range passage {
		for _, h := range s.hits {
			days, start := p.daysCounted(s, h)
			if h.Class == classDayAgo {
				days, start = 1, h.Start
			}
			if days == 0 || days > mostDaysAfter {
				continue
			}
			day := own.AddDate(0, 0, -days).Format(isoDay)
			return &message.Days{From: day, To: day, Precision: message.PrecisionDay}, one(s.evidence("day", day, "day/back", start, h.End))
		}
	}
	for _, s := range passage {
		for _, h := range s.hits {
			if h.Class == classRecall && h.Value == "apart" { // nobody would have joined what lies further apart
				from, to := own.AddDate(0, 0, -apartDays).Format(isoDay), own.Format(isoDay)
				return &message.Days{From: from, To: to, Precision: message.PrecisionDay}, one(s.evidence("day", from, "day/apart", h.Start, h.End))
			}
		}
	}
	return nil, nil
}

// leaveApart drops what stands behind words by which title or opening keep another happening away from the report's own: sans lien avec la cellule de
// mardi, 52 kg de kif saisis à Oujda, trois jours après Nador.
func (p *page) leaveApart(s *sentence) {
	for _, h := range s.hits {
		if (h.Class != classRecall || h.Value != "apart") && !p.tellsSince(s, h) {
			continue
		}
		s.dates = slices.DeleteFunc(s.dates, func(d date) bool { return d.start >= h.End })
		s.spots = slices.DeleteFunc(s.spots, func(x spot) bool { return x.start >= h.End })
		s.counts = slices.DeleteFunc(s.counts, func(q quantity) bool { return q.start >= h.End })
		s.ages = slices.DeleteFunc(s.ages, func(a age) bool { return a.start >= h.End })
		return
	}
}

// tellsSince reports whether the hit counts the days since another happening, behind the place of the title's own.
func (p *page) tellsSince(s *sentence, h Hit) bool {
	_, start := p.daysCounted(s, h)
	return h.Class == classAfter && s.depth < 0 && slices.ContainsFunc(s.spots, func(at spot) bool { return at.end <= start })
}

// opensWithDayAgo reports whether a sentence goes back a day before it tells what happened: la veille, une barque avait sombré.
func (s *sentence) opensWithDayAgo() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classDayAgo && h.Start == 0 && h.End < len(s.tokens) && s.tokens[h.End].Fold == ","
	})
}
