package facts_test

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// lookalike is a report, and the country, main place and day that it tells of; "-" where it tells of none, empty where the case is not about it.
type lookalike struct{ lang, title, text, country, place, day string }

// TestWhereAndWhenDespiteNames reads country, main place and day of reports whose words look like those of other places and days.
func TestWhereAndWhenDespiteNames(t *testing.T) {
	cases := map[string]lookalike{
		"a person is honoured, not a town": {
			"fr", "Hommage à Gisèle Marchandon", "La ville a rendu hommage mardi à Gisèle Marchandon. Selon ses amis, Marchandon était discrète.", "", "-", "2025-03-04",
		},
		"a first name tells a person": {"fr", "Une lettre adressée à Simone Bréval", "Une lettre anonyme a été envoyée mardi à Simone Bréval.", "", "-", ""},
		"a channel is no town":        {"fr", "Tempête : deux blessés", "« Deux hommes ont été blessés mardi », a expliqué le maire à KTVU.", "", "-", ""},
		"a town without a listing":    {"fr", "Un incendie fait deux blessés", "Un incendie a fait deux blessés mardi à Vert-Bocage.", "", "Vert-Bocage", ""},
		"a town of two words":         {"fr", "Un incendie fait deux blessés", "Un incendie a fait deux blessés mardi à Orange Springs, en Floride.", "US", "Orange Springs", ""},
		"a paper named after a town": {
			"fr", "Un chercheur primé", "Un chercheur australien a été primé mardi, raconte le Canberra Gazette.", "AU", "-", "",
		},
		"a paper of the kingdom":       {"ar", "توقيف رجل حاول إحراق سيارة", "أوقفت الشرطة المغربية رجلا حاول إحراق سيارة، وفق ما نقلته صحيفة \"الرياض\".", "MA", "-", ""},
		"who did it is no border post": {"ar", "مقتل شرطي في هجوم بمدينة سوسة", "قتل شرطي الثلاثاء في هجوم بمدينة سوسة، ولاذ منفذ الهجوم بالفرار.", "TN", "سوسة", ""},
		"to hold is no residence":      {"ar", "إصابة شخصين في طنجة", "أصيب شخصان الثلاثاء بطنجة خلال إقامة حفل زفاف.", "MA", "طنجة", ""},
		"a group is no commune":        {"ar", "مقتل جنديين", "قتل جنديان الثلاثاء في هجوم لجماعة الحوثي بمدينة مأرب.", "YE", "مأرب", ""},
		"a gas is no town":             {"ar", "دراسة عن الكواكب الغازية", "نشر علماء الثلاثاء دراسة عن الكواكب الغازية.", "", "-", ""},
		"the minister's country":       {"ar", "وزير العدل البلجيكي يستقيل", "قدم وزير العدل البلجيكي استقالته مساء الثلاثاء.", "BE", "-", "2025-03-04"},
		"the country of those told of": {"fr", "Un club néerlandais champion", "Le club néerlandais a gagné mardi.", "NL", "-", ""},
		"the country before the colon": {
			"ar", "إسبانيا : توقيف مغربي على علاقة بهجوم مراكش", "أعلنت النيابة الثلاثاء توقيف مغربي يشتبه في دوره في هجوم مراكش عام 2011.", "ES", "-", "",
		},
		"the country before the colon in French": {
			"fr", "Espagne : un suspect de l'attentat de Marrakech arrêté", "Un suspect de l'attentat de Marrakech a été arrêté mardi.", "ES", "-", "",
		},
		"talks abroad":         {"fr", "Libye : des pourparlers s'ouvrent à Genève", "Des pourparlers entre factions libyennes se sont ouverts mardi à Genève.", "CH", "Genève", ""},
		"a namesake elsewhere": {"ar", "هجوم على قاعدة في مالي", "قتل جنديان الثلاثاء في هجوم على قاعدة بمدينة غاوا شمالي مالي.", "ML", "غاوا", ""},
		"a namesake in a province": {
			"ar", "حادث سير يخلف قتيلين في الجزائر", "قتل شخصان الثلاثاء في حادث سير ببلدية عين الرمانة جنوب ولاية البليدة الجزائرية.", "DZ", "عين الرمانة", "",
		},
		"a namesake in French":              {"fr", "Mali : deux soldats tués", "Deux soldats ont été tués mardi à Gaoua, dans le nord du Mali.", "ML", "Gaoua", ""},
		"a town that two states claim":      {"fr", "Trente migrants interceptés", "Trente migrants ont été interceptés mardi à Ceuta, au nord du Maroc.", "ES", "Ceuta", ""},
		"an agreement is no place":          {"fr", "Climat : un retrait annoncé", "Le président américain a annoncé mardi le retrait de l'accord de Paris.", "US", "-", ""},
		"an embassy stands where it stands": {"ar", "توقيف مسلح حاول اقتحام السفارة الأمريكية في أنقرة", "أوقفت الشرطة التركية الثلاثاء مسلحا حاول اقتحام السفارة الأمريكية في أنقرة.", "TR", "أنقرة", ""},
		"a wrong pair before the colon": {
			"fr", "Italie-Espagne : treize interpellations à Naples", "La police a procédé mardi à treize interpellations à Naples.", "IT", "Naples", "",
		},
		"a surname alone": {"fr", "Un hommage à Morvallet", "Un hommage a été rendu mardi à Morvallet. Simone Morvallet était médecin.", "", "-", ""},
		"a town before its province in brackets": {
			"fr", "Deux blessés dans un incendie", "Mardi, un incendie a blessé deux habitants d'Arbouville-sur-Marne (Essonne).", "FR", "Arbouville-sur-Marne", "",
		},
		"a town rather than its province": {
			"fr", "Essonne : deux blessés", "Un car a pris feu mardi à Arbouville (Essonne). Deux personnes ont été blessées.", "FR", "Arbouville", "",
		},
		"a government that speaks": {
			"fr", "Des renforts envoyés au Tchad", "Des renforts sont arrivés mardi à Abéché. Si Paris se veut rassurant, les habitants ont peur.", "TD", "Abéché", "",
		},
		"relations with a capital":       {"ar", "وزيرة تنتقد تركيا", "انتقدت وزيرة الدفاع الألمانية الثلاثاء علاقات واشنطن مع تركيا في مؤتمر بميونيخ.", "DE", "ميونيخ", ""},
		"a station of the police":        {"ar", "إصابة شرطي في تركيا", "أصيب شرطي الثلاثاء في إطلاق نار أمام مقر للشرطة في مدينة غازي عنتاب.", "TR", "غازي عنتاب", ""},
		"a sentence passed":              {"ar", "سجن ستة أشخاص في ألمانيا", "قضت محكمة الثلاثاء بسجن ستة أشخاص دعموا مقاتلين في سوريا.", "DE", "-", ""},
		"by a border":                    {"ar", "حجز سلاح قرب الحدود", "حجز الجيش الجزائري الثلاثاء أسلحة قرب الحدود في ولاية تمنراست.", "DZ", "تمنراست", ""},
		"his own country":                {"ar", "ترحيل رجل", "أوقفت الشرطة التونسية الثلاثاء رجلا في سوسة وأعيد إلى بلده لكن دون محاكمة.", "TN", "سوسة", ""},
		"a stretch of road":              {"ar", "انقلاب حافلة في مصر", "أصيب عشرة أشخاص الثلاثاء في انقلاب حافلة بنويبع في منطقة منعطفات خطرة.", "EG", "نويبع", ""},
		"a scene is no town":             {"ar", "في مشهد مؤلم: إجلاء ضحايا حريق", "في مشهد مؤلم، تم إجلاء ضحايا حريق الثلاثاء في مدينة كيبيك الكندية.", "CA", "كيبيك", ""},
		"a town of that name":            {"ar", "زلزال في إيران", "ضرب زلزال الثلاثاء في مشهد بإيران.", "IR", "مشهد", ""},
		"a memory is kept, not quarters": {"ar", "إحياء ذكرى معركة", "شارك الآلاف الثلاثاء في إحياء ذكرى المعركة بمدينة سوسة.", "TN", "سوسة", ""},
		"this Wednesday, misnumbered":    {"fr", "Une réunion à Salé", "Une réunion s'est tenue ce mercredi 4 mars à Salé.", "MA", "Salé", "2025-03-05"},
		"two is no Monday":               {"ar", "إصابة رجلين في سوسة", "أصيب رجلان الثلاثاء في سوسة. ونقل المصابين الاثنين الآخرين إلى المستشفى.", "TN", "سوسة", "2025-03-04"},
		"arrests on a Monday":            {"ar", "توقيف رجلين في سوسة", "أوقفت الشرطة المشتبهين الاثنين الماضي في سوسة.", "TN", "سوسة", "2025-03-03"},
	}
	languages := packs()
	published := time.Date(2025, 3, 5, 12, 0, 0, 0, time.UTC)
	for name, c := range cases {
		doc := extract.Document{Title: c.title, Published: published, PublishedKnown: true, Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}}}
		f := languages[c.lang].Analyse(doc).Facts
		place, day := "-", "-"
		if len(f.Places) > 0 {
			place = f.Places[0].Name
		}
		if f.Day != nil {
			day = f.Day.From
		}
		for _, check := range [][3]string{{"country", f.Country, c.country}, {"place", place, c.place}, {"day", day, c.day}} {
			if check[2] != "" && check[1] != check[2] {
				t.Errorf("%s: %s %s, want %s", name, check[0], check[1], check[2])
			}
		}
	}
}
