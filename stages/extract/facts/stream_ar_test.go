package facts_test

import (
	"testing"

	"rawi/pipeline/message"
)

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
	run(t, map[string]arabicTurn{
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

// TestServicesByTheirPeopleInArabic reads the service that people told of as its members act for.
func TestServicesByTheirPeopleInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"members of the police": {
			title: "فاس: توقيف مروج", text: "أوقف أفراد الأمن الوطني أمس مروجا بفاس.", agencies: []string{"DGSN"}, arrested: 1,
		},
		"officers of the customs": {
			title: "حجز ذهب بالنواصر", text: "حجز أعوان الجمارك أمس كيلوغرامين من الذهب بالنواصر.", agencies: []string{"Douane"},
		},
		"handed over after a day": {
			title: "إنقاذ مهاجرين قبالة طانطان", text: "أنقذت البحرية الملكية أمس عشرين مهاجرا قبالة طانطان. وسلموا صباح اليوم الخميس إلى الدرك الملكي.",
			agencies: []string{"Marine royale"},
		},
		"the federal police of another country": {
			title: "توقيف متطرفين بوجدة", text: "أوقف البسيج أمس متطرفا بوجدة بالتنسيق مع الشرطة الفيدرالية البلجيكية.",
			agencies: []string{"BCIJ", "Police fédérale"}, partners: []string{"BE"},
		},
	})
}

// TestBothSidesOfAnOperationInArabic adds those whom another country's services took at the same time, and counts no suspects twice.
func TestBothSidesOfAnOperationInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"in one sentence": {
			title: "تفكيك خلية في سبتة وتطوان", text: "أوقفت الشرطة الإسبانية أمس ثلاثة أشخاص في سبتة، بالتوازي مع توقيف اثنين في تطوان.", arrested: 5,
		},
		"in the next paragraph": {
			title: "توقيف أربعة متطرفين بالناظور", text: "أوقف البسيج أمس أربعة متطرفين بالناظور.\n\nوجرت العملية بالتزامن مع تدخل للشرطة الإسبانية في مليلية أسفر عن توقيف ثلاثة أشخاص.", arrested: 7,
		},
		"some of the suspects": {
			title: "تفكيك خلية من خمسة عناصر ببركان", text: "فكك البسيج أمس خلية من خمسة عناصر ببركان.\n\nوأشار البلاغ إلى أن ثلاثة من المشتبه فيهم تدربوا على صنع المتفجرات.", arrested: 5,
		},
		"other news at the end": {
			title: "مقتل مسلحين اثنين قرب كركوك", text: "قتل الجيش العراقي مسلحين اثنين أمس قرب كركوك.\n\nوتتواصل العملية.\n\nوفي سياق متصل، اعتقلت القوات سبعة مطلوبين في الأنبار.",
			arrested: absent, killed: 2,
		},
	})
}

// TestTheDeadByOtherWordsInArabic counts the dead by their bodies and by what ended their lives.
func TestTheDeadByOtherWordsInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"two bodies": {title: "غرق مركب قبالة طبرقة", text: "لفظ البحر أمس جثتي شابين قبالة طبرقة.", killed: 2},
		"an ending":  {title: "تسرب غاز ينهي حياة شقيقين بصفرو", text: "اختنق الشقيقان أمس بمنزلهما بصفرو.", killed: 2},
	})
}

// TestWhereAReportComesFromInArabic keeps the agency's city, cases told by their town and where people come from apart from the scene.
func TestWhereAReportComesFromInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"dated, between strokes": {
			title: "ضبط مروجين", text: "تونس في 5 مارس / و ت ن / أوقفت الشرطة أمس مروجين في باجة.", places: []string{"باجة"},
		},
		"dated, in brackets": {
			title: "حجز أسلحة", text: "الجزائر 5 مارس (ق و) – حجز الجيش الوطني الشعبي أمس بنادق في إليزي.", places: []string{"إليزي"},
		},
		"another case": {
			title: "القنيطرة: توقيف تاجر", text: "أوقف البسيج أمس تاجرا بالقنيطرة.\n\nوكان التاجر يبيع مواد لزعيم خلية وجدة التي فككت في الثالث من الشهر الجاري.",
			places: []string{"القنيطرة"}, day: "2025-03-05",
		},
		"whence they came": {
			title: "إنقاذ 40 مهاجرا قبالة طانطان", text: "أنقذت البحرية الملكية أمس أربعين مهاجرا قبالة طانطان، وكانوا قد غادروا شاطئ كايار قبل أسبوع.", places: []string{"طانطان"},
		},
	})
}

// TestDaysToComeInArabic passes over days that are still to come and those looked back at.
func TestDaysToComeInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"a vote": {
			title: "مقتل ثلاثة مسلحين غرب سامراء", text: "أعلن الحشد الشعبي، اليوم الخميس، مقتل ثلاثة مسلحين غرب سامراء.\n\nوتأتي العملية قبل الانتخابات المقررة يوم الثلاثاء.",
			day: "2025-03-06",
		},
		"an earlier strike": {
			title: "مقتل مسلحين اثنين قرب بيجي", text: "أعلن الجيش، اليوم الخميس، مقتل مسلحين اثنين قرب بيجي.\n\nوعثر على أحزمة.\n\nوتتواصل العملية.\n\nوكانت الطائرات قد دمرت، الاثنين الماضي، أوكارا.",
			day: "2025-03-06",
		},
	})
}

// TestOthersPartInArabic leaves out services that only inquire once others have acted, and operations that the next sentence keeps apart.
func TestOthersPartInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"who inquires": {
			title: "إغاثة مركب قبالة آسفي", text: "أنقذت البحرية الملكية أمس ثلاثين مهاجرا قبالة آسفي.\n\nوتجري مصالح الدرك تحريات لتحديد منظمي الرحلة.",
			agencies: []string{"Marine royale"},
		},
		"who inquires alone": {
			title: "العثور على زورق قبالة آسفي", text: "عثر أمس على زورق قبالة آسفي وعلى متنه طن من الشيرا.\n\nوتجري مصالح الدرك الملكي تحريات لتحديد المهربين.",
			agencies: []string{"Gendarmerie royale"},
		},
		"another operation, kept apart after it": {
			title: "رأس جدير: حجز عملة", text: "حجزت الديوانة أمس 90 ألف أورو برأس جدير وتم الاحتفاظ بسائق.\n\nوكانت السيارة ليبية.\n\nوفتح محضر.\n\n" +
				"وتم أول أمس إيقاف ستة أشخاص بتطاوين من قبل الحرس الوطني. وقال المصدر إنه لا صلة بين القضيتين.",
			agencies: []string{"Douane"}, day: "2025-03-05", arrested: 1,
		},
		"a coast that is a word too": {
			title: "إنقاذ 40 مهاجرا قبالة الداخلة", text: "أنقذت البحرية الملكية أمس أربعين مهاجرا قبالة الداخلة.", places: []string{"الداخلة"},
		},
		"an old town by its beach": {
			title: "حجز الشيرا بشاطئ الصويرة القديمة", text: "حجز الدرك الملكي أمس طنا من الشيرا بشاطئ الصويرة القديمة في إقليم آسفي.", places: []string{"الصويرة القديمة", "آسفي"},
		},
	})
}

// TestNativesTakenInArabic counts one who is told by no more than a country, right after the word for the arrest.
func TestNativesTakenInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"in a title":        {title: "توقيف تونسي بمطار باليرمو", text: "تم التوقيف أمس بمطار باليرمو.", arrested: 1},
		"one and two":       {title: "تحرير رهائن بالكفرة", text: "حررت قوة أمنية أمس رهائن بالكفرة، وألقت القبض على مصري وسودانيين اثنين.", arrested: 3},
		"a country's press": {title: "توقيف مغربيين", text: "قال موقع مغربي أمس إن الشرطة الإسبانية أوقفت أربعة مغاربة في ملقة.", arrested: 4},
	})
}
