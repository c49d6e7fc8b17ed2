package facts

import "slices"

// stopsPeople reports whether the sentence counts people and names no goods: migrants are intercepted too, which is no seizure.
func (s *sentence) stopsPeople() bool {
	return !s.namesGoods() && slices.ContainsFunc(s.counts, func(q quantity) bool { return q.person && !q.agent })
}

// catchesPeople reports whether an interception stops people, rather than a boat or a car with people in it: sept chercheurs d'or interceptés.
func (p *page) catchesPeople(s *sentence, h Hit) bool {
	const before, after = 3, 10
	if h.Value != "intercept" || p.g.VerbFirst || s.has(classCrossing, classRescue) || s.weighs() {
		return false
	}
	return slices.ContainsFunc(s.counts, func(q quantity) bool {
		if !q.person || q.agent || s.accompanied(q.start, p.g) {
			return false
		}
		if q.end <= h.Start {
			return h.Start-q.end <= before
		}
		reach := after
		if h.Start == 0 {
			reach = roleReach // interceptés dans la nuit par une vedette, deux adolescents
		}
		return q.start >= h.End && q.start-h.End <= reach && !s.thingBetween(h.End, q.start)
	})
}

// weighs reports whether the sentence weighs or counts drugs.
func (s *sentence) weighs() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classThing && (h.Value == "drug" || slices.Contains(drugUnits, h.Value))
	})
}

// thingBetween reports whether a thing or a drug is told of between two tokens.
func (s *sentence) thingBetween(from, to int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classThing && h.Start >= from && h.End <= to })
}

// findsBody reports whether the sentence tells of the dead and names no goods: a body is found and not seized.
func (s *sentence) findsBody() bool {
	return !s.namesGoods() && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classKill && (h.Value == "c" || h.Value == "n") })
}

// smuggling reports whether the sentence tells of an attempt to smuggle or to cross, which is foiled by a seizure or a rescue.
func (s *sentence) smuggling() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classSeize && h.Value == "smuggle" || h.Class == classCrossing })
}

// namesGoods reports whether the sentence names drugs or a measure of something.
func (s *sentence) namesGoods() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classThing && h.Value != "" })
}

// stopsThing reports whether the object of an Arabic verb that arrests people is a car or a boat: يوقف سيارتين محملتين بالسجائر.
func (s *sentence) stopsThing(h Hit) bool {
	if s.forms == nil {
		return false
	}
	if h.End >= len(s.tokens) || !slices.ContainsFunc(s.forms[h.End], func(form string) bool { return slices.Contains(vehicles, form) }) {
		return false
	}
	return !slices.ContainsFunc(s.counts, func(q quantity) bool { return q.role == classArrest && q.by == h.Start })
}

// vehicles are the folded words for what is stopped on its way without an arrest.
var vehicles = []string{
	"سياره", "سيارتين", "سيارات", "شاحنه", "شاحنتين", "شاحنات", "مركبه", "مركبتين", "مركبات", "قارب", "قاربين", "قوارب", "زورق", "زورقا", "زورقين", "زوارق",
	"حافله", "حافلتين", "سفينه", "باخره", "مركب", "مركبا", "مراكب", "دراجه", "دراجتين", "قافله", "حاويه", "شحنه",
}
