package facts

import (
	"slices"
	"strconv"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

func itoa(n int) string { return strconv.Itoa(n) }

// tally weighs all that a report says of how many people something befell.
type tally struct {
	role   Class
	g      *Grammar
	stated []statement
	loose  []int // people whom nothing befell where the report opens: une cellule de quatre éléments
}

// statement is one number for the whole.
type statement struct {
	quantity
	s    *sentence
	rule string
	more bool       // comes on top of people not read: توقيف منظم الرحلة وثلاثة من شركائه
	of   []quantity // the parts, where the number is their sum
}

// add notes what one sentence says. Coordinated numbers of a sentence make one statement: 76 blessés parmi ... ainsi que 140 du côté de ...
func (t *tally) add(s *sentence) {
	var current *statement
	for _, q := range s.counts {
		if q.role == "" && q.person && q.n > 1 && s.depth <= 0 {
			t.loose = append(t.loose, q.n)
		}
		if q.role != t.role || q.agent && q.role == classArrest {
			continue
		}
		if current != nil && t.g.together(s, current, &q) {
			current.n += q.n // un homme et une femme, une femme et ses deux enfants
			current.end, current.single = q.end, current.single && q.single
			continue
		}
		if q.joined && current != nil && !q.part && q.foe == current.foe {
			if current.n == q.n && len(current.of) == 0 && current.single {
				continue
			}
			if len(current.of) == 0 {
				current.of = append(current.of, current.quantity)
			}
			current.of = append(current.of, q)
			current.rule = "parts"
			continue
		}
		if t.role == classArrest && s.meanwhile(q.start) {
			if current != nil && !current.s.background && current.s == s && !q.part {
				current.n, current.end = current.n+q.n, q.end
				continue
			}
			q.other = true
		}
		_, linked := t.g.linkBefore(s, q.start)
		t.stated = append(t.stated, statement{quantity: q, s: s, rule: "stated", more: current == nil && linked})
		current = &t.stated[len(t.stated)-1]
	}
	t.close(s)
}

// atOnce are the folded Arabic words for what services of another country did at the same time.
var atOnce = []string{"بالتوازي", "بالتزامن", "تزامنا", "بالموازاه"}

// meanwhile reports whether what stands at token i was done at the same time, on the other side of an operation: بالتوازي مع توقيف اثنين في سبتة.
func (s *sentence) meanwhile(i int) bool {
	return slices.ContainsFunc(s.tokens[max(0, i-roleReach):i], func(t text.Token) bool { return slices.Contains(atOnce, t.Fold) })
}

// close turns the parts of each statement of the sentence into a sum, unless its first number is that sum already.
func (t *tally) close(s *sentence) {
	for i := range t.stated {
		st := &t.stated[i]
		if st.s != s || len(st.of) == 0 {
			continue
		}
		rest := 0
		for _, q := range st.of[1:] {
			rest += q.n
		}
		switch first := st.of[0].n; {
		case rest == first:
			st.of = st.of[1:]
		case rest < first && (st.of[0].sum || st.of[len(st.of)-1].rest):
		default:
			st.n = first + rest
		}
	}
}

// best is the statement to believe: the highest running total, else the highest number where the report opens, else the first
// further down, else as many as are told of one by one.
func (t *tally) best() (statement, bool) {
	t.dropFoes()
	best, ok := t.most()
	if !ok {
		return best, false
	}
	return t.next(best), true
}

// next is the statement with the one who came after: quatre suspects ... un cinquième a été arrêté. The dead are counted on where no more is said of
// those before: un sixième corps a été retrouvé.
func (t *tally) next(best statement) statement {
	for _, st := range t.stated {
		alone := t.role == classArrest && best.n == 1 && best.ordinal == st.ordinal && slices.Contains(t.loose, st.ordinal-1)
		dead := t.role == classKill && best.single && st.ordinal > best.n && st.foe == best.foe
		if st.s.depth <= 2 && st.ordinal > 1 && (st.ordinal == best.n+1 || alone || dead) {
			best.n = st.ordinal
			best.rule = "others"
		}
	}
	return best
}

// most is the best of what is stated.
func (t *tally) most() (statement, bool) {
	var best statement
	found := false
	take := func(st statement) {
		if !found || st.n > best.n {
			best, found = st, true
		}
	}
	for _, st := range t.stated {
		if st.sum && st.n > 1 && !st.part && (t.role != classArrest || st.s.depth <= 2) {
			take(st)
		}
	}
	for _, depth := range []int{blockTitle, 1} {
		for _, st := range t.stated {
			if st.n > 1 && !st.part && st.s.depth <= depth && (depth > blockTitle || !st.more) {
				take(st)
			}
		}
		if found {
			return t.withOne(t.withOthers(t.exact(best))), true
		}
	}
	if one, ok := t.singles(); ok && one.s.depth <= 0 {
		return one, true
	}
	for _, st := range t.stated {
		if st.n > 1 && !st.part && st.s.depth <= t.deepest() {
			return st, true
		}
	}
	if one, ok := t.singles(); ok {
		return one, true
	}
	return t.some()
}

// some is the part of people counted that it befell, where what befell the others is another thing: trois d'entre eux sont morts.
func (t *tally) some() (statement, bool) {
	var best statement
	for _, st := range t.stated {
		if st.part && st.n > best.n && st.s.depth <= 1 && !st.s.uncounted(t.role, st.start) {
			best = st
		}
	}
	return best, best.n > 0
}

// uncounted reports whether people by what befell them stand before token i without a number: les blessés, dont trois graves.
func (s *sentence) uncounted(role Class, i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == role && h.Value == "c" && h.End <= i })
}

// dropFoes leaves out the attackers among the dead and hurt, where others are told of too.
func (t *tally) dropFoes() {
	foe := func(st statement) bool { return st.foe }
	if t.role == classArrest || !slices.ContainsFunc(t.stated, func(st statement) bool { return !st.foe && !st.part }) {
		return
	}
	t.stated = slices.DeleteFunc(t.stated, foe)
}

// exact is the number that the opening gives for what the title only rounds: une vingtaine de morts ... au moins 21 personnes.
func (t *tally) exact(title statement) statement {
	if !title.approx || title.s.depth >= 0 || title.n%5 != 0 {
		return title
	}
	for _, st := range t.stated {
		near := 2*max(st.n-title.n, title.n-st.n) <= title.n
		if near && !st.part && st.n > 1 && st.s.depth >= 0 && st.s.depth <= 1 {
			return st
		}
	}
	return title
}

// deepest is how far down a number is believed that nothing above it prepares: deaths and injuries further down are mostly another's.
func (t *tally) deepest() int {
	if t.role == classArrest {
		return maxBlocks
	}
	return 2
}

// withOthers adds those told of as others after the statement: deux hommes ... quatre autres.
func (t *tally) withOthers(best statement) statement {
	after := false
	others := 0
	for _, st := range t.stated {
		if after && st.other && t.makesUp(st, best) {
			return best
		}
		if after && st.other && !st.part && st.s != best.s && !st.s.background {
			others = max(others, st.n)
		}
		after = after || st.s == best.s && st.start == best.start
	}
	if best.s.depth <= 1 && others > 0 && t.role == classArrest {
		best.n += others
		best.rule = "others"
	}
	return best
}

// withOne adds to people hurt the one who is told of alone beside them: une dame a été grièvement brûlée ... deux passants ont été touchés.
func (t *tally) withOne(best statement) statement {
	if t.role != classWound || t.g.VerbFirst || best.sum || best.s.depth != 0 || best.s.has(classPart, classSum) {
		return best
	}
	alone := func(st statement) bool {
		return st.single && !st.part && !st.sum && !st.foe && st.s.block == best.s.block && st.head != best.head && st.start != best.start && st.by != best.by
	}
	if i := slices.IndexFunc(t.stated, alone); i >= 0 && !t.titled(best.n) {
		best.n += t.stated[i].n
		best.rule = "others"
	}
	return best
}

// titled reports whether the title counts so many already.
func (t *tally) titled(n int) bool {
	return slices.ContainsFunc(t.stated, func(st statement) bool { return st.s.depth < 0 && st.n >= n && st.n > 1 })
}

// makesUp reports whether the others and those told of before them in the text are the people of the statement already: huit passeurs ... trois à
// Lille ... cinq autres à Tournai.
func (t *tally) makesUp(others, whole statement) bool {
	return slices.ContainsFunc(t.stated, func(st statement) bool {
		return st.s.depth >= 0 && st.s.depth <= others.s.depth && !st.other && st.n+others.n == whole.n
	})
}

// singles counts people told of one by one.
func (t *tally) singles() (statement, bool) {
	var best statement
	heads, titled := map[string]bool{}, false
	for _, st := range t.stated {
		hurt := t.role == classWound && st.by == 0 // one of those counted before may be the only one hurt: ضمنهم مصاب
		if !st.single || st.part && !hurt || st.s.depth > t.deepest() {
			continue
		}
		if best.n == 0 || st.n > best.n {
			best = st
			best.rule = "single"
		}
		if st.s.depth < 0 {
			titled = true
			continue // told again below
		}
		if t.g.Forms != nil && len(heads) > 0 && strings.HasPrefix(st.head, "ال") {
			continue // told of before: دهس عنصرا من الدرك ... أصيب الدركي
		}
		heads[st.head] = true
	}
	if len(heads) == 0 && !titled {
		return best, false
	}
	if t.role == classWound {
		best.n = max(best.n, len(heads))
	}
	return best, true
}

// split is how the places named beside the parts share the number.
func (t *tally) split(best statement) []message.Share {
	told := map[*sentence][]quantity{}
	for _, st := range t.stated {
		parts := st.of
		if len(parts) == 0 {
			parts = []quantity{st.quantity}
		}
		told[st.s] = append(told[st.s], parts...)
	}
	for _, st := range t.stated {
		if shares := st.s.shares(told[st.s], best.n); shares != nil {
			return shares
		}
	}
	return nil
}

// shares are the parts of a number with the place of each; nil where one has none, where all have the same, or where they do not make up the
// whole.
func (s *sentence) shares(parts []quantity, whole int) []message.Share {
	var shares []message.Share
	sum := 0
	for _, q := range parts {
		place, ok := s.placeAfter(q.end)
		if !ok || slices.ContainsFunc(shares, func(other message.Share) bool { return other.Place == place }) {
			return nil
		}
		sum += q.n
		shares = append(shares, message.Share{Place: place, N: q.n})
	}
	if len(shares) < 2 || sum != whole {
		return nil
	}
	return shares
}

// placeAfter is the place named within a few words after token i.
func (s *sentence) placeAfter(i int) (string, bool) {
	const reach = 4
	for _, spot := range s.spots {
		if spot.start >= i && spot.start-i <= reach && spot.kind != "country" {
			if spot.place.ID != "" {
				return spot.place.ID, true
			}
			return spot.place.Name, true
		}
	}
	return "", false
}
