package language_test

import (
	"strings"
	"testing"

	"rawi/pipeline/message"
	"rawi/stages/language"
)

// The texts here were written for these tests.
func TestSpokenArabicInArabicScriptIsArabic(t *testing.T) {
	s := language.New(language.Config{})
	for name, text := range map[string]string{
		"Morocco": "هاد الناس ديال الدرب كاملين خرجو البارح باش يهضرو مع المقدم، حيت الما مقطوع عليهم من نهار الجمعة وما كاين حتى واحد اللي جا يشوف شنو واقع",
		"Algeria": "راهم يقولو بلي الطريق راح يتحل غدوة، بصح حنا ما زال ما شفنا والو، والناس تاع الحومة راهي تستنى من الصباح باش تعرف وقتاش يجيو",
		"Tunisia": "الناس الكل توا تحكي على الماتش متاع البارح، أما برشا منهم ما كانوش فرحانين خاطر الحكم صفر ضربة جزاء موش موجودة وبعد خرج من غير ما يفسر",
		"Egypt":   "الراجل ده كان ماشي في الشارع وبعدين لقى ناس كتير واقفين قدام المحل، سألهم ايه اللي حصل قالوا له مفيش حاجة بس النور اتقطع من بدري",
		"Levant":  "مبارح رحنا عالسوق لنشتري خضرة بس كل شي صار كتير غالي، وهلق الناس ما عم تعرف شو بدها تعمل لأنو المعاش ما بكفي لآخر الشهر",
	} {
		if got := detect(t, s, raw(text)); got.Language != "ar" || got.Mixed {
			t.Errorf("%s: got %s (%s %s, mixed %v), want ar", name, got.Language, got.Confidence, got.Method, got.Mixed)
		}
	}
}

func TestArabicOnAForeignKeyboardIsArabic(t *testing.T) {
	s := language.New(language.Config{})
	typed := strings.NewReplacer("ك", "ک", "ي", "ی").Replace(paragraphs(t)[3][1])
	if got := detect(t, s, raw(typed)); got.Language != "ar" {
		t.Errorf("got %s (%s %s), want ar: %+q", got.Language, got.Confidence, got.Method, typed[:40])
	}
}

func TestPersianOnAnArabicKeyboardIsNoArabic(t *testing.T) {
	s := language.New(language.Config{})
	text := "وزير كشور در نشست خبري امروز گفت كه اين طرح براي همه استان ها اجرا مي شود و مردم بايد تا پايان ماه اطلاعات خود را ثبت كنند اما وي درباره بودجه آن چيزي نگفت"
	if got := detect(t, s, raw(text)); got.Language == "ar" {
		t.Errorf("got ar (%s %s)", got.Confidence, got.Method)
	}
}

func TestOtherLanguagesOfTheScriptsAreNotRouted(t *testing.T) {
	s := language.New(language.Config{})
	for name, text := range map[string]string{
		"Sorani":          "حکومەتی هەرێم ڕایگەیاند کە لە هەفتەی داهاتوو مووچەی فەرمانبەران دابەش دەکرێت و هەموو فەرمانگەکان لە کاتی خۆیاندا دەکرێنەوە، بەڵام هێشتا ڕۆژەکەی دیاری نەکراوە",
		"Pashto":          "د حکومت ویاند وایي چې د ښار نوې لار به د راتلونکې میاشتې تر پایه خلاصه شي او خلک به وکولای شي چې له هغې لارې ښوونځیو او روغتونونو ته ورشي",
		"Kabyle":          "Imezdaɣ n taddart ttrajun seg tṣebḥit ad d-yaweḍ umaray n tɣiwant, acku aman gezmen fell-asen seg wass n lexmis, yerna ulac win i d-yennan ayɣer d wamek ara d-uɣalen",
		"Tifinagh":        "ⵉⵎⵣⴷⴰⵖ ⵏ ⵜⴰⴷⴷⴰⵔⵜ ⵜⵜⵔⴰⵊⵓⵏ ⴰⴷ ⴷ ⵢⴰⵡⴻⴹ ⵓⵎⴰⵔⴰⵢ",
		"Wolof":           "Nit ñi dañu bëgg xam kañ la liggéey bi di sumb, ndax ba tey kenn yégalul leen dara te ndox mi dafa dog ci kër yi booba ak léegi, waaye njiit li nee na dina ko xool",
		"Hausa":           "Mutanen garin sun ce ba su ga wani jami'i ba tun ranar Juma'a, kuma ruwan famfo bai dawo ba, amma gwamnati ta ce za ta aika da ma'aikata domin su gyara bututun nan ba da jimawa ba",
		"Haitian":         "Moun nan katye a ap tann depi maten pou konnen kilè dlo a ap tounen, paske yo pa t janm di yo anyen, epi responsab la te pwomèt li t ap vin pale ak yo nan fen semèn nan",
		"Walloon":         "Les djins do viyaedje ratindnut dispoy å matén po sawè cwand k' l' aiwe rivénrè, ca nolu n' elzî a dit rén, eyet l' mayeur a promete k' i vénreut djåzer avou zels",
		"Languedocien":    "Los estatjants del vilatge espèran dempuèi lo matin per saber quora l'aiga tornarà, que degun lor a pas res dich, e lo cònsol aviá promés que vendriá parlar amb eles abans la fin de la setmana",
		"Gascon":          "Los estatjants deu vilatge qu'espèran despuish lo matin entà saber quan l'aiga e tornarà, pr'amor que digun ne'us a pas arren dit, e lo mèra qu'avè prometut que vieneré parlar dab eths abans la fin de la setmana",
		"Provençal":       "Lis estajan dóu vilage espèron despièi lou matin pèr saupre quouro l'aigo tournara, que degun i'a rèn di, e lou conse avié proumés que vendrié parla emé éli avans la fin de la semano",
		"Catalan":         "Els veïns del poble esperen des del matí per saber quan tornarà l'aigua, perquè ningú no els ha dit res, i l'alcalde havia promès que vindria a parlar amb ells abans del cap de setmana",
		"Portuguese":      "Os moradores da vila esperam desde a manhã para saber quando a água volta, porque ninguém lhes disse nada, e o presidente da câmara tinha prometido que viria falar com eles antes do fim da semana",
		"Darija in Latin": "nas d lhouma kamlin khrjo lbare7 bach yhdro m3a lmo9adam, 7it lma ma9tou3 3lihom mn nhar jjem3a w makayn 7ta wa7d li ja ychouf chno wa9e3, w gal lihom ghadi yrje3 f l3chiya",
	} {
		if got := detect(t, s, raw(text)); got.Language == "fr" || got.Language == "ar" {
			t.Errorf("%s: got %s (%s %s)", name, got.Language, got.Confidence, got.Method)
		}
		if got := detect(t, s, raw(strings.ToUpper(text))); got.Language == "fr" || got.Language == "ar" {
			t.Errorf("%s in capitals: got %s (%s %s)", name, got.Language, got.Confidence, got.Method)
		}
	}
}

func TestSpokenArabicThatBorrowsFrenchIsNoFrench(t *testing.T) {
	s := language.New(language.Config{})
	for _, text := range []string{
		"wallah had l match kan zwin bezaf, les joueurs de l'équipe dial casa 9atlou bach yrbhou, et le public kan kaychaje3hom jusqu'à la fin w f lekher ja lbut f la dernière minute",
		"il y a des gens qui disent que makayn walo f had lblad, ana kan9ol lihom non, kayn des jeunes qui bossent w kaydiro projets zwinin, mais khass l'état i3awnhom chwia pour avancer",
	} {
		if got := detect(t, s, raw(text)); got.Language != message.Undetermined {
			t.Errorf("got %s (%s %s), want und: %s", got.Language, got.Confidence, got.Method, text)
		}
	}
}

func TestUnknownLanguageHasNoNameThatIsWrong(t *testing.T) {
	s := language.New(language.Config{})
	text := "Mutanen garin sun ce ba su ga wani jami'i ba tun ranar Juma'a, kuma ruwan famfo bai dawo ba, amma gwamnati ta ce za ta aika da ma'aikata domin su gyara bututun nan"
	if got := detect(t, s, raw(text)); got.Language != message.Undetermined || got.Confidence != message.ConfidenceLow {
		t.Errorf("got %s %s, want und low", got.Language, got.Confidence)
	}
}

func TestFrenchIsFrenchInAnyDress(t *testing.T) {
	s := language.New(language.Config{})
	bare := strings.NewReplacer("é", "e", "è", "e", "ê", "e", "à", "a", "ù", "u", "ç", "c", "î", "i", "ô", "o", "â", "a", "û", "u", "’", "'")
	for name, text := range map[string]string{
		"capitals":         strings.ToUpper(paragraphs(t)[0][1]),
		"without accents":  bare.Replace(paragraphs(t)[0][1]),
		"both":             strings.ToUpper(bare.Replace(paragraphs(t)[0][1])),
		"entities":         strings.NewReplacer("é", "&eacute;", "à", "&agrave;", "'", "&#039;", "’", "&rsquo;").Replace(paragraphs(t)[0][1]),
		"parted":           strings.NewReplacer("é", "e\u0301", "à", "a\u0300").Replace(paragraphs(t)[0][1]),
		"a list of names":  "Étaient présents à la réunion : Mohamed El Amrani, Karim Benjelloun, Khadija Ouakrim, Widad Kettani et Hicham Belkacem, ainsi que le wali de la région.",
		"a foreign title":  "Le film « Gangs of Wasseypur » sera projeté samedi à la cinémathèque de Tanger, en présence du réalisateur, dans le cadre d'un hommage au cinéma indien.",
		"numbers and code": "var x = 12; Le ministère de la Santé a recensé 1 245 nouveaux cas et 12 décès au cours des dernières 24 heures, selon son bulletin. .css{color:#fff}",
	} {
		if got := detect(t, s, raw(text)); got.Language != "fr" {
			t.Errorf("%s: got %s (%s %s), want fr: %s", name, got.Language, got.Confidence, got.Method, text)
		}
	}
}

func TestSmallWordsOfAHeadlineOutweighItsNames(t *testing.T) {
	s := language.New(language.Config{})
	for _, text := range []string{
		"Le week-end des Lions à Oujda", "Dembélé et Mbappé dans le groupe des Bleus", "Marrakech : le Festival du film de retour en novembre", "Les Ouïghours, otages de Pékin",
		"La finale du Giro à Milan", "Les Wallabies battus par les All Blacks", "Le Kremlin et les Wagner", "Les Gunners contre le Bayern", "Bellingham absent du Real Madrid",
		"TANGER : SAISIE DE 3 TONNES DE CHIRA AU PORT",
	} {
		if got := detect(t, s, raw(text)); got.Language != "fr" {
			t.Errorf("got %s (%s %s), want fr: %s", got.Language, got.Confidence, got.Method, text)
		}
	}
}

func TestHeadlineIsSureWhereDetectorAndWordsAgree(t *testing.T) {
	s := language.New(language.Config{})
	for text, want := range map[string]string{
		"Le procès des trois policiers est reporté au mois de mars": message.ConfidenceHigh,
		"Hakimi titulaire": message.ConfidenceLow,
	} {
		if got := detect(t, s, raw(text)); got.Confidence != want {
			t.Errorf("got %s %s by %s, want %s: %s", got.Language, got.Confidence, got.Method, want, text)
		}
	}
}
