package facts

import (
	"slices"

	"rawi/stages/text"
)

// How many tokens may stand between an authority and the word that makes it speak: after it (selon, حسب, a annoncé le ministère) and before a
// verb (le ministère de la Santé a annoncé).
const (
	speaksAfter  = 3
	speaksBefore = 5
)

// official reports whether the sentence gives an authority as the source of what it says: an agency, an office or an official who says so, or
// an official toll or source by name. Witnesses, hospitals and papers are none.
func (s *sentence) official() bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classAuthority && h.Value == "source" || authority(h) && s.saysSo(h)
	})
}

// authority reports whether what was found acts for a state.
func authority(h Hit) bool {
	switch h.Class {
	case classAgency, classService, classAuthority, classOffice:
		return true
	case classTitle:
		return h.Value == "official"
	case classProcedure:
		return h.Value == "" // the parquet
	}
	return false
}

// saysSo reports whether a word of saying stands beside an authority, in one clause with it.
func (s *sentence) saysSo(authority Hit) bool {
	return slices.ContainsFunc(s.hits, func(said Hit) bool {
		switch {
		case said.Class != classAnnounce && said.Class != classStatement:
			return false
		case authority.Start >= said.End:
			return s.joined(said.End, authority.Start, speaksAfter) && !s.quotes(said.End, authority.Start)
		}
		return said.Value != "by" && authority.End <= said.Start && s.joined(authority.End, said.Start, speaksBefore)
	})
}

// joined reports whether the tokens between two words are few, and none of them parts clauses.
func (s *sentence) joined(from, to, reach int) bool {
	return to-from <= reach && !slices.ContainsFunc(s.tokens[from:to], func(t text.Token) bool { return t.Script == text.Punct && t.Text != "'" && t.Text != "’" })
}

// quotes reports whether what is said begins between two tokens: whoever acts after that does not say it, un témoin affirme que la police a tué.
func (s *sentence) quotes(from, to int) bool {
	return slices.ContainsFunc(s.hits, func(h Hit) bool { return h.Class == classThat && h.Start >= from && h.End <= to })
}
