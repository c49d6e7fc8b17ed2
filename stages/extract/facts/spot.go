package facts

import (
	"slices"
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// spot is a place named in a sentence, by token indices, End exclusive.
type spot struct {
	start, end int
	place      message.Place
	kind       string
	certain    bool
	relative   bool   // only tells of people or things: originaire de, immatriculé à, hôpital
	local      bool   // announced by quartier, حي, village
	named      bool   // announced by any word for a kind of place
	area       string // its surroundings as written, where no more is said: région de Rabat
	near       bool   // only near it: près de, قرب
	toward     bool   // only on the way there: vers, نحو
	apart      bool   // the happening is told by its distance from it: 60 كيلومترا شرق طرابلس
	seat       bool   // only where who speaks or writes sits: أفاد مصدر أمني بصفاقس أن

	within string // what of the table holds a place outside of it

	match places.Match // zero for a name outside of the table
}

// key is equal for mentions of one place.
func (s spot) key() string {
	if s.place.ID != "" {
		return s.place.ID
	}
	return text.Fold(s.place.Name)
}

// findSpots finds the places of the table, and those outside of it that a word for a kind of place announces.
func (p *page) findSpots(s *sentence) []spot {
	var found []spot
	for _, m := range p.g.Places.Find(s.tokens, p.g.Tag) {
		if !m.Certain && m.End == m.Start+1 && p.g.Stop[s.tokens[m.Start].Fold] {
			continue // كان is "was" before it is Cannes
		}
		if _, other := s.hitAt(m.Start, classNotPlace); other || m.Part && p.inLongerName(s, m) || p.goesOn(s, m.Start, m.End) || p.inTitle(s, m.Start, m.End) {
			continue
		}
		at := spot{start: m.Start, end: m.End, certain: m.Certain || p.promised(s, m), match: m}
		at.set(m.Place, p.withoutKind(s, m, nameAsWritten(s, m)))
		found = append(found, at)
	}
	s.hits = withoutNames(s.hits, found)
	found = p.addLocal(s, found)
	found = slices.DeleteFunc(found, func(at spot) bool { return at.place.ID == "" && p.g.Places.Announces(s.tokens[at.end-1].Fold) })
	found = p.addListed(s, found)
	found = p.addUnknown(s, found)
	for i := range found {
		found[i].relative = p.isRelative(s, found[i]) || p.standsForState(s, found[i], found) || s.receives(found[i])
		found[i].near, found[i].toward = s.before(found[i], "near"), s.before(found[i], "toward")
		found[i].apart, found[i].seat = p.apart(s, found[i]), p.g.Forms != nil && s.seatOf(found[i])
		if i > 0 && found[i-1].relative && !found[i].local && !found[i].named && (p.coordinated(s, found[i-1], found[i]) || s.hyphened(found[i-1], found[i])) {
			found[i].relative = true // originaires de Sfax et d'El Amra
		}
	}
	return found
}

// inTitle reports whether Arabic quotes the name with other words as that of a paper or a film: «شنقيط نت», «صدى الجزائر».
func (p *page) inTitle(s *sentence, start, end int) bool {
	const longest = 4
	if p.g.Forms == nil {
		return false
	}
	from, to := start, end
	for from > 0 && to-from < longest && !opensQuote(s.tokens[from-1].Fold) {
		from--
	}
	for to < len(s.tokens) && to-from <= longest && !closesQuote(s.tokens[to].Fold) {
		to++
	}
	return from > 0 && to < len(s.tokens) && opensQuote(s.tokens[from-1].Fold) && closesQuote(s.tokens[to].Fold) && to-from > end-start && to-from <= longest
}

func opensQuote(fold string) bool { return fold == "«" || fold == "“" }

func closesQuote(fold string) bool { return fold == "»" || fold == "”" }

// inLongerName reports whether the words around a name make another one of it: the Washington Post, but not à Washington Donald Trump.
func (p *page) inLongerName(s *sentence, m places.Match) bool {
	if m.End >= len(s.tokens) || !properName(s.tokens[m.End]) || shouted(s.tokens[m.End].Text) {
		return false
	}
	return !slices.ContainsFunc(s.hits, func(h Hit) bool { return (h.Class == classLocative || h.Class == classLocal) && h.End == m.Start })
}

// hyphened reports whether a hyphen makes one name of two places: l'autoroute Sousse-Sfax.
func (s *sentence) hyphened(a, b spot) bool {
	return b.start == a.end && s.text[s.tokens[a.end-1].End:s.tokens[b.start].Start] == "-"
}

// promising are the folded Arabic words that stand before nothing but the name of a place.
var promising = []string{"قباله", "سواحل", "بسواحل", "شواطئ", "بشواطئ", "خليج", "بخليج", "ضواحي", "بضواحي", "نواحي", "بنواحي", "احواز", "باحواز", "تخوم", "مشارف"}

// promised reports whether a name that is a word too is a place by what stands before it: قبالة الداخلة.
func (p *page) promised(s *sentence, m places.Match) bool {
	return p.g.Forms != nil && m.Start > 0 && slices.Contains(promising, s.tokens[m.Start-1].Fold)
}

// goesOn reports whether the Arabic name that begins at token start is longer than what the table has of it: سيدي علي بن خضر.
func (p *page) goesOn(s *sentence, start, end int) bool {
	return p.g.Forms != nil && end < len(s.tokens) && (s.tokens[end].Fold == "بن" || s.tokens[end].Fold == "ابن") && p.g.Name(s.tokens, start) > end
}

// withoutNames drops the words for what was done that are read out of the name of a place: بعقوبة is no punishment.
func withoutNames(hits []Hit, found []spot) []Hit {
	return slices.DeleteFunc(hits, func(h Hit) bool {
		return isAct(h.Class) && slices.ContainsFunc(found, func(at spot) bool {
			return at.certain && at.match.Joined == 0 && at.start <= h.Start && h.End <= at.end
		})
	})
}

// set makes the spot one of a place of the table, by the name under which the report has it.
func (at *spot) set(place *places.Place, name string) {
	at.kind = place.Kind
	at.place = message.Place{ID: place.ID, Name: name, Kind: place.Kind, Country: place.Country, Lat: place.Lat, Lon: place.Lon}
}

// before reports whether a word before places with that value stands right before the place: the happening was only near it, or on the way.
func (s *sentence) before(at spot, value string) bool {
	for _, h := range s.hits {
		if h.Class == classLocative && h.Value == value && h.End == at.start {
			return true
		}
	}
	return false
}

// nameAsWritten is the name in the report's own words, without what Arabic joins to it.
func nameAsWritten(s *sentence, m places.Match) string {
	written := s.surface(m.Start, m.End)
	if s.tokens[m.Start].Script != text.Arabic {
		return written
	}
	fold := s.tokens[m.Start].Fold
	joined, found := fold, false
	for _, name := range m.Place.Names.Arabic {
		first, _, _ := strings.Cut(text.Fold(name), " ")
		for _, bare := range []string{first, strings.TrimPrefix(first, "ال")} {
			if before, ok := strings.CutSuffix(fold, bare); ok && len(before) < len(joined) {
				joined, found = before, true // the longest spelling: انواذيبو is not ا joined to نواذيبو
			}
		}
	}
	if !found {
		return dropRunes(written, m.Joined) // another spelling: بستراسبورج
	}
	bare := dropRunes(written, utf8.RuneCountInString(strings.TrimSuffix(joined, "ال")))
	return withoutEpithet(bare, m.Place.Names.Arabic)
}

// withoutKind cuts off the kind of place that Arabic names of the table carry where the name alone is a word: مدينة المنزل.
func (p *page) withoutKind(s *sentence, m places.Match, written string) string {
	if s.tokens[m.Start].Script != text.Arabic || m.Place.Kind != places.KindCity && m.Place.Kind != places.KindProvince {
		return written
	}
	kind, name, ok := strings.Cut(written, " ")
	if !ok || !p.g.Places.Announces(text.Fold(kind)) {
		return written
	}
	for _, listed := range m.Place.Names.Arabic {
		if first, _, _ := strings.Cut(listed, " "); !p.g.Places.Announces(text.Fold(first)) {
			return written // a name of its own: قرية أركمان
		}
	}
	return name
}

// withoutEpithet cuts what a report adds to the main name of a place: سبتة المحتلة.
func withoutEpithet(written string, names []string) string {
	if len(names) > 0 {
		if main := names[0]; strings.HasPrefix(written, main+" ") {
			return main
		}
	}
	return written
}

func dropRunes(s string, n int) string {
	for ; n > 0 && s != ""; n-- {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	return s
}

// named reports whether tokens name something that is no place.
func (s *sentence) named(start, end int) bool {
	for _, h := range s.hits {
		if h.Start < end && h.End > start && (h.Class == classAgency || h.Class == classGroup || h.Class == classTitle || h.Class == classService) {
			return true
		}
	}
	for _, d := range s.dates {
		if d.start < end && d.end > start {
			return true
		}
	}
	return false
}

// announce notes that a word for a kind of place stands before a place of the table; "région de" makes its surroundings of a town.
func (at *spot) announce(s *sentence, h Hit) {
	at.named = true
	switch h.Value {
	case "quarter", "village", "zone", "named", "many", "two", "district":
		at.local = true
	case "area":
		at.area = s.surface(h.Start, at.end)
	}
}

func spotAt(found []spot, token int) int {
	for i, s := range found {
		if s.start <= token && token < s.end {
			return i
		}
	}
	return -1
}
