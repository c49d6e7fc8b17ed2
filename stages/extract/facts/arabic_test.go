package facts_test

import (
	"slices"
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
		if want == absent {
			want = 0
		} else if want == 0 {
			return
		}
		if got != want {
			t.Errorf("%s: got %d, want %d in %q; %+q", field, got, want, c.text, c.text)
		}
	}
	word := func(field, want, got string) {
		if want == none {
			want = ""
		} else if want == "" {
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

func run(t *testing.T, cases map[string]arabicTurn) {
	pack := packs()["ar"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.check(t, pack.Analyse(extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}).Facts)
		})
	}
}
