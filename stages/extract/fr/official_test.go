package fr_test

import (
	"testing"

	"rawi/stages/extract/concept"
	"rawi/stages/extract/extracttest"
	"rawi/stages/extract/fr"
	"rawi/stages/places"
)

func TestOfficialNumbers(t *testing.T) {
	extracttest.Official(t, fr.Grammar(places.Default(), concept.Default()), map[string]bool{
		"Sept personnes ont été tuées dans l'effondrement d'un immeuble à Oran, a annoncé lundi le ministère de l'Intérieur.":  true,
		"Selon la protection civile, sept personnes ont été tuées dans l'effondrement d'un immeuble à Oran.":                   true,
		"Le procureur a indiqué que sept personnes avaient été tuées dans l'effondrement d'un immeuble à Oran.":                true,
		"Sept personnes ont été tuées dans l'effondrement d'un immeuble à Oran, selon un bilan officiel.":                      true,
		"Sept personnes ont été tuées dans l'effondrement d'un immeuble à Oran.":                                               false,
		"Selon des témoins, sept personnes ont été tuées dans l'effondrement d'un immeuble à Oran.":                            false,
		"Sept personnes ont été tuées dans l'effondrement d'un immeuble à Oran, ont raconté des voisins, et la police est là.": false,
		"Un témoin affirme que la police a tué sept personnes, lundi à Conakry.":                                               false,
		"Sept personnes ont été tuées lundi à Conakry, a-t-on appris de source policière.":                                     true,
	})
}
