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

// readings are the words of a text, each with the words that it may be an inflection of, nearest first.
type readings struct {
	words []reading
	all   []string // of all words, so that none costs an allocation
}

// reading is a word by indices into all its readings: those before bare are without regard to endings.
type reading struct{ from, bare, to int }

func (r *readings) of(i int) []string { return r.all[r.words[i].from:r.words[i].to] }

func (r *readings) bare(i int) []string { return r.all[r.words[i].from:r.words[i].bare] }

// with adds the readings of every token; none of those in a script that the lexicon has no forms in.
func (r readings) with(tokens []text.Token, script text.Script) readings {
	for i := range tokens {
		from := len(r.all)
		bare := from + 1
		switch t := &tokens[i]; {
		case t.Script == script && script == text.Arabic:
			r.all, bare = appendArabic(r.all, t.Fold)
		case t.Script == script:
			r.all = appendFrench(r.all, t.Fold)
		case t.Script == text.Number, t.Script == text.Latin: // "ligue 1"; a foreign name inside an Arabic form
			r.all = append(r.all, t.Fold)
		default:
			bare = from
		}
		r.words = append(r.words, reading{from, bare, len(r.all)})
	}
	return r
}

// Most sentences have no more words and readings than this: those of longer ones do not fit on the stack and cost an allocation.
const (
	sentenceWords    = 64
	sentenceReadings = 192
)

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
	var words [sentenceWords]reading
	var all [sentenceReadings]string
	read := readings{words[:0], all[:0]}.with(tokens, script)
	var hits []Hit
	for i := 0; i < len(tokens); {
		e := forms.longest(&read, i)
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

// longest finds the longest form that the words from i on begin with. Among forms of one length the reading nearest to the written word wins.
func (x index) longest(read *readings, i int) *entry {
	var best *entry
	bare := len(read.bare(i))
	for k, word := range read.of(i) {
		entries := x[word]
		for j := range entries {
			e := &entries[j]
			if best != nil && len(e.words) <= len(best.words) {
				break
			}
			if (!e.name || k < bare) && e.begins(read, i) {
				best = e
				break
			}
		}
	}
	return best
}

// begins checks the words after the first, which is the one at i.
func (e *entry) begins(read *readings, i int) bool {
	if i+len(e.words) > len(read.words) {
		return false
	}
	for k, want := range e.words[1:] {
		of := read.of(i + 1 + k)
		if e.name {
			of = read.bare(i + 1 + k)
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
