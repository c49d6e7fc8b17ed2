package fr

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/extract/facts"
	"rawi/stages/text"
)

// longestName is more tokens than any name of a person or place has.
const longestName = 6

// name reports where the proper name that starts at token i ends: capitalised words, with the particles that may stand between them.
func name(tokens []text.Token, i int) int {
	end := i
	for j := i; j < len(tokens) && j < i+longestName; j++ {
		switch {
		case j == i && compass(tokens[j].Fold):
			return i
		case j > i && len(tokens[j].Text) == 1 && tokens[j].Text >= "A" && tokens[j].Text <= "Z":
			end = j + 1 // Mohammed V
		case capital(tokens[j]) && (j != i || !functionWord(tokens[j].Fold)):
			end = j + 1
		case j > i && particle(tokens[j].Fold):
		default:
			return end
		}
	}
	return end
}

func capital(t text.Token) bool {
	if t.Script != text.Latin {
		return false
	}
	r, _ := utf8.DecodeRuneInString(t.Text)
	return unicode.IsUpper(r) && len(t.Text) > 1
}

// functionWord reports words that are capitalised only because a sentence begins with them.
func functionWord(fold string) bool {
	switch fold {
	case "le", "la", "les", "l'", "un", "une", "des", "du", "de", "d'", "ce", "cet", "cette", "ces", "il", "elle", "ils", "elles", "on", "en", "au", "aux",
		"a", "dans", "pour", "par", "sur", "selon", "et", "mais", "son", "sa", "ses", "leur", "leurs", "nous", "vous", "je", "j'", "qui", "que", "deux",
		"trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "apres", "avant", "avec", "depuis", "entre", "c'", "s'", "n'", "qu'", "plus",
		"tous", "toutes", "tout", "lors", "cote", "parmi", "aucun", "aucune", "si", "quand", "comme", "plusieurs", "faut":
		return true
	}
	return false
}

// compass reports words that only tell in which part of a country something lies: un village du Centre-Nord.
func compass(fold string) bool {
	switch fold {
	case "nord", "sud", "est", "ouest", "centre", "nord-est", "nord-ouest", "sud-est", "sud-ouest", "centre-nord", "centre-sud", "centre-est",
		"centre-ouest", "grand-nord":
		return true
	}
	return false
}

func particle(fold string) bool {
	switch fold {
	case "el", "al", "ben", "bin", "ibn", "ould", "de", "du", "d'", "la", "le", "les", "des", "van", "von", "di", "da", "aux", "sur", "sous", "lez":
		return true
	}
	return false
}

// remote reports whether the hit stands in the pluperfect: avait arrêté, avaient été démantelées, s'était soldée par l'arrestation.
func remote(tokens []text.Token, hit facts.Hit) bool {
	const reach = 5
	for i := hit.Start - 1; i >= 0 && i >= hit.Start-reach; i-- {
		switch tokens[i].Fold {
		case "avait", "avaient", "eut", "eurent":
			return i+1 < len(tokens) && participle(tokens[i+1:hit.End])
		case "etait", "etaient":
			return i > 0 && tokens[i-1].Fold == "s'"
		case ",", ";", ":", "(", ")", "»", "«":
			return false
		}
	}
	return false
}

// participle reports whether one of the tokens looks like the participle that the auxiliary before them waits for.
func participle(tokens []text.Token) bool {
	for _, t := range tokens {
		for _, ending := range []string{"é", "ée", "és", "ées", "i", "is", "it", "u", "ue", "us", "ues", "ert"} {
			if strings.HasSuffix(strings.ToLower(t.Text), ending) {
				return true
			}
		}
	}
	return false
}

// active reports whether the people after the verb suffer it and those before it do it: an infinitive, a present, a perfect with avoir that
// is no passive.
func active(tokens []text.Token, hit facts.Hit) bool {
	switch hit.Value {
	case "v":
		if hit.End-hit.Start > 1 || !strings.HasSuffix(strings.ToLower(tokens[hit.Start].Text), "é") {
			return true
		}
	case "n", "c", "i":
		return false
	}
	const reach = 3
	for i := hit.Start - 1; i >= 0 && i >= hit.Start-reach; i-- {
		switch strings.ToLower(tokens[i].Text) {
		case "a", "ont", "avait", "avaient", "avoir", "ayant", "aurait", "auraient", "ai", "avons":
			return true
		case "été", "est", "sont", "être", "était", "étaient", "fut", "furent", ",", "et":
			return false
		}
	}
	return false
}

// at reports whether the hit is à or a phrase that only places follow: the verb "a" folds to the same letter.
func at(tokens []text.Token, hit facts.Hit) bool {
	if hit.End-hit.Start > 1 {
		return true
	}
	written := tokens[hit.Start].Text
	return written == "à" || written == "À"
}
