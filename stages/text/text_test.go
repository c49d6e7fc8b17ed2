package text

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCleanLeavesOnlyWhatReadersSee(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":             "plain text",
		"tab\there":              "tab here",
		"a\u00A0: b\u202Fc":      "a : b c",
		"a\r\nb\rc":              "a\nb\nc",
		"co\u00ADop\u200Bérer":   "coopérer",
		"\u202Bقال\u202C\u200F":  "قال",
		"e\u0301tat":             "état",
		"e\u200B\u0301tat":       "état",
		"nul\x00 bell\x07\u0085": "nul bell\n",
		"bad \xff byte":          "bad \uFFFD byte",
		"الإرهابــي":             "الإرهابــي",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %+q, want %+q", in, got, want)
		}
	}
}

func TestFoldMakesSpellingsMeet(t *testing.T) {
	for in, want := range map[string]string{
		"Etat":          "etat",
		"État":          "etat",
		"e\u0301tat":    "etat",
		"cœur ŒUVRE":    "coeur oeuvre",
		"l’Etat":        "l'etat",
		"Ksar-el-Kébir": "ksar-el-kebir",
		"Łódź":          "lodz",
		"Ｆ２０":           "f20",
		"الإرهابــي":    "الارهابي",
		"أنّها":         "انها",
		"مدينة":         "مدينه",
		"مستشفى":        "مستشفي",
		"ٱلله":          "الله",
		"ايران کی":      "ايران كي",
		"٣٥٠٠ ۱۲":       "3500 12",
		"ﻻ ﷲ":           "لا الله",
		"مسؤول رئيس":    "مسؤول رئيس",
		"\u200Fقال":     "قال",
	} {
		got := Fold(in)
		if got != want {
			t.Errorf("Fold(%q) = %+q, want %+q", in, got, want)
		}
		if again := Fold(got); again != got {
			t.Errorf("Fold(Fold(%q)) = %+q, want %+q", in, again, got)
		}
	}
}

func TestFoldIsSettledForEveryCharacter(t *testing.T) {
	for r := range rune(0x20000) {
		if once := Fold(string(r)); Fold(once) != once {
			t.Errorf("Fold(%U) = %+q is not settled: %+q", r, once, Fold(once))
		}
	}
}

func texts(tokens []Token) string {
	var words []string
	for _, t := range tokens {
		words = append(words, t.Text)
	}
	return strings.Join(words, "|")
}

func TestTokensCutAsTheyAreMatched(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"l’Etat islamique, d'Oujda", "l’|Etat|islamique|,|d'|Oujda"},
		{"Jusqu’à aujourd'hui, quelqu’un", "Jusqu’|à|aujourd'hui|,|quelqu’|un"},
		{"M'Hamid et Aït M'Barek", "M'Hamid|et|Aït|M'Barek"},
		{"N'Djamena n'est l’« Etat »", "N'Djamena|n'|est|l’|«|Etat|»"},
		{"Rabat-Salé-Kénitra", "Rabat|Salé|Kénitra"},
		{"19-49 ans", "19|-|49|ans"},
		{"hier - jeudi", "hier|-|jeudi"},
		{"3.500 et 1,5 et 31.000", "3.500|et|1,5|et|31.000"},
		{"3\u00A0500 ou 3\u202F500", "3\u00A0500|ou|3\u202F500"},
		{"3 500", "3|500"},
		{"en 2021\u00A013 suspects", "en|2021|13|suspects"},
		{"Rabat\u202F: «\u202Foui\u202F»", "Rabat|:|«|oui|»"},
		{"1er, 18h32 et 50 %", "1er|,|18h32|et|50|%"},
		{"18:32", "18|:|32"},
		{"توقيف ٣٥٠٠ شخص", "توقيف|٣٥٠٠|شخص"},
		{"بـ54 و11", "بـ|54|و|11"},
		{"المغرب،سلا.وقال:نعم", "المغرب|،|سلا|.|وقال|:|نعم"},
		{"(BCIJ)", "(|BCIJ|)"},
		{"décembre.Le juge", "décembre|.|Le|juge"},
		{"site.com et U.S.A.", "site.com|et|U.S.A|."},
		{"5×3 école×", "5|×|3|école|×"},
		{"", ""},
	} {
		tokens := Tokens(c.in)
		if got := texts(tokens); got != c.want {
			t.Errorf("Tokens(%q) = %q (%+q), want %q", c.in, got, got, c.want)
		}
		for _, tok := range tokens {
			if c.in[tok.Start:tok.End] != tok.Text || Fold(tok.Text) != tok.Fold {
				t.Errorf("Tokens(%q): token %+q does not agree with its offsets or fold %+q", c.in, tok.Text, tok.Fold)
			}
		}
	}
}

func TestTokensKnowTheirScript(t *testing.T) {
	for in, want := range map[string]Script{
		"Salé": Latin, "1er": Latin, "l’": Latin, "سلا": Arabic, "3.500": Number, "٣٥٠٠": Number, "،": Punct, "%": Punct, "Москва": Other, "💥": Other, "€": Other,
	} {
		tokens := Tokens(in)
		if len(tokens) != 1 || tokens[0].Script != want {
			t.Errorf("Tokens(%q) = %+v, want one token of script %d", in, tokens, want)
		}
	}
}

func TestFirstWordOfASentenceIsMarked(t *testing.T) {
	var got []string
	for _, tok := range Tokens("« Le juge parle. » Puis M. El Khiame arrive.\nRabat dort") {
		if tok.First {
			got = append(got, tok.Text)
		}
	}
	if want := []string{"Le", "Puis", "Rabat"}; !slices.Equal(got, want) {
		t.Errorf("first words = %q, want %q", got, want)
	}
}

func TestSentencesEndWhereReadersPause(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"Un. Deux ? Trois !", "Un.|Deux ?|Trois !"},
		{"Titre sans point\nPuis le texte.", "Titre sans point|Puis le texte."},
		{"M. El Khiame et le Dr. Alaoui, art. 3.", "M. El Khiame et le Dr. Alaoui, art. 3."},
		{"Ils sont sept. Le navire est en mer. Mme. Alaoui part.", "Ils sont sept.|Le navire est en mer.|Mme. Alaoui part."},
		{"Le 17 déc. 2021. Ensuite.", "Le 17 déc. 2021.|Ensuite."},
		{"« Il est mort. » Le juge part.", "« Il est mort. »|Le juge part."},
		{"« Il est mort. », dit le juge.", "« Il est mort. », dit le juge."},
		{"Il a dit : \"Non. \" Puis il part. \"Oui\" dit-elle.", "Il a dit : \"Non. \"|Puis il part.|\"Oui\" dit-elle."},
		{"قال د. أحمد. ثم ذهب؟ نعم.", "قال د. أحمد.|ثم ذهب؟|نعم."},
		{"أوقفت الشرطة شخصا. وقالت إنه خطير.", "أوقفت الشرطة شخصا.|وقالت إنه خطير."},
		{"Arrêté hier.Le juge part.", "Arrêté hier.|Le juge part."},
		{"  \n \n", ""},
	} {
		var parts []string
		for _, s := range Sentences(c.in) {
			parts = append(parts, c.in[s.Start:s.End])
		}
		if got := strings.Join(parts, "|"); got != c.want {
			t.Errorf("Sentences(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestCliticsOfferEveryBareForm(t *testing.T) {
	for in, want := range map[string]string{
		"وجده":     "وجده|جده",
		"بمدينه":   "بمدينه|مدينه",
		"والمغرب":  "والمغرب|المغرب|مغرب",
		"وبالمغرب": "وبالمغرب|بالمغرب|المغرب|مغرب",
		"للشرطه":   "للشرطه|الشرطه|لشرطه|شرطه",
		"لليبيا":   "لليبيا|اليبيا|ليبيا|يبيا",
		"سيعرض":    "سيعرض|يعرض",
		"في":       "في",
		"rabat":    "rabat",
		"":         "",
	} {
		if got := strings.Join(Clitics(in), "|"); got != want {
			t.Errorf("Clitics(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStemsJoinFamiliesAndSpareShortWords(t *testing.T) {
	families := []struct {
		lang  string
		words []string
	}{
		{"fr", []string{"arrestation", "arrestations"}},
		{"fr", []string{"terroriste", "terroristes"}},
		{"ar", []string{"ارهابي", "الارهابي", "ارهابيه", "والارهابيين", "بالارهابيون"}},
		{"ar", []string{"تفكيك", "وتفكيك", "تفكيكها", "التفكيك"}},
	}
	for _, f := range families {
		for _, w := range f.words[1:] {
			if got, want := Stem(f.lang, w), Stem(f.lang, f.words[0]); got != want {
				t.Errorf("Stem(%q, %q) = %q, want %q as of %q", f.lang, w, got, want, f.words[0])
			}
		}
	}
	for _, w := range []string{"وجده", "فاس", "سلا", "الف", "بيت", "وطن"} {
		if got := Stem("ar", w); letters(got) < 3 {
			t.Errorf("Stem(ar, %q) = %q: fewer than three letters", w, got)
		}
	}
}

func TestAbbreviationsAreFoldedAndOfAKnownKind(t *testing.T) {
	if len(abbreviations) == 0 {
		t.Fatal("no abbreviation was read")
	}
	for form, kind := range abbreviations {
		if Fold(form) != form || kind != "name" && kind != "figure" {
			t.Errorf("abbreviation %q of kind %q", form, kind)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"l’Etat 3\u202F500 M. Dr.", "بـ54 وجدة. «نعم»", "a\xff\u0301'-", "1\u00A0234\u202F567", ".. \" »\n", "أ. 1ب'2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c := Clean(s); !utf8.ValidString(c) || Clean(c) != c {
			t.Errorf("Clean(%+q) = %+q: invalid or not settled", s, c)
		}
		if once := Fold(s); Fold(once) != once {
			t.Errorf("Fold(%+q) = %+q is not settled: %+q", s, once, Fold(once))
		}
		end := 0
		for _, tok := range Tokens(s) {
			if tok.Start < end || tok.End <= tok.Start || s[tok.Start:tok.End] != tok.Text {
				t.Fatalf("Tokens(%+q): bad token %+v after %d", s, tok, end)
			}
			end = tok.End
			Clitics(tok.Fold)
			Stem("fr", tok.Fold)
			Stem("ar", tok.Fold)
		}
		end = 0
		for _, sentence := range Sentences(s) {
			if sentence.Start < end || sentence.End <= sentence.Start || sentence.End > len(s) {
				t.Fatalf("Sentences(%+q): bad sentence %+v after %d", s, sentence, end)
			}
			end = sentence.End
		}
		NameKey(s)
	})
}

func BenchmarkTokensAndSentences(b *testing.B) {
	article := strings.Repeat("Le Bureau central d’investigations judiciaires a interpellé, jeudi à l’aube à Salé, un individu de 24 ans soupçonné d’appartenir à l’Etat islamique. ", 21)
	b.SetBytes(int64(len(article)))
	b.ReportAllocs()
	for b.Loop() {
		Tokens(article)
		Sentences(article)
	}
}

func BenchmarkTokensArabic(b *testing.B) {
	article := strings.Repeat("تمكن المكتب المركزي للأبحاث القضائية، صباح اليوم الجمعة بمدينة سلا، من توقيف شخص يبلغ من العمر 24 عاما. ", 28)
	b.SetBytes(int64(len(article)))
	b.ReportAllocs()
	for b.Loop() {
		Tokens(article)
		Sentences(article)
	}
}
