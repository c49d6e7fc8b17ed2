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

// narrated is a French report and some of its facts, as labelled sets write them; nil stands for a field that must be absent.
type narrated struct {
	title, text string
	want        map[string]any
}

// check reads each report as published on Thursday, 6 March 2025.
func check(t *testing.T, cases map[string]narrated) {
	t.Helper()
	french := packs()["fr"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doc := extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
			}
			for paragraph := range strings.SplitSeq(c.text, "\n\n") {
				doc.Blocks = append(doc.Blocks, message.Block{Kind: message.BlockParagraph, Text: paragraph})
			}
			got := facts.Flat(french.Analyse(doc).Facts)
			for field, want := range c.want {
				if fmt.Sprint(got[field]) != fmt.Sprint(want) {
					t.Errorf("%s: got %v, want %v", field, got[field], want)
				}
			}
		})
	}
}

// TestHeldInOtherWords reads arrests from the words of portraits and narratives.
func TestHeldInOtherWords(t *testing.T) {
	check(t, map[string]narrated{
		"gardé à vue": {
			"Nador : 200 000 euros dans une roue de secours",
			"Un contrôle de routine a tout changé lundi à Nador. Le conducteur, 41 ans, est gardé à vue. Les billets ont été saisis.",
			map[string]any{"arrested": 1, "age": 41},
		},
		"behind bars": {
			"Zarzis : la mer a rendu un quatrième corps",
			"Un quatrième corps a été repêché mardi à Zarzis après le naufrage d'une barque. Trois hommes, soupçonnés d'avoir organisé la traversée, dorment en prison.",
			map[string]any{"arrested": 3},
		},
		"taken along for the inquiry": {
			"Laâyoune : 40 kg de cocaïne dans un camion",
			"Les douaniers ont saisi mardi 40 kg de cocaïne à Laâyoune. Le routier, un père de famille, a été emmené au siège pour les besoins de l'enquête.",
			map[string]any{"arrested": 1},
		},
		"in the hands of justice": {
			"Saïda : un réseau de faux billets",
			"La police a démantelé mercredi un réseau de faux billets à Saïda. Quatre personnes sont désormais entre les mains de la justice.",
			map[string]any{"arrested": 4},
		},
		"nobody": {
			"Médenine : un dépôt d'armes mis au jour",
			"La Garde nationale a saisi lundi deux fusils et 400 cartouches près de Médenine. Nul n'a été arrêté.",
			map[string]any{"arrested": nil, "action": "seizure"},
		},
		"brothers in the words of the street": {
			"Lille : les deux frangins de la rue Basse",
			"Deux frangins sans histoire, disent les voisins. Mardi, à 5 heures, le Raid a fait sauter la porte de leur appartement, à Lille, et les a interpellés.",
			map[string]any{"agencies": []string{"RAID"}, "action": "arrest"},
		},
	})
}

// TestDeadAndHurtInOtherWords reads tolls from what is told in passing, and none from words that only sound like them.
func TestDeadAndHurtInOtherWords(t *testing.T) {
	check(t, map[string]narrated{
		"a body of men": {
			"Sfax : six passeurs arrêtés",
			"Six passeurs ont été arrêtés lundi à Sfax par la Garde nationale, indique le porte-parole de ce corps.",
			map[string]any{"killed": nil, "arrested": 6},
		},
		"in the name of a dead man": {
			"Larache : 3 tonnes de chira saisies",
			"Trois tonnes de chira ont été saisies lundi à Larache et deux hommes arrêtés. Le bateau avait été acheté au nom d'un mort.",
			map[string]any{"killed": nil, "arrested": 2},
		},
		"dead weight": {
			"Tétouan : un réseau de passeurs démantelé",
			"La police a arrêté mardi quatre passeurs à Tétouan. Le moteur, un poids mort, a été laissé dans un angle mort du port.",
			map[string]any{"killed": nil, "arrested": 4},
		},
		"hit by debris": {
			"Béjaïa : un mur s'effondre, un mort",
			"Un maçon est mort mardi dans l'effondrement d'un mur à Béjaïa. Quatre passants, dont un enfant, ont été atteints par des débris.",
			map[string]any{"killed": 1, "wounded": 4},
		},
		"one blew himself up": {
			"Mossoul : trois jihadistes tués",
			"Trois jihadistes ont été tués mardi près de Mossoul. Deux soldats ont été blessés lorsque l'un des assaillants s'est fait exploser.",
			map[string]any{"killed": 3, "wounded": 2},
		},
		"the third body is the toll": {
			"Nabeul : un troisième corps repêché",
			"Un troisième corps a été repêché mercredi au large de Kélibia, où une barque a fait naufrage lundi.",
			map[string]any{"killed": 3},
		},
		"the fifth dies later": {
			"Ifrane : la chute d'un minibus endeuille un douar",
			"Le minibus a quitté la piste lundi près d'Ifrane. Un cinquième passager, un adolescent, est mort dans la nuit.",
			map[string]any{"killed": 5},
		},
		"dead and survivors in a title": {
			"Tabarka : deux morts et 11 rescapés dans un naufrage", "Une barque a coulé mardi au large de Tabarka.",
			map[string]any{"killed": 2},
		},
		"dead and saved in one breath": {
			"Naufrage au large de Mahdia",
			"Quatre personnes sont mortes et douze ont pu être secourues après le naufrage, lundi, d'une barque au large de Mahdia.",
			map[string]any{"killed": 4},
		},
	})
}

// TestScenesAmongOtherPlaces reads the place of the happening among places of other happenings, of roads, goods and people.
func TestScenesAmongOtherPlaces(t *testing.T) {
	check(t, map[string]narrated{
		"days after another": {
			"Nador : 52 kg de kif dans un autocar, deux jours après Oujda",
			"La police a saisi mercredi 52 kg de kif à Nador. Le chauffeur a été arrêté.",
			map[string]any{"places": []string{"Nador"}, "date": "2025-03-05"},
		},
		"a road by its ends": {
			"Carambolage près de Settat : deux morts",
			"Deux personnes ont été tuées mercredi sur l'autoroute Casablanca-Marrakech, à hauteur de Settat.",
			map[string]any{"places": []string{"Settat"}},
		},
		"the day and town of the departure": {
			"Collision près de Kairouan : trois morts",
			"L'autocar, parti la veille de Tozeur, a percuté un camion jeudi près de Kairouan. Trois voyageurs sont morts.",
			map[string]any{"places": []string{"Kairouan"}, "date": "2025-03-06"},
		},
		"where the goods come from": {
			"Marseille : 300 kg de cocaïne saisis",
			"Les douaniers ont saisi mardi à Marseille 300 kg de cocaïne dans un conteneur arrivé du port brésilien de Santos.",
			map[string]any{"places": []string{"Marseille"}},
		},
		"where the goods were to go": {
			"Agadir : 60 kg de cocaïne saisis",
			"Les douaniers ont saisi mardi à Agadir 60 kg de cocaïne. Le conteneur devait être acheminé vers un entrepôt de la périphérie de Settat.",
			map[string]any{"places": []string{"Agadir"}},
		},
		"where the investigators sit": {
			"Perpignan : une imprimerie de faux papiers démantelée",
			"Les gendarmes de la section de recherches de Nîmes ont arrêté lundi quatre hommes à Perpignan.",
			map[string]any{"places": []string{"Perpignan"}},
		},
		"a body of delegates": {
			"Tanger : cinq passeurs arrêtés",
			"Cinq passeurs ont été arrêtés mardi à Tanger. Au même moment, une délégation de l'Office des migrations était reçue dans la ville.",
			map[string]any{"places": []string{"Tanger"}},
		},
		"the same name in another script": {
			"Bizerte : un réseau démantelé",
			"La Garde nationale a démantelé mardi un réseau à Bizerte.\n\nUn texte circule en arabe :\n\n« مدينة بنزرت ليست وكرا لأحد. »",
			map[string]any{"places": []string{"Bizerte"}},
		},
	})
}

// TestFormerDaysBelongToOthers keeps out what happened before the report's own day, whatever words tell its own happening.
func TestFormerDaysBelongToOthers(t *testing.T) {
	check(t, map[string]narrated{
		"a rescue after a seizure": {
			"Dakhla : une barque à la dérive",
			"Une barque a été ramenée mercredi au port de Dakhla avec ses trente passagers.\n\n" +
				"Samedi, la Gendarmerie royale avait saisi 2 tonnes de chira à Boujdour et deux hommes ont été arrêtés.",
			map[string]any{"arrested": nil, "places": []string{"Dakhla"}},
		},
		"arrests of the day before elsewhere": {
			"Bizerte : 90 000 dollars dans un pneu",
			"Un agent de la Douane a fait démonter mercredi la roue d'une berline à Bizerte : 90 000 dollars y étaient cachés.\n\n" +
				"Le conducteur, 44 ans, est gardé à vue.\n\n" +
				"L'affaire fait moins de bruit que les arrestations opérées mardi à Sousse, où cinq personnes sont soupçonnées de financer un réseau.",
			map[string]any{"arrested": 1, "places": []string{"Bizerte"}},
		},
		"a find after arrests": {
			"Gabès : un berger découvre des obus",
			"Un berger a buté mercredi sur des obus rouillés près de Gabès. L'armée les a détruits.\n\n" +
				"Les voisins y voient l'arsenal du réseau démantelé dimanche à Sousse par la Garde nationale, où six suspects ont été arrêtés.",
			map[string]any{"arrested": nil, "agencies": nil, "date": "2025-03-05"},
		},
	})
}

// TestHandedOverToAState reads extraditions told by any verb of handing over, and arrests where somebody is handed over to a service.
func TestHandedOverToAState(t *testing.T) {
	check(t, map[string]narrated{
		"a title in the present": {
			"La Turquie remet au Maroc un cadre présumé de Daech",
			"Un Marocain de 35 ans a été remis mardi au Maroc par la Turquie.",
			map[string]any{"action": "extradition", "country": "MA", "arrested": nil, "age": 35},
		},
		"feminine state": {
			"Un passeur présumé remis à la Tunisie",
			"Un homme de 41 ans a été remis lundi à la Tunisie. Il avait été arrêté en janvier à Palerme.",
			map[string]any{"action": "extradition", "country": "TN", "places": nil},
		},
		"a service is no state": {
			"Béni Mellal : un voleur arrêté",
			"Un voleur a été arrêté mardi à Béni Mellal et remis à la brigade.",
			map[string]any{"action": "arrest", "arrested": 1},
		},
	})
}

// TestArmiesAndTheirTargets names an army where it acts, and no town for the initials of an agency.
func TestArmiesAndTheirTargets(t *testing.T) {
	check(t, map[string]narrated{
		"an army that acts": {
			"Liban : trois trafiquants arrêtés à Baalbek",
			"L'armée a arrêté mardi trois trafiquants à Baalbek et saisi 20 kg de captagon.",
			map[string]any{"agencies": []string{"Armée libanaise"}},
		},
		"an army that was to be struck": {
			"Liban : un homme arrêté à Saïda",
			"La Sûreté générale a arrêté mardi à Saïda un homme qui projetait d'attaquer des positions de l'armée.",
			map[string]any{"agencies": []string{"Sûreté générale"}},
		},
		"initials": {
			"Monastir : deux passeurs arrêtés",
			"Deux passeurs ont été arrêtés mardi à Monastir, indique à TSN une source de la Garde nationale.",
			map[string]any{"places": []string{"Monastir"}},
		},
	})
}

// TestNamesakesByServicesAndPeople tells Tripoli from Tripoli by the service or the people named where no country is.
func TestNamesakesByServicesAndPeople(t *testing.T) {
	check(t, map[string]narrated{
		"by its people": {
			"Deux recruteurs arrêtés à Tripoli",
			"Deux Libanais ont été arrêtés mardi à Tripoli par les services de renseignement.",
			map[string]any{"country": "LB"},
		},
		"by a service": {
			"La Sûreté générale arrête un passeur à Tripoli",
			"Un passeur a été arrêté mardi à Tripoli.",
			map[string]any{"country": "LB"},
		},
		"by nothing": {
			"Un passeur arrêté à Tripoli",
			"Un passeur a été arrêté mardi à Tripoli.",
			map[string]any{"country": "LY"},
		},
	})
}

// TestRunningTotalsOfPeopleHeld reads the number that a report comes to in the end, and what began before its day as its own.
func TestRunningTotalsOfPeopleHeld(t *testing.T) {
	check(t, map[string]narrated{
		"what they are now": {
			"Fès : le comptable du réseau arrêté",
			"Un comptable a été arrêté mercredi à Fès. La veille, quatre faussaires avaient été interpellés à Meknès.\n\n" +
				"Le parquet n'a pas commenté.\n\nCinq personnes sont désormais entre les mains des enquêteurs.",
			map[string]any{"arrested": 5},
		},
		"a warning of last month": {
			"Oujda : un projet d'attentat déjoué",
			"Le BCIJ a arrêté mardi deux hommes à Oujda.\n\nC'est un message intercepté à Lyon qui a tout changé : la DGSI française l'a transmis fin janvier à la DGST. " +
				"Tous deux se disaient fidèles à l'organisation État islamique.",
			map[string]any{"arrested": 2, "group": "ISIS", "agencies": []string{"BCIJ", "DGSI", "DGST"}, "partners": []string{"FR"}},
		},
	})
}

// TestVillagesOutsideOfTheTable reads names that only begin like a town of the table, or stand behind other words for near by.
func TestVillagesOutsideOfTheTable(t *testing.T) {
	check(t, map[string]narrated{
		"a name that begins like a town": {
			"Relizane : un terroriste abattu",
			"Un détachement de l'armée algérienne a abattu mardi un terroriste dans la zone de Beni Mileuk, wilaya de Relizane.",
			map[string]any{"places": []string{"Relizane", "Beni Mileuk"}},
		},
		"right after a village": {
			"Embuscade au Mali : trois chauffeurs tués",
			"Trois chauffeurs ont été tués mardi dans une embuscade peu après Loulouni, sur la route de Sikasso.",
			map[string]any{"killed": 3, "action": "attack", "date": "2025-03-04"},
		},
		"who blew himself up is not hurt": {
			"Irak : un tunnel de jihadistes détruit près de Samarra",
			"Quatre miliciens ont été blessés mardi près de Samarra quand l'un des assaillants s'est fait exploser.",
			map[string]any{"wounded": 4, "places": []string{"Samarra"}},
		},
	})
}

// TestCapitalsThatStandForStates takes a capital that acts, or that is named beside another state, for its government.
func TestCapitalsThatStandForStates(t *testing.T) {
	check(t, map[string]narrated{
		"beside another state": {
			"La Tunisie dit avoir déjoué un attentat, Rome saluée pour son aide",
			"Trois hommes ont été arrêtés mardi à Gabès par la Garde nationale.",
			map[string]any{"country": "TN", "places": []string{"Gabès"}},
		},
		"the subject of a verb": {
			"Oujda : un projet d'attentat déjoué",
			"Deux hommes ont été arrêtés mardi à Oujda. Fait rare, Madrid félicite les enquêteurs.",
			map[string]any{"country": "MA", "places": []string{"Oujda"}},
		},
		"the scene all the same": {
			"Un homme arrêté à Madrid", "Un homme a été arrêté mardi à Madrid.",
			map[string]any{"country": "ES", "places": []string{"Madrid"}},
		},
		"another country's service": {
			"Marrakech : deux hommes arrêtés",
			"Deux hommes ont été arrêtés mardi à Marrakech grâce au service français de renseignement intérieur.",
			map[string]any{"country": "MA", "agencies": nil, "partners": []string{"FR"}},
		},
	})
}
