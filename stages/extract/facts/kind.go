package facts

import (
	"slices"

	"rawi/pipeline/message"
)

// kinds are told by words of their own or by actions; of two that are told alike the first is taken.
var kinds = []string{
	message.KindDisaster, message.KindIncident, message.KindJustice, message.KindPolitics, message.KindEconomy, message.KindSport,
	message.KindCulture, message.KindOperation, message.KindOpinion, message.KindRoundup,
}

// kind tells what kind of report it is.
func (p *page) kind(main []*sentence) string {
	total := p.scores(main)
	score := p.kindScores(main, total)
	if score[message.KindRoundup] >= 9 {
		return message.KindRoundup
	}
	if p.argues() {
		return message.KindOpinion
	}
	best := message.KindOther
	most := 3
	for _, k := range kinds {
		if score[k] > most {
			best, most = k, score[k]
		}
	}
	return best
}

// kindScores adds up what speaks for each kind: words of its own, and what was done.
func (p *page) kindScores(main []*sentence, total map[Class]int) map[string]int {
	score := map[string]int{}
	quoted, block := false, blockTitle
	for _, s := range main {
		if s.block != block {
			quoted, block = false, s.block
		}
		var own []bool
		own, quoted = s.own(quoted)
		happened := false
		for _, h := range s.hits {
			if h.Class != classKind || !own[h.Start] && s.depth >= 0 || happened && h.Value == message.KindIncident {
				continue
			}
			if drug, goods := s.hitAt(h.End, classThing); goods && drug.Value == "drug" {
				continue // deux tonnes de haschich are no harvest
			}
			score[h.Value] += s.weight()
			happened = happened || h.Value == message.KindIncident
		}
	}
	score[message.KindOperation] += total[classArrest] + total[classDismantle] + total[classFoil] + total[classSeize] + total[classRaid] +
		total[classRescue] + 2*total[classExtradite]
	if score[message.KindOperation] > 0 {
		score[message.KindOperation] += total[classAgency] // whoever is only named does nothing
	}
	if custody(main) {
		score[message.KindOperation] += 4
	}
	score[message.KindIncident] += total[classAccident] + total[classAttack] + total[classKill] + total[classWound]
	score[message.KindJustice] += total[classTrial]
	if opensWithTrial(main) && !titleTellsArrest(main) {
		score[message.KindJustice] += total[classTrial]
	}
	score[message.KindDisaster] *= 2 // people die and are saved in disasters with the words of accidents and operations
	return score
}

// opensWithTrial reports whether the title or the first sentences have a word for a trial.
func opensWithTrial(main []*sentence) bool {
	return slices.ContainsFunc(main, func(s *sentence) bool { return s.rank < paragraph && s.has(classTrial) })
}

// titleTellsArrest reports whether the title has a word for an arrest.
func titleTellsArrest(main []*sentence) bool {
	for _, s := range main {
		if s.depth < 0 && s.has(classArrest) {
			return true
		}
	}
	return false
}

// kindOf settles the kind by the action read.
func kindOf(kind, action string) string {
	if kind != message.KindOperation && kind != message.KindIncident {
		return kind
	}
	switch action {
	case "", message.ActionAttack:
		return message.KindIncident
	case message.ActionTrial:
		return message.KindJustice
	}
	return message.KindOperation
}

// settles reports whether an action read of a report that tells most of what befell people makes an operation of it: its title tells of it too, those
// who fell are the ones it was against, or it counts whom it saved. Arrests and searches further down come after what happened.
func (p *page) settles(main []*sentence, f *message.Facts) bool {
	switch f.Action {
	case "", message.ActionAttack:
		return true
	case message.ActionTrial:
		return opensWithTrial(main)
	case message.ActionRaid:
		if foesFell(main) || attackers(main) && !titleHas(main, classAttack, "") {
			return true
		}
	case message.ActionRescue:
		if f.Rescued != nil {
			return true
		}
	}
	return titleActs(main, f.Action)
}

// titleActs reports whether the title has a word for the action, or for another that one operation may be told by.
func titleActs(main []*sentence, action string) bool {
	return slices.ContainsFunc(main, func(s *sentence) bool {
		return s.depth < 0 && slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Value != "c" && akin(actionOf[h.Class], action) })
	})
}

// akin reports whether one operation may be told by either action.
func akin(a, b string) bool {
	return a != "" && (a == b || slices.Contains(family, a) && slices.Contains(family, b))
}
