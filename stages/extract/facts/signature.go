package facts

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/extract/concept"
	"rawi/stages/places"
	"rawi/stages/text"
)

// Bounds of a signature: what a long report adds beyond them tells nothing more.
const (
	maxWords     = 400
	maxSignature = 100
	maxNames     = 160
)

// signature is what makes the report comparable with others, from its title and main sentences.
func (p *page) signature(main []*sentence) message.Signature {
	var sig message.Signature
	concepts, names, numbers := set{}, set{}, set{}
	sig.Words = p.stems(main)
	for _, s := range main {
		hits := p.g.Concepts.Find(s.tokens, p.g.Tag)
		for _, hit := range hits {
			if !p.g.Concepts.Everywhere(hit.ID) {
				concepts.add(&sig.Concepts, hit.ID, maxSignature)
			}
		}
		for i := range s.tokens {
			if land := p.countryAt(s, i); land != "" {
				concepts.add(&sig.Concepts, "geo:"+land, maxSignature)
			}
		}
		p.names(s, hits, func(key string) { names.add(&sig.Names, key, maxNames) })
		p.unmarked(s, hits, func(key string) { names.add(&sig.Names, key, maxNames) })
		p.numbers(s, func(n string) { numbers.add(&sig.Numbers, n, maxSignature) })
	}
	return sig
}

// stems are those of the words of the sentences that tell something, each once, with the tag of the language before them.
func (p *page) stems(main []*sentence) []string {
	tokens := 0
	for _, s := range main {
		tokens += len(s.tokens)
	}
	const telling = 2 // one token in so many is a new word that tells something
	stems := make([]string, 0, min(tokens/telling, maxWords))
	seen := make(map[string]bool, cap(stems))
	for _, s := range main {
		for i := range s.tokens {
			if len(stems) == maxWords {
				return stems
			}
			if !p.telling(s, i) {
				continue
			}
			if stem := text.Stem(p.g.Tag, s.tokens[i].Fold); !seen[stem] {
				seen[stem] = true
				stems = append(stems, p.g.Tag+":"+stem)
			}
		}
	}
	return stems
}

// telling reports whether token i is a word that says something of what the text is about.
func (p *page) telling(s *sentence, i int) bool {
	t := s.tokens[i]
	return (t.Script == text.Latin || t.Script == text.Arabic) && utf8.RuneCountInString(t.Fold) > 2 && !p.g.Stop[t.Fold] && !s.inDate(i)
}

// set keeps a list free of doubles.
type set map[string]bool

func (s set) add(list *[]string, value string, limit int) {
	if value == "" || s[value] || len(*list) >= limit {
		return
	}
	s[value] = true
	*list = append(*list, value)
}

// names gives the keys of the proper names of s: in French those of capitalised words, one by one, since others write the family name alone; in
// either language names after a title or of a place. A name that the lexicon knows is a concept, and none of these.
func (p *page) names(s *sentence, known []concept.Hit, add func(string)) {
	for i := 0; i < len(s.tokens); {
		end := p.g.Name(s.tokens, i)
		if end <= i || p.g.Forms != nil {
			i++
			continue
		}
		if (!s.tokens[i].First || end-i > 1) && !named(known, i, end) && !s.spotted(i, end) {
			p.words(s, i, end, add)
		}
		i = end
	}
	for _, h := range s.hits {
		if h.Class == classTitle {
			start, end := p.personAfter(s, h)
			add(text.NameKey(s.surface(start, end)))
		}
	}
	for _, spot := range s.spots {
		if spot.kind != places.KindCountry {
			add(text.NameKey(spot.place.Name))
		}
	}
}

// named reports whether a name of the lexicon stands among tokens.
func named(known []concept.Hit, start, end int) bool {
	for _, h := range known {
		if h.Start < end && start < h.End && strings.HasPrefix(h.ID, "nam:") {
			return true
		}
	}
	return false
}

// spotted reports whether a place stands among tokens.
func (s *sentence) spotted(start, end int) bool {
	return slices.ContainsFunc(s.spots, func(o spot) bool { return o.start < end && start < o.end })
}

// words gives the keys of the words of a name, or that of the whole where every word is too short for one.
func (p *page) words(s *sentence, start, end int, add func(string)) {
	short := true
	for i := start; i < end; i++ {
		if r, _ := utf8.DecodeRuneInString(s.tokens[i].Text); !unicode.IsUpper(r) || !p.telling(s, i) {
			continue
		}
		if key := text.NameKey(s.tokens[i].Fold); key != "" {
			add(key)
			short = false
		}
	}
	if short {
		add(text.NameKey(s.surface(start, end)))
	}
}

// unmarked gives, with "~" before them, the keys of words that may be names in a script without capitals: those that neither the lexica nor
// the list of stop words know. A word that seems to begin with a particle may be one with it or without.
func (p *page) unmarked(s *sentence, known []concept.Hit, add func(string)) {
	if p.g.Forms == nil {
		return
	}
	common := make([]bool, len(s.tokens))
	for _, h := range known {
		cover(common, h.Start, h.End)
	}
	for _, h := range s.hits {
		cover(common, h.Start, h.End)
	}
	for _, spot := range s.spots {
		cover(common, spot.start, spot.end)
	}
	for i, t := range s.tokens {
		if common[i] || t.Script != text.Arabic || !p.telling(s, i) {
			continue
		}
		for _, form := range s.forms[i] {
			if key := text.NameKey(form); key != "" {
				add("~" + key)
			}
		}
	}
}

func cover(tokens []bool, start, end int) {
	for i := start; i < end; i++ {
		tokens[i] = true
	}
}

// numbers gives the numbers of s above 2 that are no date, with their unit.
func (p *page) numbers(s *sentence, add func(string)) {
	for i := 0; i < len(s.tokens); {
		n, ok := p.g.Number(s.tokens, i)
		if !ok || n.End <= i {
			i++
			continue
		}
		if n.Value > 2 && !n.Plural && !s.inDate(i) {
			unit := ""
			if h, ok := s.hitAt(n.End, classThing); ok && h.Value != "drug" {
				unit = h.Value
			}
			add(strconv.FormatFloat(n.Value, 'f', -1, 64) + unit)
		}
		i = n.End
	}
}
