package facts_test

import (
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestPeopleHaveOneKeyInBothScripts reads the same people told of in French and in Arabic, by name and by office.
func TestPeopleHaveOneKeyInBothScripts(t *testing.T) {
	texts := map[string]string{
		"fr": "La police a arrêté jeudi trois hommes à Fès, a annoncé M. Boubker Sabik. Le ministre de l'Intérieur, Abdelouafi Laftit, et le procureur général du roi ont été informés.",
		"ar": "أوقفت الشرطة يوم الخميس ثلاثة رجال بفاس، وفق ما أعلنه السيد بوبكر سبيك. وأُخبر وزير الداخلية عبد الوافي لفتيت والوكيل العام للملك.",
	}
	languages := packs()
	var first []string
	for _, tag := range []string{"fr", "ar"} {
		found := languages[tag].Analyse(extract.Document{
			Published: time.Date(2024, 3, 8, 9, 0, 0, 0, time.UTC), PublishedKnown: true,
			Blocks: []message.Block{{Kind: message.BlockParagraph, Text: texts[tag]}},
		}).Facts.Persons
		var keys []string
		for _, p := range found {
			if p.Role != "official" {
				t.Errorf("%s: %s has the role %q, want official", tag, p.Name, p.Role)
			}
			keys = append(keys, p.Key)
		}
		slices.Sort(keys)
		if first == nil {
			first = keys
		}
		if len(keys) != 3 || !slices.Equal(keys, first) || !slices.Contains(keys, "office:general-prosecutor") {
			t.Errorf("%s: got %+v, want the three people that French names by the keys %q", tag, found, first)
		}
	}
}

func TestAnOfficialInTheBackgroundIsNotOfTheHappening(t *testing.T) {
	a := packs()["fr"].Analyse(extract.Document{
		Title: "Fès : trois hommes arrêtés", Published: time.Date(2024, 3, 8, 9, 0, 0, 0, time.UTC), PublishedKnown: true,
		Blocks: []message.Block{
			{Kind: message.BlockParagraph, Text: "La police a arrêté jeudi trois hommes à Fès."},
			{Kind: message.BlockParagraph, Text: "Pour rappel, en 2019, le ministre de l'Intérieur avait annoncé l'arrestation de douze personnes à Tanger."},
		},
	})
	if len(a.Facts.Persons) != 0 {
		t.Errorf("got %+v, want nobody: the minister spoke in 2019", a.Facts.Persons)
	}
}
