package facts

import (
	"slices"
	"strings"

	"rawi/stages/text"
)

// What marks a writer who argues rather than reports, in points: the least that makes an opinion, and how many of them there must be for
// ten sentences, since a long report may ask a question or let its writer say "I" once.
const (
	arguing        = 4
	arguingOfEvery = 3
)

// argues reports whether the writer speaks in a voice of their own: in the first person, in questions that nobody is asked, in turns of
// argument. What stands in quotation marks, or in a sentence that says who said so, is the voice of others.
func (p *page) argues() bool {
	points, sentences := 0, 0
	quoted, block := false, blockTitle
	for _, s := range p.sentences {
		if s.labelled() {
			return true
		}
		if s.block != block {
			quoted, block = false, s.block
		}
		var own []bool
		own, quoted = s.own(quoted)
		points += s.voice(own)
		sentences++
	}
	return points >= arguing && points*10 >= arguingOfEvery*sentences
}

// labelled reports whether the title begins with the name of a column: « Éditorial. », « عمود: ».
func (s *sentence) labelled() bool {
	return s.depth < 0 && slices.ContainsFunc(s.hits, func(h Hit) bool {
		return h.Class == classVoice && h.Value == "label" && h.Start == 0 && h.End < len(s.tokens) && s.tokens[h.End].Script == text.Punct
	})
}

// own tells for each token whether it stands outside quotation marks, and whether the quotation goes on after the sentence.
func (s *sentence) own(quoted bool) ([]bool, bool) {
	own := make([]bool, len(s.tokens))
	for i, t := range s.tokens {
		switch t.Text {
		case "«", "“", "„":
			quoted = true
		case "»", "”":
			quoted = false
		case `"`:
			quoted = !quoted
		default:
			own[i] = !quoted
		}
	}
	return own, quoted
}

// voice counts the marks of one sentence, each kind once.
func (s *sentence) voice(own []bool) int {
	first, we, argument := 0, 0, 0
	for _, h := range s.hits {
		switch {
		case !own[h.Start]:
		case h.Class == classAnnounce && h.Value == "":
			return 0
		case h.Class == classVoice && h.Value == "we":
			we = 1
		case h.Class == classVoice && h.Value == "argument":
			argument = 1
		case h.Class == classVoice && h.Value == "":
			first = 2
		}
	}
	return max(first, we) + argument + s.asks(own)
}

// asks is 1 for a question outside quotation marks.
func (s *sentence) asks(own []bool) int {
	mark := func(written string) bool { return strings.Contains(written, "?") || strings.Contains(written, "؟") }
	if !mark(s.text) {
		return 0
	}
	for i, t := range s.tokens {
		if own[i] && mark(t.Text) {
			return 1
		}
	}
	return 0
}
