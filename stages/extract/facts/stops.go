package facts

import (
	"slices"
	"strings"
)

// settleStops makes an arrest of an Arabic verb that also tells that something stood still, where people follow it: الأمن يوقف سائقا ... توقف ثلاثة
// أشخاص, but not توقف القطار. The end of the activity of one person is an arrest too, where that of a network is its dismantling.
func (p *page) settleStops(s *sentence) {
	const stop = "stop"
	if p.g.Forms == nil {
		return
	}
	s.hits = slices.DeleteFunc(s.hits, func(h Hit) bool {
		return h.Class == classArrest && h.Value == stop && !p.peopleAt(s, h.End)
	})
	for i, h := range s.hits {
		_, lone := s.hitAt(h.End, classOne)
		switch {
		case h.Value == stop:
			s.hits[i].Value = "v"
		case h.Class == classDismantle && lone && strings.HasSuffix(s.tokens[h.End-1].Fold, "نشاط"):
			s.hits[i].Class, s.hits[i].Value = classArrest, "v" // وضعت حدا لنشاط شخص
		}
	}
}
