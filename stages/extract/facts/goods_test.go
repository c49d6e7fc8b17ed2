package facts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestSeizedGoods reads what was taken away, and sums of money with their currency, but nothing that cannot be seized or only held it.
func TestSeizedGoods(t *testing.T) {
	cases := map[string]struct {
		lang, title, text string
		want              []message.Goods
	}{
		"a sum in dinars of Tunisia": {
			"fr", "Tunisie : deux arrestations à Sousse",
			"La garde nationale a démantelé à Sousse une cellule de deux personnes et saisi une somme de 30 000 dinars ainsi que deux téléphones.",
			[]message.Goods{{Concept: "obj:electronics", Amount: 2, Unit: "piece"}, {Concept: "obj:money", Amount: 30000, Unit: "TND"}},
		},
		"a sum in dinars of Algeria": {
			"ar", "وهران: توقيف مروج",
			"أوقفت الشرطة بوهران شخصا وحجزت بحوزته 3 كيلوغرامات من الكيف المعالج ومبلغ 30 ألف دينار.",
			[]message.Goods{{Concept: "obj:cannabis", Amount: 3, Unit: "kg"}, {Concept: "obj:money", Amount: 30000, Unit: "DZD"}},
		},
		"centimes": {
			"ar", "عنابة: الإطاحة بعصابة سرقة",
			"أوقفت مصالح أمن ولاية عنابة ثلاثة أشخاص وحجزت سيارتين ومبلغا ماليا قدره 32 مليون سنتيم.",
			[]message.Goods{{Concept: "obj:vehicle", Amount: 2, Unit: "piece"}, {Concept: "obj:money", Amount: 320000, Unit: "DZD"}},
		},
		"what goods are worth is not seized, nor the car that held them": {
			"fr", "Perpignan : 860 kg de cannabis saisis",
			"Les douaniers ont saisi lundi près de Perpignan 860 kg de cannabis cachés dans une camionnette, d'une valeur de deux millions d'euros.",
			[]message.Goods{{Concept: "obj:cannabis", Amount: 860, Unit: "kg"}},
		},
		"two units of weight": {
			"fr", "Naâma : saisie de kif",
			"Les gendarmes ont saisi à Naâma 6 quintaux et 12 kg de kif traité.",
			[]message.Goods{{Concept: "obj:cannabis", Amount: 612, Unit: "kg"}},
		},
		"a unit in the dual and one without a number": {
			"ar", "باتنة: حجز كيف معالج",
			"حجز الدرك الوطني بباتنة قنطارين و30 كيلوغراما من الكيف المعالج وكيلوغرامين من الكوكايين.",
			[]message.Goods{{Concept: "obj:cannabis", Amount: 230, Unit: "kg"}, {Concept: "obj:cocaine", Amount: 2, Unit: "kg"}},
		},
		"two tons": {
			"ar", "الكركرات: حجز حشيش",
			"حجز الأمن بالكركرات طنين و200 كيلوغرام من مخدر الشيرا.",
			[]message.Goods{{Concept: "obj:cannabis", Amount: 2200, Unit: "kg"}},
		},
		"tons without a number": {
			"ar", "العرائش: حجز شيرا",
			"حجز الأمن الوطني بالعرائش أطنانا من مخدر الشيرا وسيارتين.",
			[]message.Goods{{Concept: "obj:cannabis"}, {Concept: "obj:vehicle", Amount: 2, Unit: "piece"}},
		},
		"a ton and more": {
			"ar", "العرائش: حجز شيرا",
			"حجز الأمن الوطني بالعرائش طنا و740 كيلوغراما من مخدر الشيرا ولترين من الزئبق.",
			[]message.Goods{{Concept: "obj:cannabis", Amount: 1740, Unit: "kg"}},
		},
		"two currencies": {
			"fr", "Bamako : trois escrocs arrêtés",
			"La police a saisi à Bamako 12 millions de francs CFA, 4 500 euros et un pistolet.",
			[]message.Goods{
				{Concept: "obj:firearm", Amount: 1, Unit: "piece"},
				{Concept: "obj:money", Amount: 12e6, Unit: "XOF"},
				{Concept: "obj:money", Amount: 4500, Unit: "EUR"},
			},
		},
		"an age is no number of cars": {
			"ar", "صفاقس: توقيف منظم رحلة",
			"أوقفت الوحدات بصفاقس منظم الرحلة، وهو رجل يبلغ من العمر 45 سنة، وحجزت سيارة ومبلغا ماليا قدره 12 ألف دينار.",
			[]message.Goods{{Concept: "obj:vehicle"}, {Concept: "obj:money", Amount: 12000, Unit: "TND"}},
		},
		"a house and a port are no goods": {
			"fr", "Alger : saisie au port",
			"Les douaniers du port d'Alger ont saisi, lors d'une perquisition dans une maison, trois fusils de chasse.",
			[]message.Goods{{Concept: "obj:firearm", Amount: 3, Unit: "piece"}},
		},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}
			if diff := cmp.Diff(c.want, languages[c.lang].Analyse(doc).Facts.Seized); diff != "" {
				t.Errorf("seized in %q (-want +got):\n%s", c.text, diff)
			}
		})
	}
}
