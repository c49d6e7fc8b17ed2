package facts_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/facts"
	"rawi/stages/text"
)

// FuzzAnalyse gives both packs any text: whatever stands there, they return, and every piece of evidence lies in the text.
func FuzzAnalyse(f *testing.F) {
	languages, rules := packs(), facts.Rules()
	f.Add("Salé : deux hommes arrêtés", "Le 3 mai 2021, trois suspects de 19 à 25 ans ont été arrêtés à Nador.\n\nIl y a « deux » morts.")
	f.Add("توقيف شخصين", "أوقفت الشرطة 12 شخصا، اثنان منهم بالناظور وعشرة بمليلية، في السابعة والعشرين من العمر.")
	f.Add("dont deux", "quartier de\n\nحي\n\nà À de d' : ; 1 2 3 ans ans ans")
	f.Fuzz(func(t *testing.T, title, body string) {
		if !utf8.ValidString(title) || !utf8.ValidString(body) {
			t.Skip("the engine hands over valid text only")
		}
		doc := extract.Document{Title: title, Published: time.Date(2023, 5, 20, 18, 0, 0, 0, time.UTC), PublishedKnown: true}
		for block := range strings.SplitSeq(body, "\n\n") {
			doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: block})
		}
		for tag, language := range languages {
			a := language.Analyse(doc)
			if len(a.Roles) != len(doc.Blocks) {
				t.Errorf("%s: got %d roles for %d blocks", tag, len(a.Roles), len(doc.Blocks))
			}
			evidence := a.Facts.Evidence
			for _, recalled := range a.Recalled {
				evidence = append(evidence, recalled.Evidence...)
			}
			for _, e := range evidence {
				passage := title
				if e.Block >= 0 {
					passage = doc.Blocks[e.Block].Text
				}
				if e.Start < 0 || e.Start >= e.End || e.End > len(passage) {
					t.Errorf("%s: evidence %+v outside of %q", tag, e, passage)
				}
				if rules[e.Rule].Strength == "" {
					t.Errorf("%s: rule %q of %+v is not in the table of rules", tag, e.Rule, e)
				}
			}
		}
	})
}

func FuzzParseLexicon(f *testing.F) {
	f.Add("arrest\tp\tarrêté|interpell*\n# a comment\ngroup\tISIS\t=EI")
	f.Add("many\tagent\tعناصر الدرك\r\n\r\nplan\t-\tprojet d’attentat")
	f.Fuzz(func(t *testing.T, table string) {
		l, err := facts.ParseLexicon(strings.NewReader(table))
		if err != nil {
			return
		}
		l.Find(text.Tokens("Deux hommes arrêtés, قتلى"), nil)
		for form, e := range l.All {
			if form == "" || e.Class == "" {
				t.Errorf("form %q of class %q was accepted", form, e.Class)
			}
		}
	})
}
