// Package ar is the Arabic language pack: a report in Arabic comes in, its facts in the language-neutral form of the contract go out.
package ar

import (
	_ "embed"
	"strings"

	"rawi/stages/extract"
	"rawi/stages/extract/concept"
	"rawi/stages/extract/facts"
	"rawi/stages/extract/number"
	"rawi/stages/extract/when"
	"rawi/stages/places"
	"rawi/stages/text"
)

//go:embed data/lexicon.tsv
var lexiconTable string

//go:embed data/speech.tsv
var speechTable string

//go:embed data/stop.tsv
var stopTable string

//go:embed data/markers.tsv
var markerTable string

// version is raised with every change that could change an article.
const version = "7"

// Language is the pack as the engine takes it. The tables are handed in because packs share them; own are the user's
// rows laid over its words. It panics if the pack's own tables, which
// are part of the program, are wrong.
func Language(table *places.Table, concepts *concept.Lexicon, own ...string) extract.Language {
	reader := facts.NewReader(Grammar(table, concepts, own...))
	return extract.Language{
		Tag: "ar", Version: version, Markers: extract.MustMarkers(markerTable), Date: when.ArabicLine,
		Analyse: func(doc extract.Document) extract.Analysis { return extract.Analysis(reader.Read(facts.Document(doc))) },
	}
}

// Grammar is Arabic as the fact reader takes it.
func Grammar(table *places.Table, concepts *concept.Lexicon, own ...string) facts.Grammar {
	return facts.Grammar{
		Tag: "ar", Lexicon: facts.MustLexicon(lexiconTable, own...), Speech: facts.MustLexicon(speechTable, own...), Stop: facts.ParseStop(stopTable), Places: table, Concepts: concepts,
		Number: number.Arabic, Dates: when.ArabicIn, Forms: forms, Dual: number.Dual, Name: name, Remote: remote,
		Active: func([]text.Token, facts.Hit) bool { return false }, VerbFirst: true,
		And: []string{"و"}, AndPrefix: "و", Opens: strings.Fields("و ف"), From: []string{"من"}, InLife: strings.Fields("في ابن"), Article: strings.Fields("ال الـ"), Numbered: strings.Fields("رقم الماده"),
		Happened: strings.Fields("تمت تم جرت جري وقعت وقع حدثت حدث نفذت نفذ جدت جد دارت تعود"),
		Of:       []string{"من"}, Links: []string{"«", "\"", "“"}, Joins: strings.Fields("و الي - وبين"),
	}
}
