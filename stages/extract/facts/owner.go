package facts

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

// owner tells whose age it is, by what befell the people it stands beside.
type owner int

// Owners of an age.
const (
	unknown   owner = iota
	suspected       // arrested, or called a suspect
	bystander       // a victim, a witness, an official, who complained
)

// ownerReach is how many tokens may stand between people and their age.
const ownerReach = 9

// owns tells whose age a is: that of the people before it, or after it where the sentence opens with it: âgée de 46 ans, la victime.
func (s *sentence) owns(a age) owner {
	if s.ofUncounted(a) {
		return bystander
	}
	var nearest *quantity
	for i := range s.counts {
		q := &s.counts[i]
		switch {
		case !q.person:
		case q.end <= a.start && a.start-q.end <= ownerReach && !s.breaks(q.end, a.start):
			nearest = q
		case nearest == nil && a.start <= opening && q.start >= a.end && q.start-a.end <= ownerReach:
			return s.judge(q, a)
		}
	}
	if nearest == nil {
		return unknown
	}
	return s.judge(nearest, a)
}

// ofUncounted reports whether the age stands right behind people who did and suffered nothing here, and whom no number counts: des recrues âgées de 15
// et 16 ans.
func (s *sentence) ofUncounted(a age) bool {
	const near = 3
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classMany && (h.Value == "victim" || h.Value == "agent") && h.End <= a.start && a.start-h.End <= near && !within(h, s.counts)
	})
}

// opening is how many tokens of a sentence may stand before an age that opens it: âgé de, agée d'.
const opening = 3

// judge tells what the people are.
func (s *sentence) judge(q *quantity, a age) owner {
	switch {
	case q.role == classArrest || q.suspect || s.accusedAfter(q):
		return suspected
	case s.heldAfter(q):
		return suspected
	case q.agent || q.victim || q.role == classKill || q.role == classWound || q.role == classRescue:
		return bystander
	case s.has(classComplaint) || s.speaks(q, a):
		return bystander
	}
	return unknown
}

// heldAfter reports whether a word for custody follows one person, and no one else between: le conducteur, âgé de 22 ans, a été placé en détention.
func (s *sentence) heldAfter(q *quantity) bool {
	return q.single && !q.agent && !q.victim && q.role == "" && slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classProcedure && h.Value == "custody" && h.Start >= q.end && h.Start-q.end <= custodyReach &&
			!slices.ContainsFunc(s.counts, func(o quantity) bool { return o.person && o.start >= q.end && o.end <= h.Start })
	})
}

// accusedAfter reports whether one person is said to be suspected of something, and no one else is told of between: leur voisin, 19 ans, était
// soupçonné de vouloir commettre un attentat.
func (s *sentence) accusedAfter(q *quantity) bool {
	return q.single && !q.victim && q.role == "" && slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classAccuse && h.Start >= q.end && h.Start-q.end <= custodyReach &&
			!slices.ContainsFunc(s.counts, func(o quantity) bool { return o.person && o.start >= q.end && o.end <= h.Start })
	})
}

// speaks reports whether a verb of saying stands right beside people or their age: raconte un habitant de 52 ans.
func (s *sentence) speaks(q *quantity, a age) bool {
	const beside = 2
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		before := h.End <= q.start && q.start-h.End <= beside
		after := h.Start >= a.end && h.Start-a.end <= beside
		return h.Class == classAnnounce && h.Value == "" && (before || after)
	})
}

// breaks reports whether two tokens stand in clauses of their own.
func (s *sentence) breaks(from, to int) bool {
	return slices.ContainsFunc(s.tokens[from:to], func(t text.Token) bool { return t.Fold == ";" || t.Fold == ":" || t.Fold == "؛" })
}

// toldAge is an age with whose it is and its evidence.
type toldAge struct {
	age
	owner owner
	depth int
	found []message.Evidence
}

// agesOf reads the ages of those concerned: of those arrested where the report gives them, never those of bystanders. One age among many
// people is one person's, not theirs.
func (p *page) agesOf(main []*sentence, people *message.Count, arrest bool) (*message.Range, []message.Evidence) {
	all := told(main, arrest)
	many := people != nil && people.N > 1
	if suspects := only(all, suspected); len(suspects) > 0 && (!many || !arrest) {
		all = suspects
	}
	for _, a := range all {
		if a.max > a.min && a.depth <= 1 {
			return &message.Range{Min: a.min, Max: a.max}, a.found
		}
	}
	if len(all) == 0 {
		return nil, nil
	}
	r := message.Range{Min: all[0].min, Max: all[0].max}
	var found []message.Evidence
	for _, a := range all {
		if many || people == nil {
			r.Min, r.Max = min(r.Min, a.min), max(r.Max, a.max)
		}
		found = append(found, a.found...)
	}
	if many && r.Min == r.Max {
		return nil, nil
	}
	if people != nil && !many {
		value := years(r.Min, r.Max)
		found = slices.DeleteFunc(found, func(e message.Evidence) bool { return e.Value != value })
	}
	return &r, found
}

// told are the ages of a report, without those of bystanders where it tells of an arrest.
func told(main []*sentence, arrest bool) []toldAge {
	var all []toldAge
	for _, s := range main {
		for _, a := range s.ages {
			t := toldAge{age: a, owner: s.owns(a), depth: s.depth}
			if t.owner == bystander && arrest {
				continue
			}
			rule := "age"
			if t.owner == suspected {
				rule = "age/suspect"
			}
			t.found = one(s.evidence("ages", years(a.min, a.max), rule, a.start, a.end))
			all = append(all, t)
		}
	}
	return all
}

// only are the ages of one kind of owner.
func only(all []toldAge, whose owner) []toldAge {
	return slices.DeleteFunc(slices.Clone(all), func(a toldAge) bool { return a.owner != whose })
}
