package language

import (
	"math"
	"strings"

	"github.com/pemistahl/lingua-go"
)

// Detector guesses the language of a text in one script. It must be safe for concurrent use and give equal answers to equal text. tag is a BCP 47
// tag, "" when it cannot tell; margin, 0 to 1 in steps of a hundredth, is how far the guess lies before the next one. It says little on text of 200 letters and
// more: it is then 1, right or wrong.
type Detector interface {
	Detect(text string) (tag string, margin float64)
}

// told are the languages the detector tells apart. Catalan and Romanian are there because without them they pass for French.
var told = []lingua.Language{
	lingua.French, lingua.Arabic, lingua.English, lingua.Spanish, lingua.German, lingua.Italian,
	lingua.Portuguese, lingua.Dutch, lingua.Persian, lingua.Urdu, lingua.Catalan, lingua.Romanian,
}

type linguaDetector struct{ of lingua.LanguageDetector }

// newLingua loads its models at once: a lazy load stalls the first articles for seconds and is not guarded against loading twice. Preloading alone
// leaves out the short sequences that low accuracy falls back on, which are loaded by the first text with letters that seldom meet.
func newLingua(high bool) Detector {
	builder := lingua.NewLanguageDetectorBuilder().FromLanguages(told...).WithPreloadedLanguageModels()
	if !high {
		builder = builder.WithLowAccuracyMode()
	}
	d := linguaDetector{builder.Build()}
	for _, rare := range []string{"qxzj wvqk", "ظغثخ ڑڈپچ"} {
		d.Detect(rare)
	}
	return d
}

func (d linguaDetector) Detect(text string) (tag string, margin float64) {
	values := d.of.ComputeLanguageConfidenceValues(text)
	if len(values) < 2 || values[0].Value() == 0 {
		return "", 0
	}
	// The values differ in their last digits from call to call: rounding keeps equal input equal. Values that tie are put in the order of their
	// tags for the same reason.
	first, second := hundredths(values[0].Value()), hundredths(values[1].Value())
	best := values[0]
	for _, v := range values[1:] {
		if hundredths(v.Value()) == first && tagOf(v.Language()) < tagOf(best.Language()) {
			best = v
		}
	}
	return tagOf(best.Language()), hundredths(first - second)
}

func hundredths(v float64) float64 { return math.Round(v*100) / 100 }

func tagOf(l lingua.Language) string { return strings.ToLower(l.IsoCode639_1().String()) }
