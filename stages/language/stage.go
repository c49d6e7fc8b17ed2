// Package language decides which language an article is written in. In come raw articles, out go the same with a language tag, how it was found,
// and the blocks that speak another one; "und" is the tag of what cannot be told, and nothing is lost for being foreign.
package language

import (
	"context"
	"errors"
	"sync"
	"unicode/utf8"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/stages/charset"
)

// Config is what deployments set of the language stage; its zero value works.
type Config struct {
	// HighAccuracy tells all texts by the large models, for 250 MB more memory: 99.4 instead of 98.9 % of bare headlines right without any prior, and
	// fewer other languages wrong. Worth it for feeds of titles only, which can ask for themselves: message.Outlet.HighAccuracy.
	HighAccuracy bool `yaml:"high_accuracy"`
}

// Validate accepts every Config: there is nothing to get wrong yet.
func (Config) Validate() error { return nil }

// Stage labels raw articles with their language. It is safe for concurrent use.
type Stage struct {
	detector Detector
	large    func() Detector
	words    words
}

// New loads the models, which takes a tenth of a second (two seconds with HighAccuracy). Without HighAccuracy the first article of an outlet that
// asks for the large ones loads them, once.
func New(c Config) *Stage {
	d := newLingua(c.HighAccuracy)
	if c.HighAccuracy {
		return With(d, func() Detector { return d })
	}
	return With(d, func() Detector { return newLingua(true) })
}

// With makes a stage of other detectors. large is called at most once, by the first article of an outlet that asks for high accuracy.
func With(d Detector, large func() Detector) *Stage {
	return &Stage{detector: d, large: sync.OnceValue(large), words: parseWords(wordLists)}
}

// by is the stage with the detector that an outlet asks for.
func (s *Stage) by(o message.Outlet) *Stage {
	if !o.HighAccuracy {
		return s
	}
	return &Stage{detector: s.large(), large: s.large, words: s.words}
}

// Process labels one article. A body without a letter of text is dropped as "no_text"; one that is no text at all is a dead letter, "binary".
func (s *Stage) Process(ctx context.Context, in message.Raw) ([]message.Detected, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if charset.Binary(in.Body) {
		return nil, fault.Permanently("binary", errors.New("body is no text in any charset"))
	}
	v, blocks := s.read(in, in.Body[:beginningOf(in)])
	if len(blocks) == 0 {
		v, blocks = s.read(in, in.Body[:min(len(in.Body), largestBody)])
	}
	if len(blocks) == 0 {
		return nil, fault.Dropped("no_text")
	}
	title := in.Found.Entry.Title
	if title == "" {
		title = v.title
	}
	out := s.by(in.Outlet).label(title, blocks, prior(in, v.declared))
	out.Type, out.Raw = message.DetectedV1, in
	return []message.Detected{out}, nil
}

// beginningOf is how much of a body is looked at first: a whole page, whose text may stand anywhere, but of plain text only what is enough. Text
// that is no UTF-8 is left whole, for it could be cut within a letter.
func beginningOf(in message.Raw) int {
	n := min(len(in.Body), largestBody)
	if n <= window || !isPlain(in.ContentType) {
		return n
	}
	cut := window
	for cut > window-utf8.UTFMax && !utf8.RuneStart(in.Body[cut]) {
		cut--
	}
	if !utf8.Valid(in.Body[:cut]) {
		return n
	}
	return cut
}

// read is the text of a body, and its blocks that have letters.
func (s *Stage) read(in message.Raw, body []byte) (view, []block) {
	decoded := charset.Decode(body, charset.Hint{ContentType: in.ContentType, Declaration: charset.HTML, Language: in.Outlet.Language})
	v := read(string(decoded.Text), in.ContentType)
	blocks := make([]block, 0, len(v.blocks))
	for _, text := range v.blocks {
		if b := s.words.blockOf(text); b.letters > 0 {
			blocks = append(blocks, b)
		}
	}
	return v, blocks
}

// prior is the first language that anyone declared: the configuration knows best, pages are often wrong.
func prior(in message.Raw, declared string) string {
	for _, tag := range []string{in.Outlet.Language, declared, in.Found.Entry.Language} {
		if p := primary(tag); p != "" {
			return p
		}
	}
	return ""
}

// label decides by the body in the script of its main part; the title only stretches a short one, for outlets put titles of one language over
// texts of another.
func (s *Stage) label(title string, blocks []block, prior string) message.Detected {
	whole := take(blocks, weighed)
	if title != "" && whole.letters < short {
		whole = take(append([]block{s.words.blockOf(title)}, blocks...), weighed)
	}
	v := s.judge(whole, prior)
	if v.confidence == message.ConfidenceLow && whole.letters >= short {
		v = s.largest(blocks, v)
	}
	out := message.Detected{Language: v.tag, Confidence: v.confidence, Method: v.method, Scripts: shares(blocks)}
	out.Blocks, out.Mixed = s.others(blocks, v.tag)
	return out
}

// shares are the shares of the scripts in the letters of all blocks, in hundredths.
func shares(blocks []block) map[string]float64 {
	var total tally
	letters := 0
	for _, b := range blocks {
		letters += b.letters
		for i, n := range b.scripts {
			total[i] += n
		}
	}
	out := map[string]float64{}
	for i, n := range total {
		if share := hundredths(float64(n) / float64(max(letters, 1))); share > 0 {
			out[total.name(i)] = share
		}
	}
	return out
}
