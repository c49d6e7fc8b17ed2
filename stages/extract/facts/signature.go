package facts

import (
	"strconv"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/places"
	"rawi/stages/text"
)

// Bounds of a signature: what a long report adds beyond them tells nothing more.
const (
	maxWords     = 400
	maxSignature = 100
)

// signature is what makes the report comparable with others, from its title and main sentences.
func (p *page) signature(main []*sentence) message.Signature {
	var sig message.Signature
	words, concepts, names, numbers := set{}, set{}, set{}, set{}
	for _, s := range main {
		for i, t := range s.tokens {
			if (t.Script == text.Latin || t.Script == text.Arabic) && utf8.RuneCountInString(t.Fold) > 2 && !p.g.Stop[t.Fold] && !s.inDate(i) {
				words.add(&sig.Words, p.g.Tag+":"+text.Stem(p.g.Tag, t.Fold), maxWords)
			}
		}
		for _, hit := range p.g.Concepts.Find(s.tokens, p.g.Tag) {
			concepts.add(&sig.Concepts, hit.ID, maxSignature)
		}
		p.names(s, func(key string) { names.add(&sig.Names, key, maxSignature) })
		p.numbers(s, func(n string) { numbers.add(&sig.Numbers, n, maxSignature) })
	}
	return sig
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

// names gives the keys of the proper names of s: capitalised words in French, names after a title or of a place in either language.
func (p *page) names(s *sentence, add func(string)) {
	for i := 0; i < len(s.tokens); {
		end := p.g.Name(s.tokens, i)
		if end <= i || p.g.Forms != nil {
			i++
			continue
		}
		if !s.tokens[i].First || end-i > 1 {
			add(text.NameKey(s.surface(i, end)))
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
