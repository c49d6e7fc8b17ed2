package extract

import (
	"strings"
	"testing"

	"rawi/stages/extract/page"
)

// TestWhatIsTakenOutSaysWhy holds the editor to account for every block: it stays, or the rule that took it is named.
func TestWhatIsTakenOutSaysWhy(t *testing.T) {
	long := strings.Repeat("La phrase d'un article qui en a plusieurs. ", 4)
	markers, err := ParseMarkers("cut\tArticles similaires\ndrop\tLire aussi\nread\tPublié le\nteaser\tDéjà abonné")
	if err != nil {
		t.Fatal(err)
	}
	lines := []struct{ text, why string }{
		{"Salé : un homme arrêté avant les fêtes", "title"},
		{"Publié le 17 décembre 2021", "read"},
		{"Par Samia Test", "byline"},
		{"Monde", "label"},
		{long, ""},
		{"Lire aussi", "drop"},
		{"Un autre titre", "marked-link"},
		{long + "Fin.", ""},
		{"Déjà abonné ?", "teaser"},
		{"Articles similaires", "cut"},
		{"Une cellule démantelée", "below-cut"},
	}
	p := &page.Page{}
	want := map[string]string{}
	for _, l := range lines {
		p.Blocks = append(p.Blocks, page.Block{Kind: "paragraph", Text: l.text, Linked: l.why == "marked-link"})
		want[l.text] = l.why
	}
	e := New(Language{Tag: "fr", Markers: markers}).edit(p, lines[0].text)
	for _, r := range e.removed {
		if want[r.block.Text] != r.why {
			t.Errorf("%s: got %q, want %q", r.block.Text, r.why, want[r.block.Text])
		}
		delete(want, r.block.Text)
	}
	for _, b := range e.blocks {
		if want[b.Text] != "" {
			t.Errorf("%s: stays, want %q", b.Text, want[b.Text])
		}
		delete(want, b.Text)
	}
	if len(want) > 0 {
		t.Errorf("got no word of %v", want)
	}
}
