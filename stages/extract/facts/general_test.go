package facts_test

import (
	"testing"

	"rawi/pipeline/message"
)

// TestGeneralNewsHasItsKind reads openings of general news in both languages.
func TestGeneralNewsHasItsKind(t *testing.T) {
	cases := map[string][]struct{ lang, title, text string }{
		message.KindPolitics: {
			{"fr", "Primaire : second tour dimanche", "Les électeurs départageront dimanche les deux finalistes de la primaire."},
			{"fr", "Le président nomme une chancelière", "La présidente du parti devient chancelière après la démission de son rival."},
			{"fr", "La victoire de l'opposante", "Après sa victoire au second tour, l'opposante a salué une victoire du pays."},
			{"fr", "Le candidat dénonce la colonisation", "Interrogé sur la colonisation, le candidat à la présidentielle a répondu aux électeurs."},
			{"ar", "استقالة رئيس الوزراء", "قدم رئيس الوزراء استقالته إلى الرئيس صباح الأحد."},
			{"ar", "مجلس الأمن يصوت على العقوبات", "يصوت مجلس الأمن الدولي مساء الأحد على العقوبات الجديدة."},
			{"ar", "الناخبون يتوجهون إلى صناديق الاقتراع", "فتحت مكاتب الاقتراع أبوابها صباح الأحد."},
		},
		message.KindJustice: {
			{"ar", "توجيه تهمة الفساد للوزير السابق", "تم رسميا توجيه تهمة الفساد إلى الوزير السابق، الأحد."},
			{"fr", "Corruption : l'inculpation du maire", "L'inculpation du maire pour corruption a été confirmée lundi."},
		},
		message.KindDisaster: {
			{"fr", "Une avalanche coupe la route", "Une avalanche a coupé samedi la route du col."},
			{"fr", "Secousse de magnitude 4,8 à Jijel", "Une secousse de magnitude 4,8 a été ressentie samedi à Jijel."},
			{"ar", "هزة أرضية بولاية جيجل", "سجلت صباح الأحد هزة أرضية بلغت قوتها 4.8 درجات على مقياس ريشتر."},
			{"ar", "وباء إيبولا يتوسع", "أعلنت وزارة الصحة توسع وباء إيبولا إلى إقليم جديد."},
		},
		message.KindIncident: {
			{"fr", "Un bureau de poste braqué", "Le bureau de poste a été braqué samedi matin par deux hommes. Le braquage a duré trois minutes."},
			{"fr", "Deux détenus s'évadent", "Deux détenus se sont évadés samedi. L'évasion a été constatée à l'aube."},
			{"ar", "اختطاف صحفية من منزلها", "تعرضت صحفية لعملية اختطاف مساء السبت من منزلها."},
			{"ar", "انفجار قرب محطة للحافلات", "سمع دوي انفجار قرب محطة للحافلات مساء السبت."},
		},
	}
	languages := packs()
	for want, reports := range cases {
		for _, r := range reports {
			if got := readNews(languages[r.lang], r.title, r.text); got.Kind != want || got.Action != "" {
				t.Errorf("kind %q, action %q, want kind %q for %q; %+q", got.Kind, got.Action, want, r.title, r.title)
			}
		}
	}
}
