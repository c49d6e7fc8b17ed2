// Package explain tells an editor in words, in English, French or Arabic, why a report is in its story and not in another.
package explain

import (
	_ "embed" // the words are data
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rawi/pipeline/message"
	"rawi/stages/extract/concept"
	"rawi/stages/tsv"
)

//go:embed data/words.tsv
var table string

// Languages are those in which an explanation can be given.
func Languages() []string { return []string{"en", "fr", "ar"} }

// Words are the phrases of one language. They are safe for concurrent use.
type Words struct {
	lang     string
	phrases  map[string]phrase
	concepts *concept.Lexicon
}

// phrase is one row of the table in one language.
type phrase struct{ detail, text string }

// In gives the words of one of Languages.
func In(lang string) (Words, error) {
	column := slices.Index(Languages(), lang)
	if column < 0 {
		return Words{}, fmt.Errorf("no words in language %q, want one of %s", lang, strings.Join(Languages(), ", "))
	}
	w := Words{lang: lang, phrases: map[string]phrase{}, concepts: concept.Default()}
	for _, row := range tsv.Rows(table, 2+len(Languages())) {
		w.phrases[row[0]] = phrase{row[1], row[2+column]}
	}
	return w, nil
}

// say is a line of the explanation.
func (w Words) say(key string) string { return w.phrases[key].text }

// reason is one reason in words; a rule that the table does not know is told by its own name.
func (w Words) reason(r message.Reason) string { return w.tell(r.Fact, r.Detail) }

// veto is what ruled a report out in words: its fact and detail stand in one text.
func (w Words) veto(text string) string {
	fact, detail, _ := strings.Cut(text, ": ")
	return w.tell("veto."+fact, detail)
}

func (w Words) tell(key, detail string) string {
	p, ok := w.phrases[key]
	if !ok {
		return strings.TrimSuffix(strings.TrimPrefix(key, "veto.")+": "+detail, ": ")
	}
	if detail == "" { // nothing more was kept of it
		return strings.TrimRight(strings.TrimSuffix(p.text, "{}"), " :\u00a0")
	}
	return strings.ReplaceAll(p.text, "{}", w.detail(p.detail, detail))
}

// mostTerms of a list are shown.
const mostTerms = 6

// relation stands between two places of a reason.
var relation = regexp.MustCompile(` (=|in|holds|near) `)

// detail shows what a reason rests on, by the way that the table names.
func (w Words) detail(how, text string) string {
	switch how {
	case "pair":
		return w.pair(text)
	case "count":
		fact, counts, _ := strings.Cut(text, " ")
		return w.value(fact) + " " + w.pair(strings.Replace(counts, "and a part of it, ", "and ", 1))
	case "place":
		x, y := text, text
		if at := relation.FindStringIndex(text); at != nil {
			x, y = text[:at[0]], text[at[1]:]
		}
		return both(x, y)
	case "terms":
		return w.terms(text)
	case "many":
		return fmt.Sprint(len(strings.Split(text, ", ")))
	}
	return text
}

// pair shows two values, or one where they are equal.
func (w Words) pair(text string) string {
	x, y, _ := strings.Cut(strings.TrimSuffix(text, " years"), " and ")
	return both(w.value(x), w.value(y))
}

func both(x, y string) string {
	if x == y || y == "" {
		return x
	}
	return x + " / " + y
}

// terms shows words and concepts of texts.
func (w Words) terms(text string) string {
	all := strings.Split(text, ", ")
	shown := make([]string, 0, mostTerms)
	for _, t := range all[:min(len(all), mostTerms)] {
		shown = append(shown, w.value(t))
	}
	return strings.Join(shown, ", ")
}

// value is a value of a fact in words: a kind or an act, something seized, a concept, a stem without the mark of its language.
func (w Words) value(text string) string {
	if p, ok := w.phrases["="+text]; ok {
		return p.text
	}
	if goods, ok := strings.CutPrefix(text, "{"); ok {
		return w.goods(strings.Fields(strings.TrimSuffix(goods, "}")))
	}
	if class, name, ok := strings.Cut(text, ":"); ok {
		if c, known := w.concepts.ByID(text); known {
			return w.concept(c)
		}
		if len(class) <= 3 {
			return name
		}
	}
	return strings.ReplaceAll(text, " to ", "-")
}

// goods are a concept, an amount that may be 0, and its unit.
func (w Words) goods(parts []string) string {
	shown := make([]string, 0, len(parts))
	for i, p := range parts {
		if i != 1 || p != "0" {
			shown = append(shown, w.value(p))
		}
	}
	return strings.Join(shown, " ")
}

// concept is the first form of a concept in the language, or its name in English.
func (w Words) concept(c *concept.Concept) string {
	forms := []string{strings.ReplaceAll(strings.TrimPrefix(c.ID, c.Class+":"), "-", " ")}
	switch {
	case w.lang == "fr" && len(c.French) > 0:
		forms = c.French
	case w.lang == "ar" && len(c.Arabic) > 0:
		forms = c.Arabic
	}
	return strings.ReplaceAll(forms[0], "*", "")
}
