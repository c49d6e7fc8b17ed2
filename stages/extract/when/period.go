package when

import "rawi/stages/text"

// monthAlone reads a month without a day. Names that are other words too (mars, ماي) need a year or a cue beside them.
func (s *scanner) monthAlone(i int) (span, int, bool) {
	m, next := s.monthName(i)
	if next == i || !s.clock.known && m.year == 0 {
		return span{}, i, false
	}
	if s.terms[i].class != month && m.year == 0 && !m.sided && !s.cued(i) {
		return span{}, i, false
	}
	if s.terms[i].class == short && m.year == 0 { // "sept" is seven
		return span{}, i, false
	}
	if s.isWholeFigure(i) {
		return span{}, i, false
	}
	year := m.year
	if year == 0 {
		year = s.clock.monthYear(m.month, m.side)
	}
	return s.clock.month(year, m.month), next, true
}

// isWholeFigure reports whether the month at i follows a number that is no day, as in "40 mars": such text is not understood.
func (s *scanner) isWholeFigure(i int) bool {
	t, _ := s.back(i)
	return t.class == figure && t.value > 31 && t.value < earliestYear
}

// cued reports whether something before token i says that a month follows. In French the article is none: "la mi-mars" has one further on.
func (s *scanner) cued(i int) bool {
	t, j := s.back(i)
	switch t.class {
	case cue, edge, since, between, ago:
		return true
	case unit:
		return t.value == monthUnit
	case of, link, to:
		before, _ := s.back(j)
		return contains([]class{edge, since, month, weak, cue, unit}, before.class)
	}
	return false
}

// yearAlone reads a year without a month, where something says that it is one: en 2002, عام 2002, fin 2021, les attentats de 2003.
func (s *scanner) yearAlone(i int) (span, int, bool) {
	y := s.yearAt(i)
	if y == 0 || s.counts(i) {
		return span{}, i, false
	}
	t, j := s.backPast(i, link)
	switch t.class {
	case cue:
		if y%100 == 0 && !s.ends(i+1) { // "en 2000 exemplaires": a round figure before a noun counts it
			return span{}, i, false
		}
	case since, edge, between:
	case unit:
		if t.value != yearUnit {
			return span{}, i, false
		}
	case of:
		if before, _ := s.back(j); before.class != edge && (before.class == shade || !s.ends(i+1)) {
			return span{}, i, false
		}
	case to:
		if !s.isYearSpan(j) {
			return span{}, i, false
		}
	default:
		return span{}, i, false
	}
	sp := s.clock.year(y)
	if joint := s.at(i + 1); joint.class == to && (t.class == of || t.class == between) {
		if end := s.yearAt(s.past(joint.next, link, cue)); end > y {
			sp.to = s.clock.year(end).to
			return sp, s.past(joint.next, link, cue) + 1, true
		}
	}
	return sp, i + 1, true
}

// isYearSpan reports whether the joint at j stands after a year.
func (s *scanner) isYearSpan(j int) bool { return j > 0 && s.yearAt(j-1) > 0 && s.at(j).value == 1 }

// ends reports whether the token at i cannot be a noun that a number before it counts.
func (s *scanner) ends(i int) bool {
	if i >= len(s.tokens) || s.tokens[i].Script == text.Punct {
		return true
	}
	switch s.terms[i].class {
	case to, of, cue:
		return true
	}
	return false
}

// counts reports whether the figure at i counts what follows: 2000 dirhams, 2000 كلم, 2021 %.
func (s *scanner) counts(i int) bool {
	if i+1 >= len(s.tokens) {
		return false
	}
	if s.mark(i+1, "%") || s.tokens[i+1].Script == text.Other || s.is(i+1, figure) && s.tokens[i+1].Start-s.tokens[i].End == 1 {
		return true
	}
	t := s.at(i + 1)
	return t.class == counted || t.class == unit && !t.article && t.value != yearUnit || t.class == dual
}

// unitPhrase reads a week, month or year told from publication: la semaine dernière, العام الماضي, الشهر الجاري.
func (s *scanner) unitPhrase(i int) (span, int, bool) {
	t := s.at(i)
	if t.value > yearUnit {
		return s.weekPart(i)
	}
	side := s.at(t.next)
	if t.value < weekUnit || side.class != last || side.leaning {
		return span{}, i, false
	}
	if s.tokens[i].Script == text.Arabic && !t.article {
		return span{}, i, false
	}
	return s.clock.beside(t.value, side.value), side.next, true
}

// weekPart reads a weekend, or the beginning or middle of a week: le week-end dernier, نهاية الأسبوع. The days that stand beside it tell more.
func (s *scanner) weekPart(i int) (span, int, bool) {
	t := s.at(i)
	next, side := t.next, 0
	before, _ := s.backPast(i, link, of)
	if before.class == bar {
		return span{}, i, false
	}
	switch t := s.at(next); {
	case t.class == last && !t.leaning:
		side, next = t.value, t.next
	case before.class == until || s.toCome(i, next):
		side = 1
	}
	j := s.past(next, of, link)
	if s.mark(j, "(", ",", "،") {
		j++
	}
	if sp, after, ok := s.dated(j, anyWeekday); ok {
		return sp, s.close(next, after), true
	}
	return s.clock.partOfWeek(t.value, side), next, true
}

// elapsed reads a time counted back from publication: il y a trois jours, قبل يومين, منذ أسبوع, depuis 3 jours.
func (s *scanner) elapsed(i int) (span, int, bool) {
	n, u, next, ok := s.amount(i)
	if !ok {
		return span{}, i, false
	}
	sp := s.clock.before(n, u)
	if s.tokens[i].Script != text.Arabic && s.is(i, since) {
		sp.kind = Since // منذ is "ago" and "since" alike, depuis is not
	}
	return sp, next, true
}

// amount reads how many of which unit the word at i counts back.
func (s *scanner) amount(i int) (n, unitOf, next int, ok bool) {
	arabic := s.tokens[i].Script == text.Arabic
	j := s.past(s.at(i).next, shade, of)
	n = 1
	number, counted := s.count(s.tokens, j)
	switch {
	case s.is(j, dual):
		n = 2
	case counted && !number.Plural:
		if number.Value != float64(int(number.Value)) || number.Value < 1 || number.Value > mostElapsed {
			return 0, 0, i, false
		}
		n, j = int(number.Value), number.End
	case !arabic:
		return 0, 0, i, false
	}
	u := s.at(j)
	if u.article || u.leaning || u.class != unit && u.class != dual && (u.class != part || u.value != dayUnit) {
		return 0, 0, i, false
	}
	if arabic && (n == 1 && s.continues(u, j) || s.is(i, ago) && s.precedes(u.next)) {
		return 0, 0, i, false
	}
	return n, u.value, u.next, true
}

// mostElapsed bounds what is counted back, in any unit.
const mostElapsed = 2000

// precedes reports whether what stands at i makes the time before it one before an event: قبل أسبوعين من الانتخابات.
func (s *scanner) precedes(i int) bool {
	return i < len(s.tokens) && (s.is(i, of) || s.tokens[i].Fold == "علي")
}

// continues reports whether the lone unit u at j only introduces a date, as in منذ عام 2002 and قبل يوم الجمعة, or is a vague plural.
func (s *scanner) continues(u term, j int) bool {
	switch s.at(u.next).class {
	case figure, month, weak, weekday, relative, last:
		return true
	}
	switch s.tokens[j].Fold {
	case "ايام", "ساعات", "دقائق", "اسابيع", "اشهر", "شهور", "سنوات", "اعوام":
		return true
	}
	return false
}
