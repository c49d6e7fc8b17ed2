package facts

import "slices"

// dropFormerAttacks makes charges of the attacks that a sentence tells of in the time before an arrest: deux individus qui avaient attaqué une agence
// ont été arrêtés.
func (p *page) dropFormerAttacks(s *sentence) {
	arrest := func(h Hit) bool { return h.Class == classArrest && !p.g.Remote(s.tokens, h) }
	if !s.has(classAttack) || !slices.ContainsFunc(s.hits, arrest) {
		return
	}
	former := func(h Hit) bool { return h.Class == classAttack && p.g.Remote(s.tokens, h) }
	for _, h := range s.hits {
		if former(h) {
			s.charges = append(s.charges, h)
		}
	}
	s.hits = slices.DeleteFunc(s.hits, former)
}
