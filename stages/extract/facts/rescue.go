package facts

import "slices"

// rescueFirst reports whether a report with dead or hurt still tells of a rescue: in its title, or where it opens before it tells of them.
func rescueFirst(main []*sentence) bool {
	for _, s := range main {
		if s.depth < 0 && slices.ContainsFunc(s.hits, isRescue) {
			return true
		}
	}
	for _, s := range main {
		if s.depth != 0 {
			continue
		}
		for _, h := range s.hits {
			if isRescue(h) {
				return true
			}
			if h.Class == classKill || h.Class == classWound {
				return false
			}
		}
	}
	return true
}

// moreSaved reports whether the opening counts more people whom a service saved than it and the title count dead or hurt: onze morts ... 57 passagers sauvés
// par la Garde nationale.
func moreSaved(main []*sentence) bool {
	saved, lost := 0, 0
	for _, s := range main {
		if s.depth > 0 {
			continue
		}
		for _, q := range s.counts {
			switch q.role {
			case classRescue:
				if s.has(classAgency) && !q.approx {
					saved = max(saved, q.n)
				}
			case classKill, classWound:
				lost = max(lost, q.n)
			}
		}
	}
	return saved > 1 && saved > lost
}

func isRescue(h Hit) bool { return h.Class == classRescue && h.Value != "c" }

// settleCaptives reads title and opening again where they tell of captives only after what set them free.
func (p *page) settleCaptives() {
	for _, s := range p.sentences {
		if !p.captives || s.depth > 0 {
			return
		}
		if p.freeCaptives(s) {
			s.counts = p.findCounts(s)
		}
	}
}

// freeCaptives makes a rescue of what sets people free, where the report opens with people held by others than a state: 116 migrants libérés d'une
// prison clandestine.
func (p *page) freeCaptives(s *sentence) (found bool) {
	p.captives = p.captives || s.depth <= 0 && s.has(classCaptive)
	if !p.captives {
		return false
	}
	for i, h := range s.hits {
		if h.Class != classFate {
			continue
		}
		if _, free := s.hitAt(h.Start, classFree); free {
			s.hits[i].Class, found = classRescue, true
		}
	}
	return found
}
