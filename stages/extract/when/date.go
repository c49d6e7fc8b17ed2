package when

import (
	"time"
)

// numeric reads a date in digits that begins at token i.
func (s *scanner) numeric(i int) (time.Time, int, bool) {
	if !s.is(i, figure) {
		return time.Time{}, i, false
	}
	start := s.tokens[i].Start
	if start > 0 && (s.s[start-1] == '/' || s.s[start-1] == '.' || s.s[start-1] == '-' && i > 0 && s.is(i-2, figure)) {
		return time.Time{}, i, false
	}
	t, size, ok := s.clock.numericDate(s.s[start:])
	if !ok {
		return time.Time{}, i, false
	}
	for i < len(s.tokens) && s.tokens[i].Start < start+size {
		i++
	}
	return t, i, true
}

// dayNumber reads the number of a day of a month: digits, 1er, السابع عشر, الحادي والعشرين.
func (s *scanner) dayNumber(i int) (int, int) {
	t := s.at(i)
	next := t.next
	switch t.class {
	case figure:
		if t.value >= 1 && t.value <= 31 && len(s.tokens[i].Fold) <= 2 {
			return t.value, next
		}
	case first, tens:
		return t.value, next
	case ordinal:
		if more := s.at(next); more.class == teen || more.class == tens && more.leaning {
			return t.value + more.value, more.next
		}
		return t.value, next
	}
	return 0, i
}

// named is a month with what says its year.
type named struct {
	month int
	year  int // 0 where it is not said
	side  int // of the current month: -1 last, 1 next
	sided bool
}

// monthName reads a month, under two names where the press gives both (ديسمبر/كانون الأول), and its year.
func (s *scanner) monthName(i int) (named, int) {
	t := s.at(i)
	if t.class != month && t.class != weak && t.class != short {
		return named{}, i
	}
	m := named{month: t.value}
	next := t.next
	if s.mark(next, ".") && t.class == short {
		next++
	}
	if s.mark(next, "/", "-", "(") && s.sameMonth(next+1, m.month) {
		closing := s.mark(next, "(")
		next = s.at(next + 1).next
		if closing && s.mark(next, ")") {
			next++
		}
	}
	return s.yearOf(m, next)
}

func (s *scanner) sameMonth(i, m int) bool {
	t := s.at(i)
	return (t.class == month || t.class == weak) && t.value == m
}

// yearOf reads the year after a month: 2021, من عام 2021, de l'année 2021, dernier, الجاري, من العام الماضي.
func (s *scanner) yearOf(m named, i int) (named, int) {
	j := i
	if s.mark(j, "،", ",") && s.yearAt(j+1) > 0 {
		j++
	}
	j = s.past(j, of, link)
	year := s.is(j, unit) && s.at(j).value == yearUnit
	if year {
		j = s.at(j).next
	}
	if y := s.yearAt(j); y > 0 {
		m.year = y
		return m, s.at(j).next
	}
	t := s.at(j)
	switch {
	case t.class != last || !s.clock.known:
		return m, i
	case year:
		m.year = s.clock.today.Year() + t.value
	case j != i:
		return m, i
	default:
		m.side, m.sided = t.value, true
	}
	return m, t.next
}

// yearAt is the year written at i, 0 where there is none.
func (s *scanner) yearAt(i int) int {
	if t := s.at(i); t.class == figure && len(s.tokens[i].Fold) == 4 && t.value >= earliestYear && t.value <= s.clock.latestYear() {
		return t.value
	}
	return 0
}

// dayOfMonth reads a day and its month, or the first of two days that share one or have one each.
func (s *scanner) dayOfMonth(i int) (span, int, bool) {
	return s.dated(i, anyWeekday)
}

// dated reads days of a month, knowing which weekday is named before them.
func (s *scanner) dated(i, w int) (span, int, bool) {
	d, j := s.dayNumber(i)
	if j == i {
		return span{}, i, false
	}
	if d2, after, ok := s.secondDay(i, j, d); ok {
		if m, next := s.monthAfter(after); next > after {
			return s.days(m, d, d2, next)
		}
	}
	m, next := s.monthAfter(j)
	if next == j {
		return span{}, i, false
	}
	sp, ok := s.resolve(m, d, w)
	if !ok {
		return span{}, i, false
	}
	if end, after, ok := s.endOfSpan(i, next, sp.from); ok {
		sp.to = end
		return sp, after, true
	}
	return sp, next, true
}

// monthAfter reads the month after the number of a day: décembre, من شهر ديسمبر, من الشهر الجاري.
func (s *scanner) monthAfter(i int) (named, int) {
	j := s.past(i, of)
	if t := s.at(j); t.class == unit && t.value == monthUnit {
		side := s.at(t.next)
		if t.article && side.class == last && s.clock.known {
			begin := s.clock.firstOfMonth(side.value)
			return named{month: int(begin.Month()), year: begin.Year()}, side.next
		}
		j = t.next
	}
	m, next := s.monthName(j)
	if next == j {
		return named{}, i
	}
	return m, next
}

// secondDay reads the second of two days in one month: 16 au 17, 16 et 17, 5 و11 after بين, 14-16.
func (s *scanner) secondDay(start, i, d int) (int, int, bool) {
	joint := s.at(i)
	dash := s.mark(i, "-", "–", "/")
	if joint.class != to && !dash {
		return 0, i, false
	}
	j := s.past(joint.next, link, weekday)
	d2, next := s.dayNumber(j)
	if next == j || d2 <= d {
		return 0, i, false
	}
	opened, _ := s.backPast(start, link)
	if joint.class == to && joint.value == 0 && d2 != d+1 && opened.class != between {
		return 0, i, false
	}
	return d2, next, true
}

// days resolves two days of one month.
func (s *scanner) days(m named, d, d2, next int) (span, int, bool) {
	end, ok := s.resolve(m, d2, anyWeekday)
	if !ok {
		return span{}, next, false
	}
	from, ok := s.clock.date(end.from.Year(), int(end.from.Month()), d)
	if !ok {
		return span{}, next, false
	}
	return span{from: from, to: end.from, precision: end.precision}, next, true
}

// endOfSpan reads the end of "du 28 décembre au 3 janvier" after its beginning, which resolved to from.
func (s *scanner) endOfSpan(start, i int, from time.Time) (time.Time, int, bool) {
	if opened, _ := s.backPast(start, link, weekday); opened.class != of && opened.class != between {
		return time.Time{}, i, false
	}
	joint := s.at(i)
	if joint.class != to {
		return time.Time{}, i, false
	}
	j := s.past(joint.next, link, weekday)
	d, k := s.dayNumber(j)
	m, next := s.monthAfter(k)
	if k == j || next == k {
		return time.Time{}, i, false
	}
	if m.year == 0 {
		m.year = from.Year()
		if m.month < int(from.Month()) {
			m.year++
		}
	}
	end, ok := s.clock.date(m.year, m.month, d)
	const longest = 400 * 24 * time.Hour
	return end, next, ok && end.After(from) && end.Sub(from) < longest
}

// resolve makes a day of what was read.
func (s *scanner) resolve(m named, d, w int) (span, bool) {
	if m.year > 0 {
		t, ok := s.clock.date(m.year, m.month, d)
		sp := day(t)
		sp.conflict = w != anyWeekday && int(t.Weekday()) != w
		return sp, ok
	}
	if !s.clock.known {
		return span{}, false
	}
	if m.sided && m.side == 0 { // 23 نونبر الجاري may lie ahead
		m.year = s.clock.today.Year()
		return s.resolve(m, d, w)
	}
	t, conflict, ok := s.clock.yearless(m.month, d, w, m.side)
	sp := day(t)
	sp.conflict = conflict
	return sp, ok
}
