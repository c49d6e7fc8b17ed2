package when

import (
	"slices"

	"rawi/stages/text"
)

// scanner walks over the terms of one text. Every reader takes the index of a token and returns the index after what it read; that index
// equals the one given where it read nothing.
type scanner struct {
	s      string
	tokens []text.Token
	terms  []term
	count  counter
	tense  tense
	clock  clock
}

func (s *scanner) at(i int) term {
	if i < 0 || i >= len(s.terms) {
		return term{next: i + 1}
	}
	return s.terms[i]
}

func (s *scanner) is(i int, c class) bool { return s.at(i).class == c }

// back is the term that ends where token i begins.
func (s *scanner) back(i int) (term, int) {
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if s.terms[j].class != none && s.terms[j].next == i {
			return s.terms[j], j
		}
	}
	return term{}, i - 1
}

// backPast is the term before i, with those of the given classes stepped over.
func (s *scanner) backPast(i int, over ...class) (term, int) {
	for range 4 {
		t, j := s.back(i)
		if !contains(over, t.class) {
			return t, j
		}
		i = j
	}
	return term{}, i
}

func contains(classes []class, c class) bool {
	if c == none {
		return false
	}
	return slices.Contains(classes, c)
}

// past steps over terms of the given classes, at most a few.
func (s *scanner) past(i int, over ...class) int {
	for steps := 0; steps < 3 && contains(over, s.at(i).class); steps++ {
		i = s.at(i).next
	}
	return i
}

// mark reports whether token i is one of the marks given.
func (s *scanner) mark(i int, marks ...string) bool {
	if i < 0 || i >= len(s.tokens) {
		return false
	}
	return slices.Contains(marks, s.tokens[i].Text)
}

// mention reads the date that begins at token i.
func (s *scanner) mention(i int) (Mention, int, bool) {
	sp, next, ok := s.expression(i)
	if !ok {
		return Mention{}, i, false
	}
	if t, _ := s.backPast(i, link, of, part, edge, unit); t.class == since {
		sp.kind = Since
	}
	return Mention{
		Start: s.tokens[i].Start, End: s.tokens[next-1].End,
		From: sp.from, To: sp.to, Precision: sp.precision, Kind: sp.kind, Weekday: sp.weekday, Conflict: sp.conflict,
	}, next, true
}

func (s *scanner) expression(i int) (span, int, bool) {
	switch s.terms[i].class {
	case figure:
		return s.fromFigure(i)
	case first, ordinal, tens:
		return s.dayOfMonth(i)
	case month, weak, short:
		return s.monthAlone(i)
	}
	if !s.clock.known {
		return span{}, i, false
	}
	switch s.terms[i].class {
	case relative, weekday, part, night, this:
		if t, _ := s.back(i); t.class != bar {
			return s.dayPhrase(i)
		}
	case ago, since:
		return s.elapsed(i)
	case unit:
		return s.unitPhrase(i)
	}
	return span{}, i, false
}

// fromFigure reads what begins with a number in digits: a date in digits, a day of a month, a year.
func (s *scanner) fromFigure(i int) (span, int, bool) {
	if t, next, ok := s.numeric(i); ok {
		return day(t), next, true
	}
	if sp, next, ok := s.dayOfMonth(i); ok {
		return sp, next, true
	}
	return s.yearAlone(i)
}
