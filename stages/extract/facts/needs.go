package facts

import "slices"

// What a word for an act may need beside it, as values of ClassNeeds.
const (
	needsBand     = "band"     // a cell, a network or a gang, suspects, an armed group, drugs
	needsGoods    = "goods"    // a thing that can be seized
	needsPeople   = "people"   // people who are no agents
	needsState    = "state"    // somebody who acts for a state, here or where the report opens
	needsSomebody = "somebody" // any of these but goods
)

// Needs are the values that a word of ClassNeeds can have.
func Needs() []string { return []string{needsBand, needsGoods, needsPeople, needsState, needsSomebody} }

// dropOtherSenses drops words for an act that stand in another sense: un photographe a capturé une vidéo is no arrest, nor is سقوط قتلى. What
// tells the sense is whom or what it is done to, or who does it.
func (p *page) dropOtherSenses() {
	stated := slices.ContainsFunc(p.sentences[:min(len(p.sentences), openingSentences)], (*sentence).actsForState)
	for _, s := range p.sentences {
		for _, need := range s.hits {
			if need.Class != ClassNeeds || p.meets(s, need, stated) {
				continue
			}
			s.hits = slices.DeleteFunc(slices.Clone(s.hits), func(h Hit) bool {
				return h.Start == need.Start && h.End == need.End && (isAct(h.Class) || h.Class == classFoil)
			})
		}
	}
}

// openingSentences is how many sentences a report opens with, its title among them.
const openingSentences = 4

// meets reports whether the sentence has what the word needs.
func (p *page) meets(s *sentence, need Hit, stated bool) bool {
	state := func() bool { return stated || s.actsForState() || s.arrestsBeside(need) }
	band := func() bool { return s.namesBand() || p.speaksOf(s, bandConcept) }
	switch need.Value {
	case needsBand:
		return band()
	case needsGoods:
		return s.measures() || p.speaksOf(s, "")
	case needsPeople:
		return p.befalls(s, need)
	case needsState:
		return state()
	case needsSomebody:
		return p.befalls(s, need) || state() || band()
	}
	return true
}

// befalls reports whether the sentence has people to whom it may be done; a language whose verbs come first names them after it.
func (p *page) befalls(s *sentence, need Hit) bool {
	return p.befallsNative(s, need) || slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Start != need.Start && h.suffers() && (h.Start > need.Start || !p.g.VerbFirst)
	})
}

// befallsNative reports whether the word has somebody named by their country beside it: توقيف تونسي. What stands further off may be the country of
// anything.
func (p *page) befallsNative(s *sentence, need Hit) bool {
	const reach = 2
	for i := need.End; i < min(need.End+reach, len(s.tokens)); i++ {
		if p.native(s, i) && (i == need.End || p.g.Stop[s.tokens[i-1].Fold]) {
			return true
		}
	}
	return false
}

// suffers reports whether the word is for people to whom something may be done.
func (h Hit) suffers() bool {
	switch h.Class {
	case classOne, classMany:
		return h.Value != "agent"
	case classFate:
		return h.Value == "c"
	}
	return h.Class == classCaptive
}

// arrestsBeside reports whether the sentence has another word for an arrest.
func (s *sentence) arrestsBeside(need Hit) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classArrest && h.Start != need.Start })
}

// bandConcept is what a cell, a network or a gang is called by in the lexicon of concepts.
const bandConcept = "obj:cell"

// speaksOf reports whether the sentence names the concept, or where that is empty any thing that can be seized.
func (p *page) speaksOf(s *sentence, want string) bool {
	for _, hit := range p.g.Concepts.Find(s.tokens, p.g.Tag) {
		if hit.ID == want {
			return true
		}
		if c, ok := p.g.Concepts.ByID(hit.ID); want == "" && ok && c.Seizable {
			return true
		}
	}
	return false
}

// measures reports whether the sentence names drugs or an amount in some unit, or whoever seizes by trade: things have more names than are listed.
func (s *sentence) measures() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classThing && h.Value != "" || h.Class == classAgency || h.Class == classArrest && h.Value != "c"
	})
}

func (s *sentence) namesBand() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		switch h.Class {
		case classOne: // l'homme is one too
			return h.Value == "foe" || h.Value == "suspect" && s.actsForState()
		case classMany:
			return h.Value == "suspect" || h.Value == "foe"
		case classThing:
			return h.Value == "drug"
		case classArrest:
			return h.Value == "c"
		}
		return h.Class == classGroup || h.Class == classAccuse
	})
}

// actsForState reports whether the sentence names somebody who acts for a state, or says that somebody is held.
func (s *sentence) actsForState() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		switch h.Class {
		case classAgency, classService, classAuthority:
			return true
		case classProcedure:
			return h.Value == "custody"
		case classOne, classMany:
			return h.Value == "agent"
		}
		return false
	})
}
