// Package concept is the bridge between languages for what has no proper name: tokens of a text come in, language-neutral concepts such as
// "act:arrest" go out, from a lexicon with French and Arabic forms written for the project.
package concept

import (
	"slices"

	"rawi/stages/text"
)

// Concept is one row of the lexicon.
type Concept struct {
	ID     string // "<class>:<name>"
	Class  string // act, obj, per, org, nam, tgt, dis, pol, eco, jus, spo, cul, soc, trn, thm; not for what only looks like a form of another
	Theme  bool   // a word that reports of all kinds have ("announced", "sources"): it tells none of them from another
	Shared bool   // may share forms with another concept: both are then hit
	// Seizable is true of what an operation can take away: money, drugs, weapons, vehicles, papers, animals; not of a cell, a house or a port.
	Seizable bool
	French   []string
	Arabic   []string
}

// Hit is one concept named in a text.
type Hit struct {
	Start, End int // token indices, End exclusive
	ID         string
}

// Lexicon is a set of concepts with an index of their forms. It is never changed once built, and safe for concurrent use.
type Lexicon struct {
	concepts []Concept
	byID     map[string]int32
	french   index
	arabic   index
}

// ByID finds a concept.
func (l *Lexicon) ByID(id string) (*Concept, bool) {
	i, ok := l.byID[id]
	if !ok {
		return nil, false
	}
	return &l.concepts[i], true
}

// Everywhere tells of a concept that reports of all kinds have and that is no subject of its own as those of class thm are.
func (l *Lexicon) Everywhere(id string) bool {
	c, ok := l.ByID(id)
	return ok && c.Theme && c.Class != "thm"
}

// All yields every concept in the order of the files.
func (l *Lexicon) All(yield func(*Concept) bool) {
	for i := range l.concepts {
		if !yield(&l.concepts[i]) {
			return
		}
	}
}

// index files forms under their first word, longest first.
type index map[string][]entry

type entry struct {
	words    []string
	concepts []int32
	name     bool // of a name, which takes no endings: the dynasties are no plural of Sellal
	none     bool // of no concept: "en train" is no train
}

// reading are a word of a text and the words that it may be an inflection of, nearest first; without regard to endings the first bare ones.
type reading struct {
	words []string
	bare  int
}

// likely is how many readings a word has room for at first.
const likely = 3

// readingsOf gives the readings of every token; none of those in a script that the lexicon has no forms in.
func readingsOf(tokens []text.Token, script text.Script) []reading {
	read := make([]reading, len(tokens))
	all := make([]string, 0, likely*len(tokens)) // of all tokens, so that no word costs an allocation
	for i := range tokens {
		own, bare := len(all), 1
		switch t := &tokens[i]; {
		case t.Script == script && script == text.Arabic:
			all, bare = appendArabic(all, t.Fold)
		case t.Script == script:
			all = appendFrench(all, t.Fold)
		case t.Script == text.Number, t.Script == text.Latin: // "ligue 1"; a foreign name inside an Arabic form
			all = append(all, t.Fold)
		default:
			continue
		}
		read[i] = reading{all[own:len(all):len(all)], bare}
	}
	return read
}

// Find gives the concepts named in tokens, in order, the longest form first; hits overlap only where concepts share a form. The language
// is "fr" or "ar"; any other finds nothing.
func (l *Lexicon) Find(tokens []text.Token, lang string) []Hit {
	forms, script := l.french, text.Latin
	switch lang {
	case "fr":
	case "ar":
		forms, script = l.arabic, text.Arabic
	default:
		return nil
	}
	words := readingsOf(tokens, script)
	var hits []Hit
	for i := 0; i < len(words); {
		e := forms.longest(words[i:])
		if e == nil {
			i++
			continue
		}
		for _, c := range e.concepts {
			if e.none {
				break
			}
			hits = append(hits, Hit{Start: i, End: i + len(e.words), ID: l.concepts[c].ID})
		}
		i += len(e.words)
	}
	return hits
}

// longest finds the longest form that the words begin with. Among forms of one length the reading nearest to the written word wins.
func (x index) longest(words []reading) *entry {
	var best *entry
	for k, word := range words[0].words {
		entries := x[word]
		for i := range entries {
			e := &entries[i]
			if best != nil && len(e.words) <= len(best.words) {
				break
			}
			if (!e.name || k < words[0].bare) && e.begins(words) {
				best = e
				break
			}
		}
	}
	return best
}

// begins checks the words after the first.
func (e *entry) begins(words []reading) bool {
	if len(e.words) > len(words) {
		return false
	}
	for i, want := range e.words[1:] {
		of := words[i+1].words
		if e.name {
			of = of[:words[i+1].bare]
		}
		if !contains(of, want) {
			return false
		}
	}
	return true
}

func contains(list []string, want string) bool {
	return slices.Contains(list, want)
}
