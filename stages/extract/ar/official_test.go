package ar_test

import (
	"testing"

	"rawi/stages/extract/ar"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/extracttest"
	"rawi/stages/places"
)

func TestOfficialNumbers(t *testing.T) {
	extracttest.Official(t, ar.Grammar(places.Default(), concept.Default()), map[string]bool{
		"أعلنت وزارة الداخلية، اليوم الاثنين، مقتل سبعة أشخاص في انهيار بناية بمدينة وهران.": true,
		"قتل سبعة أشخاص في انهيار بناية بمدينة وهران، حسب الحماية المدنية.":                  true,
		"قتل سبعة أشخاص في انهيار بناية بمدينة وهران، وفق مصادر رسمية.":                      true,
		"قتل سبعة أشخاص في انهيار بناية بمدينة وهران.":                                       false,
		"قال شهود عيان إن سبعة أشخاص قتلوا في انهيار بناية بمدينة وهران.":                    false,
		"أكد شاهد أن الجيش قتل سبعة أشخاص في كيدال.":                                         false,
		"قال جار إن الشرطة فتحت تحقيقا بعد مقتل سبعة أشخاص في تيبازة.":                       false,
	})
}
