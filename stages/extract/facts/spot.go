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

// relativeReach is how many tokens before a place may relate it to people or things.
const relativeReach = 4

// farRelative is the same behind words for where things were to go: acheminé vers un entrepôt de la périphérie de Casablanca.
const farRelative = 8

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

// receives reports whether the place stands for the state that somebody was handed over to: remis à Rabat.
func (s *sentence) receives(at spot) bool {
	_, ok := s.hitAt(at.start, classExtradite)
	return ok
}

// coordinated reports whether only "and" parts two places, with what may stand between a kind of place and its name.
func (p *page) coordinated(s *sentence, a, b spot) bool {
	and := b.start == a.end && p.g.AndPrefix != "" && strings.HasPrefix(s.tokens[b.start].Fold, p.g.AndPrefix)
	for _, t := range s.tokens[min(a.end, b.start):b.start] {
		switch {
		case slices.Contains(p.g.And, t.Fold):
			and = true
		case !slices.Contains(p.g.Links, t.Fold):
			return false
		}
	}
	return and
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

// standsForState reports whether a capital is named for its government: Madrid remet à Rabat, بتنسيق مع مدريد.
func (p *page) standsForState(s *sentence, at spot, found []spot) bool {
	h, ok := s.hitAt(at.start, classService)
	if !ok || h.Value == "" || at.named {
		return false
	}
	if p.g.Forms != nil && strings.HasPrefix(s.tokens[at.start].Fold, "ب") && !strings.HasPrefix(text.Fold(at.place.Name), "ب") {
		return false
	}
	acts := s.has(classCoop, classExtradite) || p.bareSubject(s, at) || p.g.Forms == nil && s.depth < 0 && namesCountry(found, at)
	for _, l := range s.hits {
		switch {
		case l.Class == classLocative && l.End == at.start:
			return false
		case l.Class == classAnnounce && (l.End == at.start || l.Start == at.end),
			l.Class == classService && l.Value != "" && l.Start != at.start:
			acts = true
		}
	}
	return acts
}

// bareSubject reports whether a French capital without a word before places does something other than what befalls towns: Si Paris se veut rassurant.
func (p *page) bareSubject(s *sentence, at spot) bool {
	if p.g.At == nil || s.depth < 0 || at.end >= len(s.tokens) || s.has(acts...) {
		return false
	}
	next := s.tokens[at.end]
	opens := at.start == 0 || at.start == 1 && !properName(s.tokens[0]) || slices.Contains(openers, s.tokens[at.start-1].Fold)
	return opens && next.Script == text.Latin && !properName(next) && !slices.Contains(p.g.And, next.Fold) && !s.there(p.g, at.start)
}

// openers are the French words that open a clause with its subject behind them.
var openers = []string{"si", "que", "qu'", "mais", "car", "selon", "or", "alors", "lorsque", "puisque"}

// namesCountry reports whether a sentence names another country than that of the place: le Maroc déjoue un attentat, Paris cité pour son aide.
func namesCountry(found []spot, at spot) bool {
	return slices.ContainsFunc(found, func(o spot) bool { return o.kind == places.KindCountry && o.place.Country != at.place.Country })
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

// isRelative reports whether words before the place only relate it to people or things.
func (p *page) isRelative(s *sentence, at spot) bool {
	if at.kind == places.KindProvince && at.start > 0 && s.tokens[at.start-1].Fold == "(" {
		return true // Villeurbanne (Rhône)
	}
	if !at.local && !at.named && at.kind != places.KindQuarter && (p.belongsToPeople(s, at) || p.g.Forms == nil && s.livesAt(at)) {
		return true
	}
	if s.triedAt(at) {
		return true
	}
	for _, h := range s.hits {
		relates := h.Class == classRelative && h.Value != "bare" || h.Class == classAuthority && h.Value == "seat"
		if relates && h.Value == "behind" {
			if h.Start == at.end {
				return true
			}
			continue
		}
		if !relates || h.End > at.start || h.Value == "next" && s.skipQuote(h.End) < at.start || s.nearAfter(h, at) {
			continue
		}
		if h.Value == "to" {
			if s.goesTo(h, at) {
				return true
			}
			continue
		}
		if p.takenBack(s, h, at) {
			continue
		}
		reach := relativeReach
		if h.Value == "far" && !s.locatedBetween(h.End, at.start) {
			reach = farRelative
		}
		if at.start-h.End <= reach && !s.stopBetween(h.End, at.start) {
			return true
		}
	}
	return false
}

// locatedBetween reports whether a word that stands before scenes is among the tokens.
func (s *sentence) locatedBetween(from, to int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classLocative && h.Start >= from && h.End <= to })
}

// goesTo reports whether somebody or something was taken to the place: اقتيد الموقوفون إلى مدينة طنجة.
func (s *sentence) goesTo(h Hit, at spot) bool {
	const reach = 8
	last := at.start - 1
	if last > 0 && at.named && !slices.Contains(ways, s.tokens[last].Fold) {
		last-- // the kind of place
	}
	return last >= h.End && slices.Contains(ways, s.tokens[last].Fold) && last-h.End <= reach && !s.stopBetween(h.End, at.start)
}

// ways are the folded words between being taken and the place to which.
var ways = []string{"الي", "نحو", "صوب"}

// nearAfter reports whether a word for near by stands before the place and apart from the word that relates places to people: شحنة قادمة من
// الشمال قرب أرليت.
func (s *sentence) nearAfter(h Hit, at spot) bool {
	return slices.ContainsFunc(s.hits, func(l Hit) bool {
		return l.Class == classLocative && l.Value == "near" && l.End == at.start && h.End < l.Start
	})
}

// takenBack reports whether a word that says that something is there makes a place again of what a word further before only relates: what befell an
// embassy or happened at a border, and where a sentence was passed, سجن ثمانية أشخاص في ألمانيا.
func (p *page) takenBack(s *sentence, h Hit, at spot) bool {
	if at.start == h.End || !s.there(p.g, at.start) {
		return false
	}
	term := slices.ContainsFunc(s.hits, func(o Hit) bool { return o.Class == classNotAge && o.Start == h.Start })
	return term && at.kind == places.KindCountry || h.Value == "border" || h.Value == "embassy" && p.aimedAt(s, h, at)
}

// aimedAt reports whether what is told befell an embassy in a town, rather than what it says: اقتحام السفارة الأمريكية في أنقرة.
func (p *page) aimedAt(s *sentence, embassy Hit, at spot) bool {
	says := slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classAnnounce && (h.End == embassy.Start || h.Start == at.end) })
	return s.has(acts...) && !says
}

// skipQuote is the token after i where quotation marks open there: صحيفة "الرياض".
func (s *sentence) skipQuote(i int) int {
	if i < len(s.tokens) && (s.tokens[i].Fold == "\"" || opensQuote(s.tokens[i].Fold)) {
		return i + 1
	}
	return i
}

// belongsToPeople reports whether the place only tells which people are meant: les suspects de Melilla, مهندس بركان.
func (p *page) belongsToPeople(s *sentence, at spot) bool {
	end := at.start
	switch joins := p.g.Forms != nil; {
	case !joins && (end == 0 || !slices.Contains(p.g.Links, s.tokens[end-1].Fold)):
		return false
	case !joins:
		end--
	case end > 0 && slices.Contains(p.g.From, s.tokens[end-1].Fold):
		end-- // شاب من الخرطوم
	case !strings.HasPrefix(at.place.Name, s.tokens[at.start].Text):
		return false // a joined preposition makes it a place again
	}
	for _, h := range s.hits {
		if h.End == end && (h.Class == classOne || h.Class == classMany || h.Class == classRelative && h.Value == "bare") {
			return true
		}
	}
	return false
}

// triedAt reports whether only a day stands between a word for what comes after an arrest and the place: mis en examen lundi soir à Paris.
func (s *sentence) triedAt(at spot) bool {
	i := at.start - 1
	if _, in := s.hitAt(max(i, 0), classLocative); !in {
		return false
	}
	for i--; i >= 0 && s.inDate(i); i-- {
	}
	if i < 0 || i == at.start-2 {
		return false
	}
	_, held := s.hitAt(i, classProcedure)
	return held
}

// livesAt reports whether the place only tells where a source sits, or where somebody whom an apposition describes works or studies: le plus jeune,
// vendeur à Nador.
func (s *sentence) livesAt(at spot) bool {
	end := at.start - 1
	if end < 1 || !slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classLocative && h.Value == "" && h.Start == end && h.End == at.start
	}) {
		return false
	}
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		source := h.Class == classAuthority && h.Value == "source" // une source militaire à Bamako
		return h.End == end && (source || h.Class == classOne && h.Start > 0 && s.tokens[h.Start-1].Fold == ",")
	})
}

// stopBetween reports whether a comma or stop parts two tokens.
func (s *sentence) stopBetween(from, to int) bool {
	for i := from; i < to; i++ {
		switch s.tokens[i].Fold {
		case ",", "،", ";", ":", "؛", ".", "(":
			return true
		}
	}
	return false
}
