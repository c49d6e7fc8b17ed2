package facts

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

// quantity is a number of people in a sentence, by token indices, End exclusive of the noun counted.
type quantity struct {
	start, end int
	n          int
	approx     bool
	role       Class // what befell them; empty where nothing says it
	by         int   // first token of the word that says it
	person     bool  // the noun counted is known to be people
	bare       bool  // no noun at all: "deux à Nador"
	single     bool  // told by the singular alone
	part       bool  // of those counted before
	sum        bool  // replaces what was counted before
	joined     bool  // coordinated with the quantity before it
	agent      bool  // those who act for the state
	suspect    bool  // called suspects
	victim     bool  // called victims
	foe        bool  // attackers, whose dead are not those of the attack
	ordinal    int   // one who came after others: un cinquième suspect
	other      bool  // others than those told of before
	rest       bool  // the others of those told of before: الأربعة الآخرون
	head       string
}

// Limits of what a word can bind, in tokens.
const (
	headReach  = 3  // from a number to the noun it counts
	roleReach  = 24 // from people to the word that tells what befell them
	looseReach = 4  // the same where the noun is not known to be people
	sumReach   = 10
	nowReach   = 3  // from people to what makes them all there are: six personnes sont désormais aux mains des juges
	joinReach  = 14 // between numbers that share what befell their people
)

// mostPeople is more than any happening counts; years and money stay out.
const mostPeople = 1_000_000

// findCounts finds the people counted in s and what befell them.
func (p *page) findCounts(s *sentence) []quantity {
	var found []quantity
	for i := 0; i < len(s.tokens); {
		q, next := p.quantityAt(s, i)
		if q.n == 0 {
			if other, ok := p.companion(s, i, found); ok {
				q, next = other, other.end
			}
		}
		if q.n > 0 && !p.sharesNumber(s, q, found) {
			p.flagQuantity(s, &q, found)
			p.bind(s, &q, found)
			found = append(found, q)
		}
		i = next
	}
	return p.addOwnDeath(s, found)
}

// addOwnDeath adds the one, or the two, whom an Arabic phrase says to have died by its pronoun, where no word for them is known: لقي آمر السرية حتفه.
func (p *page) addOwnDeath(s *sentence, found []quantity) []quantity {
	if p.g.Forms == nil || slices.ContainsFunc(found, func(q quantity) bool { return q.role == classKill }) {
		return found
	}
	for _, h := range s.hits {
		if h.Class != classKill || h.Value != "p" || s.charged(h.Start) {
			continue
		}
		last, n := s.tokens[h.Start].Fold, 0
		switch {
		case strings.HasSuffix(last, "هما"):
			n = 2
		case strings.HasSuffix(last, "ه"), strings.HasSuffix(last, "ها"):
			n = 1
		}
		if n > 0 {
			return append(found, quantity{start: h.Start, end: h.End, n: n, single: n == 1, person: true, role: classKill, by: h.Start, head: last})
		}
	}
	return found
}

// fewestOfOne is the least Arabic number whose noun stands in the singular.
const fewestOfOne = 11

// sharesNumber reports whether an Arabic noun in the singular goes with the number before it, as the noun joined to it does: ثلاثين عسكريا ومتطوعا.
func (p *page) sharesNumber(s *sentence, q quantity, before []quantity) bool {
	if p.g.Forms == nil || len(before) == 0 || !q.single || !strings.HasSuffix(s.tokens[q.start].Fold, "ا") {
		return false
	}
	last := before[len(before)-1]
	return (last.approx || last.n%10 == 0) && last.n >= fewestOfOne && !last.bare && strings.HasSuffix(s.tokens[last.end-1].Fold, "ا") && p.g.andBetween(s, last.end, q.start)
}

// quantityAt reads the people counted at token i; n is 0 where there are none. next is where to go on.
func (p *page) quantityAt(s *sentence, i int) (q quantity, next int) {
	if i > 0 && slices.Contains(p.g.Numbered, s.tokens[i-1].Fold) || s.inDate(i) || s.inAge(i) || s.ofWhole(i) || s.charged(i) || s.inPhrase(i) {
		return quantity{}, i + 1
	}
	if h, ok := s.hitAt(i, classMany); ok && groupOfPeople[h.Value] > 0 && h.Start == i {
		return quantity{start: i, end: h.End, n: groupOfPeople[h.Value], person: true, head: s.tokens[i].Fold}, h.End
	}
	if h, ok := s.hitAt(i, classPart); ok && h.Value == "one" && h.Start == i {
		if of, ok := s.hitAt(h.End, classOne, classMany); ok {
			return quantity{
				start: i, end: of.End, n: 1, single: true, person: true, agent: of.Value == "agent", suspect: of.Value == "suspect",
				foe: of.Value == "foe", head: s.tokens[of.Start].Fold,
			}, of.End
		}
	}
	if n, ok := p.g.Number(s.tokens, i); ok && n.Plural {
		return quantity{}, n.End // tens or thousands: no number to compare
	} else if ok {
		return p.numbered(s, i, n.End, n.Value, n.Approx)
	}
	if h, ok := s.hitAt(i, classOne); ok && h.Start == i && p.determined(s, i) && !p.describes(s, i) {
		return quantity{
			start: i, end: h.End, n: 1, single: true, person: true, agent: h.Value == "agent", suspect: h.Value == "suspect",
			victim: h.Value == "victim", foe: h.Value == "foe",
			head: s.tokens[i].Fold,
		}, h.End
	}
	if p.g.Determiners != nil && p.determined(s, i) && p.native(s, i) {
		return quantity{start: i, end: i + 1, n: 1, single: true, person: true, head: s.tokens[i].Fold}, i + 1
	}
	if h, ok := s.countedNoun(i); ok && h.Value == "c1" && h.Start == i {
		return quantity{start: i, end: h.End, n: 1, single: true, person: true, role: h.Class, head: s.tokens[i].Fold}, h.End
	}
	if p.g.Determiners == nil && p.oneNative(s, i) {
		return quantity{start: i, end: i + 1, n: 1, single: true, person: true, head: s.tokens[i].Fold}, i + 1
	}
	if s.tokens[i].Script == text.Punct {
		return p.initialled(s, i)
	}
	return p.dualAt(s, i)
}

// groupOfPeople is how many people a word for a group of them tells of: un couple, un trio.
var groupOfPeople = map[string]int{"two": 2, "three": 3, "four": 4}

// inPhrase reports whether token i stands inside a phrase that tells what befell people: dans un état grave.
func (s *sentence) inPhrase(i int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Value == "p" && isRole(h.Class) && h.Start < i && i < h.End })
}

// determined reports whether a noun in the singular is one person: with an article where the language has them, anywhere in a title.
func (p *page) determined(s *sentence, i int) bool {
	if p.g.Determiners == nil || s.depth < 0 && i == 0 {
		return true
	}
	if i > 0 && slices.Contains(p.g.Determiners, s.tokens[i-1].Fold) {
		return true
	}
	return slices.Contains(p.g.Determiners, s.tokens[i].Fold) || s.depth < 0 && s.tokens[i-1].Script == text.Punct
}

// numbered reads what the number in tokens i to end counts.
func (p *page) numbered(s *sentence, i, end int, value float64, approx bool) (quantity, int) {
	if value < 1 || value > mostPeople || value != math.Trunc(value) {
		return quantity{}, end
	}
	q := quantity{start: i, end: end, n: int(value), approx: approx, single: value == 1}
	for j := end; j < len(s.tokens) && j < end+headReach; j++ {
		t := s.tokens[j]
		if h, thing := s.hitAt(j, classThing, classAgeUnit, classNotAge, classTrial); thing && h.Value != "before" || t.Script == text.Number || s.inDate(j) {
			return quantity{}, end
		}
		if p.coordinates(s, j) {
			break // مصرع 9 وإصابة 13
		}
		if h, ok := s.hitAt(j, classOne, classMany); ok {
			q.end, q.person, q.head = h.End, true, s.tokens[h.Start].Fold
			q.agent, q.suspect, q.victim, q.foe = h.Value == "agent", h.Value == "suspect", h.Value == "victim", h.Value == "foe"
			return q, h.End
		}
		if p.native(s, j) && !p.stateAfter(q.n, t.Fold) {
			q.end, q.person, q.head = j+1, true, t.Fold
			return q, j + 1
		}
		if h, ok := s.countedNoun(j); ok {
			q.end, q.person, q.role, q.head = h.End, true, h.Class, s.tokens[h.Start].Fold
			if s.killedBefore(i) {
				q.role = classKill // توفي ثلاثة عشر جريحا
			}
			return q, h.End
		}
		if h, ok := s.hitAt(j, classOther); ok {
			q.end, q.bare = h.End, true
			q.person = !p.endsPhrase(s, min(h.End, len(s.tokens)-1))
			return q, h.End
		}
		if t.Script == text.Punct || j == end && p.endsPhrase(s, j) {
			break
		}
	}
	if p.sidewise(s, end) {
		q.bare = true
		return q, end + 2
	}
	if h, ok := p.headBefore(s, i); ok {
		q.person, q.suspect, q.head = true, h.Value == "suspect", s.tokens[h.Start].Fold
		if isRole(h.Class) {
			q.role = h.Class
		}
		return q, end
	}
	if century := int(value) / 100; century == 19 || century == 20 {
		return quantity{}, end // وهو من مواليد 1988
	}
	q.person = q.single && s.agedAfter(end, p.g.Of)
	q.bare = end >= len(s.tokens) || s.tokens[end].Script == text.Punct || p.endsPhrase(s, end)
	if !q.bare {
		q.head = s.tokens[end].Fold
	}
	return q, end
}

// coordinates reports whether "and" is written onto the noun at token j, which the number before it does not count then.
func (p *page) coordinates(s *sentence, j int) bool {
	rest, ok := strings.CutPrefix(s.tokens[j].Fold, p.g.AndPrefix)
	if !ok || p.g.AndPrefix == "" || rest == "" {
		return false
	}
	return len(p.g.Lexicon.Lookup(s.tokens[j].Fold)) == 0 && slices.ContainsFunc(s.forms[j], func(f string) bool { return len(p.g.Lexicon.Lookup(f)) > 0 })
}

// agedAfter reports whether an age stands right after the noun at token i, which makes it people: un talibé de 9 ans.
func (s *sentence) agedAfter(i int, of []string) bool {
	const near = 4 // the noun, de, the number
	for j := i + 1; j < min(i+near, len(s.tokens)); j++ {
		if s.inAge(j) || s.unitAt(j) && slices.Contains(of, s.tokens[j-2].Fold) {
			return true
		}
	}
	return false
}

// flagQuantity says how the quantity relates to others: a part, a sum, a bound.
func (p *page) flagQuantity(s *sentence, q *quantity, counted []quantity) {
	for _, h := range s.hits {
		switch h.Class {
		case classPart:
			if h.Value == "whole" || h.Value == "one" {
				continue
			}
			before := h.End <= q.start && q.start-h.End <= 2 && !s.roleBetween(h.End, q.start, -1) // أحدهما مدني وأصيب ستة
			behind := h.Start == q.end && (!q.person || !p.peopleAt(s, h.End))
			q.person = q.person || behind || h.Start == q.start // deux d'entre eux
			q.part = q.part || before || behind || h.Start < q.end && h.End > q.start
		case classSum:
			q.sum = q.sum || h.End <= q.start && q.start-h.End <= sumReach && !p.parted(s, h.End, q.start, counted)
			q.sum = q.sum || h.Value == "now" && q.person && h.Start >= q.end && h.Start-q.end <= nowReach
		case classOther:
			if h.Start >= q.start && h.Start <= q.end && h.End <= q.end+1 {
				q.rest = p.g.Forms != nil && definite(s.tokens[q.start].Fold)
				q.other = q.other || !q.rest
			}
			if n, err := strconv.Atoi(h.Value); err == nil && q.single && h.Start >= q.start && h.Start <= q.end {
				q.ordinal = n
			}
		case classApprox:
			if h.End <= q.start && q.start-h.End <= 1 {
				q.approx = true
			}
		}
	}
}

// parted reports whether another quantity stands between two tokens, unless only from it to this one: passe de 13 à 15.
func (p *page) parted(s *sentence, from, to int, before []quantity) bool {
	for _, q := range before {
		if q.start >= from && q.end <= to {
			return to-q.end > 1 || !slices.Contains(p.g.Joins, s.tokens[q.end].Fold)
		}
	}
	return false
}

func isRole(c Class) bool {
	return c == classArrest || c == classKill || c == classWound || c == classRescue || c == classFate
}

// countOf reads from the sentences how many people something befell.
func (p *page) countOf(role Class, sentences []*sentence) (*message.Count, []message.Evidence) {
	t := tally{role: role, g: p.g}
	for _, s := range sentences {
		t.add(s)
	}
	best, ok := t.best()
	if !ok {
		return nil, nil
	}
	c := &message.Count{N: best.n, Approx: best.approx, Official: best.s.official()}
	var found []message.Evidence
	if e, ok := best.s.evidence(countFact[role], itoa(best.n), "count/"+best.rule, best.start, best.end); ok {
		found = append(found, e)
	}
	c.Split = t.split(best)
	return c, found
}

var countFact = map[Class]string{classArrest: "arrested", classKill: "killed", classWound: "wounded", classRescue: "rescued"}
