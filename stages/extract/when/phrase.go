package when

import "time"

// dayPhrase reads a day by its weekday or counted from publication, with the part of the day, and with the date where one stands beside
// it: ce jeudi, hier soir, vendredi soir, 17 décembre, أمس الخميس, صباح اليوم الجمعة, la nuit de jeudi à vendredi.
func (s *scanner) dayPhrase(i int) (span, int, bool) {
	j, dark, shown := s.dayParts(i)
	t := s.at(j)
	if s.isThere(j) {
		return span{}, i, false
	}
	switch t.class {
	case relative:
		return s.relativeDay(j, dark)
	case weekday:
		if sp, next, ok := s.misdated(j); ok && shown {
			return sp, next, true
		}
		if dark {
			if sp, next, ok := s.nightBetween(j); ok {
				return sp, next, true
			}
		}
		return s.namedDay(j, s.clock.today, false)
	}
	if j == i {
		return span{}, i, false
	}
	if dark && (shown || t.class == last && t.value < 0) {
		if t.class == last {
			j = t.next
		}
		return span{from: s.clock.shift(-1), to: s.clock.today, precision: day(s.clock.today).precision, kind: Relative}, j, true
	}
	if shown && s.at(i).next < j {
		return day(s.clock.today).as(Relative), j, true
	}
	if unitAt := s.at(i).next; shown && s.is(unitAt, unit) {
		return s.thisUnit(unitAt)
	}
	return span{}, i, false
}

// misdated reads the weekday of publication with the number of a day next to it: of two that contradict each other, ce vendredi 19 janvier, the word is
// the right one.
func (s *scanner) misdated(i int) (span, int, bool) {
	w := s.at(i).value
	if w != int(s.clock.today.Weekday()) {
		return span{}, i, false
	}
	sp, next, ok := s.beside(s.past(s.at(i).next, part, night), w)
	if !ok || !sp.conflict || sp.from.Before(s.clock.shift(-1)) || sp.from.After(s.clock.shift(1)) {
		return span{}, i, false
	}
	today := day(s.clock.today)
	today.weekday = true
	return today, next, true
}

// isThere reports whether what ends before token i, or the day at i, is told from another day: ce jour-là, ce jeudi-là.
func (s *scanner) isThere(i int) bool {
	return s.mark(i, "là") || s.is(i, weekday) && s.mark(i+1, "là") || s.is(i, unit) && s.mark(i+1, "là")
}

// dayParts steps over what may stand before a day: ce, matin, la nuit de, صباح يوم. dark tells a night, shown a demonstrative.
func (s *scanner) dayParts(i int) (next int, dark, shown bool) {
	for steps := range 5 {
		t := s.at(i)
		switch t.class {
		case this:
			if steps > 0 {
				return i, dark, shown
			}
			shown = true
		case night:
			dark = true
		case part:
		case of, link, between:
			after := s.at(s.past(t.next, link))
			if steps == 0 || after.class != weekday && after.class != relative {
				return i, dark, shown
			}
		default:
			return i, dark, shown
		}
		i = t.next
	}
	return i, dark, shown
}

// thisUnit reads the unit after a demonstrative: cette semaine, هذا العام.
func (s *scanner) thisUnit(i int) (span, int, bool) {
	t := s.at(i)
	if t.value > yearUnit {
		return s.weekPart(i)
	}
	if t.value < weekUnit || s.is(t.next, figure) {
		return span{}, i, false
	}
	next := t.next
	if side := s.at(next); side.class == last && side.value == 0 {
		next = side.next
	}
	return s.clock.beside(t.value, 0), next, true
}

// relativeDay reads hier, أمس and the like, with the weekday and the date beside it.
func (s *scanner) relativeDay(i int, dark bool) (span, int, bool) {
	t := s.at(i)
	from := s.clock.shift(t.value)
	next := s.past(t.next, part, night)
	j := next
	if s.mark(j, ",", "،", "(") {
		j++
	}
	if s.is(j, weekday) {
		return s.namedDay(j, from, true)
	}
	if sp, after, ok := s.beside(next, anyWeekday); ok {
		sp.conflict = !sp.from.Equal(from)
		return sp, after, true
	}
	sp := day(from).as(Relative)
	if dark && s.tokens[i].Fold == "البارحه" || s.tokens[i].Fold == "الليله" {
		sp.to = from.AddDate(0, 0, 1) // ليلة البارحة is the night that ended this morning
	}
	return sp, next, true
}

// namedDay reads a weekday and what follows. base is the day that a word before it named; only if told is it more than a default.
func (s *scanner) namedDay(i int, base time.Time, told bool) (span, int, bool) {
	w := s.at(i).value
	next := s.past(s.at(i).next, part, night)
	side := 0
	if t := s.at(next); t.class == last {
		side, next = t.value, t.next
	}
	if t, _ := s.backPast(i, link, part); t.class == until {
		side = 1
	}
	if sp, after, ok := s.beside(next, w); ok {
		sp.weekday = true
		return sp, after, true
	}
	if side == 0 && !told && s.clock.weekday(w, 0) != s.clock.today && s.toCome(i, next) {
		side = 1
	}
	sp := day(s.clock.weekday(w, side)).as(Relative)
	sp.weekday = true
	switch {
	case told && int(base.Weekday()) == w:
		sp.from, sp.to = base, base
	case told:
		sp.conflict = true
	}
	if week, after, ok := s.ofWeek(next, w); ok && !told {
		sp.from, sp.to, next = week, week, after
	}
	if end, after, ok := s.toWeekday(i, next); ok && side == 0 && !told {
		sp.to, next = end, after
		sp.from = end.AddDate(0, 0, -((int(end.Weekday()) - w + 7) % 7))
	}
	return sp, next, true
}

// beside reads the date in apposition to a day: 17 décembre, (07/12/2022), الموافق 16 ديسمبر, or only the number of the day.
func (s *scanner) beside(i, w int) (span, int, bool) {
	j := i
	if s.mark(j, ",", "،", "(", "-", "–") {
		j++
	}
	j = s.past(j, link)
	if t, next, ok := s.numeric(j); ok {
		sp := day(t)
		sp.conflict = w != anyWeekday && int(t.Weekday()) != w
		return sp, s.close(i, next), true
	}
	if sp, next, ok := s.dated(j, w); ok {
		return sp, s.close(i, next), true
	}
	d, next := s.dayNumber(j)
	if next == j || w == anyWeekday || !s.is(j, figure) || s.is(next, unit) || s.mark(next, "h") { // mardi vers 4 heures
		return span{}, i, false
	}
	t, ok := s.clock.dayOfMonth(d, w)
	return day(t), s.close(i, next), ok
}

// close steps over the bracket that ends an apposition which a bracket at i began.
func (s *scanner) close(i, next int) int {
	if s.mark(i, "(") && s.mark(next, ")") {
		return next + 1
	}
	return next
}

// ofWeek reads "de la semaine dernière" after a weekday: that day of the calendar week.
func (s *scanner) ofWeek(i, w int) (time.Time, int, bool) {
	j := s.past(i, of, link)
	t := s.at(j)
	side := s.at(t.next)
	if j == i || t.class != unit || t.value != weekUnit || side.class != last {
		return time.Time{}, i, false
	}
	monday := s.clock.weekday(int(time.Monday), 0).AddDate(0, 0, 7*side.value)
	return monday.AddDate(0, 0, (w+6)%7), side.next, true
}

// toWeekday reads the end of "de mercredi à vendredi".
func (s *scanner) toWeekday(start, i int) (time.Time, int, bool) {
	joint := s.at(i)
	opened, _ := s.backPast(start, link)
	if joint.class != to || joint.value != 1 || opened.class != of {
		return time.Time{}, i, false
	}
	j := s.past(joint.next, link)
	if !s.is(j, weekday) {
		return time.Time{}, i, false
	}
	return s.clock.weekday(s.at(j).value, 0), s.at(j).next, true
}

// nightBetween reads the two weekdays of a night: de jeudi à vendredi, الجمعة إلى السبت, الجمعة/السبت, الأحد الاثنين 23 و24 فبراير.
func (s *scanner) nightBetween(i int) (span, int, bool) {
	w := s.at(i).value
	next := s.at(i).next
	evening, afterDate, dated := s.beside(next, w)
	if dated && !s.is(next, to) {
		next = afterDate
	}
	j := next
	if s.is(j, to) {
		j = s.past(s.at(j).next, link)
	} else if s.mark(j, "/", "-", "–") {
		j++
	}
	if !s.is(j, weekday) || s.at(j).value != (w+1)%7 {
		return span{}, i, false
	}
	sp, after, ok := s.namedDay(j, s.clock.today, false)
	if both, end, joined := s.bothDays(s.at(j).next); joined {
		return both, end, true
	}
	if dated && evening.precision == sp.precision && sp.kind == Relative {
		sp.from = evening.from.AddDate(0, 0, 1)
	}
	sp.to = sp.from
	sp.from = sp.to.AddDate(0, 0, -1)
	return sp, after, ok
}

// bothDays reads the dates of a night by their numbers: 23 و24 فبراير.
func (s *scanner) bothDays(i int) (span, int, bool) {
	evening, next := s.dayNumber(i)
	if next == i || !s.is(next, to) {
		return span{}, i, false
	}
	sp, after, ok := s.dated(s.past(s.at(next).next, link), anyWeekday)
	if !ok || sp.from.AddDate(0, 0, -1).Day() != evening {
		return span{}, i, false
	}
	sp.from = sp.to.AddDate(0, 0, -1)
	return sp, after, true
}
