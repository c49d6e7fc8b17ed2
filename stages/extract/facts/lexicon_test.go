package facts

import (
	"strings"
	"testing"

	"rawi/stages/text"
)

const table = `# a comment
arrest	p	arrêté|interpell*
arrest	v	mettre aux arrêts
plan	-	projet d'attentat
attack	-	attentat
group	ISIS	=EI|État islamique
many	agent	عناصر الدرك
agency	Gendarmerie royale:MA	الدرك الملكي
`

func found(t *testing.T, s string, forms func(string) []string) []string {
	t.Helper()
	l, err := ParseLexicon(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	tokens := text.Tokens(s)
	var all [][]string
	if forms != nil {
		for _, token := range tokens {
			all = append(all, forms(token.Fold))
		}
	}
	var got []string
	for _, h := range l.Find(tokens, all) {
		got = append(got, string(h.Class)+":"+h.Value)
	}
	return got
}

func TestLexiconFinds(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Deux hommes ARRÊTÉ, un troisième interpellé.", "arrest:p arrest:p"},
		{"un projet d’attentat", "plan:"},
		{"un attentat", "attack:"},
		{"l'EI et l'etat islamique, ei", "group:ISIS group:ISIS"},
		{"il faut mettre aux", ""},
	} {
		if got := strings.Join(found(t, test.text, nil), " "); got != test.want {
			t.Errorf("%q: got %q, want %q", test.text, got, test.want)
		}
	}
}

func TestLexiconTakesJoinedParticlesOff(t *testing.T) {
	got := strings.Join(found(t, "سلمتهم عناصر الدرك الملكي", text.Clitics), " ")
	if want := "many:agent agency:Gendarmerie royale:MA"; got != want {
		t.Errorf("got %q, want %q: people who act for a service must not hide its name", got, want)
	}
}

func TestLexiconRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, row := range []string{"arrest\tp", "robbery\t-\tvol", "arrest\tp\ta||b", "arrest\tp\tab*", "arrest\tp\t*"} {
		if _, err := ParseLexicon(strings.NewReader(row)); err == nil {
			t.Errorf("%q: got no error", row)
		}
	}
}
