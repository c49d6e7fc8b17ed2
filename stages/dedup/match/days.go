package match

import (
	"math"
	"time"

	"rawi/pipeline/message"
)

// span is an interval of days since 1970, both ends included.
type span struct {
	from, to int
	exact    bool // the report names the day; otherwise it is assumed from the time of publication
}

// usualDelay is how many days before its publication a report's undated happening may lie.
const usualDelay = 3

// widest is the longest interval, in days, that still tells one happening from the next of its kind.
const widest = 7

func dayOf(t time.Time) int {
	const day = 24 * 60 * 60
	s := t.Unix()
	if s < 0 {
		s -= day - 1
	}
	return int(s / day)
}

// Days reads an interval of ISO dates. It reports false where there is none or it cannot be read.
func Days(d *message.Days) (from, to int, ok bool) {
	if d == nil {
		return 0, 0, false
	}
	a, errA := time.Parse(time.DateOnly, d.From)
	b, errB := time.Parse(time.DateOnly, d.To)
	if errA != nil || errB != nil || b.Before(a) {
		return 0, 0, false
	}
	return dayOf(a), dayOf(b), true
}

// acted is when the main happening took place as far as the report tells.
func (r *Report) acted() span {
	if from, to, ok := Days(r.Facts.Day); ok && to-from <= widest {
		return span{from, to, true}
	}
	if from, to, ok := Days(r.Facts.Announced); ok && to-from <= widest {
		return span{from - usualDelay, to, false}
	}
	return span{r.Day - usualDelay, r.Day + 1, false}
}

// gap is the number of days between two intervals, 0 where they touch.
func (s span) gap(o span) int {
	return max(0, s.from-o.to, o.from-s.to)
}

func (s span) String() string {
	from := time.Unix(int64(s.from)*86400, 0).UTC().Format(time.DateOnly)
	if s.from == s.to {
		return from
	}
	return from + ".." + time.Unix(int64(s.to)*86400, 0).UTC().Format(time.DateOnly)
}

// VetoDay is the fact of the veto by days that are too far apart.
const VetoDay = "day"

// farDays is from how many days apart more of them say no more: in general news a day that far off is mostly that of something else the report
// names.
const farDays = 2

// maxActGap is how far apart two reports of one act may date it: one gives the day of the act, the other that of its announcement.
const maxActGap = 3

// compareDays weighs when the two happenings took place.
func (c *comparison) compareDays() {
	a, b := &c.a.act, &c.b.act
	gap := a.gap(*b)
	switch {
	case gap > maxActGap && c.dated && (a.exact || b.exact):
		c.veto(VetoDay, pair, a, b)
	case a.exact && b.exact:
		c.note("day.same", boolean(gap == 0), pair, a, b)
		c.note("day.next", boolean(gap == 1), pair, a, b)
		c.note("day.apart", float64(min(max(0, gap-1), farDays)), pair, a, b)
	case gap > 0:
		c.note("day.apart", float64(min(gap, farDays)), pair, a, b)
	}
	between := c.a.Published.Sub(c.b.Published).Abs()
	if late := between - 36*time.Hour; late > 0 {
		c.note("published.apart", math.Log1p(late.Hours()/24), "published %.0f hours apart", between.Hours())
	}
}

// sudden tells whether a happening is of a kind that takes place on one day rather than over weeks.
func sudden(f *message.Facts) bool {
	switch f.Kind {
	case message.KindOperation, message.KindIncident, message.KindDisaster:
		return true
	}
	return f.Kind == "" && f.Action != "" && f.Action != message.ActionTrial
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Dated tells whether two reports are weighed as happenings of a day.
func Dated(a, b *Report) bool { return sudden(&a.Facts) && sudden(&b.Facts) }
