package annotate

import (
	"strings"
	"testing"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/pipeline/message"
)

// article tells of an arrest and recalls another.
func article() message.Article {
	first := "Deux hommes ont été arrêtés jeudi à Salé. Ils sont en garde à vue."
	older := "En mai 2003, Casablanca avait été frappée."
	at := func(fact, value, rule string, block int, text, passage string) message.Evidence {
		start := strings.Index(text, passage)
		return message.Evidence{Fact: fact, Value: value, Rule: rule, Block: block, Start: start, End: start + len(passage)}
	}
	return message.Article{
		Title: "Salé : deux arrestations", Language: "fr", Extractor: "fr/1",
		Published: message.Moment{Time: time.Date(2021, 12, 17, 18, 0, 0, 0, time.UTC), Origin: "feed"},
		Blocks: []message.Block{
			{Kind: message.BlockParagraph, Text: first, Role: message.RoleMain},
			{Kind: message.BlockParagraph, Text: older, Role: message.RoleBackground},
		},
		Facts: message.Facts{
			Kind: "operation", Action: "arrest", Arrested: &message.Count{N: 2, Split: []message.Share{{Place: "ma-sale", N: 2}}},
			Evidence: []message.Evidence{
				at("places", "Salé", "place", 0, first, "Salé"), at("arrested", "2", "count/stated", 0, first, "Deux hommes"),
				at("action", "arrest", "action/arrest", 0, first, "arrêtés"), at("action", "arrest", "action/arrest", -1, "Salé : deux arrestations", "Salé"),
				{Fact: "places", Value: "nowhere", Block: 7, Start: 3, End: 9},
			},
		},
		Recalled: []message.Facts{{Evidence: []message.Evidence{at("places", "Casablanca", "place", 1, older, "Casablanca")}}},
	}
}

func TestEveryFactHasItsSentenceAndItsRule(t *testing.T) {
	r := Read(article())
	if len(r.Main.Passages) != 4 || len(r.Main.Facts.Evidence) != 0 {
		t.Fatalf("passages %+v, want four, the title's first and none out of the text", r.Main.Passages)
	}
	p := r.Main.Passages[1]
	if p.Text != "Deux hommes" || p.Sentence != "Deux hommes ont été arrêtés jeudi à Salé." || p.Strength != "strong" || p.Sees == "" {
		t.Errorf("passage %+v", p)
	}
	if len(r.Recalled) != 1 || r.Recalled[0].Passages[0].Text != "Casablanca" {
		t.Errorf("recalled %+v", r.Recalled)
	}
}

func written(t *testing.T, r Reading, o Options) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPassagesAreMarkedAndNumbered(t *testing.T) {
	out := written(t, Read(article()), Options{Width: 80})
	for _, want := range []string{
		"[Deux hommes]² ont été [arrêtés]³ jeudi à [Salé]⁴.", "  arrested   2 = 2 ma-sale", "paragraph 2, background", "[Casablanca]⁵",
		"    ² arrested 2 | strong, count/stated | 0-11", "    ⁵ recalled 1: places Casablanca | strong, place |", "RECALLED 1\n  nothing told of it",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "\x1b") {
		t.Errorf("escapes where there is no terminal:\n%q", out)
	}
}

func TestWhoSaysSomethingOfAHappeningIsShown(t *testing.T) {
	a := article()
	a.Facts = message.Facts{Kind: message.KindPolitics, Speech: &message.Speech{Act: message.SpeechCondemnation, By: []string{"geo:QA"}}}
	if out := written(t, Read(a), Options{Width: 80}); !strings.Contains(out, "speech     condemnation (geo:QA)") {
		t.Errorf("no word of who condemns in\n%s", out)
	}
}

func TestPassagesInsideOthersAreClosedInTheirOrder(t *testing.T) {
	notes := []note{
		{Passage: Passage{Start: 0, End: 11}, number: 1}, {Passage: Passage{Start: 5, End: 11}, number: 2}, {Passage: Passage{Start: 0, End: 11}, number: 12},
	}
	var b strings.Builder
	for _, c := range marked("deux hommes arrêtés", notes, false) {
		b.WriteRune(c.letter)
	}
	if got, want := b.String(), "[deux [hommes]²]¹˒¹² arrêtés"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	r := Read(article())
	r.Blocks[0].Text = strings.Repeat("a", 300) + " " + strings.Repeat("تمكنت عناصر الشرطة بمدينة تطوان ", 20) + strings.Repeat("漢字", 90)
	for line := range strings.Lines(written(t, r, Options{Width: 40})) {
		if line = strings.TrimRight(line, "\n"); runewidth.StringWidth(line) > 40 && strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "    ") {
			t.Errorf("%d cells: %q", runewidth.StringWidth(line), line)
		}
	}
}

func TestHostileTextReachesNoTerminal(t *testing.T) {
	a := article()
	const attack = "\x1b[2J\x1b]0;owned\x07\u202eevil\u2066\r\u009b31m"
	a.Title, a.URL, a.Language = attack, "https://x.example/"+attack, attack
	a.Blocks[0].Text = attack + a.Blocks[0].Text
	a.Facts.Places = []message.Place{{Name: attack}}
	a.Facts.Persons = []message.Person{{Name: attack, Role: attack}}
	a.Facts.Evidence[1].Value = attack
	for _, colour := range []bool{false, true} {
		out := written(t, Read(a), Options{Width: 80, Colour: colour})
		for _, bad := range []string{"\x1b[2J", "\x1b]", "\x07", "\u202e", "\u2066", "\r", "\u009b"} {
			if strings.Contains(out, bad) {
				t.Errorf("colour %v: %q reaches the terminal: %q", colour, bad, out)
			}
		}
	}
}

func TestColoursEndWithTheirLine(t *testing.T) {
	for line := range strings.Lines(written(t, Read(article()), Options{Width: 40, Colour: true})) {
		if i := strings.LastIndex(line, "\x1b["); i >= 0 && !strings.HasPrefix(line[i:], "\x1b[0m") {
			t.Errorf("%q leaves its colour on", line)
		}
	}
}
