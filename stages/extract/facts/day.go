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
	conflict   bool // the weekday beside it is another one
	loose      bool // told by its week
	s          *sentence
	start, end int
}

// dayOf picks the day of the happening and, where told apart, of its announcement.
func (p *page) dayOf(main []*sentence) (day, announced *message.Days, evidence []message.Evidence) {
	found := p.dayCandidates(main)
	act := sharper(bestDay(found, func(c dayCandidate) bool { return !c.announced }), found)
	if before := p.tollDay(main, act); before != nil {
		act = before
	}
	said := bestDay(found, func(c dayCandidate) bool { return c.announced })
	if act == nil && said != nil && !said.issued {
		act, said = said, nil
	}
	if act != nil {
		day = act.days()
		if e, ok := act.s.evidence("day", day.From, act.rule(), act.start, act.end); ok {
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

// rule tells how exactly the day is told.
func (c *dayCandidate) rule() string {
	switch {
	case c.conflict:
		return "day/conflict"
	case c.loose:
		return "day/about"
	}
	return "day"
}

func (c *dayCandidate) days() *message.Days {
	return &message.Days{From: c.from.Format(isoDay), To: c.to.Format(isoDay), Precision: message.PrecisionDay}
}

// sharper gives a day that tells more exactly what the best one tells only by its week.
func sharper(best *dayCandidate, found []dayCandidate) *dayCandidate {
	if best == nil || !best.loose {
		return best
	}
	for i := range found {
		c := &found[i]
		if !c.announced && c.score > 0 && c.to.Sub(c.from) <= 24*time.Hour && !c.from.Before(best.from) && !c.to.After(best.to) {
			return c
		}
	}
	return best
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
			if !p.maybeDay(d) || s.scheduled(d) || p.lookedBackAt(s, d) {
				continue
			}
			c := dayCandidate{from: d.From, to: d.To, conflict: d.Conflict, loose: d.loose(), s: s, start: d.start, end: d.end}
			c.announced, c.issued = p.announces(s, d)
			c.announced = c.announced || p.saidBefore(s, d)
			c.score = p.dayScore(s, d)
			found = append(found, c)
		}
		found = append(p.dayBefore(s, found), p.daysAfter(s)...)
	}
	return found
}

// ahead are the folded Arabic words before the day of what is still to come.
var ahead = []string{
	"المقرره", "المقرر", "المرتقبه", "المرتقب", "المزمع", "مقرره", "مقررا", "مرتقبه", "مرتقبا", "تنظيمها", "تنظيمه", "اجراؤها", "اجراؤه", "عقده", "عقدها", "تنطلق",
	"ستنطلق", "ستجري", "سيجري", "ستقام", "سيقام",
}

// scheduled reports whether the day is that of what is still to come: الانتخابات المقررة يوم الثلاثاء.
func (s *sentence) scheduled(d date) bool {
	const reach = 3
	for _, t := range s.tokens[max(0, d.start-reach):d.start] {
		if slices.Contains(ahead, t.Fold) {
			return true
		}
	}
	return false
}

// lookedBackAt reports whether an Arabic sentence further down tells the day after كان and قد.
func (p *page) lookedBackAt(s *sentence, d date) bool {
	return p.g.Forms != nil && s.depth > 1 && p.g.Remote(s.tokens, Hit{Start: d.start, End: d.end})
}

// Lengths of a time told of, in days after its first.
const (
	longestSpan = 7 // of a happening of news
	exactSpan   = 3 // of one told by its days, rather than by the week in which it fell
)

// maybeDay reports whether a date is near enough and exact enough.
func (p *page) maybeDay(d date) bool {
	if d.Precision != message.PrecisionDay || d.From.IsZero() {
		return false
	}
	old := p.published.AddDate(0, 0, -oldDays-1)
	return d.To.After(old) && d.From.Before(p.published.AddDate(0, 0, 1)) && d.To.Sub(d.From) <= longestSpan*24*time.Hour
}

// amendYear takes the year of publication for the one before it where the weekday beside the date speaks for it, and the days are those of publication:
// papers go on writing last year's number in January, الثلاثاء 10 جانفي 2016.
func (p *page) amendYear(d *date) {
	const week = 7
	if !d.Conflict || !d.year || d.Precision != message.PrecisionDay || d.From.Year() != p.published.Year()-1 {
		return
	}
	from, to := d.From.AddDate(1, 0, 0), d.To.AddDate(1, 0, 0)
	if from.After(p.published) || from.Before(p.published.AddDate(0, 0, -week)) {
		return
	}
	d.From, d.To, d.Conflict = from, to, false
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
	if s.acting() || hasRole(s) {
		score += 5
	}
	if s.has(classProcedure) && !s.has(classArrest) {
		score -= 3
	}
	if d.Kind == when.Since {
		score -= 2
	}
	if len(s.dates) > 1 && s.dayOfCourt(d) {
		score -= 3
	}
	if d.loose() {
		score -= 4
	}
	if s.stillAt(d) {
		score -= 8
	}
	score += s.strikes(d)
	if p.beforeThat(s, d) {
		score -= 8
	}
	return score + 1
}

// acting reports whether the sentence tells what was done, be it as an operation of several services.
func (s *sentence) acting() bool {
	return s.has(acts...) || s.has(classOperation, classCoop)
}

// beforeThat reports whether the date belongs to a participle that opens the sentence with what befell its subject before: enlevé lundi, il a été
// libéré mercredi.
func (p *page) beforeThat(s *sentence, d date) bool {
	if p.g.VerbFirst || len(s.hits) == 0 || s.hits[0].Start > 0 {
		return false
	}
	opens := s.hits[0].Class == classFate || s.hits[0].Class == classCaptive || s.hits[0].Class == classTrial
	return opens && !s.stopBetween(0, d.start) && s.stopBetween(d.end, len(s.tokens)-1)
}

// strikes is what speaks for a date that the accident or attack itself stands beside, rather than what became of its victims later.
func (s *sentence) strikes(d date) int {
	const reach, beside = 5, 2
	best := 0
	for _, h := range s.hits {
		if h.Class != classAccident && h.Class != classAttack {
			continue
		}
		switch near := distance(h, d); {
		case near <= beside:
			best = 2
		case near <= reach:
			best = max(best, 1)
		}
	}
	return best
}

// dayOfCourt reports whether a word for what a court did stands nearer to the date than any for what was done: وُجّه الاتهام اليوم السبت إلى شاب
// أوقف يوم الثلاثاء.
func (s *sentence) dayOfCourt(d date) bool {
	const reach = 4
	court, act := reach+1, reach+1
	for _, h := range s.hits {
		switch {
		case h.Class == classProcedure:
			court = min(court, distance(h, d))
		case isAct(h.Class):
			act = min(act, distance(h, d))
		}
	}
	return court <= reach && court < act
}

// stillAt reports whether the date only tells how things stood then: toujours hospitalisés jeudi, لا يزالون إلى غاية الخميس.
func (s *sentence) stillAt(d date) bool {
	const reach = 6
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classStill && h.End <= d.start && d.start-h.End <= reach && !s.stopBetween(h.End, d.start)
	})
}

// loose reports whether the date only tells about when: la semaine dernière, قبل أسبوع.
func (d date) loose() bool {
	return d.Kind == when.Vague || d.To.Sub(d.From) > exactSpan*24*time.Hour
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
func (p *page) announces(s *sentence, d date) (announced, issued bool) {
	if d.start > 0 && slices.Contains(p.g.Happened, s.tokens[d.start-1].Fold) {
		return false, false
	}
	const never = 1000
	said, done, text := never, never, never
	for _, h := range s.hits {
		near := distance(h, d)
		switch {
		case h.Class == classAnnounce && h.Value != "by":
			if !s.saidAtAnother(h, d) {
				said = min(said, near)
			}
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

// saidAtAnother reports whether the verb of saying stands beside another date than d.
func (s *sentence) saidAtAnother(h Hit, d date) bool {
	const beside = 2
	return slices.ContainsFunc(s.dates, func(o date) bool {
		return o.start != d.start && distance(h, o) <= beside && distance(h, o) < distance(h, d)
	})
}

// saidBefore reports whether a verb of saying stands right before the date, and what happened after it with a date of its own: أعلنت السلطات
// مساء الثلاثاء مقتل خمسة يوم الأحد.
func (p *page) saidBefore(s *sentence, d date) bool {
	const reach = 8
	said := slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classAnnounce && h.Value != "by" && h.End <= d.start && d.start-h.End <= reach
	})
	if !said {
		return false
	}
	return p.dayOfOperation(s, d) || slices.ContainsFunc(s.dates, func(later date) bool {
		if later.start < d.end || !p.maybeDay(later) || !later.To.Before(d.From) {
			return false
		}
		return slices.ContainsFunc(s.hits, func(h Hit) bool {
			return (isAct(h.Class) || h.Class == classOperation) && h.Start >= d.end && h.End <= later.start
		})
	})
}

// dayOfOperation reports whether a sentence further on gives the operation a day before d: وتمت العملية نهاية الأسبوع.
func (p *page) dayOfOperation(said *sentence, d date) bool {
	for _, s := range p.sentences {
		if s.block < said.block || s.block == said.block && s.offset <= said.offset || s.background || !s.has(classOperation, classArrest, classSeize) {
			continue
		}
		if slices.ContainsFunc(s.dates, func(o date) bool { return p.maybeDay(o) && o.To.Before(d.From) && s.nearAct(o) }) {
			return true
		}
	}
	return false
}

// nearAct reports whether the operation is named within a few words of a date.
func (s *sentence) nearAct(d date) bool {
	const reach = 6
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return (h.Class == classOperation || h.Class == classArrest || h.Class == classSeize && h.Value == "") && distance(h, d) <= reach
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
			if f.announced && f.s != s || f.s == s && f.start < h.Start {
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
