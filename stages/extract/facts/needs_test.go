package facts_test

import (
	"testing"

	"rawi/pipeline/message"
)

// TestWordsForActsHaveOtherSenses reads verbs of arrest, seizure, dismantling, rescue and raid where they are done by nobody who acts for a state, or to what
// nobody arrests or seizes, and beside each the same verb where it tells an operation.
func TestWordsForActsHaveOtherSenses(t *testing.T) {
	cases := map[string]struct{ lang, title, text, want string }{
		"a photographer captures a scene": {
			"fr", "Un phoque surprend des surfeurs", "Un amateur a capturé au drone, samedi, le bond d'un phoque au-dessus d'une planche au large de Biarritz.", "",
		},
		"police capture a man": {
			"fr", "Biarritz : un braqueur capturé", "Un homme de 32 ans a été capturé samedi par la police près de Biarritz.", message.ActionArrest,
		},
		"night falls": {
			"fr", "Quand la nuit tombe sur les ksour", "Le soir tombe sur la vallée, et les touristes quittent les terrasses.", "",
		},
		"a network falls": {
			"fr", "Un réseau de faux visas tombe à Oran", "Un réseau de faux visas est tombé dimanche à Oran.", message.ActionDismantling,
		},
		"a researcher finds": {
			"fr", "Une nouvelle espèce de lézard", "Des chercheurs ont découvert dans l'Atlas une espèce de lézard inconnue.", "",
		},
		"a visitor finds": {
			"fr", "Au salon de l'électronique", "Notre visiteur a découvert au salon des téléphones pliables et des ordinateurs de poche.", "",
		},
		"customs officers find": {
			"fr", "Tanger : de la cocaïne dans un conteneur", "Les douaniers ont découvert mardi 12 kilos de cocaïne dans un conteneur à Tanger.", message.ActionSeizure,
		},
		"a word strikes its hearers": {
			"fr", "Le candidat interpelle le président", "Le candidat a interpellé le président sur le prix du pain, lors d'un meeting.", "",
		},
		"rain falls": {
			"ar", "توقعات بطقس بارد", "تسقط الثلوج غدا على المرتفعات، وفق نشرة الأرصاد.", "",
		},
		"a gang falls": {
			"ar", "طنجة: سقوط عصابة لسرقة السيارات", "سقطت عصابة متخصصة في سرقة السيارات، الأحد بطنجة، في يد عناصر الشرطة.", message.ActionDismantling,
		},
		"a team books its place": {
			"ar", "الفريق يحجز مقعدا في النهائي", "حجز الفريق مقعدا في النهائي بعد فوزه مساء الأحد.", "",
		},
		"customs book drugs": {
			"ar", "الجمارك تحجز الكوكايين", "حجزت الجمارك، الأحد، كمية من الكوكايين بميناء طنجة.", message.ActionSeizure,
		},
		"what was issued": {
			"ar", "تقرير عن التعليم", "أوضح التقرير الصادر اليوم الأربعاء أن نسبة التمدرس ارتفعت.", "",
		},
		"an economy is saved": {
			"ar", "إنقاذ الاقتصاد أولوية الحكومة", "دعا صندوق النقد إلى خطة لإنقاذ الاقتصاد.", "",
		},
		"a programme is stopped": {
			"ar", "القناة توقف برنامجها الساخر", "أوقفت إدارة القناة، مساء الأحد، بث البرنامج الساخر بعد موسمين.", "",
		},
		"a defeat topples a coach": {
			"ar", "هزيمة تطيح بالمدرب", "أطاحت الهزيمة الثالثة بالمدرب، مساء الأحد.", "",
		},
		"a pass is intercepted": {
			"fr", "Une passe interceptée", "Le défenseur a intercepté une passe et marqué.", "",
		},
		"a land is set free": {
			"ar", "خطاب في ذكرى الاستقلال", "دعا الخطيب إلى تحرير كامل الأرض.", "",
		},
		"captives are set free": {
			"ar", "الجيش يحرر مخطوفين", "حررت وحدات الجيش، الأحد، أربعة مخطوفين كانوا محتجزين في مزرعة.", message.ActionRescue,
		},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := readNews(languages[c.lang], c.title, c.text)
			if got.Action != c.want || (got.Kind == message.KindOperation) != (c.want != "") {
				t.Errorf("kind %q, action %q, want action %q in %q; %+q", got.Kind, got.Action, c.want, c.text, c.text)
			}
		})
	}
}
