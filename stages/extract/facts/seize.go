package facts

import "slices"

// stopsPeople reports whether the sentence counts people and names no goods: migrants are intercepted too, which is no seizure.
func (s *sentence) stopsPeople() bool {
	goods := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classThing && h.Value != "" })
	return !goods && slices.ContainsFunc(s.counts, func(q quantity) bool { return q.person && !q.agent })
}

// findsBody reports whether the sentence tells of the dead and names no goods: a body is found and not seized.
func (s *sentence) findsBody() bool {
	goods := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classThing && h.Value != "" })
	return !goods && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classKill && (h.Value == "c" || h.Value == "n") })
}

// smuggling reports whether the sentence tells of an attempt to smuggle or to cross, which is foiled by a seizure or a rescue.
func (s *sentence) smuggling() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classSeize && h.Value == "smuggle" || h.Class == classCrossing })
}
