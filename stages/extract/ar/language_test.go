package ar_test

import (
	"testing"

	"rawi/stages/extract/ar"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/extracttest"
	"rawi/stages/places"
)

func TestLanguage(t *testing.T) {
	extracttest.Run(t, ar.Language(places.Default(), concept.Default()), "testdata")
}

func TestWords(t *testing.T) { extracttest.Words(t, ar.Grammar(places.Default(), concept.Default())) }
