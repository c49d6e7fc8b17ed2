package facts

import (
	"cmp"
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// Ages of dates, in days before publication.
const (
	oldDays    = 10 // a happening told of as news is not older
	recentDays = 4  // and mostly not older than this
)

// acts are the classes of words that tell of a happening.
var acts = []Class{
	classArrest, classKill, classWound, classRescue, classDismantle, classFoil, classSeize, classRaid, classAttack, classTrial, classExtradite,
	classAccident,
}

// assignRoles tells for each sentence whether it tells the report's own happening or recalls another. Title and opening are the report's own
// unless marked; a passage that opens another happening goes on until the text comes back: to the place, the day or the people of its own.
func (p *page) assignRoles() {
	for _, s := range p.sentences {
		if s.depth <= 0 {
			p.leaveApart(s)
		}
	}
	p.anchors = p.openingPlaces()
	defer p.setApart()
	p.home = cmp.Or(p.openingDay(police), p.openingDay(acts), p.openingDay(nil))
	recalling, block := false, blockTitle
	for _, s := range p.sentences {
		p.mark(s)
		switch {
		case s.background:
			recalling = s.opens || recalling && s.block == block
			block = s.block
		case recalling && p.stays(s, block):
			s.background = true
			block = s.block
		default:
			recalling = false
		}
	}
}

// setApart makes background of an operation told right before words that keep it apart in the same paragraph: وكان الحرس قد أوقف خمسة أشخاص بمدنين. ولا
// صلة لما حجز اليوم بذلك الملف.
func (p *page) setApart() {
	for i := 1; i < len(p.sentences); i++ {
		s, before := p.sentences[i], p.sentences[i-1]
		apart := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classRecall && h.Value == "apart" })
		if apart && p.g.Forms != nil && before.block == s.block && before.depth > 1 && before.has(police...) && !p.tellsOpening(before) {
			before.background = true
		}
	}
}

// tellsOpening reports whether the sentence names the place that the title names, or the report opens with.
func (p *page) tellsOpening(s *sentence) bool {
	return len(s.spots) == 0 || p.atHome(s)
}

// openingPlaces are the places named where the report opens, in the paragraph after that where it names none.
func (p *page) openingPlaces() map[string]bool {
	home := map[string]bool{}
	for _, s := range p.sentences {
		if s.depth > 1 || s.depth == 1 && len(home) > 0 {
			break
		}
		if s.depth == 1 && !s.first {
			continue
		}
		for _, spot := range s.spots {
			if spot.kind != "country" && spot.kind != "region" {
				home[spot.key()] = true
			}
		}
	}
	return home
}

// mark sets what the sentence itself says of its role.
func (p *page) mark(s *sentence) {
	old, recent := p.oldDate(s), p.recentDate(s)
	act := s.tellsAct()
	s.total = s.has(classTotal) || p.since(s)
	recall := s.looksBack() || s.depth > 0 && p.otherCell(s) || s.depth > 0 && s.first && s.opensWithDayAgo() || p.g.VerbFirst && s.has(classAfter)
	own := p.ownPeople(s) && (recent || s.has(classDayAgo))
	remote := (s.depth > 0 || s.depth == 0 && !s.first && old) && p.remoteAct(s) && !own
	if s.has(classReturn) || s.depth <= 0 && (s.first || recent || s.depth < 0) {
		return
	}
	former := old && !recent && !s.tipsOff()
	if s.has(classCoop) && !s.has(classArrest, classDismantle, classFoil, classRaid) {
		old = false // how it began: la DGSI l'avait signalé fin janvier
	}
	if s.depth == 0 {
		recall, old = recall && s.startsWithRecall(), false
	}
	s.background = recall || s.total || remote || s.depth > 0 && p.earlier(s) && !startsReporting(s) || old && act && !recent && !s.formerConviction()
	if s.background && remote && (!recall || s.opensWithOne()) && !s.total && s.formerConviction() {
		s.background = false // il avait déjà été condamné: what follows is told of him again
		s.aside = true
		return
	}
	s.aside = (former || s.depth > 0 && s.startsWithOther()) && !s.background
	s.opens = s.background && !s.total && (act || p.opensWithCue(s)) || s.background && remote
}

// otherCell reports whether an Arabic sentence goes on about a cell or a case that it tells by its town: خلية آسفي التي.
func (p *page) otherCell(s *sentence) bool {
	return p.g.Forms != nil && slices.ContainsFunc(s.spots, func(at spot) bool {
		return at.relative && at.end < len(s.tokens) && s.tokens[at.end].Fold == "التي" && slices.ContainsFunc(s.hits, func(h Hit) bool {
			return h.Class == classRelative && h.Value == "bare" && h.End == at.start
		})
	})
}

// tellsAct reports whether the sentence tells what was done, more than naming people by it.
func (s *sentence) tellsAct() bool {
	for _, h := range s.hits {
		if isAct(h.Class) && h.Value != "c" && h.Value != "c1" {
			return true
		}
	}
	return false
}

// formerConviction reports whether the only thing done in the sentence is a sentence passed: the suspect's past, no other happening.
func (s *sentence) formerConviction() bool {
	trial := false
	for _, h := range s.hits {
		if _, held := s.hitAt(h.Start, classProcedure); held {
			continue
		}
		if isAct(h.Class) && h.Class != classTrial && h.Value != "c" && h.Value != "c1" {
			return false
		}
		trial = trial || h.Class == classTrial
	}
	return trial
}

// opensWithOne reports whether the sentence opens with one person.
func (s *sentence) opensWithOne() bool {
	const near = 2
	return len(s.counts) > 0 && s.counts[0].single && s.counts[0].person && s.counts[0].start <= near
}

// startsWithRecall reports whether the sentence begins with words that look back.
func (s *sentence) startsWithRecall() bool {
	for _, h := range s.hits {
		if h.Class == classRecall && h.Value != "other" && h.Start <= 2 {
			return true
		}
	}
	return false
}

// looksBack reports whether the sentence has words that look back at another happening.
func (s *sentence) looksBack() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classRecall && h.Value != "other" })
}

// startsWithOther reports whether the sentence turns to other operations of the same services: par ailleurs, من جهة أخرى.
func (s *sentence) startsWithOther() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classRecall && h.Value == "other" && h.Start <= 1 })
}

func (p *page) opensWithCue(s *sentence) bool {
	for _, h := range s.hits {
		if h.Class == classRecall && (h.Value == "open" || h.Value == "apart") {
			return true
		}
	}
	return false
}

func (p *page) remoteAct(s *sentence) bool {
	for _, h := range s.hits {
		for _, c := range acts {
			if h.Class == c && p.g.Remote(s.tokens, h) {
				return true
			}
		}
	}
	return false
}

// stays reports whether a sentence without a mark of its own still belongs to the happening recalled before it.
func (p *page) stays(s *sentence, block int) bool {
	if s.has(classReturn) || p.suspectsFirst(s) && (s.has(classArrest) || len(s.ages) > 0) && !p.remoteAct(s) && !p.oldDate(s) {
		return false
	}
	if s.block == block {
		return true
	}
	if p.recentDate(s) {
		return false
	}
	if p.atHome(s) {
		return false
	}
	return s.first && startsReporting(s)
}

// ownPeople reports whether the sentence opens with those whom the report is about, by a pronoun or as its suspects: il avait été interpellé la veille.
func (p *page) ownPeople(s *sentence) bool {
	if len(s.tokens) > 0 && slices.Contains(p.g.Pronouns, strings.TrimSuffix(s.tokens[0].Fold, "s")) {
		return true
	}
	return p.suspectsFirst(s) || p.pronounSuffers(s)
}

// pronounSuffers reports whether a pronoun right before the auxiliary is whom it was done to: la police les avait interpellés samedi.
func (p *page) pronounSuffers(s *sentence) bool {
	for i := 0; i+1 < len(s.tokens) && !p.g.VerbFirst; i++ {
		if objects := s.tokens[i].Fold == "les" || slices.Contains(p.g.Objects, s.tokens[i].Fold); objects && slices.Contains(p.g.Auxiliaries, s.tokens[i+1].Fold) {
			return true
		}
	}
	return false
}

// suspectsFirst reports whether the sentence opens with the suspects: les trois suspects ont entre 24 et 39 ans.
func (p *page) suspectsFirst(s *sentence) bool {
	const near = 2
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return (h.Class == classMany || h.Class == classOne) && h.Value == "suspect" && h.Start <= near
	})
}

// atHome reports whether the sentence names a place that the report opens with.
func (p *page) atHome(s *sentence) bool {
	for _, spot := range s.spots {
		if p.anchors[spot.key()] {
			return true
		}
	}
	return false
}

// startsReporting reports whether a paragraph goes on with what a source said: وأضاف المصدر, le communiqué ajoutait.
func startsReporting(s *sentence) bool {
	const near = 4
	for _, h := range s.hits {
		if h.Start < near && (h.Class == classAnnounce || h.Class == classStatement) {
			return true
		}
	}
	return false
}

// mainSentences are those that tell the report's own happening.
func (p *page) mainSentences() []*sentence {
	main := make([]*sentence, 0, len(p.sentences))
	for _, s := range p.sentences {
		if !s.background {
			main = append(main, s)
		}
	}
	return main
}

// blockRoles gives each of n blocks its role: background where every sentence is.
func (p *page) blockRoles(n int) []string {
	roles := make([]string, n)
	told := make([]bool, n)
	seen := make([]bool, n)
	for _, s := range p.sentences {
		if s.block >= 0 {
			seen[s.block] = true
			told[s.block] = told[s.block] || !s.background
		}
	}
	for i := range roles {
		roles[i] = message.RoleMain
		if seen[i] && !told[i] {
			roles[i] = message.RoleBackground
		}
	}
	return roles
}

// police are the classes of words that tell of an operation.
var police = []Class{classArrest, classDismantle, classFoil, classRaid, classSeize}
