package facts

import (
	"slices"
	"strings"

	"rawi/stages/places"
)

// relativeReach is how many tokens before a place may relate it to people or things.
const relativeReach = 4

// farRelative is the same behind words for where things were to go: acheminé vers un entrepôt de la périphérie de Casablanca.
const farRelative = 8

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
