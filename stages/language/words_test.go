package language

import (
	"slices"
	"strings"
	"testing"
)

// A listed word that the stage's own reading changes or splits could never match.
func TestListedWordsSurviveTheirOwnReading(t *testing.T) {
	w := parseWords(wordLists)
	if want := []string{"ar", "fa", "ur", "fr", "oc", "ca", "es", "pt", "gl", "it", "ro", "en", "de", "nl", "x-arabizi", "x-berber", "x-creole", "x-oil", "x-arpitan"}; !slices.Equal(w.tags, want) {
		t.Fatalf("got lists %v, want %v", w.tags, want)
	}
	for word := range w.of {
		read := strings.FieldsFunc(strings.ToLower(tidy(word)), apart)
		if len(read) != 1 || read[0] != word {
			t.Errorf("got %q (%+q) of %s (%+q)", read, read, word, word)
		}
	}
}

func TestDigitsForLettersAreToldFromOrdinalsAndUnits(t *testing.T) {
	for token, want := range map[string]bool{
		"3la": true, "ba9i": true, "ma7loul": true, "7it": true, "n9ahwiw": true,
		"3e": false, "7h": false, "9ème": false, "7th": false, "3D": false, "G7": false, "covid19": false, "9mm": false, "2021": false, "A380": false, "3kg": false, "7h30": false,
	} {
		if got := chat([]byte(token)); got != want {
			t.Errorf("%s: got %v, want %v", token, got, want)
		}
	}
}

func TestLettersAreUndressedBeforeTheyAreCounted(t *testing.T) {
	for dressed, want := range map[string]string{
		"&eacute;t&#233; &amp; hiver":            "été & hiver",
		"e\u0301te\u0301":                        "été",
		"الإرهابـــي":                            "الإرهابي",
		"مُدِيرِيَّةُ":                           "مديرية",
		"\u200fسلا\u200e \u202bوجدة\u202c":       "سلا وجدة",
		"\ufefb \ufedf\ufe8e":                    "لا لا",
		"co\u00adop\u200bé\ufeffration":          "coopération",
		"voir https://a.example/b www.c.example": "voir",
		"écrire à presse@a.example demain":       "écrire à demain",
		"rien à faire":                           "rien à faire",
	} {
		if got := tidy(dressed); got != want {
			t.Errorf("got %q (%+q), want %q (%+q)", got, got, want, want)
		}
	}
}

func TestLineOfAMegabyteIsReadAsFarAsItDecides(t *testing.T) {
	if got := len(plain(strings.Repeat("mot ", 1<<18)).blocks[0]); got > 4*enough {
		t.Errorf("%d bytes of one line were kept", got)
	}
}
