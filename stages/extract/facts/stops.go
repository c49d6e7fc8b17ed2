package facts

import "slices"

// settleStops makes an arrest of an Arabic verb that also tells that something stood still, where people follow it: الأمن يوقف سائقا ... توقف ثلاثة
// أشخاص, but not توقف القطار.
func (p *page) settleStops(s *sentence) {
	const stop = "stop"
	if p.g.Forms == nil {
		return
	}
	s.hits = slices.DeleteFunc(s.hits, func(h Hit) bool {
		return h.Class == classArrest && h.Value == stop && !p.peopleAt(s, h.End)
	})
	for i := range s.hits {
		if s.hits[i].Value == stop {
			s.hits[i].Value = "v"
		}
	}
}
