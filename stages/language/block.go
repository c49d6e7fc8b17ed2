package language

import (
	"strings"
	"unicode"
)

// block is one block of text, tidied, with its letters and words counted.
type block struct {
	text     string
	scripts  tally
	letters  int
	extended int // letters of Arabic script that Arabic does not use
	keyed    int // letters that keyboards of other languages write for Arabic ones
	evidence evidence
}

// blockOf counts a text.
func (w words) blockOf(text string) block {
	b := block{text: tidy(text)}
	for _, r := range b.text {
		script := scriptOf(r)
		if script < 0 {
			continue
		}
		b.scripts[script]++
		b.letters++
		if r > 0x0670 && script == 1 {
			b.extended += in(extended, r)
			b.keyed += in(keyed, r)
		}
	}
	b.evidence = w.weigh(b.text)
	return b
}

// foreign reports enough letters that Arabic does not use.
func (b block) foreign() bool { return b.share(b.extended+b.keyed) >= foreignShare }

// spelt reports enough of them that no keyboard puts in the place of Arabic ones.
func (b block) spelt() bool { return b.share(b.extended) >= speltShare }

func (b block) share(letters int) float64 { return float64(letters) / float64(max(b.scripts[1], 1)) }

func in(set string, r rune) int {
	if strings.ContainsRune(set, r) {
		return 1
	}
	return 0
}

// sample is text that is decided as one: blocks, with their counts added up.
type sample struct {
	block
	parts []block
}

// take makes a sample of the first blocks that have enough letters together.
func take(blocks []block, letters int) (s sample) {
	for i, b := range blocks {
		if s.letters >= letters {
			break
		}
		s.add(b)
		s.parts = blocks[:i+1]
	}
	return s
}

func (s *sample) add(b block) {
	for i, n := range b.scripts {
		s.scripts[i] += n
	}
	s.letters, s.extended, s.keyed = s.letters+b.letters, s.extended+b.extended, s.keyed+b.keyed
	s.evidence.add(b.evidence)
}

// letterText is the beginning of the sample as the detector is given it: the letters of one script, spaces and apostrophes. It gives different
// answers to equal input when two scripts tie (lingua-go#6), and digits only confuse it.
func (s *sample) letterText(script string, most int) string {
	wanted := 0
	if script == arabic {
		wanted = 1
	}
	var b strings.Builder
	n, space := 0, true
	for _, part := range s.parts {
		for _, r := range part.text {
			switch {
			case scriptOf(r) == wanted:
				b.WriteRune(r)
				space = false
				n++
			case (r == '\'' || r == '’' || r == '-') && !space:
				b.WriteRune(r)
			case !space && !unicode.IsMark(r):
				b.WriteByte(' ')
				space = true
				if n >= most {
					return b.String()
				}
			}
		}
		if !space {
			b.WriteByte(' ')
			space = true
		}
	}
	return b.String()
}
