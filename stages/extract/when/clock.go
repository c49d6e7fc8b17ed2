package when

import (
	"time"

	"rawi/pipeline/message"
)

// clock resolves what was read against the day of publication.
type clock struct {
	now   time.Time
	today time.Time // 00:00 of now
	known bool
}

func newClock(now time.Time) clock {
	return clock{now: now, today: midnight(now), known: !now.IsZero()}
}

func midnight(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}

// ahead is how far past publication a date without a year may lie: announcements come a little before their day.
const ahead = 2

// anyWeekday stands for a weekday that is not named.
const anyWeekday = -1

// date is a real day of the calendar.
func (c clock) date(y, m, d int) (time.Time, bool) {
	if y < earliestYear || y > c.latestYear() || m < 1 || m > 12 || d < 1 || d > 31 {
		return time.Time{}, false
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, c.today.Location())
	return t, t.Day() == d
}

const earliestYear = 1900

// latestYear is the last year that a report may name, as a plan or a deadline.
func (c clock) latestYear() int {
	if !c.known {
		return 2100
	}
	return c.today.Year() + 30
}

func (c clock) shift(days int) time.Time {
	return c.today.AddDate(0, 0, days)
}

// weekday is the latest such weekday on or before publication; side -1 excludes the day itself, +1 asks for the next one.
func (c clock) weekday(w, side int) time.Time {
	back := (int(c.today.Weekday()) - w + 7) % 7
	switch {
	case side > 0:
		return c.shift(7 - back)
	case side < 0 && back == 0:
		return c.shift(-7)
	}
	return c.shift(-back)
}

// yearless resolves a day and month without a year: the latest one that is not after publication, unless the weekday beside it asks for
// another near one. A recent day keeps its year against its weekday: the weekday is then a slip, told as a conflict.
func (c clock) yearless(m, d, w, side int) (t time.Time, conflict, ok bool) {
	limit := c.shift(ahead)
	if side < 0 {
		limit = c.shift(-1)
	}
	year := limit.Year()
	t, ok = c.date(year, m, d)
	for tries := 0; (!ok || t.After(limit)) && tries < 8; tries++ { // eight years hold a 29 February, always
		year--
		t, ok = c.date(year, m, d)
	}
	if !ok {
		return t, false, false
	}
	if side > 0 {
		return t.AddDate(1, 0, 0), false, true
	}
	const slip = 10 * 24 * time.Hour
	if w == anyWeekday || int(t.Weekday()) == w {
		return t, false, true
	}
	if c.today.Sub(t) > slip {
		if better, found := c.onWeekday(year, m, d, w); found {
			return better, false, true
		}
	}
	return t, true, true
}

// onWeekday looks for the year in which a date falls on w: the coming one within half a year, then up to six years back.
func (c clock) onWeekday(year, m, d, w int) (time.Time, bool) {
	for _, y := range [...]int{year + 1, year - 1, year - 2, year - 3, year - 4, year - 5, year - 6} {
		t, ok := c.date(y, m, d)
		if ok && int(t.Weekday()) == w && t.Before(c.shift(183)) {
			return t, true
		}
	}
	return time.Time{}, false
}

// dayOfMonth is the latest day numbered d that falls on w, within a month before publication and a week after it: farther off the number is
// more likely to count what follows, "jeudi 28 migrants".
func (c clock) dayOfMonth(d, w int) (time.Time, bool) {
	for back := -7; back <= 31; back++ {
		if t := c.shift(-back); t.Day() == d && int(t.Weekday()) == w {
			return t, true
		}
	}
	return time.Time{}, false
}

// monthless resolves a month without a year: the latest that has begun; side as for weekday.
func (c clock) monthYear(m, side int) int {
	year, current := c.today.Year(), int(c.today.Month())
	switch {
	case side > 0 && m <= current:
		return year + 1
	case side > 0:
		return year
	case m > current, side < 0 && m == current:
		return year - 1
	}
	return year
}

func (c clock) month(y, m int) span {
	from := time.Date(y, time.Month(m), 1, 0, 0, 0, 0, c.today.Location())
	return span{from: from, to: from.AddDate(0, 1, -1), precision: message.PrecisionMonth}
}

func (c clock) year(y int) span {
	from := time.Date(y, time.January, 1, 0, 0, 0, 0, c.today.Location())
	return span{from: from, to: from.AddDate(1, 0, -1), precision: message.PrecisionYear}
}

// before is the time that lies n units before publication.
func (c clock) before(n, u int) span {
	switch u {
	case minuteUnit:
		return day(midnight(c.now.Add(-time.Duration(n) * time.Minute))).as(Relative)
	case hourUnit:
		return day(midnight(c.now.Add(-time.Duration(n) * time.Hour))).as(Relative)
	case dayUnit:
		return day(c.shift(-n)).as(Relative)
	case weekUnit:
		return day(c.shift(-7 * n)).as(Vague)
	case monthUnit:
		t := c.firstOfMonth(-n)
		return c.month(t.Year(), int(t.Month())).as(Vague)
	}
	return c.year(c.today.Year() - n).as(Vague)
}

// firstOfMonth counts from the first of the month, so that the 31st has a month before it.
func (c clock) firstOfMonth(months int) time.Time {
	y, m, _ := c.today.Date()
	return time.Date(y, m+time.Month(months), 1, 0, 0, 0, 0, c.today.Location())
}

// beside is the week, month or year before (side -1), of (0) or after (1) publication.
func (c clock) beside(u, side int) span {
	switch u {
	case weekUnit:
		if side == 0 {
			return span{from: c.monday(), to: c.today, precision: message.PrecisionDay, kind: Vague}
		}
		monday := c.monday().AddDate(0, 0, 7*side)
		return span{from: monday, to: monday.AddDate(0, 0, 6), precision: message.PrecisionDay, kind: Vague}
	case monthUnit:
		t := c.firstOfMonth(side)
		return c.month(t.Year(), int(t.Month())).as(Relative)
	}
	return c.year(c.today.Year() + side).as(Relative)
}

// monday begins the week of publication.
func (c clock) monday() time.Time { return c.weekday(int(time.Monday), 0) }

// partOfWeek is the weekend, the beginning or the middle of the week: the last one (side -1), the one that began last (0), the next one (1).
func (c clock) partOfWeek(u, side int) span {
	first, last := 5, 6 // days after Monday
	switch u {
	case weekStartUnit:
		first, last = 0, 1
	case weekMiddleUnit:
		first, last = 1, 3
	}
	monday := c.monday()
	begun := !monday.AddDate(0, 0, first).After(c.today)
	switch {
	case side > 0 && begun:
		monday = monday.AddDate(0, 0, 7)
	case side == 0 && !begun, side < 0: // on a Tuesday the last weekend is that of the week before
		monday = monday.AddDate(0, 0, -7)
	}
	sp := span{from: monday.AddDate(0, 0, first), to: monday.AddDate(0, 0, last), precision: message.PrecisionDay, kind: Relative}
	if side <= 0 && sp.to.After(c.today) {
		sp.to = c.today
	}
	return sp
}
