package facts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// none stands for a text that must be empty, absent for a number that must not be told.
const (
	none   = "-"
	absent = -1
)

// arabicTurn is a report in Arabic and what it says; what is zero is not looked at.
type arabicTurn struct {
	title, text            string
	action, day, country   string
	places                 []string
	arrested, killed, hurt int
	age                    int
	agencies, partners     []string
	kind                   string
}

func (c arabicTurn) check(t *testing.T, f message.Facts) {
	t.Helper()
	number := func(field string, want, got int) {
		switch want {
		case absent:
			want = 0
		case 0:
			return
		}
		if got != want {
			t.Errorf("%s: got %d, want %d in %q; %+q", field, got, want, c.text, c.text)
		}
	}
	word := func(field, want, got string) {
		switch want {
		case none:
			want = ""
		case "":
			return
		}
		if got != want {
			t.Errorf("%s: got %q, want %q in %q; %+q", field, got, want, c.text, c.text)
		}
	}
	list := func(field string, want, got []string) {
		if want != nil && !slices.Equal(want, got) {
			t.Errorf("%s: got %q, want %q in %q; %+q", field, got, want, c.text, c.text)
		}
	}
	day := ""
	if f.Day != nil {
		day = f.Day.From
	}
	var names []string
	for _, p := range f.Places {
		names = append(names, p.Name)
	}
	age := 0
	if f.Ages != nil && f.Ages.Min == f.Ages.Max {
		age = f.Ages.Min
	}
	word("action", c.action, f.Action)
	word("kind", c.kind, f.Kind)
	word("day", c.day, day)
	word("country", c.country, f.Country)
	list("places", c.places, names)
	list("agencies", c.agencies, f.Agencies)
	list("partners", c.partners, f.Partners)
	number("arrested", c.arrested, numberOf(f.Arrested))
	number("killed", c.killed, numberOf(f.Killed))
	number("wounded", c.hurt, numberOf(f.Wounded))
	number("age", c.age, age)
}

func numberOf(c *message.Count) int {
	if c == nil {
		return 0
	}
	return c.N
}

// TestToldInArabic reads facts from the turns in which Arabic agencies, communiqués and dailies write them.
func TestToldInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"taken to another town": {
			title: "نواذيبو: الدرك يوقف مهربا", text: "أوقف الدرك الوطني أمس مهربا في نواذيبو. وقد اقتيد الموقوف ليلا إلى نواكشوط لاستكمال التحقيق.",
			places: []string{"نواذيبو"},
		},
		"the hurt moved to another town": {
			title: "انقلاب سيارة قرب تازة", text: "أصيب أربعة أشخاص أمس في انقلاب سيارة قرب تازة، ونُقل اثنان منهم في حالة حرجة إلى مدينة فاس.",
			places: []string{"تازة"}, hurt: 4,
		},
		"the town of who speaks": {
			title: "غرق مركب قبالة قرقنة", text: "أفاد مصدر من الحرس الوطني بصفاقس بأن أربعة أشخاص غرقوا، صباح اليوم الخميس، قبالة سواحل قرقنة.",
			places: []string{"قرقنة"},
		},
		"the town of who speaks where no other is told": {
			title: "توقيف مروج مخدرات", text: "أعلنت الشرطة القضائية بمدينة مكناس أن عناصرها أوقفت أمس مروجا.",
			places: []string{"مكناس"}, arrested: 1,
		},
		"the city of an agency": {
			title: "مقتل جنديين قرب الرمادي", text: "بغداد اليوم - قتل جنديان، الأربعاء، في انفجار عبوة ناسفة قرب الرمادي.",
			places: []string{"الرمادي"}, killed: 2,
		},
		"what was on its way is found near a town": {
			title: "اعتراض شحنة قادمة من الجنوب قرب أرليت", text: "اعترض الجيش، الأربعاء، شحنة أسلحة قادمة من الحدود قرب أرليت.",
			places: []string{"أرليت"},
		},
		"a wadi": {
			title: "مقتل ثلاثة دواعش", text: "قتلت قوة من الحشد الشعبي، الأربعاء، ثلاثة من عناصر داعش قرب وادي زغيتون في كركوك.",
			places: []string{"وادي زغيتون", "كركوك"},
		},
		"a quarter named after a day": {
			title: "وهران: توقيف لص", text: "أوقفت الشرطة أمس لصا بحي أول نوفمبر في وهران، وآخر بحي 20 أوت في المدينة نفسها.",
			places: []string{"وهران", "حي أول نوفمبر", "حي 20 أوت"}, day: "2025-03-05",
		},
		"a quarter named after its flats": {
			title: "المسيلة: توقيف مروج", text: "تم أمس توقيف مروج بحي 500 مسكن في المسيلة.", places: []string{"المسيلة", "حي 500 مسكن"}, arrested: 1,
		},
		"a new quarter": {
			title: "العرائش: توقيف شاب", text: "أوقفت الشرطة أمس شابا بحي المغرب الجديد بالعرائش.", places: []string{"العرائش", "حي المغرب الجديد"}, country: "MA",
		},
		"a region of Mauritania is told beside its town": {
			title: "حادث سير قرب ألاك", text: "لقي شخصان مصرعهما أمس في حادث سير قرب مدينة ألاك بولاية لبراكنة.", places: []string{"ألاك", "لبراكنة"}, killed: 2,
		},
		"said on one day, done on another": {
			title: "حجز حشيش بقادس", text: "قال بيان للحرس المدني الإسباني في قادس، الأربعاء، إن العملية جرت فجر الإثنين.", day: "2025-03-03",
		},
		"a number that names a road": {
			title: "قتلى وجرحى في انقلاب حافلة", text: "لقي ثمانية أشخاص مصرعهم وأصيب ستة وعشرون آخرون أمس في انقلاب حافلة بالطريق الوطنية رقم 6 على بعد 15 كيلومترا غرب تاوريرت.", killed: 8, hurt: 26,
		},
		"two nouns of one number": {
			title: "هجوم على ثكنة", text: "قُتل ما لا يقل عن ثلاثين عسكريا ومتطوعا في هجوم على ثكنة في دوري، الأربعاء.", killed: 30,
		},
		"migrants and a smuggler": {
			title: "نواذيبو: توقيفات", text: "أوقف الدرك الوطني في نواذيبو أمس 28 مهاجرا ومهربا.", arrested: 29,
		},
		"the other four of a cell of five": {
			title: "فاس: خلية من خمسة عناصر", text: "ويتعلق الأمر، وفق بلاغ، بأحد أفراد خلية من خمسة عناصر، جرى توقيف الأربعة الآخرين في التوقيت نفسه بفاس وبركان.",
			arrested: 5,
		},
		"held, with the preposition written on": {
			title: "انقلاب حافلة بالقيروان", text: "توفي شخصان أمس في انقلاب حافلة بالقيروان، وتم الاحتفاظ بسائق الحافلة.", arrested: 1, killed: 2,
		},
		"a club that keeps its title": {
			title: "الترجي ينجح في الاحتفاظ باللقب", text: "نجح الترجي أمس في الاحتفاظ باللقب بعد فوزه في المباراة النهائية بثلاثة أهداف في رادس.", kind: message.KindSport, arrested: absent,
		},
		"a shipment passed on is a seizure": {
			title: "شاحنة لحوم تخفي خمسة قناطير من الكيف", text: "أحبطت مصالح الدرك الوطني بتلمسان أمس محاولة تمرير خمسة قناطير من الكيف المعالج وأوقفت شخصين.",
			action: message.ActionSeizure, arrested: 2,
		},
		"a mine left from a war is no attack": {
			title: "مقتل طفلين بانفجار لغم من مخلفات الحرب", text: "قتل طفلان أمس في انفجار لغم أرضي من مخلفات الحرب قرب تدمر.", action: none, killed: 2,
		},
		"a raid that frees people": {
			title: "زوارة: مداهمة وكر وتحرير 40 مهاجرا", text: "داهمت قوة أمنية أمس وكرا في زوارة وحررت واحدا وأربعين مهاجرا كانوا محتجزين، وضبطت ثلاثة متهمين.",
			action: message.ActionRescue, arrested: 3,
		},
	})
}

// TestToldLaterInArabic reads reports that come back to what happened before: who died later, where it happened, on which day it was done.
func TestToldLaterInArabic(t *testing.T) {
	run(t, map[string]arabicTurn{
		"a death told around its subject": {
			title: "نابل: وفاة شاب بعد طعنه", text: "فارق شاب يبلغ من العمر 22 سنة الحياة، صباح اليوم الخميس، متأثرا بطعنة أصيب بها خلال شجار وقع مساء أمس بنابل.",
			killed: 1, hurt: absent, day: "2025-03-05",
		},
		"no death by a difference of goals": {
			title: "الرجاء يوسع الفارق في الصدارة", text: "وسع الرجاء أمس فارق النقاط مع مطارديه بعد فوزه في المباراة بثلاثة أهداف.", killed: absent, kind: message.KindSport,
		},
		"done on a day before the communiqué": {
			title: "باتنة: حجز كيف معالج", text: "وضع الدرك الوطني بباتنة حدا لنشاط شبكة لترويج المخدرات.\n\nالعملية، حسب ما أفاد به بيان للخلية، تمت نهاية الأسبوع الماضي.",
			day: "2025-03-01",
		},
		"a seizure dated further on": {
			title: "ضبط مليون قرص مخدر بميناء بنغازي", text: "أعلن جهاز مكافحة المخدرات، الأربعاء، ضبط مليون قرص مخدر في بنغازي. وأوضح أن عملية الضبط جرت فجر الإثنين.",
			day: "2025-03-03",
		},
		"charged today, arrested before": {
			title: "توجيه الاتهام إلى شاب خطط لهجوم", text: "وُجّه الاتهام، اليوم الخميس، إلى شاب أوقفه عناصر المديرية العامة للأمن الداخلي يوم الثلاثاء في منزل والديه بمدينة نيم.",
			day: "2025-03-04", arrested: 1, places: []string{"نيم"}, action: message.ActionArrest,
		},
		"the day of the accident whose toll rose": {
			title: "ارتفاع حصيلة غرق قارب تمسمان إلى خمسة قتلى",
			text:  "لفظ البحر، اليوم الخميس، جثتين بشاطئ تمسمان، لترتفع حصيلة غرق القارب إلى خمسة قتلى.\n\nوكان القارب قد انقلب ليلة الإثنين بعد انطلاقه.",
			day:   "2025-03-03", killed: 5,
		},
		"what was before stands behind a comma": {
			title: "المغرب يسلم فرنسا مواطنا مطلوبا", text: "سلمت السلطات المغربية أمس إلى نظيرتها الفرنسية مواطنا يبلغ من العمر 33 عاما.\n\nوجرى التسليم بمطار محمد الخامس بالدار البيضاء، وكان المعني قد اعتقل قبل سنة بمراكش.",
			places: []string{"مطار محمد الخامس", "الدار البيضاء"}, age: 33, action: message.ActionExtradition, partners: []string{"FR"},
		},
		"another one beside the suspect": {
			title: "سوسة: إيقاف منفذ عملية طعن", text: "تمكنت فرقة الشرطة العدلية بسوسة أمس من إيقاف المشتبه به الرئيسي، إضافة إلى شخص ثان كان برفقته.", arrested: 2,
		},
		"the driver and the woman beside him": {
			title: "باب سبتة: حجز أقراص", text: "مكنت المراقبة أمس بمعبر باب سبتة من حجز ألف قرص مهلوس وتوقيف السائق، وهو مغربي عمره 45 سنة، ومرافقته.", arrested: 2, age: absent,
		},
		"two who were killed by the army, said twice": {
			title: "الجيش يقضي على إرهابيين اثنين بعين قزام", text: "قضت مفرزة للجيش الوطني الشعبي أمس على إرهابيين اثنين بعين قزام إثر كمين محكم.",
			action: message.ActionRaid, killed: 2, arrested: absent,
		},
		"named by their initials": {
			title: "توقيفات في الشمال", text: "بتاريخ 4 /3 /2025، أوقفت دورية من مديرية المخابرات في بلدة القبيات المواطنين (م. ع.) و(ح. س.) والسوري (أ. ك.) لتورطهم في التهريب.",
			arrested: 3, day: "2025-03-04",
		},
		"the verb that also tells of standing still": {
			title: "شرطة إشبيلية توقف ثلاثة أشخاص", text: "وقع ذلك أمس في إشبيلية بعد تحقيق طويل في شبكة للتهريب.", arrested: 3, action: message.ActionArrest,
		},
		"a train that stood still": {
			title: "توقف حركة القطارات بين فاس وتازة", text: "توقفت حركة القطارات أمس بين فاس وتازة بسبب الأمطار.", arrested: absent, action: none,
		},
		"a motorbike full of explosives": {
			title: "قتيلان بانفجار دراجة نارية ملغمة", text: "قُتل شخصان أمس جراء انفجار دراجة نارية ملغمة وسط مدينة الباب.", action: message.ActionAttack, killed: 2,
		},
		"a boat of migrants is brought ashore": {
			title: "البحرية الملكية تعترض قاربا جنوب الداخلة", text: "اعترضت وحدة تابعة للبحرية الملكية أمس جنوب الداخلة قاربا يحمل 67 مرشحا للهجرة غير النظامية.",
			action: message.ActionRescue, arrested: absent, agencies: []string{"Marine royale"},
		},
		"a district by its governorate": {
			title: "مقتل جنديين بكمين", text: "قتل جنديان أمس في كمين بمديرية المصينعة بمحافظة شبوة.", places: []string{"المصينعة", "شبوة"},
		},
		"a directorate is no district": {
			title: "عمان: القبض على مهرب", text: "ألقت مديرية الأمن العام القبض أمس على مهرب في إربد.", places: []string{"إربد"},
		},
		"the bearing of a town from the capital": {
			title: "قتيل في اشتباكات بترهونة", text: "قتل شخص أمس في اشتباكات بمدينة ترهونة، جنوب شرقي العاصمة الليبية طرابلس.", places: []string{"ترهونة"},
		},
		"the services that take over": {
			title: "رمادة: حجز سجائر", text: "أوقفت تشكيلة عسكرية أمس برمادة ثلاثة مهربين وحجزت ألف علبة سجائر، وتم تسليم الجميع إلى مصالح الحرس الوطني والديوانة.",
			agencies: []string{}, arrested: 3,
		},
		"cars stopped are no arrest": {
			title: "الجيش يوقف سيارتين ويحجز سجائر", text: "اعترضت تشكيلة عسكرية أمس سيارتين برمادة وحجزت خمسة آلاف علبة سجائر، وأوقفت شخصا.",
			action: message.ActionSeizure, arrested: 1,
		},
		"an unknown man met his end": {
			title: "الزاوية: هجوم على سيارة", text: "لقي آمر إحدى السرايا حتفه أمس برصاص مجهولين في الزاوية، وجُرح أربعة من مرافقيه.", killed: 1, hurt: 4, action: message.ActionAttack,
		},
		"two by the pronoun": {
			title: "غرق بشاطئ أكادير", text: "لقيا مصرعهما غرقا أمس بشاطئ أكادير بعدما جرفهما التيار.", killed: 2,
		},
		"the man hurt is the man run over": {
			title: "شيشاوة: توقيف سائق", text: "أوقف الدرك الملكي بشيشاوة أمس سائقا دهس عنصرا من الدرك. وأصيب الدركي بكسور في الرجل.", arrested: 1, hurt: 1,
		},
		"a mother and her two children": {
			title: "تيزنيت: حريق بمنزل", text: "خلف حريق شب أمس بمنزل بتيزنيت وفاة سيدة في عقدها الرابع وطفليها، وأصيب الأب بحروق.", killed: 3, hurt: 1,
		},
		"another operation in a like context": {
			title: "الجيش يوقف خمسة مهربين بعين قزام", text: "أوقفت مفارز للجيش الوطني الشعبي أمس بعين قزام خمسة مهربين.\n\nوفي سياق متصل، ضبط الدرك الوطني 31 شخصا بشواطئ مستغانم.",
			places: []string{"عين قزام"}, arrested: 5, agencies: []string{"ANP"},
		},
		"another case that has nothing to do with it": {
			title: "بروكسل: توقيف تسعة أشخاص", text: "أوقفت الشرطة الفيدرالية أمس في بروكسل تسعة أشخاص.\n\nولا ترتبط القضية بعملية إطلاق النار التي أودت بحياة شاب.",
			killed: absent, arrested: 9,
		},
		"a man told of by the matter": {
			title: "آسفي: نهاية مبحوث عنهم", text: "حاصرته عناصر الشرطة أمس بآسفي وأجبر على الاستسلام بعد توقيفه.\n\nويتعلق الأمر بشخص عمره 29 سنة صدرت في حقه سبع مذكرات بحث.",
			arrested: 1, age: 29,
		},
		"stabbed to death, and the culprit held": {
			title: "إمزورن: طعنات قاتلة تنهي حياة بائع والدرك يوقف قريبه", text: "لفظ بائع سمك أنفاسه أمس بعد تعرضه لطعنات بسوق إمزورن. وألقى الدرك الملكي القبض على المشتبه فيه.",
			action: message.ActionAttack, killed: 1, arrested: 1,
		},
		"one of six whom a state arrested": {
			title: "غرناطة: طالب بين الموقوفين", text: "دخل رجال الأمن غرفة الشاب فجر أمس في غرناطة.\n\nوالشاب، وعمره 25 سنة، واحد من ستة أوقفتهم إسبانيا والمغرب هذا الأسبوع.", arrested: 6, age: 25,
		},
		"the end of one man's trade": {
			title: "الأمن يضع حدا لنشاط مروج بطنجة", text: "وضعت عناصر الشرطة بمنطقة أمن بني مكادة بطنجة، زوال اليوم، حدا لنشاط شخص يبلغ من العمر 31 سنة.",
			places: []string{"طنجة"}, arrested: 1, age: 31, action: message.ActionArrest, agencies: []string{"DGSN"},
		},
		"hostages set free and gunmen killed": {
			title: "النيجر: تحرير 9 رهائن قرب تيرا", text: "تمكنت القوات فجر الأربعاء من تحرير تسعة رهائن قرب تيرا وقتلت خمسة مسلحين.", action: message.ActionRescue, killed: 5,
		},
		"a term is no age": {
			title: "باريس: السجن لرجل خطط لهجوم", text: "قضت المحكمة أمس في باريس بسجن رجل في الثلاثين من عمره 18 عاما بعد إدانته.", age: 30, action: message.ActionTrial,
		},
		"milliards are nobody": {
			title: "الأغواط: توقيف مختلس 3 ملايير", text: "أوقفت مصالح أمن ولاية الأغواط أمس موظفا مشتبها في اختلاسه 3 ملايير سنتيم.", arrested: 1,
		},
		"early is no Accra": {
			title: "الجديدة.. توقيف صاحب دكان", text: "كان يفتح دكانه باكرا، قبل أن توقفه الشرطة أمس.", places: []string{"الجديدة"}, country: "MA",
		},
	})
}

func run(t *testing.T, cases map[string]arabicTurn) {
	t.Helper()
	pack := packs()["ar"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true}
			for text := range strings.SplitSeq(c.text, "\n\n") {
				doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: text})
			}
			c.check(t, pack.Analyse(doc).Facts)
		})
	}
}
