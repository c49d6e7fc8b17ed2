package language

import (
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
)

// Methods by which a language was decided, as in message.Detected.Method.
const (
	byScript   = "script"
	byWords    = "words"
	byDetector = "detector"
	byPrior    = "prior"
)

const (
	asked   = 300  // letters given to the detector: more costs more and decides no better
	weighed = 3000 // letters whose words are weighed
	short   = 120  // letters below which a prior has a say

	// Shares of function words, measured on real text: French of 200 letters has 0.30 at the first percentile, Occitan 0.25 and Catalan 0.23 in the
	// middle, Darija in Latin letters 0.14; Arabic of 200 letters has 0.06 at the first percentile.
	frenchSure   = 0.25
	frenchLeast  = 0.14
	frenchAlone  = 0.40
	arabicSure   = 0.06
	arabicLeast  = 0.04
	foreignShare = 0.02 // of letters that Arabic does not use
	chatShare    = 0.02 // of words that spell a letter with a digit
	fewWords     = 30   // below which the shares mean little
)

// verdict is a language with how it was found.
type verdict struct{ tag, confidence, method string }

func sure(tag, method string) verdict   { return verdict{tag, message.ConfidenceHigh, method} }
func unsure(tag, method string) verdict { return verdict{tag, message.ConfidenceLow, method} }

// judge decides one text. prior is the expected language or ""; it is heard only for short text.
func (s *Stage) judge(text, prior string) verdict {
	counted, letters := count(text)
	script, most := counted.leading()
	switch {
	case letters == 0:
		return unsure(message.Undetermined, byScript)
	case most*2 <= letters:
		return unsure(message.Undetermined, byScript)
	case script == arabic:
		return s.arabicScript(text, most, prior)
	case script == latin:
		return s.latinScript(text, most, prior)
	case counted.has("Hira") || counted.has("Kana"):
		return sure("ja", byScript)
	}
	if only := onlyLanguage(script); only != "" {
		return sure(only, byScript)
	}
	return unsure(message.Undetermined, byScript)
}

func (s *Stage) arabicScript(text string, letters int, prior string) verdict {
	e := s.words.weigh(text)
	if extendedShare(text) >= foreignShare {
		tag, _ := s.detector.Detect(keepScript(text, arabic, asked))
		if tag == "fa" || tag == "ur" {
			return sure(tag, byDetector)
		}
		return unsure(message.Undetermined, byWords)
	}
	if e.share["ar"] >= arabicSure && e.share["ar"] > e.share["fa"] {
		return sure("ar", byWords)
	}
	if e.words >= fewWords && e.share["ar"] < arabicLeast {
		return unsure(message.Undetermined, byWords)
	}
	tag, margin := s.detector.Detect(keepScript(text, arabic, asked))
	return weighPrior(tag, margin, prior, letters)
}

func (s *Stage) latinScript(text string, letters int, prior string) verdict {
	e := s.words.weigh(text)
	if letters >= short && e.plainlyFrench() {
		return sure("fr", byWords)
	}
	tag, margin := s.detector.Detect(keepScript(text, latin, asked))
	if letters < short {
		if e.chatted > 0 && e.chatted >= chatShare && e.share["fr"] < frenchSure {
			return unsure(message.Undetermined, byWords)
		}
		if prior == "fr" && e.share["fr"] >= frenchSure {
			margin = 0 // the words agree with the prior: foreign names have misled the detector
		}
		return weighPrior(tag, margin, prior, letters)
	}
	french := e.share["fr"]
	switch {
	case tag != "fr":
		if tag == "" {
			return unsure(message.Undetermined, byDetector)
		}
		return sure(tag, byDetector)
	case e.looksChatted() || e.share["x-arabizi"] > french:
		return unsure(message.Undetermined, byWords)
	case e.share["oc"] >= french*0.9:
		return unsure("oc", byWords)
	case french >= frenchSure:
		return sure("fr", byWords)
	case french >= frenchLeast:
		return unsure("fr", byDetector)
	}
	return unsure(message.Undetermined, byWords)
}

// plainlyFrench reports evidence that the detector's opinion could not outweigh: it may have been shown a foreign quotation, and it costs most of the
// time of a decision.
func (e evidence) plainlyFrench() bool {
	french := e.share["fr"]
	return french >= frenchAlone && e.share["oc"] < french*0.9 && e.share["x-arabizi"] < french*0.9 && !e.looksChatted()
}

// looksChatted reports spoken Arabic in Latin letters: some words with digits for letters, and not the function words of a French text that
// quotes a few.
func (e evidence) looksChatted() bool { return e.chatted > chatShare && e.share["fr"] < 0.35 }

// weighPrior settles a text too short for statistics: the detector where it is sure or agrees, the prior where it hesitates.
func weighPrior(tag string, margin float64, prior string, letters int) verdict {
	switch {
	case tag == "" && prior == "":
		return unsure(message.Undetermined, byDetector)
	case tag == prior, letters >= short:
		return sure(tag, byDetector)
	case prior != "" && (tag == "" || margin < 0.9):
		return unsure(prior, byPrior)
	}
	return unsure(tag, byDetector)
}

// primary is the language part of a BCP 47 tag as feeds and pages write it: "fr" of "FR_ma", "" where there is none.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	if len(tag) < 2 || len(tag) > 3 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz") != "" || tag == message.Undetermined {
		return ""
	}
	return tag
}

// cut shortens text to at most n letters at a rune.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
