package extracttest

import (
	"slices"
	"strings"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/facts"
	"rawi/stages/places"
	"rawi/stages/text"
)

// leastForms is how many forms a language has at least for each kind of happening.
const leastForms = 8

// Words checks the tables that a language reads with: every form stands for what its table says when it is met in a text, every kind of happening
// has words, every concept is found by its forms and shares none unmarked, every place has a name in both scripts.
func Words(t *testing.T, g facts.Grammar) {
	t.Helper()
	t.Run("lexicon", func(t *testing.T) { lexiconLaws(t, g) })
	t.Run("speech", func(t *testing.T) { speechLaws(t, g) })
	t.Run("concepts", func(t *testing.T) { conceptLaws(t, g) })
	t.Run("places", func(t *testing.T) { placeLaws(t, g) })
	t.Run("stop", func(t *testing.T) {
		for word := range g.Stop {
			if text.Fold(word) != word {
				t.Errorf("stop word %q is not folded, and can never match; want %q; %+q", word, text.Fold(word), word)
			}
		}
	})
}

func lexiconLaws(t *testing.T, g facts.Grammar) {
	t.Helper()
	forms := map[facts.Class]int{}
	for _, e := range g.Lexicon.All {
		forms[e.Class]++
	}
	formLaws(t, g, g.Lexicon)
	needLaws(t, g)
	for _, class := range facts.Happenings() {
		if forms[class] < leastForms {
			t.Errorf("%d forms tell of %s, want %d at least", forms[class], class, leastForms)
		}
	}
}

// needLaws hold for words that tell an act only beside something else: what they need is known, and what they tell is listed too.
func needLaws(t *testing.T, g facts.Grammar) {
	t.Helper()
	acts := facts.Happenings()
	for form, e := range g.Lexicon.All {
		if e.Class != facts.ClassNeeds {
			continue
		}
		if !slices.Contains(facts.Needs(), e.Value) {
			t.Errorf("form %q needs %q, want one of %v; %+q", form, e.Value, facts.Needs(), form)
		}
		if !slices.ContainsFunc(find(g, g.Lexicon, form), func(h facts.Hit) bool { return h.Start == 0 && slices.Contains(acts, h.Class) }) {
			t.Errorf("form %q needs something beside it, but stands under no happening; %+q", form, form)
		}
	}
}

// speechLaws hold for the words by which a report tells what is said of a happening: each act has some, and there is no other.
func speechLaws(t *testing.T, g facts.Grammar) {
	t.Helper()
	forms := map[string]int{}
	for form, e := range g.Speech.All {
		forms[e.Value]++
		if e.Class != facts.ClassSpeech {
			t.Errorf("form %q is of class %s, want %s; %+q", form, e.Class, facts.ClassSpeech, form)
		}
	}
	formLaws(t, g, g.Speech)
	acts := message.SpeechActs()
	for act := range forms {
		if !slices.Contains(acts, act) {
			t.Errorf("%s is no act of speech, want one of %v", act, acts)
		}
	}
	for _, act := range acts {
		if forms[act] < leastForms {
			t.Errorf("%d forms tell of %s, want %d at least", forms[act], act, leastForms)
		}
	}
}

// formLaws hold for every form of a lexicon: it stands there once, and is found in a text that has it.
func formLaws(t *testing.T, g facts.Grammar, l *facts.Lexicon) {
	t.Helper()
	seen := map[string]bool{}
	for form, e := range l.All {
		key := form + "\t" + string(e.Class) + "\t" + e.Value
		if seen[key] {
			t.Errorf("form %q stands twice under %s %q; %+q", form, e.Class, e.Value, form)
		}
		seen[key] = true
		bare := strings.TrimPrefix(strings.ReplaceAll(form, "*", ""), "=")
		if hits := find(g, l, bare); !slices.ContainsFunc(hits, func(h facts.Hit) bool { return h.Entry == e && h.Start == 0 }) {
			t.Errorf("form %q of %s %q is not found in a text that has it: got %v; %+q", form, e.Class, e.Value, hits, form)
		}
	}
}

func find(g facts.Grammar, l *facts.Lexicon, s string) []facts.Hit {
	tokens := text.Tokens(s)
	if g.Forms == nil {
		return l.Find(tokens, nil)
	}
	forms := make([][]string, len(tokens))
	for i, token := range tokens {
		forms[i] = g.Forms(nil, token.Fold)
	}
	return l.Find(tokens, forms)
}

func conceptLaws(t *testing.T, g facts.Grammar) {
	t.Helper()
	bearer := map[string]string{}
	for c := range g.Concepts.All {
		forms := c.French
		if g.Tag == "ar" {
			forms = c.Arabic
		}
		if len(forms) == 0 && c.Class != concept.Nothing {
			t.Errorf("concept %s has no form", c.ID)
		}
		for _, form := range forms {
			if bare := strings.ReplaceAll(form, "*", ""); text.Fold(bare) != bare {
				t.Errorf("concept %s: form %q is not folded, want %q; %+q", c.ID, form, text.Fold(bare), form)
			}
			if other, taken := bearer[form]; taken && (!c.Shared || !marked(g, other)) {
				t.Errorf("form %q stands under %s and %s, want both flagged shared, or the form in one alone; %+q", form, other, c.ID, form)
			}
			bearer[form] = c.ID
		}
	}
}

func marked(g facts.Grammar, concept string) bool {
	c, ok := g.Concepts.ByID(concept)
	return ok && c.Shared
}

func placeLaws(t *testing.T, g facts.Grammar) {
	t.Helper()
	for p := range g.Places.All {
		if len(p.Names.French) == 0 || len(p.Names.Arabic) == 0 {
			t.Errorf("place %s lacks a name in one script: %v", p.ID, p.Names)
		}
		if p.Kind == places.KindCountry {
			continue
		}
		if _, ok := g.Places.ByID(p.Parent); !ok {
			t.Errorf("place %s lies in %q, which is unknown", p.ID, p.Parent)
		}
	}
}
