package fr_test

import (
	"testing"

	"rawi/stages/extract/concept"
	"rawi/stages/extract/extracttest"
	"rawi/stages/extract/fr"
	"rawi/stages/places"
)

func TestLanguage(t *testing.T) {
	extracttest.Run(t, fr.Language(places.Default(), concept.Default()), "testdata")
}

func TestWords(t *testing.T) { extracttest.Words(t, fr.Grammar(places.Default(), concept.Default())) }
