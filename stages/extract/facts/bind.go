package facts

import (
	"slices"
	"strings"

	"rawi/stages/text"
)

// bind finds what befell the people counted: by the word nearest to them, or by what befell those just counted where no noun stands.
func (p *page) bind(s *sentence, q *quantity, before []quantity) {
	if q.role != "" {
		return
	}
	if p.sharesRole(s, q, before) {
		last := before[len(before)-1]
		q.role, q.by = last.role, last.by
		return
	}
	h, cost, found := p.nearestRole(s, q, before)
	if q.bare && q.n > 1 && !q.sum && len(before) > 0 {
		last := before[len(before)-1]
		near := found && h.Start != last.by && (cost <= looseReach || p.described(s, q, h))
		if last.role != "" && !near && q.start-last.end <= joinReach && !s.roleBetween(last.end, q.start, last.by) {
			q.role, q.by, q.joined, q.person = last.role, last.by, true, true
			return
		}
	}
	if found && h.Class == classFate {
		if arrest, ok := p.arrestAfter(s, h); ok {
			h = arrest
		}
	}
	if found {
		q.role, q.by = h.Class, h.Start
		q.agent = q.agent && !p.suffers(s, q, h)
	}
	if verb, ok := s.hitAt(q.end, classArrest); ok && q.n > 1 && q.role == "" && p.g.Forms != nil && strings.HasSuffix(s.tokens[q.end].Fold, "هم") {
		q.role, q.by, q.person = classArrest, verb.Start, true // واحد من ستة أوقفتهم إسبانيا
		return
	}
	caught := q.person && !q.agent && (q.role == "" || h.End <= q.start) && s.seizedBefore(q.start)
	if caught || q.role == "" && q.suspect && q.n > 1 && !p.ofSuspects(s, q) {
		q.role, q.by = classArrest, 0
	}
}

// described reports whether only an inset that describes those counted parts them from what befell them: deux autres, âgés de 18 et 20 ans, ont été
// blessés.
func (p *page) described(s *sentence, q *quantity, h Hit) bool {
	if h.Start < q.end {
		return false
	}
	start, end := p.inset(s, q.end, h.Start)
	return start <= q.end+1 && end > start
}

// ofSuspects reports whether the people counted are some of the suspects told of before: اثنين من المشتبه فيهم.
func (p *page) ofSuspects(s *sentence, q *quantity) bool {
	return p.g.Forms != nil && slices.ContainsFunc(s.tokens[q.start:q.end], func(t text.Token) bool { return slices.Contains(p.g.From, t.Fold) })
}

// sharesRole reports whether q is told of in one breath with the people before it: trois frères et leur cousin, ثلاثة لبنانيين وسوري.
func (p *page) sharesRole(s *sentence, q *quantity, before []quantity) bool {
	if len(before) == 0 || !q.person || q.part || q.sum {
		return false
	}
	if h, ok := s.hitAt(q.end-1, classRescue); ok && h.Value == "c" && p.g.Forms == nil {
		return false // trois morts et 14 rescapés
	}
	last := before[len(before)-1]
	return last.role != "" && last.role != classFate && last.person && !last.bare && last.agent == q.agent && p.g.andBetween(s, s.pastAge(last.end), q.start)
}

// suffers reports whether one of those who act for the state is the subject of the passive that follows: un ancien gendarme a été arrêté.
func (p *page) suffers(s *sentence, q *quantity, h Hit) bool {
	const near = 7
	return !p.g.VerbFirst && h.Class == classArrest && h.Value == "p" && q.single && q.end <= h.Start && h.Start-q.end <= near &&
		!s.stopBetween(q.end, h.Start)
}

// nearestRole is the word that binds the people counted at least cost.
func (p *page) nearestRole(s *sentence, q *quantity, before []quantity) (nearest Hit, cost int, found bool) {
	best := roleReach + 1
	switch {
	case q.sum:
		best = 2 * roleReach
	case !q.person:
		best = looseReach + 1
	}
	for _, h := range s.hits {
		if !isRole(h.Class) || h.Start < q.end && h.End > q.start || within(h, before) || !p.binds(h, q) {
			continue
		}
		if cost := p.bindingCost(s, q, h) + p.taken(s, h, q, before); cost < best {
			best, nearest, found = cost, h, true
		}
	}
	return nearest, best, found
}

// binds reports whether the word can say what befell others than itself.
func (p *page) binds(h Hit, q *quantity) bool {
	switch h.Value {
	case "c":
		return q.single || q.sum || p.adjective(h, q)
	case "c1":
		return p.adjective(h, q)
	}
	return true
}

// adjective reports whether people by what befell them follow right after those counted: سبعة جنود قتلى.
func (p *page) adjective(h Hit, q *quantity) bool { return p.g.VerbFirst && h.Start == q.end }

// within reports whether a word is itself the noun of a quantity.
func within(h Hit, before []quantity) bool {
	for _, q := range before {
		if q.start <= h.Start && h.End <= q.end {
			return true
		}
	}
	return false
}

// taken is what it costs that a word has people of its own, or between it and these.
func (p *page) taken(s *sentence, h Hit, q *quantity, before []quantity) int {
	for _, b := range before {
		told := (h.Value == "p" || h.Value == "i") && !p.g.VerbFirst && b.by == h.Start && b.end <= h.Start && h.End <= q.start && b.role == h.Class
		if told && !q.sum && !s.accompanied(q.start, p.g) {
			return roleReach // what befell those before it did not befall these: deux passeurs interpellés avec, à bord, onze migrants
		}
		if !b.person || b.start < h.End || b.end > q.start {
			continue
		}
		if _, linked := p.g.linkBefore(s, q.start); q.single && b.role == h.Class && !linked && !s.accompanied(q.start, p.g) {
			return roleReach // أصيب شرطي خلال مداهمة منزل يتحصن به عنصر إرهابي
		}
		return 8
	}
	return 0
}

// bindingCost is how far the people counted are from the word that tells what befell them.
func (p *page) bindingCost(s *sentence, q *quantity, h Hit) int {
	const never = 1000
	active := p.g.Active(s.tokens, h)
	if h.Start >= q.end {
		start, end := p.inset(s, q.end, h.Start)
		cost := h.Start - q.end - (end - start) + s.gap(q.end, start) + s.gap(end, h.Start)
		switch {
		case active || p.opensClause(s, h) || p.otherSubject(s, q.end, h.Start) || h.Value == "p" && p.clauseBetween(s, q.end, h.Start):
			return never
		case p.g.VerbFirst && h.Value != "p":
			return cost + 6
		case h.Value == "n":
			return cost + 20 // la mort d'un migrant is not that of those named before
		}
		return cost
	}
	cost := q.start - h.End + s.gap(h.End, q.start)
	if s.doer(q.start) || p.g.Forms != nil && s.suffered(h) && !s.accompanied(q.start, p.g) {
		return never // blessé par l'un de ses élèves, على يد صديقه
	}
	if q.single && !q.person && h.Value != "n" && !active && !p.g.VerbFirst {
		return never // blessé dans une embuscade
	}
	if (h.Value == "p" || h.Value == "i") && !active && !p.g.VerbFirst {
		return cost + 8
	}
	return cost
}

// otherSubject reports whether a bare number right before the auxiliary tells what befell only some of those counted: quatre ouvriers, deux sont morts.
func (p *page) otherSubject(s *sentence, from, to int) bool {
	const auxiliaries = 2 // ont été
	for i := max(from, to-auxiliaries-1); i < to && p.g.Auxiliaries != nil; i++ {
		if n, ok := p.g.Number(s.tokens, i); ok && i > from && n.End <= to && slices.Contains(p.g.Auxiliaries, s.tokens[n.End].Fold) {
			return true
		}
	}
	return false
}

// doer reports whether whoever stands at token i did it: par un voisin, على يد مجهول.
func (s *sentence) doer(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classDoer && h.End == i })
}

// suffered reports whether the one who suffers is written onto the verb already: أوقفه المحققون في منزل والديه.
func (s *sentence) suffered(h Hit) bool {
	return slices.ContainsFunc(s.hits, func(o Hit) bool { return o.Class == classPronoun && o.Start == h.Start })
}

// clauseBetween reports whether a verb opens a clause of its own between two tokens: وفاة سيدة وطفليها، وأصيب الأب بحروق.
func (p *page) clauseBetween(s *sentence, from, to int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Start >= from && h.End <= to && isRole(h.Class) && p.opensClause(s, h)
	})
}

// opensClause reports whether a verb has "and" or "then" written onto it, where people follow their verb: سبعة أشخاص، بينهم ثلاثة متطوعين، وأصيب اثنان.
func (p *page) opensClause(s *sentence, h Hit) bool {
	fold := s.tokens[h.Start].Fold
	joined := func(letter string) bool { return strings.HasPrefix(fold, letter) }
	return h.Value == "v" && slices.ContainsFunc(p.g.Opens, joined) && !p.g.Lexicon.opens(fold)
}

// gap is what parts two tokens more than their distance: clauses and stops.
func (s *sentence) gap(from, to int) int {
	cost := 0
	for i := from; i < to; i++ {
		switch s.tokens[i].Fold {
		case ";", ":", "؛":
			cost += 12
		case ",", "،":
			cost += 2
		}
	}
	for _, h := range s.hits {
		if h.Start < from || h.End > to {
			continue
		}
		switch h.Class {
		case classClause:
			cost += 12
		case classPart:
			if h.Value == "whole" || h.Value == "one" {
				continue
			}
			cost += 8 // what follows befell some of them: ضمنهم مصاب بحروق
		}
	}
	return cost
}

// roleBetween reports whether a word that tells what befell people stands between two tokens, other than the one at token except.
func (s *sentence) roleBetween(from, to, except int) bool {
	for _, h := range s.hits {
		if isRole(h.Class) && h.Start >= from && h.End <= to && h.Start != except {
			return true
		}
	}
	return false
}

// seizedBefore reports whether a word for seizing, which Arabic uses of arrests too, stands before people and nothing that can be seized
// between them: ضبط خمسة عناصر, but not ضبط شاحنة على متنها خمسة أشخاص.
func (s *sentence) seizedBefore(i int) bool {
	from := -1
	for _, h := range s.hits {
		switch {
		case h.End > i:
		case h.Class == classSeize && h.Value == "catch":
			from = h.End
		case h.Class == classThing || h.Class == classSeize || isRole(h.Class) || h.Class == classClause:
			from = -1
		}
	}
	return from >= 0 && i-from <= seizedReach
}

// seizedReach is how many tokens, the seizing service and the day among them, stand between a word for seizing and the people caught.
const seizedReach = 14

// peopleAt reports whether people are told of at token i: those counted before are the whole of them, sept individus dont trois femmes.
func (p *page) peopleAt(s *sentence, i int) bool {
	if i >= len(s.tokens) {
		return false
	}
	if _, ok := s.hitAt(i, classOne, classMany); ok {
		return true
	}
	q, _ := p.quantityAt(s, i)
	return q.n > 0
}
