package places

import (
	"slices"
	"strings"

	"rawi/stages/text"
)

// Match is one place named in a text.
type Match struct {
	Start, End int // token indices, End exclusive
	Place      *Place
	Surface    string // the name as it stands in the tokens, joined particles included
	Joined     int    // letters of particles that Arabic joins to the name
	Certain    bool   // false: a homograph without a cue, a namesake without context, or part of what looks like a longer proper name

	Weak    bool    // an everyday Arabic word that no more than a preposition announces: في مشهد
	Part    bool    // it looks like a part of a longer proper name: Washington Post
	bearers []int32 // all places of that name, best first
}

// Namesake is the first place of the match's name that lies in one of the countries; ok is false where none does.
func (t *Table) Namesake(m Match, countries []string) (p *Place, ok bool) {
	for _, i := range m.bearers {
		if slices.Contains(countries, t.places[i].Country) {
			return &t.places[i], true
		}
	}
	return nil, false
}

// Shared reports whether several places bear the name.
func (m Match) Shared() bool { return len(m.bearers) > 1 }

// candidate is a name found, before it is decided which of its bearers is meant.
type candidate struct {
	from, to int // word indices
	entry    *entry
	prep     bool // an Arabic preposition is joined to it
	joined   int  // letters of joined particles
	exact    bool // written with the accents that tell it from a common word
}

// sentenceWords is how many words most sentences have at most: those of longer ones do not fit on the stack and cost an allocation.
const sentenceWords = 64

// Find gives the places named in tokens, in order and without overlaps, the longest name first. The language tag decides nothing today
// but the caller's intent: names are told apart by script. Words in lower case are no names in Latin script.
func (t *Table) Find(tokens []text.Token, lang string) []Match {
	var space [sentenceWords]word
	words := appendWords(space[:0], tokens)
	var found []candidate
	for i := 0; i < len(words); {
		c, ok := t.at(tokens, words, i)
		if !ok {
			i++
			continue
		}
		if !c.entry.strict || t.announced(words, c) || listed(tokens, words, found, c) || heads(tokens, words, c) {
			found = append(found, c)
		}
		i = c.to
	}
	return t.decide(tokens, words, found)
}

// heads reports whether an Arabic name opens the text before a colon or points, as the town does in headlines: الجديدة.. توقيف شخصين.
func heads(tokens []text.Token, words []word, c candidate) bool {
	if !c.entry.arabic || c.from > 0 || c.joined > 0 {
		return false
	}
	next := words[c.to-1].token + 1
	return next < len(tokens) && (tokens[next].Fold == ":" || strings.HasPrefix(tokens[next].Text, "..") || next+1 < len(tokens) && tokens[next].Fold == "." && tokens[next+1].Fold == ".")
}

// listed reports whether Arabic joins a name with the article by "and" to the place right before it: سلقطة والشابة, but not مرسيليا وكان معه.
func listed(tokens []text.Token, words []word, found []candidate, c candidate) bool {
	last := len(found) - 1
	return last >= 0 && c.entry.arabic && found[last].to == c.from && strings.HasPrefix(tokens[words[c.from].token].Fold, "وال") &&
		strings.HasPrefix(c.entry.words[0], "ال")
}

// at finds the longest name that begins at word i.
func (t *Table) at(tokens []text.Token, words []word, i int) (candidate, bool) {
	w := &words[i]
	if w.form == "" || !w.begins || tail(tokens, words, i) {
		return candidate{}, false
	}
	if !w.arabic {
		return t.longest(tokens, words, i, variant{form: w.form})
	}
	var space [maxVariants]variant
	for _, v := range variants(w.form, &space) {
		if c, ok := t.longest(tokens, words, i, v); ok {
			return c, true
		}
	}
	return candidate{}, false
}

// tail reports whether word i ends the name of another town: Vitry-sur-Loire is no Loire.
func tail(tokens []text.Token, words []word, i int) bool {
	if i < 2 || words[i].arabic || words[i-2].form == "" {
		return false
	}
	switch words[i-1].form {
	case "sur", "sous", "lez":
		before, link, last := tokens[words[i-2].token], tokens[words[i-1].token], tokens[words[i].token]
		return upper(before.Text) && !upper(link.Text) && before.End+1 == link.Start && link.End+1 == last.Start
	}
	return false
}

func (t *Table) longest(tokens []text.Token, words []word, i int, v variant) (candidate, bool) {
	entries := t.index[v.form]
	for k := range entries {
		e := &entries[k]
		end := i + len(e.words)
		if e.arabic != words[i].arabic || end > len(words) || !words[end-1].ends || !follows(e.words[1:], words[i+1:end]) {
			continue
		}
		if !e.arabic && !capitalised(tokens, words[i+e.skip:end]) {
			continue
		}
		return candidate{from: i + e.skip, to: end, entry: e, prep: v.preposition, joined: v.joined, exact: e.isExact(tokens, words[i:end])}, true
	}
	return candidate{}, false
}

func follows(want []string, got []word) bool {
	for i := range want {
		if got[i].form != want[i] {
			return false
		}
	}
	return true
}

// particles may be in lower case at the beginning of a name: "la Rochelle", "l'Ariana", "aéroport Mohammed V", "bande de Gaza".
var particles = []string{
	"le", "la", "les", "l", "el", "de", "d", "du", "des", "aeroport", "port", "mont", "monts", "ile", "iles", "archipel", "bande", "passage", "cite", "ville",
	"region", "departement", "royaume",
}

// capitalised looks at the first word of a name that is no particle.
func capitalised(tokens []text.Token, words []word) bool {
	for i, w := range words {
		if i+1 < len(words) && slices.Contains(particles, w.form) {
			continue
		}
		return upper(tokens[w.token].Text)
	}
	return false
}

func (e *entry) isExact(tokens []text.Token, words []word) bool {
	if e.exact == "" {
		return false
	}
	from, to := words[0].token, words[len(words)-1].token
	if from != to {
		return true // a name of several words is told by them
	}
	return strings.ToLower(tokens[from].Text) == e.exact
}

// decide picks the bearer of each name. What is certain at once helps with what is not: a homograph is a place where another place of
// its country stands in the same text.
func (t *Table) decide(tokens []text.Token, words []word, found []candidate) []Match {
	matches := make([]Match, len(found))
	var sure []string // countries of the places that are certain without help
	for i, c := range found {
		kind, cued := t.cueBefore(words, c)
		matches[i] = t.choose(c, kind, nil)
		matches[i].Part = inName(tokens, words, found, i)
		matches[i].Weak = c.entry.arabic && c.entry.strict && kind == ""
		matches[i].Certain = (cued || c.plain()) && t.unrivalled(c, kind) && !matches[i].Part
		if p := matches[i].Place; matches[i].Certain && p.Kind != KindCountry && !slices.Contains(sure, p.Country) {
			sure = append(sure, p.Country)
		}
	}
	for i, c := range found {
		m := &matches[i]
		if !m.Certain && len(sure) > 0 {
			kind, _ := t.cueBefore(words, c)
			part, weak := m.Part, m.Weak
			*m = t.choose(c, kind, sure)
			m.Part, m.Weak, m.Certain = part, weak, slices.Contains(sure, m.Place.Country) && !part
		}
		m.Start, m.End = words[c.from].token, words[c.to-1].token+1
		m.Surface, m.Joined = surface(tokens[m.Start:m.End]), c.joined
	}
	return matches
}

// plain reports whether a name needs no cue.
func (c candidate) plain() bool { return !c.entry.cue || c.exact || c.prep }

// choose takes the best bearer among those of the kind announced and of the countries known from the context.
func (t *Table) choose(c candidate, kind string, countries []string) Match {
	best, score := c.entry.places[0], -1
	for _, i := range c.entry.places {
		p, s := &t.places[i], 0
		if slices.Contains(countries, p.Country) {
			s += 2
		}
		if kind != "" && p.Kind == kind {
			s++
		}
		if s > score {
			best, score = i, s
		}
	}
	return Match{Place: &t.places[best], bearers: c.entry.places}
}

// unrivalled reports whether all bearers of a name that deserve a thought lie in one country.
func (t *Table) unrivalled(c candidate, kind string) bool {
	country := ""
	for _, i := range c.entry.places {
		p := &t.places[i]
		if p.flagged("minor") || (kind != "" && p.Kind != kind) {
			continue
		}
		if country != "" && p.Country != country {
			return false
		}
		country = p.Country
	}
	return true
}

// inName reports whether a Latin name is flanked by another capitalised word that is neither the beginning of a sentence nor a place nor
// a word that announces one: "Wydad Casablanca", "Nancy Pelosi".
func inName(tokens []text.Token, words []word, found []candidate, i int) bool {
	c := found[i]
	if c.entry.arabic || shouted(tokens[words[c.from].token].Text) {
		return false
	}
	before := c.from - 1
	if before >= 0 && (i == 0 || found[i-1].to <= before) && nameWord(tokens, words, before, false) {
		return true
	}
	after := c.to
	return after < len(words) && (i+1 == len(found) || found[i+1].from > after) && nameWord(tokens, words, after, true)
}

func nameWord(tokens []text.Token, words []word, i int, after bool) bool {
	w := words[i]
	if w.form == "" || w.arabic {
		return false
	}
	tok := tokens[w.token]
	if tok.Script != text.Latin || !upper(tok.Text) || tok.First || shouted(tok.Text) {
		return false
	}
	return after || !slices.Contains(announcers, w.form)
}

// announcers are common nouns that are often capitalised before the name of a place.
var announcers = []string{
	"aeroport", "port", "ville", "region", "province", "prefecture", "wilaya", "gouvernorat", "grand", "nord", "sud", "est", "ouest", "haut", "bas",
	"place", "quartier", "commune", "etat", "republique", "royaume", "le", "la", "les", "l", "de", "du", "a", "en", "au", "d",
}

func surface(tokens []text.Token) string {
	if len(tokens) == 1 {
		return tokens[0].Text
	}
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && t.Start > tokens[i-1].End {
			b.WriteByte(' ')
		}
		b.WriteString(t.Text)
	}
	return b.String()
}
