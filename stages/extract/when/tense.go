package when

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

//go:embed data/tense.tsv
var tenseTable string

// tense tells by the words around a weekday whether its day is still to come.
type tense struct {
	endings, beginnings []string
	not, ahead, behind  map[string]bool
}

var frenchTense, arabicTense = mustTense("fr"), mustTense("ar")

func mustTense(lang string) tense {
	t := tense{not: map[string]bool{}, ahead: map[string]bool{}, behind: map[string]bool{}}
	for line, cells := range tsv.Rows(tenseTable, 3) {
		if cells[0] != lang {
			continue
		}
		words := strings.Split(cells[2], "|")
		switch cells[1] {
		case "ending":
			t.endings = words
		case "beginning":
			t.beginnings = words
		case "not":
			t.not = set(words)
		case "ahead":
			t.ahead = set(words)
		case "behind":
			t.behind = set(words)
		default:
			panic(fmt.Sprintf("embedded table of tenses: line %d: %q", line, cells[1])) // a fault of the build
		}
	}
	return t
}

func set(words []string) map[string]bool {
	all := make(map[string]bool, len(words))
	for _, w := range words {
		all[w] = true
	}
	return all
}

// Limits of a verb's reach.
const (
	tenseReach   = 8 // tokens between a verb and its day
	shortestEnd  = 2 // letters of a verb before the ending of the future
	shortestVerb = 3 // and after its beginning
)

// toCome reports whether the weekday at token i belongs to a verb in the future: the nearest verb before it, or the first after it where it
// begins its sentence.
func (s *scanner) toCome(i, next int) bool {
	start := i
	for start > 0 && start > i-tenseReach && !s.stop(start-1) {
		start--
	}
	for j := i - 1; j >= start; j-- {
		switch {
		case s.tense.future(s.tokens[j]):
			return true
		case s.tense.past(s.tokens[j]):
			return false
		}
	}
	if i > 0 && !s.stop(i-1) && s.terms[i-1].class == none {
		return false // a word before it is no verb that we know
	}
	for j := next; j < len(s.tokens) && j < next+tenseReach && !s.stop(j); j++ {
		switch {
		case s.tense.future(s.tokens[j]):
			return true
		case s.tense.past(s.tokens[j]):
			return false
		}
	}
	return false
}

// stop reports whether a sentence or a quotation ends at token j.
func (s *scanner) stop(j int) bool {
	return strings.ContainsAny(s.tokens[j].Text, ".;:!?؛؟«»\"“”")
}

func (t tense) past(token text.Token) bool {
	return t.behind[token.Fold] || token.Text == "a" // à is no verb
}

func (t tense) future(token text.Token) bool {
	if token.Script != text.Latin && token.Script != text.Arabic {
		return false
	}
	if r, _ := utf8.DecodeRuneInString(token.Text); unicode.IsUpper(r) {
		return false // a name
	}
	for _, form := range text.Clitics(token.Fold) {
		if t.ahead[form] {
			return true
		}
		if t.not[form] {
			return false
		}
	}
	for _, e := range t.endings {
		if stem, ok := strings.CutSuffix(token.Fold, e); ok && utf8.RuneCountInString(stem) >= shortestEnd {
			return true
		}
	}
	verb := strings.TrimPrefix(token.Fold, "و")
	for _, b := range t.beginnings {
		if stem, ok := strings.CutPrefix(verb, b); ok && utf8.RuneCountInString(stem) >= shortestVerb {
			return true
		}
	}
	return false
}
