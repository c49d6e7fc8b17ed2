package facts_test

import (
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestPlacesNamed reads the places of sentences in which the word before a place, or the place itself, is easily taken for another.
func TestPlacesNamed(t *testing.T) {
	cases := map[string]struct {
		lang, text string
		want       []string
	}{
		"a quarter with an article":           {"fr", "Un homme a été arrêté lundi dans le quartier de la Maladrerie, à Aubervilliers.", []string{"Maladrerie", "Aubervilliers"}},
		"people alive are no quarters":        {"ar", "تم إنقاذ خمسة مهاجرين أحياء قبالة سواحل العرائش، الأحد.", []string{"العرائش"}},
		"a gang of the quarters has no names": {"ar", "أوقفت الشرطة عصابة أحياء مختصة في السرقة بوهران، الأحد.", []string{"وهران"}},
		"an everyday word joined to a town":   {"ar", "تم إنقاذ 112 مجتازا قبالة سواحل سلقطة والشابة، الأحد.", []string{"سلقطة", "الشابة"}},
		"where a traveller was bound":         {"ar", "أوقفت الجمارك بعنابة، الأحد، مسافرا كان متجها نحو باريس.", []string{"عنابة"}},
		"a quarter named like a town":         {"ar", "أوقفت الشرطة شخصا بحي الرياض في سوسة، الأحد.", []string{"حي الرياض", "سوسة"}},
		"an area of the opening":              {"ar", "تم إنقاذ ثلاثة أشخاص بمنطقة إنتيرفت بالداخلة، الأحد.", []string{"إنتيرفت", "الداخلة"}},
		"a dry wadi has no name":              {"ar", "هوت سيارة في واد جاف بتيفلت، الأحد.", []string{"تيفلت"}},
		"a name of four words":                {"ar", "أوقف الحرس الوطني شخصا بقرية سيدي علي بن خضر بصفاقس، الأحد.", []string{"سيدي علي بن خضر", "صفاقس"}},
		"a town that a distance is from":      {"ar", "غرق قارب قبالة القره بوللي، نحو 60 كيلومترا شرق العاصمة طرابلس، الأحد.", []string{"القره بوللي"}},
		"a line of buses":                     {"ar", "انقلبت بمستغانم حافلة تعمل على خط الشلف - وهران، الأحد.", []string{"مستغانم"}},
		"an eastern military region":          {"ar", "أحبطت المنطقة العسكرية الشرقية محاولة تسلل بالرويشد، الأحد.", []string{"الرويشد"}},
		"near a town of a province":           {"ar", "انقلبت شاحنة قرب برج عمر إدريس بولاية إليزي، الأحد.", []string{"إليزي", "برج عمر إدريس"}},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{
				Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}
			var got []string
			for _, place := range languages[c.lang].Analyse(doc).Facts.Places {
				got = append(got, place.Name)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q in %s; %+q", got, c.want, c.text, c.text)
			}
		})
	}
}

// TestDeskIsNoPlace drops the town that a report only comes from, and keeps the one that a local paper opens with.
func TestDeskIsNoPlace(t *testing.T) {
	cases := map[string]struct {
		title, text string
		want        []string
	}{
		"far from it":         {"باريس: توقيف رجل هدد بتفجير محطة", "أوقفت الشرطة، الأحد، رجلا بعد أن هدد بتفجير محطة القطار في مدينة ليل.", []string{"ليل"}},
		"of one province":     {"النعامة: حجز كمية من المخدرات", "أوقف الدرك الوطني، الأحد، شخصين بجنين بورزق.", []string{"النعامة", "جنين بورزق"}},
		"named again":         {"باريس: توقيف رجل", "أوقفت الشرطة، الأحد، رجلا في باريس ثم آخر في ليل.", []string{"باريس", "ليل"}},
		"no other is told of": {"باريس: توقيف رجل", "أوقفت الشرطة، الأحد، رجلا بعد أن هدد بتفجير محطة القطار.", []string{"باريس"}},
	}
	pack := packs()["ar"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, place := range pack.Analyse(extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}).Facts.Places {
				got = append(got, place.Name)
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q in %s; %+q", got, c.want, c.text, c.text)
			}
		})
	}
}
