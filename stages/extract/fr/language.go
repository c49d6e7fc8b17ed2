// Package fr is the French language pack: a report in French comes in, its facts in the language-neutral form of the contract go out.
package fr

import (
	_ "embed"
	"strings"

	"rawi/stages/extract"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/facts"
	"rawi/stages/extract/number"
	"rawi/stages/extract/when"
	"rawi/stages/places"
)

//go:embed data/lexicon.tsv
var lexiconTable string

//go:embed data/speech.tsv
var speechTable string

//go:embed data/stop.tsv
var stopTable string

//go:embed data/firstnames.txt
var firstNames string

//go:embed data/markers.tsv
var markerTable string

// version is raised with every change that could change an article.
const version = "10"

// Language is the pack as the engine takes it. The tables are handed in because packs share them; own are the user's
// rows laid over its words. It panics if the pack's own tables, which
// are part of the program, are wrong.
func Language(table *places.Table, concepts *concept.Lexicon, own ...string) extract.Language {
	reader := facts.NewReader(Grammar(table, concepts, own...))
	return extract.Language{
		Tag: "fr", Version: version, Markers: extract.MustMarkers(markerTable), Date: when.FrenchLine,
		Analyse: func(doc extract.Document) extract.Analysis { return extract.Analysis(reader.Read(facts.Document(doc))) },
	}
}

// Grammar is French as the fact reader takes it.
func Grammar(table *places.Table, concepts *concept.Lexicon, own ...string) facts.Grammar {
	return facts.Grammar{
		Tag:     "fr",
		Lexicon: facts.MustLexicon(lexiconTable, own...), Speech: facts.MustLexicon(speechTable, own...), Stop: facts.ParseStop(stopTable), Places: table, Concepts: concepts,
		Number: number.French, Dates: when.FrenchIn, Name: name, Remote: remote, Active: active, At: at,
		FirstNames: facts.ParseStop(firstNames),
		Of:         []string{"de", "d'"}, Links: []string{"de", "d'", "du", "des", "dit", "populaire", "«", "\"", "“"},
		ThatDay:     []string{"-là", "-ci"},
		Joins:       strings.Fields("a et -"),
		Auxiliaries: strings.Fields("a ont est sont avait avaient etait etaient fut furent"),
		Possessives: strings.Fields("son sa ses leur leurs"),
		And:         []string{"et"},
		Sides:       []string{"un", "l'"},
		Pronouns:    strings.Fields("il elle"), Objects: []string{"l'"},
		Determiners: strings.Fields("un une l' le la ce cet cette son sa leur du au jeune autre"),
	}
}
