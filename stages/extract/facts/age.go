package facts

import (
	"slices"
	"strconv"
	"strings"
)

// age is an age or a range of ages told in a sentence.
type age struct {
	start, end int
	min, max   int
}

// Ages outside of these are durations.
const (
	youngest = 10
	oldest   = 99
)

func (s *sentence) inAge(i int) bool {
	for _, a := range s.ages {
		if a.start <= i && i < a.end {
			return true
		}
	}
	return false
}

// findAges finds the ages told in s: a number with a unit that no word makes a duration or a sentence, a number after words that ask for an
// age, an ordinal of the years of one's life.
func (p *page) findAges(s *sentence) []age {
	var found []age
	for i := 0; i < len(s.tokens); i++ {
		if s.inDate(i) && !s.ageCueNear(i) {
			continue
		}
		a, ok := p.ageAt(s, i)
		if !ok {
			a, ok = p.ordinalAge(s, i)
		}
		if !ok {
			continue
		}
		found = append(found, a)
		i = a.end - 1
	}
	return found
}

// ageAt reads an age that starts with the number at token i.
func (p *page) ageAt(s *sentence, i int) (age, bool) {
	first, ok := p.g.Number(s.tokens, i)
	if !ok || !isAge(first.Value) || first.Approx {
		return age{}, false
	}
	a := age{start: i, end: first.End, min: int(first.Value), max: int(first.Value)}
	p.extend(s, &a)
	cue := s.ageCueNear(i)
	if !cue && (!s.unitAt(a.end) || s.duration(a)) {
		return age{}, false
	}
	if s.unitAt(a.end) {
		a.end++
	}
	return a, true
}

func isAge(v float64) bool { return v >= youngest && v <= oldest && v == float64(int(v)) }

// mostListed bounds a list of ages.
const mostListed = 12

// extend reads on from the first of several ages that share one unit: de 19 à 49 ans, de 19, 22 et 31 ans.
func (p *page) extend(s *sentence, a *age) {
	all := *a
	for range mostListed {
		next, ok := p.rangeEnd(s, all.end)
		if !ok {
			return
		}
		second, ok := p.g.Number(s.tokens, next)
		if !ok || !isAge(second.Value) {
			return
		}
		v := int(second.Value)
		all.end, all.min, all.max = second.End, min(all.min, v), max(all.max, v)
		if s.unitAt(all.end) {
			*a = all
			return
		}
	}
}

// rangeEnd is the token of the second number after a word that joins two: de 19 à 49, بين 19 و49.
func (p *page) rangeEnd(s *sentence, i int) (int, bool) {
	if i >= len(s.tokens) {
		return 0, false
	}
	if slices.Contains(p.g.Joins, s.tokens[i].Fold) || s.tokens[i].Fold == "," || s.tokens[i].Fold == "،" {
		return i + 1, true
	}
	if p.g.AndPrefix != "" && strings.HasPrefix(s.tokens[i].Fold, p.g.AndPrefix) {
		return i, true
	}
	return 0, false
}

func (s *sentence) unitAt(i int) bool {
	_, ok := s.hitAt(i, classAgeUnit)
	return ok
}

// ageCueNear reports whether words that ask for an age stand right before token i, and no age that answers them between: يبلغ من العمر 34 سنة
// بعشرين سنة سجنا.
func (s *sentence) ageCueNear(i int) bool {
	for _, h := range s.hits {
		if h.Class != classAgeCue || h.End > i || i-h.End > 2 || h.End < i && s.unitAt(i-1) {
			continue
		}
		if _, answered := s.hitAt(h.Start-1, classOrdinal); !answered { // في الثلاثين من عمره
			return true
		}
	}
	return false
}

// duration reports whether words around an age make it a duration or a prison term.
func (s *sentence) duration(a age) bool {
	for _, h := range s.hits {
		if h.Class != classNotAge {
			continue
		}
		before := h.End <= a.start && a.start-h.End <= 3 || h.Value == "" && s.ageBetween(h.End, a.start)
		after := h.Start >= a.end && h.Start-a.end <= 2
		if before && h.Value != "after" || after && h.Value != "before" {
			return true
		}
	}
	return false
}

// ageBetween reports whether words for an age stand between two tokens: بسجن رجل في الثلاثين من عمره 18 عاما.
func (s *sentence) ageBetween(from, to int) bool {
	const reach = 10
	return to-from <= reach && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classAgeCue && h.Start >= from && h.End <= to })
}

// ordinalAge reads في الرابعة والعشرين من عمره.
func (p *page) ordinalAge(s *sentence, i int) (age, bool) {
	n, end := s.ordinalAt(i)
	if n < 10 || !p.yearsOfLife(s, i, end) {
		return age{}, false
	}
	a := age{start: i, end: end, min: n, max: n}
	if second, next := s.ordinalAt(end); second >= 10 {
		a.end, a.min, a.max = next, min(n, second), max(n, second)
	}
	return a, true
}

// ordinalAt reads one ordinal of units and tens; n is 0 where there is none.
func (s *sentence) ordinalAt(i int) (n, end int) {
	end = i
	for end < len(s.tokens) && end < i+2 {
		h, ok := s.hitAt(end, classOrdinal)
		if !ok {
			break
		}
		v, err := strconv.Atoi(h.Value)
		if err != nil || end > i && v < 10 {
			break
		}
		n += v
		end = h.End
		if v >= 10 {
			break
		}
	}
	return n, end
}

// yearsOfLife reports whether an ordinal is told of a life: after في and not of an hour or a day, or before من عمره.
func (p *page) yearsOfLife(s *sentence, start, end int) bool {
	for _, h := range s.hits {
		if h.Class == classAgeCue && (h.Start >= end && h.Start-end <= 4 || h.End <= start && start-h.End <= 2) {
			return true
		}
	}
	return start > 0 && slices.Contains(p.g.InLife, s.tokens[start-1].Fold)
}

func years(from, to int) string { return strconv.Itoa(from) + "-" + strconv.Itoa(to) }
