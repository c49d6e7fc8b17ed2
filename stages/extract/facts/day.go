package facts

import (
	"slices"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract/when"
)

const isoDay = "2006-01-02"

// dayCandidate is a date that may be the day of the happening.
type dayCandidate struct {
	from, to   time.Time
	score      int
	announced  bool
	issued     bool // of a communiqué, not of its content
	s          *sentence
	start, end int
}

// dayOf picks the day of the happening and, where told apart, of its announcement.
func (p *page) dayOf(main []*sentence) (day, announced *message.Days, evidence []message.Evidence) {
	found := p.dayCandidates(main)
	act := bestDay(found, func(c dayCandidate) bool { return !c.announced })
	said := bestDay(found, func(c dayCandidate) bool { return c.announced })
	if act == nil && said != nil && !said.issued {
		act, said = said, nil
	}
	if act != nil {
		day = act.days()
		if e, ok := act.s.evidence("day", day.From, "day", act.start, act.end); ok {
			evidence = append(evidence, e)
		}
	}
	if said != nil {
		announced = said.days()
		if e, ok := said.s.evidence("announced", announced.From, "day/announced", said.start, said.end); ok {
			evidence = append(evidence, e)
		}
	}
	return day, announced, evidence
}

func (c *dayCandidate) days() *message.Days {
	return &message.Days{From: c.from.Format(isoDay), To: c.to.Format(isoDay), Precision: message.PrecisionDay}
}

// bestDay is the candidate of the highest score, the first of equals.
func bestDay(found []dayCandidate, want func(dayCandidate) bool) *dayCandidate {
	var best *dayCandidate
	for i := range found {
		if want(found[i]) && (best == nil || found[i].score > best.score) {
			best = &found[i]
		}
	}
	if best != nil && best.score <= 0 && !best.announced {
		return nil
	}
	return best
}

func (p *page) dayCandidates(main []*sentence) []dayCandidate {
	var found []dayCandidate
	for _, s := range main {
		for _, d := range s.dates {
			if !p.maybeDay(d) {
				continue
			}
			c := dayCandidate{from: d.From, to: d.To, s: s, start: d.start, end: d.end}
			c.announced, c.issued = s.announces(d)
			c.announced = c.announced || p.saidBefore(s, d)
			c.score = p.dayScore(s, d)
			found = append(found, c)
		}
		found = p.dayBefore(s, found)
	}
	return found
}

// longestSpan is how many days after its first a happening of news ends.
const longestSpan = 3

// maybeDay reports whether a date is near enough and exact enough.
func (p *page) maybeDay(d date) bool {
	if d.Kind == when.Vague || d.Precision != message.PrecisionDay || d.From.IsZero() {
		return false
	}
	old := p.published.AddDate(0, 0, -oldDays-1)
	return d.To.After(old) && d.From.Before(p.published.AddDate(0, 0, 1)) && d.To.Sub(d.From) <= longestSpan*24*time.Hour
}

// dayScore weighs how close a date is to the words for what happened.
func (p *page) dayScore(s *sentence, d date) int {
	score := 0
	switch {
	case s.depth <= 0 && s.first:
		score = 8
	case s.depth == 0:
		score = 6
	case s.depth == 1:
		score = 3
	case s.depth == 2:
		score = 1
	}
	if s.has(acts...) || s.has(classOperation) || hasRole(s) {
		score += 5
	}
	if s.has(classProcedure) && !s.has(classArrest) {
		score -= 3
	}
	if d.Kind == when.Since {
		score -= 2
	}
	return score + 1
}

func hasRole(s *sentence) bool {
	for _, q := range s.counts {
		if q.role != "" {
			return true
		}
	}
	return false
}

// announces reports whether the date belongs to a verb of saying, or to a text issued, rather than to what happened.
func (s *sentence) announces(d date) (announced, issued bool) {
	const never = 1000
	said, done, text := never, never, never
	for _, h := range s.hits {
		near := distance(h, d)
		switch {
		case h.Class == classAnnounce && h.Value != "by":
			said = min(said, near)
		case h.Class == classStatement:
			text = min(text, near)
		case isAct(h.Class) || h.Class == classOperation:
			done = min(done, near)
		}
	}
	switch {
	case text <= 3 && text <= done && text <= said:
		return true, true
	case said <= 8 && said < done:
		return true, text <= said+3
	}
	return false, false
}

// saidBefore reports whether a verb of saying stands right before the date, and what happened after it with a date of its own: أعلنت السلطات
// مساء الثلاثاء مقتل خمسة يوم الأحد.
func (p *page) saidBefore(s *sentence, d date) bool {
	const reach = 6
	said := slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classAnnounce && h.Value != "by" && h.End <= d.start && d.start-h.End <= reach
	})
	if !said {
		return false
	}
	return slices.ContainsFunc(s.dates, func(later date) bool {
		if later.start < d.end || !p.maybeDay(later) || !later.To.Before(d.From) {
			return false
		}
		return slices.ContainsFunc(s.hits, func(h Hit) bool { return isAct(h.Class) && h.Start >= d.end && h.End <= later.start })
	})
}

func isAct(c Class) bool {
	return slices.Contains(acts, c)
}

// distance is how many tokens lie between a word and a date; a word after the date is a little farther.
func distance(h Hit, d date) int {
	if h.End <= d.start {
		return d.start - h.End
	}
	if h.Start >= d.end {
		return h.Start - d.end + 1
	}
	return 0
}

// dayBefore adds the day before the one last told of, where the sentence says la veille or قبل ذلك بيوم.
func (p *page) dayBefore(s *sentence, found []dayCandidate) []dayCandidate {
	for _, h := range s.hits {
		if h.Class != classDayAgo {
			continue
		}
		base := p.published
		for _, f := range slices.Backward(found) {
			if f.announced || f.s == s {
				base = f.from
				break
			}
		}
		day := base.AddDate(0, 0, -1)
		c := dayCandidate{from: day, to: day, s: s, start: h.Start, end: h.End}
		c.score = p.dayScore(s, date{start: h.Start, end: h.End}) + 2
		found = append(found, c)
	}
	return found
}
