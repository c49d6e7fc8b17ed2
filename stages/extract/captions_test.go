package extract

import (
	"strings"
	"testing"
)

func TestCaptionsAreToldByWhosePictureItIs(t *testing.T) {
	by := parseBylines(bylineTable)
	tests := []struct {
		line string
		want bool
	}{
		{"Le ministre de la Santé, photo : Archives du gouvernement", true},
		{"La rue où vivait le suspect (Photo AFP)", true},
		{"La rue où vivait le suspect. Crédit : Samia Test", true},
		{"La rue où vivait le suspect © Agence", true},
		{"الشارع الذي كان يقطنه الموقوف (تصوير: سامية)", true},
		{"Il a montré une photo : celle de son frère, disparu en mer il y a deux ans.", false},
		{"La photo, prise jeudi, montre un homme assis.", false},
		{"Le crédit, lui, reste cher (image de marque oblige, disent les banques, et ce malgré les efforts de tous).", false},
		{"", false},
	}
	for _, tt := range tests {
		if got := by.caption(tt.line); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.line, got, tt.want)
		}
	}
}

func TestMarkersWithAColonNeedOne(t *testing.T) {
	markers, err := ParseMarkers("read\tSource :\ndrop\tÀ lire :")
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(markers)
	for line, want := range map[string]role{
		"Source : AFP": read,
		"Source de revenus pour des milliers d'hommes":           article,
		"Source de tensions : le partage de l'eau":               article,
		"À lire : le dernier roman de l'année":                   drop,
		"À lire les chiffres publiés hier, la croissance repart": article,
	} {
		if got := b.of(line, countWords(line)); got != want {
			t.Errorf("%s: got %v, want %v", line, got, want)
		}
	}
}

func TestMarkersAnywhereInALine(t *testing.T) {
	markers, err := ParseMarkers("drop\t…est apparu en premier sur\ncut\t0 messages")
	if err != nil {
		t.Fatal(err)
	}
	b := newBook(markers)
	for line, want := range map[string]role{
		"L'article Salé : un homme arrêté est apparu en premier sur Le Journal.": drop,
		strings.Repeat("mot ", 30) + "est apparu en premier sur la scène":        article,
		"12 messages":                    cut,
		"Messages de soutien au village": article,
	} {
		if got := b.of(line, countWords(line)); got != want {
			t.Errorf("%s: got %v, want %v", line, got, want)
		}
	}
}
