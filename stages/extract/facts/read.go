package facts

import (
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/extract/when"
)

// read reads the facts of one happening from its sentences.
func (p *page) read(main []*sentence, kind string) message.Facts {
	f := message.Facts{Kind: kind}
	keep := func(e []message.Evidence) { f.Evidence = append(f.Evidence, e...) }
	var e []message.Evidence
	all := main
	main = withoutAsides(main)
	f.Places, e = p.placesOf(main)
	keep(e)
	f.Country, e = p.countryOf(f.Places, main)
	keep(e)
	f.Killed, e = p.countOf(classKill, main)
	keep(e)
	f.Wounded, e = p.countOf(classWound, main)
	keep(e)
	f.Rescued, e = p.countOf(classRescue, main)
	keep(e)
	f.Arrested, e = p.countOf(classArrest, main)
	keep(e)
	if f.Arrested != nil {
		f.Arrested, e = p.heldInAll(main, f.Arrested)
		keep(e)
		f.Arrested, e = p.alsoArrested(main, f.Arrested)
		keep(e)
	}
	if kind == message.KindOperation || kind == message.KindIncident || kind == message.KindJustice {
		f.Action, e = p.action(main, f.Killed != nil || f.Wounded != nil)
		if kind == message.KindIncident && !p.settles(main, &f) {
			f.Action, e = "", nil
		}
		keep(e)
	}
	if f.Action == message.ActionExtradition || f.Action == message.ActionTrial {
		f.Arrested = nil
	}
	if iso := p.receiver(main); f.Action == message.ActionExtradition && iso != "" {
		f.Country = iso
	}
	if f.Arrested == nil && f.Action != message.ActionExtradition && f.Action != message.ActionTrial && kind != message.KindJustice {
		f.Arrested, e = p.held(main)
		keep(e)
	}
	if f.Arrested == nil && f.Action != "" {
		f.Arrested, e = p.loneSuspect(main, f.Action)
		keep(e)
	}
	if f.Arrested == nil && f.Action != message.ActionExtradition && f.Action != message.ActionTrial && kind != message.KindJustice {
		f.Arrested, e = p.pronounArrested(main)
		keep(e)
	}
	if f.Arrested == nil && f.Kind == message.KindOperation && f.Action != message.ActionExtradition && f.Action != message.ActionRescue {
		if f.Arrested, e = p.unboundPeople(main, f.Action); f.Arrested != nil && f.Killed != nil && f.Arrested.N == f.Killed.N {
			f.Arrested, e = nil, nil // the dead of a raid are not held
		}
		keep(e)
	}
	f.Day, f.Announced, e = p.dayOf(main)
	keep(e)
	f.Ages, e = p.agesOf(all, p.portrayed(main, f.Arrested), slices.Contains(family, f.Action) || f.Action == message.ActionSeizure)
	keep(e)
	var countries []string
	f.Agencies, countries, e = p.agenciesOf(main, f.Country)
	keep(e)
	if f.Action == message.ActionExtradition {
		others, e := p.counterparts(main, f.Country)
		for _, iso := range others {
			if !slices.Contains(countries, iso) {
				countries = append(countries, iso)
			}
		}
		keep(e)
	}
	if kind != message.KindIncident || f.Action != "" && f.Action != message.ActionAttack || cooperates(main) || atBorder(f.Places) {
		f.Partners, e = p.partnersOf(main, f.Country, countries)
		keep(e)
	}
	if slices.Contains(family, f.Action) {
		var others []string
		others, e = p.acrossBorder(main, f.Country, f.Partners)
		f.Partners = append(f.Partners, others...)
		keep(e)
	}
	f.Group, e = groupOf(main)
	keep(e)
	f.Seized, e = p.goodsOf(main, f.Country)
	keep(e)
	f.Persons, e = p.personsOf(main)
	keep(e)
	return f
}

// withoutAsides drops what tells of former days of those concerned: its ages are theirs, its places and numbers are not the happening's.
func withoutAsides(main []*sentence) []*sentence {
	told := make([]*sentence, 0, len(main))
	for _, s := range main {
		if !s.aside {
			told = append(told, s)
		}
	}
	return told
}

// loneSuspect counts one arrested where a report of an arrest or a seizure speaks of its suspect in the singular alone.
func (p *page) loneSuspect(main []*sentence, action string) (*message.Count, []message.Evidence) {
	if !slices.Contains(family, action) && action != message.ActionSeizure || onlyHooded(main) {
		return nil, nil
	}
	var found []message.Evidence
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class == classMany && h.Value == "suspect" {
				return nil, nil
			}
			if h.Class == classOne && h.Value == "suspect" && found == nil {
				if e, ok := s.evidence("arrested", "1", "count/suspect", h.Start, h.End); ok {
					found = []message.Evidence{e}
				}
			}
		}
	}
	if found == nil {
		return nil, nil
	}
	return &message.Count{N: 1}, found
}

// onlyHooded reports whether nothing but hooded men tells of the operation: whom they came for is not said to be held.
func onlyHooded(main []*sentence) bool {
	for _, s := range main {
		for _, h := range s.hits {
			held := h.Class == classProcedure && h.Value == "custody"
			if held || h.Class == classArrest && h.Value != "c" || h.Class != classArrest && slices.Contains(police, h.Class) && h.Value != "hooded" {
				return false
			}
		}
	}
	return true
}

// unboundPeople counts the only people numbered where the report opens, if it tells of an arrest or of suspects and nowhere how many were
// held: a gang of four, and further down "those arrested".
func (p *page) unboundPeople(main []*sentence, action string) (*message.Count, []message.Evidence) {
	var only *quantity
	var found []message.Evidence
	suspects := false
	for _, s := range main {
		for _, h := range s.hits {
			suspects = suspects || h.Class == classMany && h.Value == "suspect"
		}
		for i := range s.counts {
			q := &s.counts[i]
			if s.depth > 0 || !q.person || q.n < 2 || q.agent || q.part || q.approx || q.role != "" || q.foe && action == message.ActionRaid {
				continue
			}
			if only != nil && only.n != q.n {
				if p.g.andBetween(s, only.end, q.start) && only.start < q.start && i > 0 && &s.counts[i-1] == only {
					both := *only
					both.n, both.end = only.n+q.n, q.end
					only = &both
					continue
				}
				return nil, nil
			}
			only, found = q, one(s.evidence("arrested", itoa(q.n), "count/unbound", q.start, q.end))
		}
	}
	if only == nil || !suspects && !slices.Contains(family, action) {
		return nil, nil
	}
	return &message.Count{N: only.n}, found
}

// portrayed is how many of those arrested an Arabic report is about: one, where it tells of a man as one of several.
func (p *page) portrayed(main []*sentence, arrested *message.Count) *message.Count {
	if p.g.Forms == nil || arrested == nil || arrested.N < 2 {
		return arrested
	}
	for _, s := range main {
		for _, q := range s.counts {
			if q.n == arrested.N && q.role == classArrest && s.depth > 0 && q.start > 1 && s.tokens[q.start-1].Fold == "من" && s.tokens[q.start-2].Fold == "واحد" {
				return &message.Count{N: 1}
			}
		}
	}
	return arrested
}

// readRecalled reads a happening of the background: its day may lie far back, and be no more than a month or a year.
func (p *page) readRecalled(passage []*sentence) message.Facts {
	var f message.Facts
	if len(passage) == 0 {
		return f
	}
	keep := func(e []message.Evidence) { f.Evidence = append(f.Evidence, e...) }
	var e []message.Evidence
	deep := shallow(passage)
	f.Places, e = p.placesOf(deep)
	keep(e)
	f.Country, e = p.countryOf(f.Places, deep)
	keep(e)
	f.Killed, e = p.countOf(classKill, deep)
	keep(e)
	f.Wounded, e = p.countOf(classWound, deep)
	keep(e)
	f.Arrested, e = p.countOf(classArrest, deep)
	keep(e)
	f.Action, e = p.action(deep, f.Killed != nil || f.Wounded != nil)
	keep(e)
	if f.Arrested == nil && f.Action != "" {
		f.Arrested, e = p.loneSuspect(deep, f.Action)
		keep(e)
	}
	f.Ages, e = p.agesOf(deep, f.Arrested, slices.Contains(family, f.Action) || f.Action == message.ActionSeizure)
	keep(e)
	var countries []string
	f.Agencies, countries, e = p.agenciesOf(deep, f.Country)
	keep(e)
	f.Partners, e = p.partnersOf(deep, f.Country, countries)
	keep(e)
	f.Group, e = groupOf(deep)
	keep(e)
	f.Day, e = p.recalledDay(passage)
	keep(e)
	return f
}

// shallow is a passage as if the report opened with it: how far down it stands says nothing of what it tells.
func shallow(passage []*sentence) []*sentence {
	out := make([]*sentence, len(passage))
	for i, s := range passage {
		copied := *s
		copied.depth = min(s.depth, 1)
		out[i] = &copied
	}
	return out
}

// recalledDay is the most exact of the dates in the passage, the first of equals.
func (p *page) recalledDay(passage []*sentence) (*message.Days, []message.Evidence) {
	rank := map[string]int{message.PrecisionDay: 3, message.PrecisionMonth: 2, message.PrecisionYear: 1}
	var best *message.Days
	var found []message.Evidence
	for _, s := range passage {
		for _, d := range s.dates {
			if d.Kind == when.Since || d.From.IsZero() || d.From.After(p.published) {
				continue
			}
			if best == nil || rank[d.Precision] > rank[best.Precision] {
				best = &message.Days{From: d.From.Format(isoDay), To: d.To.Format(isoDay), Precision: d.Precision}
				found = one(s.evidence("day", best.From, "day/recalled", d.start, d.end))
			}
		}
	}
	if best == nil {
		return p.dayBack(passage)
	}
	return best, found
}
