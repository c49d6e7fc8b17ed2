package facts_test

import (
	"slices"
	"testing"
	"time"

	"rawi/stages/extract"
	"rawi/stages/text"
)

func read(lang, title, body string) extract.Analysis {
	l := labelled{Title: title, Text: body, Published: time.Date(2024, 5, 2, 10, 0, 0, 0, time.UTC)}
	return packs()[lang].Analyse(l.document())
}

func TestFrenchNamesAreKnownWordByWord(t *testing.T) {
	sig := read("fr", "Visite officielle", "Le président a reçu hier Gérard Bertrand à la mairie.").Signature
	for _, name := range []string{"Gérard", "Bertrand"} {
		if !slices.Contains(sig.Names, text.NameKey(name)) {
			t.Errorf("names %q lack %s", sig.Names, name)
		}
	}
}

func TestArabicWordsOutsideTheLexicaMayBeNames(t *testing.T) {
	sig := read("ar", "زيارة رسمية", "استقبل الرئيس أمس جيرار وبرتراند في مقر البلدية.").Signature
	for _, name := range []string{"جيرار", "برتراند"} {
		if !slices.Contains(sig.Names, "~"+text.NameKey(name)) {
			t.Errorf("names %q lack %s (%+q)", sig.Names, name, name)
		}
	}
	if slices.Contains(sig.Names, "~"+text.NameKey("البلدية")) {
		t.Errorf("names %q hold a word of the lexicon", sig.Names)
	}
}

func TestLandsOfTheTextAreConcepts(t *testing.T) {
	for lang, body := range map[string]string{
		"fr": "Le ministre italien s'est rendu hier en Allemagne.",
		"ar": "توجه الوزير الإيطالي أمس إلى ألمانيا.",
	} {
		concepts := read(lang, "", body).Signature.Concepts
		for _, want := range []string{"geo:IT", "geo:DE"} {
			if !slices.Contains(concepts, want) {
				t.Errorf("%s: concepts %q lack %s", lang, concepts, want)
			}
		}
	}
}

func TestWhatAllReportsHaveIsNoConceptOfOne(t *testing.T) {
	for lang, body := range map[string]string{
		"fr": "Le ministre a appelé à la fermeture de la centrale nucléaire.",
		"ar": "دعا الوزير إلى إغلاق المحطة النووية.",
	} {
		concepts := read(lang, "", body).Signature.Concepts
		if !slices.Contains(concepts, "pol:minister") || slices.Contains(concepts, "act:call-for") {
			t.Errorf("%s: concepts %q, want the minister and not that somebody called for something", lang, concepts)
		}
	}
}
