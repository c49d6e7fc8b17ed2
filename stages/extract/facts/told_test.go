package facts_test

import (
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/facts"
)

// toldReport is a short report and how many people it tells of; 0 stands for a field that must be absent.
type toldReport struct {
	lang, title, text              string
	arrested, killed, wounded, age int
}

// TestPeopleToldOf reads how many were arrested, killed and hurt, and the suspect's age, from the turns in which agencies and dailies write them.
func TestPeopleToldOf(t *testing.T) {
	cases := map[string]toldReport{
		"people beside those arrested are not held": {
			"fr", "Nice : deux passeurs écroués",
			"Deux ressortissants étrangers ont été interpellés lundi au péage avec, à leur bord, onze migrants. Ils ont été écroués mercredi.", 2, 0, 0, 0,
		},
		"accomplices come on top": {
			"fr", "Tlemcen : saisie de 52 kg de kif",
			"Les gendarmes ont saisi lundi 52 kg de kif traité. Un individu âgé de 41 ans a été arrêté, ainsi que trois complices.", 4, 0, 0, 0,
		},
		"people arrested with others": {
			"fr", "Ziguinchor : le cerveau présumé du réseau arrêté",
			"Le cerveau présumé d'un réseau de faux visas a été arrêté lundi à Ziguinchor avec cinq de ses acolytes.", 6, 0, 0, 0,
		},
		"one with a description and another": {
			"fr", "Port de Radès : 30 000 comprimés saisis",
			"La douane a saisi vendredi 30 000 comprimés à Radès. Le conducteur, un Tunisien résidant à l'étranger, et son épouse ont été arrêtés.", 2, 0, 0, 0,
		},
		"brothers and their cousin": {
			"fr", "Gafsa : trois frères et leur cousin arrêtés",
			"Trois frères et leur cousin ont été arrêtés dimanche à Gafsa à la suite d'une rixe.", 4, 0, 0, 0,
		},
		"a couple is two": {
			"fr", "Accident de louage à Sidi Bouzid : un couple et leur bébé tués",
			"Un couple et leur bébé ont été tués vendredi dans un accident à Sidi Bouzid. Quatre autres passagers, blessés, ont été transportés à l'hôpital.", 0, 3, 4, 0,
		},
		"custody where no word tells of an arrest": {
			"fr", "Dakar : un trafic de bois démantelé",
			"La gendarmerie a mis fin lundi à un trafic de bois à Kolda. Huit personnes ont été déférées au parquet, quatre autres restent recherchées.", 8, 0, 0, 0,
		},
		"some of those counted": {
			"fr", "Drame à Monastir : trois d'entre eux sont morts",
			"Cinq ouvriers ont été ensevelis mercredi sous un mur. Trois d'entre eux sont morts, les deux autres ont été blessés.", 0, 3, 2, 0,
		},
		"hurt without a number": {
			"fr", "Zinder : au moins onze civils massacrés",
			"Au moins onze civils ont été massacrés samedi par des hommes armés près de Zinder, plusieurs blessés étant dans un état critique.", 0, 11, 0, 0,
		},
		"the next one makes one more": {
			"fr", "Une cellule de quatre éléments neutralisée",
			"La police est parvenue mercredi à neutraliser une cellule de quatre extrémistes. Un cinquième membre a été appréhendé à Cordoue.", 5, 0, 0, 0,
		},
		"age of the suspect, not of who complained": {
			"fr", "Tipasa : l'escroc aux faux logements arrêté",
			"Une femme de 67 ans avait porté plainte la première. L'escroc présumé, un homme de 38 ans, a été arrêté dimanche à Koléa.", 1, 0, 0, 38,
		},
		"no age but a witness's": {
			"fr", "Oujda : un homme arrêté avec 15 kg de haschich",
			"Un homme a été arrêté lundi à Oujda avec 15 kg de haschich. « Il ne parlait à personne », raconte un voisin de 24 ans.", 1, 0, 0, 0,
		},
		"parts where each was arrested": {
			"fr", "Trafic de cocaïne : un réseau démantelé entre Tanger et Malaga",
			"Vingt-deux personnes ont été arrêtées, seize en Espagne et six au Maroc, dans le cadre d'une opération conjointe.", 22, 0, 0, 0,
		},
		"an ambush is nobody hurt": {
			"fr", "Embuscade près de Sokodé : deux gendarmes tués",
			"Deux gendarmes ont été tués et un troisième grièvement blessé lundi dans une embuscade tendue par des hommes armés.", 0, 2, 1, 0,
		},
		"one of those who did it": {
			"fr", "Hold-up de 2018 : une arrestation à Casablanca",
			"L'un des cerveaux présumés du hold-up a été interpellé mardi à l'aéroport de Casablanca.", 1, 0, 0, 0,
		},
		"one who acted for the state": {
			"fr", "Trafic d'armes à Liège",
			"Un gendarme de 63 ans a été arrêté mercredi à Liège. Les enquêteurs ont mis la main sur une trentaine de fusils.", 1, 0, 0, 63,
		},
		"a noun with an age is somebody": {
			"fr", "Rufisque : renversé par un camion",
			"Un talibé de 9 ans a été mortellement fauché par un camion jeudi à Rufisque.", 0, 1, 0, 0,
		},
		"arrested by a pronoun alone": {
			"fr", "Interpol : la fuite s'achève à Dubaï",
			"La cavale du patron de la pègre a pris fin lundi : il a été appréhendé à Dubaï, où il vivait sous une fausse identité.", 1, 0, 0, 0,
		},
		"a noun of no list beside people": {
			"fr", "Médenine : le passeur et ses deux convoyeuses sous les verrous",
			"Un passeur notoire et ses deux convoyeuses ont été arrêtés jeudi à Ben Guerdane par la garde nationale.", 3, 0, 0, 0,
		},
		"bodies of people": {
			"fr", "Zarzis : deux pêcheurs retrouvés",
			"Les corps de deux pêcheurs portés disparus depuis lundi ont été retrouvés jeudi au large de Zarzis.", 0, 2, 0, 0,
		},
		"a hand laid on people": {
			"fr", "Marbella : un fugitif arrêté",
			"La police nationale espagnole a mis la main, jeudi à Marbella, sur l'un des fugitifs les plus recherchés d'Europe, un Irlandais de 48 ans.", 1, 0, 0, 48,
		},
		"whom the hurt one met is not hurt": {
			"ar", "جلمة: إصابة عون حرس خلال مداهمة",
			"أصيب عون من الحرس الوطني، فجر الأحد، خلال مداهمة منزل يتحصن به عنصر متطرف بجلمة من ولاية سيدي بوزيد.", 0, 0, 1, 0,
		},
		"victims of a fraud are not dead": {
			"ar", "سطيف: الإطاحة بمحتال",
			"أطاحت الفرقة الاقتصادية لأمن ولاية سطيف بمحتال يبلغ 47 سنة نصب على أكثر من 60 ضحية.", 1, 0, 0, 47,
		},
		"who did it is not hurt": {
			"fr", "Sousse : un enseignant poignardé",
			"Un professeur a été grièvement blessé à coups de couteau, jeudi matin à Sousse, par un élève du lycée.", 0, 0, 1, 0,
		},
		"some of the saved are hurt": {
			"fr", "Kangaba : sept orpailleurs tués",
			"Sept orpailleurs sont morts mardi dans un éboulement. Neuf autres ont été extraits vivants. Deux d'entre eux, grièvement atteints, ont été évacués.",
			0, 7, 2, 0,
		},
		"who stop are not arrested": {
			"fr", "Agadir : un suspect en fuite après un braquage", "Les passants s'arrêtent devant la bijouterie. Un suspect est recherché depuis lundi.", 0, 0, 0, 0,
		},
		"a description between people and their arrest": {
			"fr", "Libye : un réseau démantelé",
			"Cinq membres présumés d'un réseau de traite, dont deux ressortissants tchadiens, ont été arrêtés lundi à Koufra.", 5, 0, 0, 0,
		},
		"unhurt and arrested": {
			"fr", "Drame du col : dix morts", "Dix personnes ont été tuées mardi dans une collision près de Midelt.\n\n" +
				"Le conducteur du camion, un homme de 51 ans sorti indemne de sa cabine, a été placé en garde à vue.", 1, 10, 0, 0,
		},
		"a companion of no list": {
			"fr", "Nouadhibou : une pirogue interceptée",
			"Une pirogue a été interceptée mercredi à Nouadhibou. Deux passagers ainsi que le bricoleur du bord ont été arrêtés.", 3, 0, 0, 0,
		},
		"a family is not one": {
			"fr", "Ghardaïa : un atelier de faux billets démantelé, une famille sous les verrous",
			"La police a démantelé lundi un atelier à Bounoura. Les quatre membres de la famille ont été écroués.", 4, 0, 0, 0,
		},
		"who is not said to be held": {
			"fr", "À Inezgane, le salon est resté fermé",
			"L'homme coiffait pour vingt dirhams. Les hommes en noir sont venus lundi à l'aube, par les toits. Les policiers ont emporté un carnet.", 0, 0, 0, 0,
		},
		"a list with a possessive": {
			"fr", "Menzel Jemil : un dépôt de cigarettes découvert",
			"Le propriétaire du hangar, son fils et un chauffeur originaire de Kasserine ont été arrêtés lundi.", 3, 0, 0, 0,
		},
		"people handed to a police post": {
			"fr", "Tataouine : sept chercheurs d'or interceptés",
			"Une patrouille a intercepté lundi sept chercheurs d'or près de Remada. Les sept hommes ont été remis au poste de la Garde nationale.", 7, 0, 0, 0,
		},
		"drowned since the season opened": {
			"fr", "El Tarf : quatre baigneurs se noient",
			"Quatre baigneurs se sont noyés lundi à El Kala. Ce drame porte à 31 le nombre de noyés depuis l'ouverture de la saison estivale.", 0, 4, 0, 0,
		},
		"the age of who is held, not of who died": {
			"fr", "Oulad Teïma : le conducteur déféré",
			"Elle avait 19 ans et travaillait là pour la première fois. Le conducteur, un jeune homme de 22 ans, a été placé en détention préventive mardi.", 1, 0, 0, 22,
		},
		"a trio is three": {"fr", "Casablanca : un trio arrêté", "Un trio de cambrioleurs a été arrêté mardi à Casablanca.", 3, 0, 0, 0},
		"parts that make up the title": {
			"fr", "Entre Lille et Tournai, huit passeurs présumés tombent le même matin",
			"Trois hommes ont été interpellés mardi à Lille. Au même instant, la police belge a arrêté cinq autres hommes à Tournai.", 8, 0, 0, 0,
		},
		"suspects told of again after a recollection": {
			"fr", "Calais : un passeur présumé arrêté",
			"Un suspect a été arrêté mardi à Calais.\n\nL'enquête avait été ouverte en octobre, après un naufrage dans lequel huit personnes étaient mortes. " +
				"Le suspect arrêté a 24 ans.", 1, 0, 0, 24,
		},
		"arrested the day before, by a pronoun": {
			"fr", "Un mineur mis en examen",
			"Un adolescent de 16 ans a été mis en examen mercredi.\n\nIl avait été interpellé la veille à Saint-Etienne par la DGSI.", 1, 0, 0, 16,
		},
		"soldiers counted are no age": {
			"fr", "Tessit : au moins 17 soldats tués", "L'attaque de lundi a tué 17 soldats, selon l'armée, qui a 17 blessés aussi.", 0, 17, 17, 0,
		},
		"two by a pronoun alone": {
			"ar", "الديوانة تحجز 18 كلغ من الماريخوانا",
			"حجزت مصالح الديوانة بمطار تونس قرطاج، الثلاثاء، 18 كلغ من الماريخوانا في أمتعة قادمة من بانكوك وتم الاحتفاظ بهما.", 2, 0, 0, 0,
		},
		"taken away by men in hoods": {
			"fr", "Dans l'immeuble, la surprise après une arrestation",
			"Il réparait les téléphones de tout le quartier, dit la gérante, encore secouée par le ballet des hommes cagoulés qui l'ont emmené jeudi.",
			1, 0, 0, 0,
		},
		"two by the dual with a pronoun": {
			"ar", "نابل: مصرع طفلة وإصابة والديها في حريق",
			"لقيت طفلة مصرعها وأصيب والداها بحروق بليغة، ليلة الأحد، إثر حريق شب بمنزلهم بمدينة نابل.", 0, 1, 2, 0,
		},
		"two dead by the dual": {
			"ar", "الزاوية: اشتباكات مسلحة وسط المدينة",
			"خلفت اشتباكات مسلحة اندلعت، ليلة الخميس، وسط مدينة الزاوية قتيلين و11 جريحا.", 0, 2, 11, 0,
		},
		"a verb with and opens a clause": {
			"ar", "مقتل سبعة أشخاص في هجوم على بلدة",
			"قتل سبعة أشخاص، بينهم ثلاثة متطوعين، وأصيب اثنان في هجوم شنه مسلحون على بلدة حدودية مساء السبت.", 0, 7, 2, 0,
		},
		"caught and not only seized": {
			"ar", "بنغازي: ضبط ثلاثة متهمين بسرقة أسلاك الكهرباء",
			"ضبط رجال مركز شرطة سيدي خليفة ببنغازي، الأحد، ثلاثة متهمين بسرقة أسلاك الكهرباء واعترفوا بما نسب إليهم.", 3, 0, 0, 0,
		},
		"one person by an occupation": {
			"ar", "الدار البيضاء: توقيف مسير معمل سري",
			"أوقفت عناصر الشرطة القضائية بالدار البيضاء، صباح الخميس، مسير معمل سري لصناعة الأكياس.", 1, 0, 0, 0,
		},
		"the suspect and his associates": {
			"ar", "العرائش: توقيف منظم رحلات للهجرة وثلاثة من شركائه",
			"أسفرت عملية أمنية بالعرائش، فجر الخميس، عن توقيف المشتبه فيه الرئيسي وثلاثة من شركائه.", 4, 0, 0, 0,
		},
		"held and no more is said": {
			"ar", "المنستير: الاحتفاظ بمدير مدرسة",
			"أذنت النيابة العمومية بالمنستير، الجمعة، بالاحتفاظ بمدير مدرسة إعدادية وموظفين اثنين على خلفية شبهة فساد مالي.", 3, 0, 0, 0,
		},
		"the year of a birth is no number of people": {
			"ar", "اعتقال قيادي في داعش",
			"اعتقلت قوة أمنية، الخميس، قياديا في تنظيم داعش. وضبطت بحوزة المعتقل، وهو من مواليد 1988، حزاما ناسفا.", 1, 0, 0, 0,
		},
		"the suspect's age though another stands first": {
			"ar", "القليعة: توقيف محتال",
			"تقدمت عجوز تبلغ من العمر 67 سنة بشكوى، فأوقفت الشرطة، الأحد بالقليعة، محتالا يبلغ من العمر 38 سنة.", 1, 0, 0, 38,
		},
		"a sentence of years is no age": {
			"ar", "الرباط: حكم في قضية مخدرات",
			"قضت المحكمة، الاثنين بالرباط، على متهم يبلغ من العمر 34 سنة بعشرين سنة سجنا نافذا.", 0, 0, 0, 34,
		},
		"years that are risked are no age": {
			"fr", "Fès : un homme arrêté", "Un homme de 34 ans, qui risque 20 ans, a été arrêté lundi à Fès.", 1, 0, 0, 34,
		},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
			}
			for paragraph := range strings.SplitSeq(c.text, "\n\n") {
				doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: paragraph})
			}
			got := facts.Flat(languages[c.lang].Analyse(doc).Facts)
			for field, want := range map[string]int{"arrested": c.arrested, "killed": c.killed, "wounded": c.wounded, "age": c.age} {
				if n, _ := got[field].(int); n != want {
					t.Errorf("%s: got %d, want %d in %q; %+q", field, n, want, c.text, c.text)
				}
			}
		})
	}
}
