// Package match compares two reports: what they agree on, what they disagree on, and whether a disagreement rules out that they are of
// one happening.
//
// It is pure: it knows reports, the place table and how rare a term is, and nothing of stories, order or time of arrival.
package match

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"rawi/pipeline/message"
)

// Field says what part of a signature a term comes from.
type Field uint8

// Fields of terms. Words are comparable within one language alone, all others across languages.
const (
	Word    Field = iota
	Deed          // concepts of what was done and by whom: shared by all happenings of a kind
	Subject       // concepts of what it was done to or with
	Theme         // concepts of what it is all about, such as terrorism: they tell happenings apart and never join them
	Name
	Number
	Place
	Agency
	fields
)

// String is the name of the field in reasons.
func (f Field) String() string {
	return [...]string{"words", "deeds", "subjects", "themes", "names", "numbers", "places", "agencies"}[f]
}

// Sureness says how a name came to be one.
type Sureness uint8

// Names are known where capitals or titles mark them, heard where a word of a script without capitals only may be one. What is heard meets
// what is known in another language, and nothing else.
const (
	Known Sureness = iota
	Heard
)

// Mark is what a comparison needs of a term.
type Mark struct {
	ID    uint32 // by which it is counted among the reports of live stories, 0 where it is not
	Field Field
	Title bool // one of the first words, names or concepts, as of a title
	Early bool // stands in the title or the first sentences
	Sure  Sureness
}

// Term is one word, concept, name, number, place or agency of a report.
type Term struct {
	Mark
	Key  uint64 // hash of field and text
	Text string
}

// Report is one report prepared for comparison. It is immutable after Prepare.
type Report struct {
	Article   string
	Digest    string
	Read      int // how often the same bytes were read anew
	Source    string
	Family    string
	Language  string
	Published time.Time
	Facts     message.Facts
	Recalled  []message.Facts
	Terms     []Term // by Key; none where only their marks are at hand
	Marks     []Mark // of the terms, in any order, where those are not at hand
	MinHash   []uint32
	Minima    func(room []uint32) []uint32 // reads MinHash where it is not there, into the room if there is enough
	Shingles  int
	Day       int // of publication, days since 1970
	act       span
	domains   domains
}

// Limits on what of one report is compared: what exceeds them is the tail of a text that repeats itself.
const (
	maxWords  = 120
	maxOthers = 60
	early     = 12 // words, names or concepts that belong to title and first sentence
	titled    = 6  // those that a title has
)

// Keep shortens a signature to what is ever compared: the rest would only make the record of a story longer.
func Keep(s message.Signature) message.Signature {
	s.Words = s.Words[:min(len(s.Words), maxWords)]
	s.Concepts = s.Concepts[:min(len(s.Concepts), maxOthers)]
	s.Names = s.Names[:min(len(s.Names), maxWords)]
	s.Numbers = s.Numbers[:min(len(s.Numbers), maxOthers)]
	return s
}

// Prepare makes a member of a story comparable.
func Prepare(m message.Member) *Report {
	r := restored(m)
	r.Terms = make([]Term, 0, min(len(m.Signature.Words), maxWords)+len(m.Signature.Concepts)+len(m.Signature.Names)+8)
	for list, terms := range r.Lists(m.Signature) {
		for i := range terms[:min(len(terms), list.limit())] {
			if t := &terms[i]; t.Text != "" || list == Concepts || list == Names {
				r.Terms = append(r.Terms, *t)
			}
		}
	}
	r.Terms = slices.CompactFunc(arranged(r.Terms), func(a, b Term) bool { return a.Key == b.Key })
	r.domains = domainsOf(r)
	return r
}

// Marked makes a member comparable of whose terms only the marks are at hand, and the domains that Domains gave.
func Marked(m message.Member, marks []Mark, of uint32) *Report {
	r := restored(m)
	r.Marks, r.domains = marks, domains(of)
	return r
}

func restored(m message.Member) *Report {
	r := &Report{
		Article: m.Article, Digest: m.Digest, Read: m.Read, Source: m.Source, Family: m.Family, Language: m.Language, Published: m.Published,
		Facts: m.Facts, Recalled: m.Recalled, MinHash: m.Signature.MinHash, Shingles: m.Signature.Shingles, Day: dayOf(m.Published),
	}
	r.act = r.acted()
	return r
}

// Domains are the kinds of matter that a report is about, as Marked reads them.
func (r *Report) Domains() uint32 { return uint32(r.domains) }

// Find is where the term of a key stands, if the terms are at hand.
func (r *Report) Find(key uint64) (int, bool) {
	return slices.BinarySearchFunc(r.Terms, key, func(t Term, k uint64) int { return cmp.Compare(t.Key, k) })
}

// spread is over how many places terms are put before they are sorted: a power of two, above what most reports have.
const spread = 256

// arranged stands terms in order. Keys are hashes and lie evenly: put where its first bits say, each is a step or two from its place, where sorting
// from scratch would take a third of the time of a comparison.
func arranged(terms []Term) []Term {
	var ends [spread + 1]uint16
	place := func(t *Term) uint64 { return t.Key >> (64 - 8) }
	for i := range terms {
		ends[place(&terms[i])+1]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	out := make([]Term, len(terms))
	for i := range terms {
		at := &ends[place(&terms[i])]
		out[*at] = terms[i]
		*at++
	}
	for i := 1; i < len(out); i++ {
		for j := i; j > 0 && inOrder(&out[j], &out[j-1]) < 0; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// inOrder stands terms by their keys, of equal ones first what says most.
func inOrder(a, b *Term) int {
	switch {
	case a.Key < b.Key:
		return -1
	case a.Key > b.Key:
		return 1
	case a.Sure != b.Sure:
		return cmp.Compare(a.Sure, b.Sure)
	case a.Early == b.Early:
		return 0
	case a.Early:
		return -1
	}
	return 1
}

// Key is the identity of a term.
func Key(f Field, text string) uint64 {
	var room [64]byte // of the stack
	return xxhash.Sum64(append(append(room[:0], byte('a'+f)), text...))
}

// placeTerms are the identities of places below the level of a country: a country is shared by half of all reports.
func placeTerms(f message.Facts) []string {
	var ids []string
	for _, p := range f.Places {
		if p.Kind != "country" {
			ids = append(ids, placeKey(p))
		}
	}
	return ids
}

// placeKey is the ID of a place of the table, the cross-script key of another, or its folded name where the key is too short.
func placeKey(p message.Place) string {
	switch {
	case p.ID != "":
		return p.ID
	case p.Key != "":
		return "~" + p.Key
	}
	return "=" + strings.ToLower(p.Name)
}
