package facts

import (
	"slices"

	"rawi/pipeline/message"
)

// actionOf names the action of each class of word that tells one.
var actionOf = map[Class]string{
	classArrest: message.ActionArrest, classDismantle: message.ActionDismantling, classFoil: message.ActionFoiled,
	classSeize: message.ActionSeizure, classRaid: message.ActionRaid, classRescue: message.ActionRescue, classAttack: message.ActionAttack,
	classTrial: message.ActionTrial, classExtradite: message.ActionExtradition,
}

// family are the actions by which one police operation may be told.
var family = []string{message.ActionArrest, message.ActionDismantling, message.ActionFoiled, message.ActionRaid}

// paragraph is how many sentences a paragraph mostly has: some outlets put a whole report into one.
const paragraph = 3

// weight is what a word counts by where it stands.
func (s *sentence) weight() int {
	switch down := max(s.depth, s.rank/paragraph); {
	case s.depth < 0:
		return 9
	case down == 0 && s.first:
		return 6
	case down == 0:
		return 4
	case down == 1:
		return 3
	case down == 2:
		return 2
	}
	return 1
}

// hoodedWeight is the least that men who come to take somebody count: portraits tell of it far down.
const hoodedWeight = 4

// scores adds up what the sentences say for each class, the first word of the title a little more.
func (p *page) scores(sentences []*sentence) map[Class]int {
	total := make(map[Class]int, 2*len(actionOf)) // what most reports have
	served, crossers := services(sentences), stopsCrossers(sentences)
	quoted, block := false, blockTitle
	var seen []Class // few enough to look through
	for _, s := range sentences {
		if s.block != block {
			quoted, block = false, s.block
		}
		var own []bool
		own, quoted = s.own(quoted)
		seen = seen[:0]
		first := s.depth < 0
		smuggling := s.smuggling()
		for _, h := range s.hits {
			if h.Class == classSeize && (h.Value == "catch" && s.stopsPeople() || p.catchesPeople(s, h)) {
				h.Class = classArrest // ضبط ثلاثة متهمين
			}
			if slices.Contains(seen, h.Class) || smuggling && h.Class == classFoil || h.Value == "hooded" && !served {
				continue // what was foiled is no attack, and hooded men may be robbers
			}
			if h.Value == "fall" && s.has(classAttack, classAccident, classKill) {
				continue // un convoi est tombé dans une embuscade
			}
			if h.Class == classAttack && !own[h.Start] {
				continue // « On a cru à un attentat », confie un voisin
			}
			if h.Class == classArrest && s.stopsThing(h) {
				h.Class = classSeize // الجيش يوقف سيارتين
			}
			if h.Value == "intercept" && crossers && !s.has(classArrest) && !s.namesGoods() {
				h.Class = classRescue // who crosses the sea is brought ashore
			}
			if h.Value == "find" && s.findsBody() || h.Class == classRescue && h.Value == "c" || h.Class == classSeize && h.Value == "intercept" && s.stopsPeople() {
				continue
			}
			seen = append(seen, h.Class)
			w := s.weight()
			if h.Value == "hooded" {
				w = max(w, hoodedWeight)
			}
			if first && isAct(h.Class) {
				w += 2
				first = false
			}
			if h.Class == classArrest && h.Value == "c" {
				w = (w + 1) / 2
			}
			total[h.Class] += w
		}
	}
	return total
}

// stopsCrossers reports whether the report opens with people stopped on their way across the sea.
func stopsCrossers(sentences []*sentence) bool {
	return slices.ContainsFunc(sentences, func(s *sentence) bool {
		return s.depth <= 0 && s.has(classCrossing) && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Value == "intercept" }) && s.stopsPeople()
	})
}

// services reports whether the report names an agency or people who act for the state.
func services(sentences []*sentence) bool {
	return slices.ContainsFunc(sentences, func(s *sentence) bool {
		return s.has(classAgency) || slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classMany && h.Value == "agent" })
	})
}

// action picks what was done. An attack is one only where it hurt somebody: plots are told with the same words.
func (p *page) action(main []*sentence, hurt bool) (string, []message.Evidence) {
	total := p.scores(main)
	arrests := total[classArrest] + total[classDismantle] + total[classFoil] + total[classRaid]
	if rescued := titleHas(main, classRescue, "v"); rescued && !titleHas(main, classArrest, "v") {
		arrests -= total[classRaid] // a raid that frees people
	}
	best, most := "", 0
	take := func(action string, score int) {
		if score > most {
			best, most = action, score
		}
	}
	take(message.ActionArrest, arrests)
	take(message.ActionSeizure, total[classSeize]+p.drugs(main))
	if hurt && moreSaved(main) && total[classAccident] > 0 {
		take(message.ActionRescue, max(total[classRescue], arrests+1)) // who built the boat may be arrested too
	} else if !hurt || rescueFirst(main) {
		take(message.ActionRescue, total[classRescue])
	}
	take(message.ActionExtradition, 2*total[classExtradite])
	take(message.ActionTrial, total[classTrial])
	if titleHas(main, classProcedure, "custody") && total[classArrest] == 0 {
		take(message.ActionArrest, arrests+6) // deux passeurs écroués
	}
	if hurt && foesFell(main) && !titleHas(main, classAttack, "") && !titleHas(main, classRescue, "v") {
		return message.ActionRaid, evidenceOf(main, message.ActionRaid)
	}
	if hurt {
		take(message.ActionAttack, total[classAttack]+titleHurt(main))
		if total[classAttack]+total[classAccident] == 0 && attackers(main) {
			take(message.ActionAttack, total[classKill]+total[classWound])
		}
		if total[classAccident] >= most && total[classRescue] < 4 || best == message.ActionRescue && total[classRescue] < 3 {
			return "", nil
		}
		if best == message.ActionArrest && total[classKill]+total[classWound] > most && total[classAttack] == 0 {
			return "", nil
		}
	}
	if best == "" && total[classProcedure] > 0 && !hurt && custody(main) {
		return message.ActionArrest, evidenceOf(main, message.ActionArrest)
	}
	if best == message.ActionArrest {
		best = specific(total)
	}
	return best, evidenceOf(main, best)
}

// titleHurt is what a title that tells first who was hurt or killed, and by what attack, says for one: deux blessés au couteau, un suspect maîtrisé.
func titleHurt(main []*sentence) int {
	for _, s := range main {
		if s.depth < 0 && s.has(classAttack) {
			switch s.firstFate() {
			case classKill, classWound:
				return 6
			}
		}
	}
	return 0
}

// firstFate is the class of the first word in the sentence that tells what was done or what befell people.
func (s *sentence) firstFate() Class {
	for _, h := range s.hits {
		if isAct(h.Class) && h.Class != classAttack {
			return h.Class
		}
	}
	return ""
}

// titleHas reports whether the title has a word of that class and value.
func titleHas(main []*sentence, class Class, value string) bool {
	for _, s := range main {
		if s.depth < 0 && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == class && h.Value == value }) {
			return true
		}
	}
	return false
}

// attackers reports whether armed men are told of where the report opens.
func attackers(main []*sentence) bool {
	for _, s := range main {
		if s.depth <= 0 && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Value == "foe" }) {
			return true
		}
	}
	return false
}

// foesFell reports whether those killed where the report opens are attackers or members of a group, and nobody else died there.
func foesFell(main []*sentence) bool {
	fell := false
	for _, s := range main {
		for _, q := range s.counts {
			switch {
			case q.role != classKill || s.depth > 0:
			case q.foe || s.ofGroup(q):
				fell = true
			default:
				return false
			}
		}
	}
	return fell
}

// ofGroup reports whether the people counted are members of an armed group: ثلاثة من عناصر داعش.
func (s *sentence) ofGroup(q quantity) bool {
	const reach = 3
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classGroup && h.End > q.start && h.Start-q.end < reach })
}

// custody reports whether suspects are said to be held or brought before a judge, which nobody is who was not arrested.
func custody(main []*sentence) bool {
	for _, s := range main {
		for _, h := range s.hits {
			if h.Class == classProcedure && h.Value == "custody" {
				return true
			}
		}
	}
	return false
}

// specific is the member of the family of arrests that the report tells most.
func specific(total map[Class]int) string {
	best, most := message.ActionArrest, total[classArrest]
	for _, c := range []Class{classDismantle, classFoil} {
		if total[c] >= most && total[c] > 0 {
			best, most = actionOf[c], total[c]
		}
	}
	if most == 0 && total[classRaid] > 0 {
		return message.ActionRaid
	}
	return best
}

// drugs is what a title that tells first of a seizure, or goods named where the report opens, say for one; nothing where the title tells
// first who was caught.
func (p *page) drugs(main []*sentence) int {
	for _, s := range main {
		if s.depth < 0 {
			if p.goodsFirst(s) {
				return s.weight() + goodsWeight
			}
			switch p.firstAct(s) {
			case classArrest:
				return 0
			case classSeize:
				return goodsWeight + 2 // the title itself says that they were seized
			}
		}
		if s.depth > 0 {
			break
		}
		for _, h := range s.hits {
			if h.Class == classThing && h.Value == "drug" {
				return goodsWeight
			}
		}
	}
	return 0
}

// goodsWeight is what goods named first say for a seizure.
const goodsWeight = 6

// goodsFirst reports whether a title weighs or counts drugs before it tells what was done: sept tonnes de cocaïne dans une ferme.
func (p *page) goodsFirst(s *sentence) bool {
	for _, h := range s.hits {
		switch {
		case isAct(h.Class):
			return false
		case h.Class == classThing && slices.Contains(drugUnits, h.Value):
			return p.countsTo(s, h.Start) > 0
		}
	}
	return false
}

// drugUnits are the values of things that drugs are weighed and counted by.
var drugUnits = []string{"kg", "t", "q", "pill"}

// firstAct is the class of the first word in the sentence that tells what was done; empty where none does.
func (p *page) firstAct(s *sentence) Class {
	for _, h := range s.hits {
		switch {
		case h.Value == "catch" && s.stopsPeople(), p.catchesPeople(s, h):
			return classArrest
		case h.Value == "find" && s.findsBody():
			continue
		}
		if isAct(h.Class) && h.Value != "c" && (h.Value != "intercept" || !s.stopsPeople()) {
			return h.Class
		}
	}
	return ""
}

// evidenceOf is the first word that tells the action.
func evidenceOf(main []*sentence, action string) []message.Evidence {
	for _, s := range main {
		for _, h := range s.hits {
			if actionOf[h.Class] != action || action == "" {
				continue
			}
			if e, ok := s.evidence("action", action, "action/"+string(h.Class), h.Start, h.End); ok {
				return []message.Evidence{e}
			}
		}
	}
	return impliedBy(main, action)
}

// impliedBy is the first word that implies an action which no word tells: custody an arrest, attackers an attack, goods a seizure,
// attackers killed a raid.
func impliedBy(main []*sentence, action string) []message.Evidence {
	for _, s := range main {
		for _, h := range s.hits {
			implies := action == message.ActionArrest && h.Class == classProcedure && h.Value == "custody" ||
				action == message.ActionAttack && h.Value == "foe" || action == message.ActionSeizure && h.Class == classThing && h.Value == "drug" ||
				action == message.ActionRaid && h.Class == classKill
			if !implies {
				continue
			}
			if e, ok := s.evidence("action", action, "action/implied", h.Start, h.End); ok {
				return []message.Evidence{e}
			}
		}
	}
	return nil
}
