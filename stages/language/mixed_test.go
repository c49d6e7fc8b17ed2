package language_test

import (
	"strings"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/language"
)

const (
	arabicReport  = "أعلنت السلطات المحلية أن عناصر الشرطة تمكنت صباح اليوم من توقيف ثلاثة أشخاص في المدينة القديمة على إثر معلومات دقيقة، وأن البحث ما زال جاريا تحت إشراف النيابة العامة"
	frenchQuote   = "« Nous ne pouvons pas en dire plus pour le moment, mais les trois hommes étaient suivis depuis plusieurs semaines », a déclaré le procureur"
	frenchReport  = "Les policiers de la préfecture ont interpellé trois hommes dans la nuit de jeudi à vendredi, a annoncé le parquet, qui précise que l'enquête se poursuit avec le concours de la gendarmerie"
	spanishQuote  = "«No podemos decir nada más por ahora, pero los tres hombres estaban siendo seguidos desde hace varias semanas», dijo el fiscal a los periodistas"
	englishReport = "The police of the prefecture arrested three men in the night of Thursday to Friday, the prosecutor said, and the investigation goes on with the help of the gendarmes"
)

const hausaReport = "Mutanen garin sun ce ba su ga wani jami'i ba tun ranar Juma'a, kuma ruwan famfo bai dawo ba, amma gwamnati ta ce za ta aika da ma'aikata domin su gyara"

func lines(texts ...string) message.Raw { return raw(strings.Join(texts, "\n")) }

func TestQuotationInAnotherLanguageIsToldByItsBlock(t *testing.T) {
	s := language.New(language.Config{})
	for _, tt := range []struct {
		name, want, block string
		in                message.Raw
	}{
		{"French in Arabic", "ar", "fr", lines(arabicReport, frenchQuote, arabicReport)},
		{"Arabic in French", "fr", "ar", lines(frenchReport, arabicReport, frenchReport)},
		{"Spanish in French", "fr", "es", lines(frenchReport, spanishQuote, frenchReport)},
		{"English in French", "fr", "en", lines(frenchReport, frenchReport, englishReport)},
		{"French in English", "en", "fr", lines(englishReport, englishReport, frenchQuote)},
	} {
		got := detect(t, s, tt.in)
		if got.Language != tt.want || !got.Mixed || len(got.Blocks) != 1 || got.Blocks[0].Language != tt.block {
			t.Errorf("%s: got %s, mixed %v, blocks %+v; want %s with one block in %s", tt.name, got.Language, got.Mixed, got.Blocks, tt.want, tt.block)
		}
	}
}

// The detector is asked about few blocks, the words about all of them.
func TestEveryQuotationIsTold(t *testing.T) {
	const quote = "وأوضح البيان أن عناصر الشرطة تمكنت من توقيف ثلاثة أشخاص في المدينة القديمة للاشتباه في تورطهم في ترويج المخدرات"
	got := detect(t, language.New(language.Config{}), lines(frenchReport, quote, frenchReport, quote, frenchReport, quote, frenchReport, quote))
	if got.Language != "fr" || len(got.Blocks) != 4 {
		t.Fatalf("got %s with blocks %+v, want fr with four", got.Language, got.Blocks)
	}
	for i, b := range got.Blocks {
		if b.Language != "ar" {
			t.Errorf("got %s for quotation %d, want ar", b.Language, i)
		}
	}
}

func TestQuotationWithinASentenceMakesATextMixed(t *testing.T) {
	s := language.New(language.Config{})
	got := detect(t, s, raw(arabicReport+" وقال «Nous ne pouvons pas en dire plus pour le moment» ثم انصرف"))
	if got.Language != "ar" || !got.Mixed || len(got.Blocks) != 0 {
		t.Errorf("got %s, mixed %v, blocks %+v; want ar, mixed, in one block", got.Language, got.Mixed, got.Blocks)
	}
	if got := detect(t, s, raw(arabicReport+" (BCIJ)")); got.Mixed {
		t.Error("an acronym makes a text mixed")
	}
}

func TestPageInTwoLanguagesGoesWhereMostOfItIs(t *testing.T) {
	s := language.New(language.Config{})
	for want, in := range map[string]message.Raw{
		"ar": lines(arabicReport, arabicReport, arabicReport, frenchReport),
		"fr": lines(frenchReport, frenchReport, englishReport),
		"en": lines(englishReport, englishReport, frenchReport),
		"es": lines(spanishQuote, spanishQuote, frenchQuote),
	} {
		if got := detect(t, s, in); got.Language != want || !got.Mixed {
			t.Errorf("got %s (%s), mixed %v; want %s, mixed", got.Language, got.Method, got.Mixed, want)
		}
	}
}

func TestLargestPartDecidesWhereTheWholeLeavesADoubt(t *testing.T) {
	s := language.New(language.Config{})
	for want, in := range map[string]message.Raw{
		"fr":                 lines(englishReport, frenchQuote, spanishQuote, frenchReport, frenchQuote),
		message.Undetermined: lines(hausaReport, hausaReport, spanishQuote),
	} {
		if got := detect(t, s, in); got.Language != want || !got.Mixed {
			t.Errorf("got %s (%s %s), mixed %v; want %s, mixed", got.Language, got.Confidence, got.Method, got.Mixed, want)
		}
	}
}

func TestWordsOfEachScriptAreWeighedAlone(t *testing.T) {
	s := language.New(language.Config{})
	if got := detect(t, s, lines(frenchReport, arabicReport)); got.Language != "fr" || got.Confidence != message.ConfidenceHigh || got.Method != "words" {
		t.Errorf("got %s %s by %s, want French, its words as sure as if they stood alone", got.Language, got.Confidence, got.Method)
	}
	if got := detect(t, s, raw(hausaReport+" من")); got.Language == "ar" {
		t.Errorf("got ar for a Latin text with one Arabic word")
	}
}

func TestShortNoteInAPageIsNoSecondLanguage(t *testing.T) {
	s := language.New(language.Config{})
	if got := detect(t, s, lines(frenchReport, frenchReport, frenchReport, "Read more")); got.Mixed || got.Language != "fr" {
		t.Errorf("got %s, mixed %v, want fr alone", got.Language, got.Mixed)
	}
}
