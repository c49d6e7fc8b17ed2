package language

import (
	"strings"

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
	weighed = 3000 // letters whose words are weighed
	asked   = 200  // letters given to the detector: it is as right as with 300, and above some 250 each costs ten times as much
	short   = 120  // letters below which a prior has a say

	// Shares of function words, and of oddly spelt words, measured on real text of 200 letters. French words: French has 0.34 at the first percentile,
	// Occitan 0.30 in the middle, spoken Arabic in Latin letters 0.03. Odd words: French has 0.08 at the last percentile, spoken Arabic 0.17 at the first.
	frenchSure  = 0.25
	frenchLeast = 0.14
	frenchAhead = 0.08 // by which French leads every other language where nothing else is asked
	mostOdd     = 0.15
	likelyOdd   = 0.12 // where French does not lead so far
	shortOdd    = 0.20 // of a short text
	ownSure     = 0.30 // of any other language that nothing else is asked about
	ownLikely   = 0.20
	ownFair     = 0.16
	ownLeast    = 0.10
	ownAhead    = 0.05

	// Arabic words, those with the article included: spoken Arabic has 0.08 at the first percentile, written Arabic 0.23; Persian 0.17 at the last.
	arabicSure   = 0.08
	arabicLeast  = 0.04
	arabicPlain  = 0.20 // from which letters of a foreign keyboard say nothing
	foreignShare = 0.02 // of letters that Arabic does not use
	speltShare   = 0.01 // of those among them that no keyboard puts in the place of an Arabic one
	fewWords     = 30   // below which the shares mean little
)

// verdict is a language with how it was found.
type verdict struct{ tag, confidence, method string }

func sure(tag, method string) verdict   { return verdict{tag, message.ConfidenceHigh, method} }
func unsure(tag, method string) verdict { return verdict{tag, message.ConfidenceLow, method} }

// judge decides one text. prior is the expected language or ""; it is heard only for short text.
func (s *Stage) judge(b sample, prior string) verdict {
	script, most := b.scripts.leading()
	switch {
	case most*2 <= b.letters:
		return unsure(message.Undetermined, byScript)
	case script == arabic:
		return s.arabicScript(b, most, prior)
	case script == latin && most >= short:
		return s.latinScript(b)
	case script == latin:
		return s.shortLatin(b, prior)
	case b.scripts.has("Hira") || b.scripts.has("Kana"):
		return sure("ja", byScript)
	}
	if only := onlyLanguage(script); only != "" {
		return sure(only, byScript)
	}
	return unsure(message.Undetermined, byScript)
}

func (s *Stage) arabicScript(b sample, letters int, prior string) verdict {
	switch tag := s.words.plainArabic(b.block); tag {
	case "":
	case message.Undetermined:
		return unsure(tag, byWords)
	default:
		return sure(tag, byWords)
	}
	tag, margin := s.detect(b, arabic)
	switch {
	case b.foreign() && tag == "ar":
		return unsure(message.Undetermined, byScript)
	case b.foreign():
		return unsure(tagOr(tag), byDetector)
	case letters < short:
		return weighPrior(tag, margin, prior)
	case s.words.arabicLeads(b.evidence): // no foreign letter, and no foreign word
		return unsure("ar", byWords)
	}
	return unsure(tagOr(tag), byDetector)
}

// plainArabic is the language in Arabic script that letters and words leave no doubt of, undetermined where they are none of ours, "" where they do
// not tell.
func (w words) plainArabic(b block) string {
	e := b.evidence
	own, persian, urdu := w.share(e, w.arabic), w.share(e, w.persian), w.share(e, w.urdu)
	typed := own >= arabicPlain && own > 2*max(persian, urdu) && !b.spelt() // Arabic on the keyboard of another language
	switch {
	case b.foreign() && !typed && max(persian, urdu) >= ownLeast:
		if persian >= urdu {
			return "fa"
		}
		return "ur"
	case b.foreign() && !typed && e.arabic >= fewWords:
		return message.Undetermined
	case b.foreign() && !typed:
		return ""
	case own >= arabicSure && w.arabicLeads(e):
		return "ar"
	case e.arabic >= fewWords && own < arabicLeast && persian < ownLeast:
		return message.Undetermined
	}
	return ""
}

func (w words) arabicLeads(e evidence) bool {
	return e.hits[w.arabic] > max(e.hits[w.persian], e.hits[w.urdu])
}

// latinScript decides a text long enough for its words to be counted. The detector is asked where they leave a doubt: it takes more time than all
// the rest, and takes whatever it does not know for what it knows.
func (s *Stage) latinScript(b sample) verdict {
	if tag := s.words.plain(b.evidence); tag == message.Undetermined {
		return unsure(tag, byWords)
	} else if tag != "" {
		return sure(tag, byWords)
	}
	french := s.words.likelyFrench(b.evidence)
	if !french && !s.words.anyFair(b.evidence) {
		return unsure(message.Undetermined, byWords) // whatever the detector says
	}
	tag, _ := s.detect(b, latin)
	if tag == "fr" {
		if french {
			return unsure("fr", byDetector)
		}
		return unsure(message.Undetermined, byWords)
	}
	at := s.words.place(tag)
	if at < 0 {
		return unsure(message.Undetermined, byDetector)
	}
	switch share := s.words.share(b.evidence, at); {
	case share >= ownLikely:
		return sure(tag, byDetector)
	case share >= ownFair:
		return unsure(tag, byDetector)
	}
	return unsure(message.Undetermined, byWords)
}

// plain is the language in Latin script that the words leave no doubt of, undetermined where they are none of ours, "" where they do not tell.
func (w words) plain(e evidence) string {
	rival := w.best(e, w.french)
	french, other, odd := w.share(e, w.french), w.share(e, rival), e.oddness()
	switch {
	case french >= frenchSure && french-other-odd >= frenchAhead && odd <= mostOdd:
		return "fr"
	case other <= french:
		return ""
	case w.named(rival) == message.Undetermined && other >= ownLeast:
		return message.Undetermined
	case other >= ownSure && other-w.second(e, rival) >= ownAhead:
		return w.tags[rival]
	}
	return ""
}

// likelyFrench reports whether the words bear the detector out that calls a text French.
func (w words) likelyFrench(e evidence) bool {
	french := w.share(e, w.french)
	return french >= frenchLeast && french > w.share(e, w.best(e, w.french)) && e.oddness() <= likelyOdd
}

// anyFair reports whether the words would bear the detector out in any language but French.
func (w words) anyFair(e evidence) bool {
	for i, tag := range w.tags {
		if i != w.french && w.named(i) == tag && w.share(e, i) >= ownFair {
			return true
		}
	}
	return false
}

// shortLatin decides a headline or a flash: the detector's guess, set right by the words where it hesitates, and the prior where both do.
func (s *Stage) shortLatin(b sample, prior string) verdict {
	tag, margin := s.detect(b, latin)
	told := s.words.shortTag(b.evidence, tag, margin)
	switch {
	case told == "fr" && tag == "fr" && margin >= 0.9 && s.words.bearFrench(b.evidence):
		return sure(tag, byDetector)
	case told == tag:
		return weighPrior(tag, margin, prior)
	case told == message.Undetermined && prior != "" && prior == tag:
		return unsure(prior, byPrior)
	case told == prior:
		return sure(told, byWords)
	}
	return unsure(told, byWords)
}

// shortTag is what the words of a short text make of the detector's guess. In a headline the names mislead the detector and the few small words are
// right; where it calls a text of several words French that has no French word among them, it does not know the language.
func (w words) shortTag(e evidence, tag string, margin float64) string {
	french, rival := e.hits[w.french], e.hits[w.best(e, w.french)]
	switch {
	case e.odd >= 2 && e.oddness() > shortOdd && 2*french < e.words && tag == "fr":
		return message.Undetermined
	case tag == "fr" && (e.lower >= 5 && french == 0 || e.lower >= 8 && french*8 < e.lower || rival >= french+2):
		return message.Undetermined
	case tag == "fr":
		return tag
	}
	guessed := 0
	if at := w.place(tag); at >= 0 {
		guessed = e.hits[at]
	}
	switch {
	case french >= rival && e.oddness() <= shortOdd && (french >= guessed+2 || french > guessed && w.outweighs(e, rival, margin)):
		return "fr"
	case e.words >= 8 && guessed*10 < e.words:
		return message.Undetermined
	}
	return tag
}

// bearFrench reports whether the few words of a short text say French by themselves.
func (w words) bearFrench(e evidence) bool {
	return e.hits[w.french] >= 2 && e.hits[w.french] > e.hits[w.best(e, w.french)] && e.oddness() <= mostOdd
}

// outweighs reports whether the French words of a short text count for more than a guess of the detector.
func (w words) outweighs(e evidence, rival int, margin float64) bool {
	french := e.hits[w.french]
	return margin < 0.3 || margin < 0.9 && french > rival && 4*french >= e.words
}

// detect asks the detector about the beginning of a text.
func (s *Stage) detect(b sample, script string) (tag string, margin float64) {
	return s.detector.Detect(b.letterText(script, asked))
}

// weighPrior settles a text too short for statistics: the detector where it is sure or agrees, the prior where it hesitates.
func weighPrior(tag string, margin float64, prior string) verdict {
	switch {
	case tag == "" && prior == "":
		return unsure(message.Undetermined, byDetector)
	case tag == prior:
		return sure(tag, byDetector)
	case prior != "" && (tag == "" || margin < 0.9):
		return unsure(prior, byPrior)
	}
	return unsure(tag, byDetector)
}

func tagOr(tag string) string {
	if tag == "" {
		return message.Undetermined
	}
	return tag
}

// primary is the language part of a BCP 47 tag as feeds and pages write it: "fr" of "FR_ma", "" where there is none.
func primary(tag string) string {
	tag, _, _ = strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	if len(tag) < 2 || len(tag) > 3 || strings.Trim(tag, "abcdefghijklmnopqrstuvwxyz") != "" || tag == message.Undetermined {
		return ""
	}
	return tag
}
