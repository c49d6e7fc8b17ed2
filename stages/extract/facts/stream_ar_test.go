package facts_test

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// runParagraphs is run for reports of several paragraphs, parted by blank lines.
func runParagraphs(t *testing.T, cases map[string]arabicTurn) {
	pack := packs()["ar"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true}
			for part := range strings.SplitSeq(c.text, "\n\n") {
				doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: part})
			}
			c.check(t, pack.Analyse(doc).Facts)
		})
	}
}

// TestWordsAfterAKindOfPlaceInArabic tells the names behind words for kinds of places from what only describes them.
func TestWordsAfterAKindOfPlaceInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"a beach far from everything": {
			title: "توقيف مهربين بتطوان", text: "أوقف الدرك الملكي أمس مهربين بتطوان بعدما أخفيا زورقا بشاطئ مهجور.", places: []string{"تطوان"},
		},
		"how far a beach lies": {
			title: "الناظور: إنقاذ مهاجرين", text: "أنقذت البحرية الملكية أمس تسعة مهاجرين قبالة الناظور انطلقوا من شاطئ لا يتجاوز طوله كيلومترا.", places: []string{"الناظور"},
		},
		"what a town does": {
			title: "سوسة: توقيف مروج", text: "أوقفت الشرطة أمس مروجا وسط سوسة. وقال جاره إن الحادثة هزت مدينة تعتمد على السياحة.", places: []string{"سوسة"},
		},
		"an area by its own name": {
			title: "توقيف مطلوب بالقصرين", text: "أوقف أعوان الحرس الوطني أمس مطلوبا بمنطقة الدغرة من معتمدية فوسانة بالقصرين.", places: []string{"القصرين", "الدغرة", "فوسانة"},
		},
		"an area on a border": {
			title: "توقيف مهرب بالقصرين", text: "أوقف أعوان الحرس الوطني أمس مهربا بمنطقة الحدود قرب القصرين.", places: []string{"القصرين"},
		},
		"heights and a junction": {
			title: "تبسة: توقيف مهرب", text: "أوقف الدرك الوطني أمس مهربا على مستوى محول تازوقاغت بتبسة.", places: []string{"تبسة", "تازوقاغت"},
		},
	})
}

// TestCountriesToldByServicesInArabic settles a town that two countries have by whose service the report opens with.
func TestCountriesToldByServicesInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"an army's directorate": {
			title: "توقيف ثلاثة مطلوبين في طرابلس", text: "صدر عن قيادة الجيش - مديرية التوجيه: أوقفت دورية أمس ثلاثة مطلوبين في طرابلس.",
			country: "LB", agencies: []string{"Armée libanaise"}, partners: []string{}, arrested: 3,
		},
		"a town of that name elsewhere": {
			title: "توقيف ثلاثة في طرابلس", text: "أوقف جهاز الأمن أمس ثلاثة مطلوبين في طرابلس.", country: "LY", arrested: 3,
		},
		"the directorate of general security": {
			title: "توقيف مهربين", text: "أوقفت المديرية العامة للأمن العام، مساء أمس، أربعة مهربين في محلة القبة بطرابلس.", country: "LB", agencies: []string{"Sûreté générale"}, arrested: 4,
		},
	})
}

// TestThoseTakenAndThoseKilledInArabic counts people by the words that stories of police and army work have for them.
func TestThoseTakenAndThoseKilledInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"two militants, in the dual": {
			title: "القضاء على إرهابيين اثنين بجيجل", text: "قضت مفرزة للجيش الوطني الشعبي، أمس، على إرهابيين اثنين في اشتباك قرب جيجل.",
			action: message.ActionRaid, killed: 2, arrested: absent, agencies: []string{"ANP"},
		},
		"two soldiers, in the dual": {
			title: "مقتل جنديين في اشتباك", text: "قُتل جنديان أمس في اشتباك مع مسلحين قرب الرمادي.", action: message.ActionAttack, killed: 2,
		},
		"led away": {
			title: "مداهمة منزلين بسوسة", text: "داهم أعوان الحرس الوطني أمس منزلين بسوسة واقتادوا منهما أربعة أشخاص.", arrested: 4,
		},
		"those who got away": {
			title: "حجز طن من الشيرا بالعرائش", text: "حجز الدرك الملكي أمس طنا من الشيرا قرب العرائش، وألقي القبض على شخصين، فيما لاذ أربعة آخرون بالفرار.", arrested: 2,
		},
		"the driver": {
			title: "طنجة: حجز 20 كيلوغراما من الكوكايين", text: "حجز عناصر الجمارك أمس 20 كيلوغراما من الكوكايين داخل شاحنة، وأسفرت العملية عن ضبط السائق البالغ من العمر 40 سنة.", arrested: 1,
		},
		"two trades": {
			title: "توقيف صيدلي وممرض بوجدة", text: "أوقفت عناصر الشرطة القضائية بوجدة أمس صيدليا وممرضا يروجان أقراصا مهلوسة.", arrested: 2,
		},
		"a shepherd and his companion": {
			title: "توقيف راع ومرافقه", text: "أوقف الدرك الملكي أمس ببني ملال راعيا ومرافقه وبحوزتهما بندقية صيد.", arrested: 2,
		},
	})
}

// TestKeptApartInArabic leaves out the services and people of operations that a report says its own has nothing to do with.
func TestKeptApartInArabic(t *testing.T) {
	runParagraphs(t, map[string]arabicTurn{
		"denied": {
			title: "سلا: توقيف شاب", text: "أوقف الأمن الوطني أمس شابا بسلا.\n\nونفى مصدر مطلع أن يكون على صلة بعناصر الخلية التي فككها البسيج يوم الاثنين وعددهم ستة.",
			agencies: []string{"DGSN"}, arrested: 1,
		},
		"asked about": {
			title: "تاوريرت: حجز 300 كيلوغرام من الشيرا", text: "حجز الدرك الملكي أمس 300 كيلوغرام من الشيرا بتاوريرت.\n\nوأكد المصدر أن الأمر مجرد تزامن مع توقيف البسيج لعنصرين بوجدة.",
			agencies: []string{"Gendarmerie royale"},
		},
	})
}
