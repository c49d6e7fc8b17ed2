// Package when finds dates in running French and Arabic text: a text and its time of publication come in, mentions with their days, how
// precise they are and how they were told go out. Which of them is the day of what happened is for the caller to decide.
package when

import (
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract/number"
	"rawi/stages/text"
)

// Kind is how a mention tells its time.
type Kind uint8

// Kinds of mention.
const (
	Absolute Kind = iota // a date, month or year by name or number: 17 décembre, مارس 2021
	Relative             // counted from publication: hier, jeudi, le mois dernier, أمس
	Since                // the beginning of something that lasts: depuis 2002, منذ 2002
	Vague                // counted in weeks, months or years: the days around From, not From itself
)

// Mention is one date in a text. From and To are days at 00:00 in the zone of the reference, both included; a month or year runs from its
// first to its last day.
type Mention struct {
	Start, End int // byte offsets
	From, To   time.Time
	Precision  string // message.PrecisionDay, PrecisionMonth or PrecisionYear
	Kind       Kind
	Weekday    bool // a weekday is named
	Conflict   bool // the weekday named is not that of the date or of the relative day beside it
}

// Reference is what relative dates are counted from.
type Reference struct {
	Time time.Time // publication, in the outlet's zone; zero where unknown: then only dates with a year are found
}

// French finds the dates in s, in order and without overlap. Ages, prison terms, prices and decades are not dates.
func French(s string, ref Reference) []Mention { return FrenchIn(s, text.Words(s), ref) }

// Arabic finds the dates in s, in order and without overlap, with month names of every Arab country. Ages, prices and Hijri dates are not
// found.
func Arabic(s string, ref Reference) []Mention { return ArabicIn(s, text.Words(s), ref) }

// FrenchIn is French for a caller that has cut s into tokens already.
func FrenchIn(s string, tokens []text.Token, ref Reference) []Mention {
	return findIn(s, tokens, ref, reading{frenchWords, frenchTense, frenchCounter})
}

// ArabicIn is Arabic for a caller that has cut s into tokens already.
func ArabicIn(s string, tokens []text.Token, ref Reference) []Mention {
	return findIn(s, tokens, ref, reading{arabicWords, arabicTense, arabicCounter})
}

// reading is what a language brings to the reading of its dates.
type reading struct {
	words vocabulary
	verbs tense // none where lines are read, which have no verbs
	count counter
}

func findIn(s string, tokens []text.Token, ref Reference, r reading) []Mention {
	terms, some := r.words.read(tokens)
	if !some {
		return nil
	}
	sc := scanner{s: s, tokens: tokens, terms: terms, count: r.count, tense: r.verbs, clock: newClock(ref.Time)}
	var found []Mention
	for i := 0; i < len(tokens); {
		m, next, ok := sc.mention(i)
		if !ok || next <= i {
			i = max(terms[i].next, i+1)
			continue
		}
		found = append(found, m)
		i = next
	}
	return found
}

// counter reads a number at a token.
type counter func([]text.Token, int) (number.Number, bool)

func frenchCounter(tokens []text.Token, i int) (number.Number, bool) { return number.French(tokens, i) }

func arabicCounter(tokens []text.Token, i int) (number.Number, bool) { return number.Arabic(tokens, i) }

// span is what one expression says, before it becomes a mention.
type span struct {
	from, to  time.Time
	precision string
	kind      Kind
	weekday   bool
	conflict  bool
}

func day(t time.Time) span { return span{from: t, to: t, precision: message.PrecisionDay} }

func (s span) as(k Kind) span {
	s.kind = k
	return s
}
