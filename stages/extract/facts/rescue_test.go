package facts_test

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestFoundIsNotSeized tells what is found, a body or drugs.
func TestFoundIsNotSeized(t *testing.T) {
	languages := packs()
	for text, want := range map[string]string{
		"عثر، صباح أمس الأربعاء، على جثة شاب تحمل آثار طعنات قرب الشاطئ. وأوقف الدرك الملكي في ظرف ساعات شابين.": message.ActionAttack,
		"عثر، صباح أمس الأربعاء، على 30 كيلوغراما من مخدر الشيرا قرب الشاطئ.":                                    message.ActionSeizure,
	} {
		doc := extract.Document{
			Title: "بوزنيقة: ما عثر عليه قرب الشاطئ", Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
			Blocks: []message.Block{{Kind: message.BlockParagraph, Text: text}},
		}
		if got := languages["ar"].Analyse(doc).Facts.Action; got != want {
			t.Errorf("action: got %q, want %q in %q; %+q", got, want, text, text)
		}
	}
}

// TestRescueAmongTheDead tells a rescue with victims from an accident whose survivors were saved, by what is told first.
func TestRescueAmongTheDead(t *testing.T) {
	cases := map[string]struct{ lang, title, text, want string }{
		"saved first": {
			"fr", "Naufrage au large de Tarfaya",
			"Cinquante-quatre passagers d'un canot ont été secourus vendredi à l'aube au large de Tarfaya, mais cinq autres ont péri.", message.ActionRescue,
		},
		"dead first": {
			"fr", "Une pirogue chavire, huit corps repêchés",
			"Huit personnes sont mortes et une quarantaine ont été secourues après le naufrage, jeudi, d'une pirogue partie de Mbour.", "",
		},
		"saved in the title": {
			"ar", "سيدي إفني: إنقاذ 54 مهاجرا وانتشال جثة طفل",
			"انتشلت البحرية الملكية جثة طفل وأنقذت 54 مهاجرا على بعد 30 ميلا من سواحل سيدي إفني، أول أمس الأحد.", message.ActionRescue,
		},
		"a crossing that was stopped": {
			"ar", "المهدية: إحباط خمس عمليات اجتياز",
			"تمكنت الوحدات العائمة للحرس البحري بالمهدية من إحباط خمس محاولات اجتياز وإنقاذ 112 مجتازا.", message.ActionRescue,
		},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}
			if got := languages[c.lang].Analyse(doc).Facts.Action; got != c.want {
				t.Errorf("action: got %q, want %q in %q; %+q", got, c.want, c.text, c.text)
			}
		})
	}
}
