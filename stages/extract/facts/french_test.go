package facts_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/facts"
)

// frenchReport is a report and what must be read of it; nil stands for a field that must be absent.
type frenchReport struct {
	title, text string
	want        map[string]any
}

// checkFrench reads reports published on Thursday, 6 March 2025.
func checkFrench(t *testing.T, reports []frenchReport) {
	t.Helper()
	french := packs()["fr"]
	for _, r := range reports {
		doc := extract.Document{Title: r.title, Published: time.Date(2025, time.March, 6, 18, 0, 0, 0, time.UTC), PublishedKnown: true}
		for paragraph := range strings.SplitSeq(r.text, "\n") {
			doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: paragraph})
		}
		got := facts.Flat(french.Analyse(doc).Facts)
		for field, want := range r.want {
			if fmt.Sprint(got[field]) != fmt.Sprint(want) {
				t.Errorf("%s: %s %v, want %v", r.title, field, got[field], want)
			}
		}
	}
}

// TestArrestsToldInOtherWords reads arrests, rescues and seizures from the turns of narrative reports.
func TestArrestsToldInOtherWords(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Safi : fin de cavale pour deux braqueurs",
			"Les policiers de Safi ont mis fin mercredi à la cavale de deux hommes, âgés de 24 et 31 ans.",
			map[string]any{"action": "arrest", "arrested": 2, "ages": "[24 31]"},
		},
		{
			"Gabès : le fuyard s'est livré au poste",
			"Un homme de 44 ans s'est livré aux gendarmes mercredi soir à Gabès.",
			map[string]any{"action": "arrest", "arrested": 1, "age": 44},
		},
		{
			"Vannes : la caverne était un garage",
			"Mercredi, les gendarmes ont déniché 14 kilos d'héroïne et 120 cartouches dans un garage de Vannes. Le locataire a été interpellé.",
			map[string]any{"action": "seizure", "arrested": 1},
		},
		{
			"Un village sous le choc après l'arrestation d'un jeune instituteur",
			"Mercredi à l'aube, à Midelt, des agents de la DGST sont entrés dans la maison. Un voisin de 27 ans, instituteur, était soupçonné de préparer un attentat.",
			map[string]any{"action": "arrest", "arrested": 1, "age": 27},
		},
		{
			"Tamanrasset : onze orpailleurs clandestins interceptés",
			"Un détachement de l'armée a intercepté, mercredi près de Silet, onze orpailleurs clandestins. Deux groupes électrogènes ont été saisis.",
			map[string]any{"action": "arrest"},
		},
		{
			"Marsala : une vedette interceptée avec 900 kilos de haschich",
			"La douane a intercepté mercredi, au large de Marsala, une vedette avec 900 kilos de haschich à bord.",
			map[string]any{"action": "seizure"},
		},
		{
			"Béjaïa : neuf corps repêchés après un naufrage, un passeur arrêté",
			"Neuf corps ont été repêchés mercredi après le naufrage d'une barque. Trente et un passagers avaient été secourus par la Marine nationale.",
			map[string]any{"action": "rescue", "killed": 9},
		},
		{
			"Sebha : 41 migrants libérés",
			"Ils étaient enfermés depuis des mois dans un hangar. Quarante et un migrants ont été libérés mercredi à Sebha ; six, blessés, sont soignés.",
			map[string]any{"action": "rescue"},
		},
		{
			"Sousse : quatre hommes devant le juge",
			"Quatre hommes ont été interpellés pour trafic de devises mercredi à Sousse.",
			map[string]any{"action": "arrest", "arrested": 4},
		},
		{
			"Accident de Tiznit : le patron aussi",
			"Le chauffeur a été écroué mercredi à Tiznit. Le propriétaire du car a également été interpellé.",
			map[string]any{"arrested": 2},
		},
		{
			"Dakhla : la gendarmerie saisit 300 kilos de chira",
			"Trois jours après la découverte de 300 kilos de chira à Dakhla, cinq hommes ont été écroués mercredi. Les gendarmes les avaient interpellés dimanche soir.",
			map[string]any{"arrested": 5, "agencies": "[Gendarmerie royale]"},
		},
		{
			"Nador : deux cousins au cœur du trafic",
			"Les deux cousins arrêtés mercredi à Nador écoulaient des cachets. Sept personnes au total sont en garde à vue.",
			map[string]any{"arrested": 7},
		},
	})
}

// TestHandedOverByAState reads extraditions from who gave somebody to whom.
func TestHandedOverByAState(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Le parrain présumé remis à la France par les Émirats arabes unis",
			"L'homme, 39 ans, a été remis mercredi à la France par les autorités émiraties.",
			map[string]any{"action": "extradition", "country": "FR", "partners": "[AE]"},
		},
		{
			"Un trafiquant présumé livré à la justice",
			"Un Algérien de 50 ans a été remis mercredi aux autorités belges à l'aéroport d'Alger.",
			map[string]any{"action": "extradition", "country": "BE"},
		},
		{
			"Sfax : vingt migrants secourus",
			"Vingt migrants ont été secourus mercredi au large de Sfax et remis à la Garde nationale.",
			map[string]any{"action": "rescue", "country": "TN"},
		},
	})
}

// TestWhereFrenchReportsTellIt reads places beside others that only relate to people, journeys and distances.
func TestWhereFrenchReportsTellIt(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Un autocar se renverse : six morts", "Six personnes sont mortes mercredi à Settat dans le renversement d'un autocar qui reliait Agadir à Rabat.",
			map[string]any{"places": "[Settat]"},
		},
		{
			"Onze migrants secourus", "Onze migrants, partis dans la nuit de Zouara, ont été secourus mercredi au large de Zarzis.",
			map[string]any{"places": "[Zarzis]"},
		},
		{
			"Des armes saisies à Silet", "Des armes ont été saisies mercredi à Silet, à 150 kilomètres à l'ouest de Tamanrasset.",
			map[string]any{"places": "[Silet]"},
		},
		{
			"Un village attaqué", "Neuf civils ont été tués mercredi à Barsalogho, à une quarantaine de kilomètres au nord de Kaya.",
			map[string]any{"places": "[Barsalogho Kaya]"},
		},
		{
			"Niger : une attaque dans la région de Tillabéri",
			"Une patrouille est tombée mercredi dans une embuscade près de Banibangou, dans la région de Tillabéri : quatre soldats ont été tués.",
			map[string]any{"places": "[Banibangou Tillabéri]"},
		},
		{
			"Quatre arrestations à Fès", "Quatre hommes ont été arrêtés mercredi à Fès. Le plus jeune, étudiant à Oujda, a 20 ans.",
			map[string]any{"places": "[Fès]"},
		},
		{
			"Une base attaquée", "Quatre soldats ont été tués mercredi à Djibo, selon une source sécuritaire à Ouagadougou.",
			map[string]any{"places": "[Djibo]"},
		},
		{
			"Tanger Med : un camion et sa cargaison", "Un camion arrivant d'Algésiras a été fouillé mercredi à Tanger Med : 40 kilos de cocaïne ont été saisis.",
			map[string]any{"places": "[Tanger Med]"},
		},
		{
			"Naufrage aux Kerkennah", "Onze personnes ont été secourues mercredi au large des îles Kerkennah. A Kerkennah, on prie.",
			map[string]any{"places": "[Kerkennah]"},
		},
	})
}

// TestServicesThatAreStruck reads no agency from the words for whose men an attack struck.
func TestServicesThatAreStruck(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Mali : cinq soldats tués", "Un convoi des FAMa est tombé mercredi dans une embuscade près de Niono : cinq soldats ont été tués.",
			map[string]any{"action": "attack", "agencies": nil},
		},
		{
			"Kef : un camp visé", "Des hommes armés ont attaqué mercredi un poste de la Garde nationale au Kef. Deux agents ont été tués.",
			map[string]any{"action": "attack", "agencies": nil},
		},
		{
			"Oujda : deux passeurs arrêtés", "Une patrouille de la Gendarmerie royale a arrêté mercredi deux passeurs à Oujda.",
			map[string]any{"action": "arrest", "agencies": "[Gendarmerie royale]"},
		},
	})
}

// TestAgesBesideThePast reads the ages of suspects of whom an earlier sentence is told, and not those of people that nobody counts.
func TestAgesBesideThePast(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Deux recruteurs arrêtés à Nador",
			"Deux hommes ont été arrêtés mercredi à Nador.\nLe gérant, 45 ans, avait déjà été condamné en Espagne en 2012. Le plus jeune, 22 ans, filmait les serments de recrues âgées de 14 et 16 ans.",
			map[string]any{"arrested": 2, "ages": "[22 45]"},
		},
	})
}

// TestGoodsOrPeopleFirst reads a seizure where a title weighs its drugs before it tells of arrests, and an arrest where people come first.
func TestGoodsOrPeopleFirst(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Oran : 320 000 comprimés de prégabaline et quatre dealers sous les verrous",
			"Les policiers ont arrêté mercredi quatre dealers et saisi 320 000 comprimés de prégabaline à Oran.",
			map[string]any{"action": "seizure", "arrested": 4},
		},
		{
			"Barcelone : deux tonnes de haschich dans un entrepôt, trois gardes à vue",
			"Trois hommes ont été interpellés mercredi à Barcelone devant un entrepôt où étaient stockées deux tonnes de haschich.",
			map[string]any{"action": "seizure", "arrested": 3},
		},
		{
			"Oran : quatre dealers arrêtés avec 2 kilos de cocaïne",
			"Les policiers ont arrêté mercredi quatre dealers et saisi 2 kilos de cocaïne à Oran.",
			map[string]any{"action": "arrest", "arrested": 4},
		},
		{
			"Tanger : les pilotes étaient mineurs",
			"Interceptés dans la nuit de mardi à mercredi au large de Tanger par une vedette, deux adolescents convoyaient des clients moyennant 30 000 dirhams.",
			map[string]any{"action": "arrest"},
		},
	})
}

// TestWhoSuffered reads numbers of those hurt and killed from turns in which a word stands nearer to others.
func TestWhoSuffered(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Collision à Djelfa", "Huit passagers ont été blessés mercredi à Djelfa, ainsi que le chauffeur du camion.",
			map[string]any{"wounded": 9},
		},
		{
			"Sétif : explosion dans une cuisine", "Mercredi, l'occupante, une dame de 70 ans, a été brûlée au visage. Deux voisins ont été légèrement blessés.",
			map[string]any{"wounded": 3},
		},
		{
			"Sétif : trois blessés", "Trois personnes ont été blessées mercredi à Sétif. Un pompier a été brûlé au bras.",
			map[string]any{"wounded": 3},
		},
		{
			"Mila : un mur s'effondre sur cinq maçons, trois sont morts", "Trois maçons ont trouvé la mort mercredi à Mila dans l'effondrement d'un mur.",
			map[string]any{"killed": 3},
		},
		{
			"Fusillade à Nîmes", "Un homme a été tué par balles mercredi à Nîmes et deux autres, âgés de 20 et 22 ans, ont été gravement blessés.",
			map[string]any{"killed": 1, "wounded": 2},
		},
		{
			"Un forcené arrêté à Toulon", "Un homme de 51 ans a tiré mercredi sur des passants à Toulon, sans faire de blessé, avant d'être arrêté.",
			map[string]any{"wounded": nil, "arrested": 1},
		},
		{
			"Naufrage devant Mahdia", "Trente migrants ont été secourus mercredi au large de Mahdia. Quatre d'entre eux, très affaiblis, ont été hospitalisés à Sousse.",
			map[string]any{"wounded": 4},
		},
		{
			"Heurts à Melilla", "Neuf personnes, dont trois agents de la Guardia Civil, ont été blessées mercredi à Melilla lors de heurts.",
			map[string]any{"wounded": 9, "agencies": nil},
		},
	})
}

// TestKidnappedThenFreed reads the day of a rescue and not that of the kidnapping before it, with the rescue told before its captives.
func TestKidnappedThenFreed(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Bouira : la fillette retrouvée", "Enlevée lundi devant l'école, la fillette a été libérée mercredi par la Gendarmerie nationale à Bouira.",
			map[string]any{"action": "rescue", "date": "2025-03-05"},
		},
		{
			"Lens : deux femmes libérées", "Un homme de 40 ans séquestrait ses deux sœurs depuis mardi. Il s'est rendu mercredi.",
			map[string]any{"action": "rescue"},
		},
	})
}

// TestWhereTheyWereTried reads no place from where suspects were charged, and leaves out services named only for their offices.
func TestWhereTheyWereTried(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Deux hommes arrêtés à Pau", "Deux hommes ont été arrêtés mardi à Pau. Ils ont été mis en examen mercredi à Paris.",
			map[string]any{"places": "[Pau]"},
		},
		{
			"Un homme arrêté à Lyon par le RAID", "Un homme a été arrêté mercredi à Lyon par le RAID. Il est interrogé dans les locaux de la police judiciaire.",
			map[string]any{"agencies": "[RAID]"},
		},
	})
}

// TestNamesakesByOtherPlaces takes for a name that several towns bear the one in the country of the report's other places or agencies.
func TestNamesakesByOtherPlaces(t *testing.T) {
	checkFrench(t, []frenchReport{
		{
			"Valence : un homme arrêté", "Un homme a été arrêté mercredi à Valence. Sa voiture a été retrouvée à Grenoble.",
			map[string]any{"country": "FR"},
		},
		{
			"Valence : un homme arrêté", "Un homme a été arrêté mercredi à Valence par la Guardia Civil. Il arrivait de Grenoble.",
			map[string]any{"country": "ES"},
		},
		{
			"Valence : un homme arrêté", "Un homme a été arrêté mercredi à Valence.",
			map[string]any{"country": "ES"},
		},
	})
}
