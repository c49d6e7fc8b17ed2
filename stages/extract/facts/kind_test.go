package facts_test

import (
	"testing"

	"rawi/pipeline/message"
)

// TestKindOfReport tells operations from reports in which somebody is arrested, searched or named beside what happened.
func TestKindOfReport(t *testing.T) {
	cases := map[string]struct{ lang, title, text, kind, action string }{
		"an arrest comes after what happened": {
			"fr", "Le maire attaqué au marché",
			"Le maire a été attaqué samedi par un homme armé d'un parapluie, sans être touché. L'homme a été interpellé peu après.", message.KindIncident, "",
		},
		"an arrest in the title": {
			"fr", "Tentative de meurtre à Oujda : le suspect arrêté",
			"Un homme de 30 ans, auteur présumé d'une attaque au couteau, a été arrêté samedi à Oujda par la police.", message.KindOperation, message.ActionArrest,
		},
		"a search after an attack": {
			"ar", "هجوم مسلح على سجن بالفلبين", "هاجم مسلحون السجن فجر الأحد وأطلقوا النار على الحراس. وتواصل القوات تمشيط الغابة بحثا عن الفارين.",
			message.KindIncident, "",
		},
		"attackers who fell": {
			"ar", "القضاء على إرهابي بالقصرين", "قضت وحدات الجيش على عنصر إرهابي في كمين بالقصرين، الأربعاء.", message.KindOperation, message.ActionRaid,
		},
		"saved, and counted": {
			"fr", "Naufrage au large de Tarfaya : cinq morts",
			"Cinquante-quatre passagers d'un canot ont été secourus vendredi au large de Tarfaya, mais cinq autres ont péri.", message.KindOperation, message.ActionRescue,
		},
		"a former sentence far down": {
			"fr", "Explosion à Gand : le suspect en fuite",
			"L'explosion a soufflé samedi une agence bancaire à Gand. La façade est tombée. Une voiture grise est partie vers le nord. " +
				"La police la cherche. Son conducteur avait été condamné à deux ans de prison.", message.KindIncident, "",
		},
		"a sentence": {
			"fr", "Explosion de Gand : dix ans de prison", "Le tribunal de Gand a condamné lundi à dix ans de prison l'auteur de l'explosion.", message.KindJustice,
			message.ActionTrial,
		},
		"a title that quotes": {
			"fr", "Le candidat : « Attaquer le pays voisin, c'est un crime »", "Le candidat a parlé pendant une heure devant les électeurs, dimanche, à l'Assemblée nationale.",
			message.KindPolitics, "",
		},
		"a service that is only named": {
			"fr", "Rabat : portes ouvertes", "La DGSN reçoit le public samedi à Rabat. La DGSN y montre ses motos et ses chiens.", message.KindOther, "",
		},
	}
	languages := packs()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := readNews(languages[c.lang], c.title, c.text)
			if got.Kind != c.kind || got.Action != c.action {
				t.Errorf("kind %q, action %q, want %q and %q in %q; %+q", got.Kind, got.Action, c.kind, c.action, c.text, c.text)
			}
		})
	}
}

// TestLongParagraphIsReadAsSeveral gives what stands at the end of a report no more weight where its outlet makes one paragraph of it.
func TestLongParagraphIsReadAsSeveral(t *testing.T) {
	french := packs()["fr"]
	text := "La salle ouvre vendredi. Trois pièces sont attendues. Un bal suit. La ville a prévu des bus. Les billets sont partis vite. L'école prête ses salles. " +
		"Les hôtels sont pleins. La pluie est annoncée. Les cafés ferment tard. Un homme a été arrêté. Deux femmes ont été arrêtées. Un enfant a été sauvé."
	if got := readNews(french, "Le théâtre en fête", text); got.Kind != message.KindCulture {
		t.Errorf("kind %q, want %q", got.Kind, message.KindCulture)
	}
	short := "Un pickpocket a été arrêté par la police. La police l'a remis au parquet."
	if got := readNews(french, "Un voleur arrêté au théâtre", short); got.Kind != message.KindOperation {
		t.Errorf("kind %q, want %q", got.Kind, message.KindOperation)
	}
}
