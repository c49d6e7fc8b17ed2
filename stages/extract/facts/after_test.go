package facts_test

import (
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestWhatAReportComesAfterIsRecalled reads reports that tell by themselves which happening theirs must not be taken for.
func TestWhatAReportComesAfterIsRecalled(t *testing.T) {
	cases := map[string]struct {
		lang, title, first, then string
		day, recalled            string // ISO days
		place                    string // of what is recalled
	}{
		"days counted back": {
			"fr", "Meknès : un homme arrêté pour apologie du terrorisme", "Un homme a été arrêté mardi à Meknès par la DGST.",
			"Cette arrestation survient trois jours après le démantèlement d'une cellule à Tanger.", "2025-03-04", "2025-03-01", "Tanger",
		},
		"nothing to do with it": {
			"fr", "Oujda : un passeur arrêté, sans lien avec la saisie de lundi", "Un passeur a été arrêté mercredi à Oujda par la police.",
			"L'affaire n'a rien à voir avec l'arrestation de deux passeurs à Nador, assure la police.", "2025-03-05", "2025-03-03", "Nador",
		},
		"the day before, in French": {
			"fr", "Mahdia : 34 migrants secourus", "La Marine nationale a secouru mardi 34 migrants au large de Mahdia.",
			"La veille, quatre migrants sont morts dans un naufrage devant Kerkennah.", "2025-03-04", "2025-03-03", "Kerkennah",
		},
		"the day before, in Arabic": {
			"ar", "فاس: توقيف شخص متهم بتمويل الإرهاب", "أوقفت الشرطة يوم الثلاثاء شخصا بمدينة فاس.",
			"ويأتي ذلك غداة عملية أمنية في طنجة أسفرت عن توقيف ثلاثة أشخاص.", "2025-03-04", "2025-03-03", "طنجة",
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := packs()[c.lang].Analyse(extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.first}, {Kind: message.BlockParagraph, Text: c.then}},
			})
			if got.Facts.Day == nil || got.Facts.Day.From != c.day {
				t.Errorf("day: got %+v, want %s", got.Facts.Day, c.day)
			}
			if slices.ContainsFunc(got.Facts.Places, func(p message.Place) bool { return p.Name == c.place }) {
				t.Errorf("%s (%+q) counts as a place of the report's own", c.place, c.place)
			}
			if !slices.ContainsFunc(got.Recalled, func(f message.Facts) bool {
				return f.Day != nil && f.Day.From == c.recalled && len(f.Places) > 0 && f.Places[0].Name == c.place
			}) {
				t.Errorf("recalled: got %+v, want %s at %s (%+q)", got.Recalled, c.recalled, c.place, c.place)
			}
		})
	}
}
