package facts_test

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// TestBalancesAndCourtsAreNoOperations keeps what a service did in a week or in ten years, and what a court does with those held, from the operations
// that both count and name.
func TestBalancesAndCourtsAreNoOperations(t *testing.T) {
	cases := map[string]struct{ lang, title, text, kind string }{
		"a week of an army": {
			"ar", "حصيلة أسبوع: توقيف سبعة مهربين وحجز 40 كيلوغراما من الكيف", "أوقفت مفارز للجيش سبعة مهربين وحجزت 40 كيلوغراما من الكيف المعالج، بين 3 و9 يناير.",
			message.KindRoundup,
		},
		"ten years of a service": {
			"fr", "La brigade en dix ans : 64 réseaux démantelés", "La brigade a démantelé 64 réseaux et arrêté 812 suspects depuis sa création, a indiqué lundi son chef.",
			message.KindRoundup,
		},
		"a decade of a service": {
			"ar", "عقد من عمر الفرقة.. 64 شبكة و812 موقوفا", "فككت الفرقة 64 شبكة وأوقفت 812 مشتبها به منذ إحداثها، حسب ما أفاد به مديرها الاثنين.", message.KindRoundup,
		},
		"suspects kept in custody": {
			"fr", "Cellule de Liège : la chambre du conseil maintient deux suspects en détention",
			"La chambre du conseil de Liège a maintenu vendredi en détention deux hommes arrêtés la semaine dernière. Leurs avocats ont fait appel.", message.KindJustice,
		},
		"an operation all the same": {
			"fr", "Deux hommes arrêtés à Tiznit, troisième coup de filet en cinq semaines", "La police a arrêté lundi à Tiznit deux hommes soupçonnés de trafic de cocaïne.",
			message.KindOperation,
		},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := languages[c.lang].Analyse(extract.Document{
				Title: c.title, Published: time.Date(2023, 1, 10, 18, 0, 0, 0, time.UTC),
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}).Facts
			if got.Kind != c.kind {
				t.Errorf("kind %q, want %q in %q; %+q", got.Kind, c.kind, c.title, c.title)
			}
		})
	}
}
