package facts

import (
	"strings"

	"rawi/stages/text"
)

// lookBack is a comma and the Arabic verb after it that, with قد, looks back at what was before: ، وكان المعني قد اعتقل في مارس.
var lookBack = []string{"، وكان ", "، وكانت ", "، وكانوا "}

// since is the particle that makes a pluperfect of such a verb, and sinceReach how many bytes after it stands at most.
const (
	since      = " قد "
	sinceReach = 120
)

// clauses cuts what an Arabic sentence looks back on off what it tells: each has a role of its own.
func (g *Grammar) clauses(s string, sentences []text.Sentence) []text.Sentence {
	if g.Forms == nil || !strings.Contains(s, since) {
		return sentences
	}
	cut := make([]text.Sentence, 0, len(sentences)+1)
	for _, x := range sentences {
		at := looksBackAt(s[x.Start:x.End])
		if at <= 0 {
			cut = append(cut, x)
			continue
		}
		cut = append(cut, text.Sentence{Start: x.Start, End: x.Start + at}, text.Sentence{Start: x.Start + at, End: x.End})
	}
	return cut
}

// looksBackAt is where the clause that looks back begins in a sentence; 0 where there is none.
func looksBackAt(s string) int {
	for _, verb := range lookBack {
		i := strings.Index(s, verb)
		if i < 0 {
			continue
		}
		begins := i + len("، ")
		rest := s[begins:min(len(s), begins+sinceReach)]
		if strings.Contains(rest, since) {
			return begins
		}
	}
	return 0
}
