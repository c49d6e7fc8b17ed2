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

func isRescue(h Hit) bool { return h.Class == classRescue && h.Value != "c" }
