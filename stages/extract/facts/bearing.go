package facts

import "slices"

// kilometres are the words for the measure of a distance, bearings those that may stand between it and the town that it is taken
// from, and sides those of them that stand before a capital.
var (
	kilometres = []string{"كيلومتر", "كيلومترا", "كيلومترات", "كلم", "كم", "kilometres", "km"}
	bearings   = append([]string{
		"a", "au", "l'", "de", "d'", "du", "nord", "sud", "est", "ouest", "nord-est", "nord-ouest", "sud-est", "sud-ouest",
		"الي", "الشرق", "الغرب", "الشمال", "الجنوب", "من", "عن", "مدينه", "العاصمه",
	}, sides...)
	sides = []string{"شرق", "غرب", "شمال", "جنوب", "شرقي", "غربي", "شمالي", "جنوبي"}
)

// farAway is the least distance, in kilometres, at which the town that it is taken from is no place of the happening where people follow what is done.
const farAway = 50

// apart reports whether a distance in kilometres is taken from the place, or the bearing of a town from the capital: à 170 kilomètres au sud-est de
// Tripoli, جنوب شرقي العاصمة طرابلس.
func (p *page) apart(s *sentence, at spot) bool {
	const reach = 6
	if s.bearingOfCapital(at) {
		return true
	}
	for i := at.start - 1; i >= 0 && i >= at.start-reach; i-- {
		if slices.Contains(kilometres, s.tokens[i].Fold) {
			return i+1 < at.start && (p.g.VerbFirst || p.countsTo(s, i) >= farAway)
		}
		if !slices.Contains(bearings, s.tokens[i].Fold) {
			return false
		}
	}
	return false
}

// countsTo is the number told right before token i: à une centaine de kilomètres.
func (p *page) countsTo(s *sentence, i int) float64 {
	const longest = 4
	for start := max(0, i-longest); start < i; start++ {
		if n, ok := p.g.Number(s.tokens, start); ok && (n.End == i || n.End == i-1 && slices.Contains(p.g.Of, s.tokens[i-1].Fold)) {
			return n.Value
		}
	}
	return 0
}

// bearingOfCapital reports whether the place is a capital, called so, of which only a bearing is told.
func (s *sentence) bearingOfCapital(at spot) bool {
	const reach = 2 // العاصمة الليبية
	for i := at.start - 1; i > 0 && i >= at.start-reach; i-- {
		if s.tokens[i].Fold == "العاصمه" {
			return slices.Contains(sides, s.tokens[i-1].Fold)
		}
	}
	return false
}
