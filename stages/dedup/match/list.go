package match

import (
	"iter"
	"strings"

	"rawi/pipeline/message"
)

// List is one of the lists that the terms of a report stand in.
type List uint8

// Lists of terms: those of a signature, and what its facts name.
const (
	Words List = iota
	Concepts
	Names
	Numbers
	Towns
	Agencies
)

// Lists are all of them, in the order in which a report has them.
var Lists = [...]List{Words, Concepts, Names, Numbers, Towns, Agencies}

// Lists gives the terms of a report list by list, in the order of their texts, with all that is not compared. A list that is nil stays so.
func (r *Report) Lists(s message.Signature) iter.Seq2[List, []Term] {
	return func(yield func(List, []Term) bool) {
		for _, list := range Lists {
			var texts []string
			switch of := list.Of(&s); {
			case of != nil:
				texts = *of
			case list == Towns:
				texts = placeTerms(r.Facts)
			default:
				texts = r.Facts.Agencies
			}
			if !yield(list, list.terms(texts)) {
				return
			}
		}
	}
}

// Of is the list of a signature, nil for one that facts have.
func (l List) Of(s *message.Signature) *[]string {
	switch l {
	case Words:
		return &s.Words
	case Concepts:
		return &s.Concepts
	case Names:
		return &s.Names
	case Numbers:
		return &s.Numbers
	}
	return nil
}

// limit is how many terms of a list are compared.
func (l List) limit() int {
	if l == Words || l == Names {
		return maxWords
	}
	return maxOthers
}

// Mark is that of the i-th term of a list, which may only have been heard. The field of concepts is that of their class.
func (l List) Mark(i int, heard bool) Mark {
	m := Mark{Field: [...]Field{Word, Subject, Name, Number, Place, Agency}[l], Early: i < early}
	m.Title = i < titled && (l == Words || l == Concepts || l == Names)
	if heard {
		m.Sure = Heard
	}
	return m
}

func (l List) terms(texts []string) []Term {
	if texts == nil {
		return nil
	}
	out := make([]Term, len(texts))
	for i, text := range texts {
		heard := false
		if l == Names { // "~" stands before words of a script without capitals, which show to be names only beside one of another language
			text, heard = strings.CutPrefix(text, "~")
		}
		m := l.Mark(i, heard)
		if l == Concepts {
			m.Field = classOf(text)
		}
		out[i] = Term{m, Key(m.Field, text), text}
	}
	return out
}

// classOf a concept is the field that the word before its colon stands for.
func classOf(concept string) Field {
	switch class, _, _ := strings.Cut(concept, ":"); class {
	case "act", "per", "org":
		return Deed
	case "thm":
		return Theme
	case "nam":
		return Name
	case "geo":
		return Place
	}
	return Subject
}
