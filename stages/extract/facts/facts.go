// Package facts reads what happened out of a report: title and blocks of one language come in, the typed facts of its main happening, the
// happenings that it only recalls and what makes it comparable go out. What is peculiar to a language is a Grammar, handed in.
package facts

import (
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/number"
	"rawi/stages/extract/when"
	"rawi/stages/places"
	"rawi/stages/text"
)

// Document is a report to read.
type Document struct {
	Title, Lead    string
	Blocks         []message.Block
	Published      time.Time // in the outlet's zone, so that its date is the readers' date
	PublishedKnown bool      // false where Published is only the time at which the report was fetched
	Outlet         message.Outlet
}

// Result is what a report says.
type Result struct {
	Facts     message.Facts
	Recalled  []message.Facts
	Roles     []string          // message.RoleMain or message.RoleBackground for each block
	Signature message.Signature // all but MinHash and Shingles
}

// Grammar is a language: its words as data, and the few things about it that are no data.
type Grammar struct {
	Tag      string // BCP 47
	Lexicon  *Lexicon
	Speech   *Lexicon        // words for what is said or done about a happening; nil for none
	Stop     map[string]bool // folded words that say nothing of what a text is about
	Places   *places.Table
	Concepts *concept.Lexicon
	Number   func(tokens []text.Token, i int) (number.Number, bool)
	Dates    func(s string, tokens []text.Token, ref when.Reference) []when.Mention
	// Forms appends the forms under which a folded token may stand in the lexicon, itself first; nil for a language that glues nothing on.
	Forms func(dst []string, fold string) []string
	// Dual gives the singular of a folded dual; nil for a language without one.
	Dual func(fold string) (singular string, ok bool)
	// Name reports where the proper name that starts at token i ends; end == i where none does.
	Name func(tokens []text.Token, i int) (end int)
	// Remote reports whether the verb hit stands in a tense that looks back beyond the report's own past: pluperfect, كان قد.
	Remote func(tokens []text.Token, hit Hit) bool
	// Active reports whether the people named before the verb hit do it, and those after it suffer it.
	Active func(tokens []text.Token, hit Hit) bool
	// At reports whether the hit, a word before places, promises one: à, but not "a". It may be nil.
	At func(tokens []text.Token, hit Hit) bool
	// FirstNames are folded first names: what follows one where only a place or a person can stand is a person. It may be nil.
	FirstNames map[string]bool
	// VerbFirst is true where the people concerned mostly follow the word that tells what happened to them.
	VerbFirst bool
	// Determiners are the folded words that make a noun in the singular one person; nil where the noun alone does.
	Determiners []string
	// Auxiliaries are the folded verbs before a participle that tells what befell people; nil for a language without any.
	Auxiliaries []string
	Possessives []string // folded words that tell of people as somebody's: son fils; nil for a language that writes them onto the noun
	ThatDay     []string // what after a relative date makes it no date: ce jour-là
	Of          []string // folded words between a number and its noun: une dizaine de
	Links       []string // folded words between a kind of place and its name: quartier de
	Joins       []string // folded words between the ends of a range: de 19 à 49
	And         []string // folded words that join people told of one by one: un homme et une femme
	Opens       []string // letters that are written onto a verb to open a clause with it: فأوقفت
	AndPrefix   string   // what is written onto a word instead; empty for a language that writes nothing on
	Sides       []string // folded words after a link that make a number one of two sides: deux d'un côté
	Pronouns    []string // folded words for one person told of before: il, elle
	Objects     []string // the same where the word suffers: l'
	From        []string // folded words between people and where they come from: شاب من الخرطوم
	InLife      []string // folded words before the ordinal of a year of one's life: في الرابعة والعشرين
	Happened    []string // folded verbs that only say that something happened, right before its day: تمت العملية, جرت
	Numbered    []string // folded words before a number that names a thing: رقم 6
	Article     []string // folded forms of the article where it stands apart from a number: الـ13
}

// Reader reads reports of one language. It is never changed once built, and safe for concurrent use.
type Reader struct{ g Grammar }

// NewReader makes a reader of g.
func NewReader(g Grammar) *Reader { return &Reader{g} }

// Bounds on what is read of one report: no real report is longer, and a hostile page must not cost more than one.
const (
	maxBlocks    = 400
	maxBlock     = 20_000 // bytes
	maxSentences = 600
	maxRecalled  = 12
)

// Read reads doc.
func (r *Reader) Read(doc Document) Result {
	p := r.parse(doc)
	p.assignRoles()
	main := p.mainSentences()
	kind := p.kind(main)
	result := Result{Roles: p.blockRoles(len(doc.Blocks)), Signature: p.signature(main)}
	if tellsHappening(kind) {
		result.Facts = p.read(main, kind)
	}
	result.Facts.Kind = kind
	if result.Facts.Action != "" || kind == message.KindIncident {
		result.Facts.Kind = kindOf(kind, result.Facts.Action)
	}
	result.Recalled = p.recalled(kind)
	p.addSpeech(&result)
	return result
}

// tellsHappening reports whether a report of that kind has a happening of its own.
func tellsHappening(kind string) bool {
	return kind != message.KindOpinion && kind != message.KindRoundup
}
