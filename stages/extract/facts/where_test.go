package facts_test

import (
	"slices"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
	"rawi/stages/extract/facts"
)

// whereTold is a report and where, when and with whom it happened.
type whereTold struct {
	title, text, action, country, day string
	places, partners                  []string
}

// TestWhereAndWhenToldOf reads places outside of the table, countries, partners and days from the turns in which French reports write them.
func TestWhereAndWhenToldOf(t *testing.T) {
	cases := map[string]whereTold{
		"a place before the colon": {
			"Boufekrine : un projet d'attentat déjoué",
			"Trois hommes ont été arrêtés mardi dans deux douars relevant de Boufekrine (préfecture de Meknès).",
			message.ActionArrest, "MA", "2025-03-04",
			[]string{"Boufekrine", "Meknès"},
			nil,
		},
		"a person before the colon is no place": {
			"Netflix : deux pirates arrêtés",
			"Deux pirates ont été arrêtés mardi à Rabat pour avoir copié des films de Netflix.",
			message.ActionArrest, "MA", "2025-03-04",
			[]string{"Rabat"},
			nil,
		},
		"the country of the dateline": {
			"Deux terroristes abattus", "NIAMEY (Agence) - Deux terroristes ont été abattus mardi à Tamessit.",
			"", "NE", "2025-03-04",
			[]string{"Tamessit"},
			nil,
		},
		"arrests in two countries": {
			"Huit passeurs présumés arrêtés",
			"Trois hommes ont été interpellés mardi à Lille et cinq autres à Tournai.",
			message.ActionArrest, "FR", "2025-03-04",
			[]string{"Lille", "Tournai"},
			[]string{"BE"},
		},
		"the day counted back": {
			"D'où venait le nitrate ?",
			"Trois jours après le coup de filet de Salé, les enquêteurs cherchent encore. Le gérant, entendu mercredi, a été laissé libre. Les suspects arrêtés restent en garde à vue.",
			message.ActionDismantling, "MA", "2025-03-03",
			[]string{"Salé"},
			nil,
		},
		"news of another day than the one counted back": {
			"Meknès : un homme arrêté",
			"Moins d'une semaine après l'affaire de Salé, un homme a été arrêté mardi à Meknès.",
			message.ActionArrest, "MA", "2025-03-04",
			nil,
			nil,
		},
		"those who had attacked are arrested": {
			"Tiznit : les auteurs du braquage sous les verrous",
			"La police a arrêté mardi à Tiznit deux individus qui avaient attaqué, lundi, une agence de transfert d'argent. La caissière a été blessée.",
			message.ActionArrest, "MA", "2025-03-04",
			[]string{"Tiznit"},
			nil,
		},
		"what a neighbour believed is no attack": {
			"Marcinelle : une explosion fait un blessé",
			"Une explosion a fait un blessé mardi à Marcinelle. « On a cru à un attentat », confie un voisin.",
			"none", "BE", "2025-03-04",
			[]string{"Marcinelle"},
			nil,
		},
		"the day of the accident before a death": {
			"Oulad Teïma : une septième ouvrière décédée",
			"Une septième ouvrière a succombé mercredi à Agadir, au lendemain de l'accident survenu à Oulad Teïma.",
			"none", "MA", "2025-03-04", nil, nil,
		},
		"a sea off a region": {
			"Onze morts au large de la Calabre",
			"Onze personnes ont péri mardi dans un naufrage au large de la Calabre. Les rescapés ont été débarqués à Roccella Ionica.",
			"none", "IT", "2025-03-04",
			[]string{"Calabre"},
			nil,
		},
		"handed over to France": {
			"Extradé des Pays-Bas, un caïd présumé écroué",
			"Un homme de 34 ans a été remis mardi aux autorités françaises par les Pays-Bas. Il dirigeait son réseau à Rotterdam.",
			message.ActionExtradition, "FR", "2025-03-04", nil,
			[]string{"NL"},
		},
		"captives set free": {
			"Koufra : 116 migrants libérés d'une prison clandestine",
			"Cent seize migrants ont été libérés mardi à Koufra lors d'un raid. Deux ravisseurs ont été arrêtés.",
			message.ActionRescue, "LY", "2025-03-04",
			[]string{"Koufra"},
			nil,
		},
		"where somebody died of it": {
			"Er-Rich : un mort dans une collision",
			"Une collision a fait un blessé mardi à Er-Rich. Il est décédé à Errachidia des suites de ses blessures.",
			"", "MA", "2025-03-04",
			[]string{"Er-Rich"},
			nil,
		},
		"hurt with a knife before somebody is held": {
			"Liège : deux blessés au couteau, un suspect maîtrisé",
			"Un homme armé d'un couteau a blessé deux personnes mardi à Liège. L'assaillant a été arrêté par des voyageurs et placé en garde à vue.",
			message.ActionAttack, "BE", "2025-03-04",
			[]string{"Liège"},
			nil,
		},
	}
	language := packs()["fr"]
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := language.Analyse(extract.Document{
				Title: c.title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
				Blocks: []message.Block{{Kind: message.BlockParagraph, Text: c.text}},
			}).Facts
			flat := facts.Flat(got)
			if c.action == "none" && got.Action != "" {
				t.Errorf("action: got %q, want none", got.Action)
			}
			if c.action != "" && c.action != "none" && family(got.Action) != family(c.action) {
				t.Errorf("action: got %q, want %q", got.Action, c.action)
			}
			if got.Country != c.country {
				t.Errorf("country: got %q, want %q", got.Country, c.country)
			}
			if flat["date"] != c.day {
				t.Errorf("day: got %v, want %v", flat["date"], c.day)
			}
			if told, _ := flat["places"].([]string); c.places != nil && !slices.Equal(told, c.places) {
				t.Errorf("places: got %q, want %q", told, c.places)
			}
			if !slices.Equal(got.Partners, c.partners) {
				t.Errorf("partners: got %q, want %q", got.Partners, c.partners)
			}
		})
	}
}

// family is one name for the actions that careful readers do not tell apart.
func family(action string) string {
	if one, ok := families[action]; ok {
		return one
	}
	return action
}
