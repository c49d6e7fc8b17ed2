package facts

import "slices"

// seatOf reports whether the place is only where who writes or speaks sits: before the dash that an agency opens with, or between a verb of saying
// and what is said, behind who says it.
func (s *sentence) seatOf(at spot) bool {
	if s.depth < 0 {
		return false
	}
	return s.depth == 0 && s.first && s.wires(at) || s.speaksFrom(at)
}

// dashes part an agency's city from its report.
var dashes = []string{"-", "–", "—", "--"}

// wires reports whether the report opens with the place, maybe as a part of the name of a paper, and a dash: مدريد – أعلنت.
func (s *sentence) wires(at spot) bool {
	const longest = 2 // words after the city: بغداد بريس -
	if at.start > 0 {
		return false
	}
	if s.dated(at.end) {
		return true
	}
	for _, t := range s.tokens[at.end:min(at.end+longest+1, len(s.tokens))] {
		if slices.Contains(dashes, t.Fold) {
			return true
		}
	}
	return false
}

// dated reports whether a date follows at token i, and soon after it what parts an agency's city from its report: الرباط في 19 يناير / ق أ /.
func (s *sentence) dated(i int) bool {
	const sign = 6 // the agency's letters and what stands around them
	for _, d := range s.dates {
		if d.start < i || d.start-i > 1 {
			continue
		}
		for _, t := range s.tokens[d.end:min(d.end+sign, len(s.tokens))] {
			if slices.Contains(dashes, t.Fold) || t.Fold == "/" {
				return true
			}
		}
	}
	return false
}

// speaksFrom reports whether a verb of saying stands before the place, right after who says it, and what is said after it: أفاد مصدر من الحرس الوطني
// بصفاقس بأن.
func (s *sentence) speaksFrom(at spot) bool {
	const (
		reach  = 12 // from the verb to what is said
		beside = 2  // from who says it to the place
	)
	said := -1
	for _, h := range s.hits {
		if h.Class == classAnnounce && h.Value != "by" && h.End <= at.start && at.start-h.End < reach {
			said = h.End
		}
	}
	if said < 0 {
		return false
	}
	who, what := false, false
	for _, h := range s.hits {
		switch {
		case h.Start < said:
		case h.Class == classThat && h.Start >= at.end:
			what = what || h.Start-said <= reach
		case isAct(h.Class) && h.End <= at.start:
			return false
		case h.Class == classAgency, h.Class == classAuthority, h.Class == classService, h.Class == classOffice, h.Class == classOne && h.Value == "agent":
			who = who || h.End <= at.start && at.start-h.End <= beside
		}
	}
	return who && what
}
