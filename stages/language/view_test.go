package language

import (
	"strings"
	"testing"
)

// What a page leaves open must not hide its text.
func TestPagesThatLeaveElementsOpenAreRead(t *testing.T) {
	const text = "Le conseil municipal a voté mardi soir le budget de la ville, après six heures de débat."
	for _, tt := range []struct{ name, page string }{
		{"as it should be", "<html><head><title>T</title></head><body><p>" + text},
		{"head without an end", "<html><head><title>T</title><body><p>" + text},
		{"two heads", "<html><head><meta charset=utf-8><head><title>T</title></head><body><p>" + text},
		{"neither head's end nor body", "<head><title>T</title><div><p>" + text},
		{"choices without ends", "<body><select><option>Rabat<option>Salé</select><p>" + text},
		{"list of choices without an end", "<body><select><option>Rabat<option>Salé<div>" + text},
		{"button without an end", "<body><button>Menu<p>" + text},
		{"picture that ends where it begins", "<body><svg width=1 /><p>" + text},
	} {
		v := read(tt.page, "text/html")
		if got := strings.Join(v.blocks, "|"); got != text {
			t.Errorf("%s: %q (%+q)", tt.name, got, got)
		}
	}
}

func TestWhatIsNoTextOfAPageStaysOut(t *testing.T) {
	const page = `<head><title>Titre</title><style>p{}</style></head><body><button>Ouvrir le menu de la rubrique entière de ce journal</button>
<select><option>Une très longue liste de toutes les villes du pays</option></select><svg><title>dessin</title><text>Un dessin qui ne se lit pas, aussi long soit-il</text></svg>
<p>Un seul paragraphe se lit sur cette page, et c'est celui-ci.</p>`
	v := read(page, "text/html")
	if got := strings.Join(v.blocks, "|"); got != "Un seul paragraphe se lit sur cette page, et c'est celui-ci." || v.title != "Titre" {
		t.Errorf("%q, title %q", got, v.title)
	}
}
