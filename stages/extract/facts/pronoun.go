package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// pronounReach is how many tokens stand between a pronoun and the participle that tells of its arrest: il a finalement été arrêté.
const pronounReach = 4

// pronounArrested counts those of whose arrest a pronoun alone tells: il a été appréhendé, تم توقيفه, تم توقيفهما.
func (p *page) pronounArrested(main []*sentence) (*message.Count, []message.Evidence) {
	for _, s := range main {
		for _, h := range s.hits {
			if s.depth > custodyDepth || h.Class != classPronoun && (h.Class != classArrest || !p.subject(s, h)) {
				continue
			}
			n := 1
			if h.Value == "two" {
				n = 2
			}
			return &message.Count{N: n}, one(s.evidence("arrested", itoa(n), "count/pronoun", h.Start, h.End))
		}
	}
	return nil, nil
}

// subject reports whether a pronoun in the singular is the subject of a passive, or written onto what governs it: il a été arrêté, ils l'ont emmené.
func (p *page) subject(s *sentence, h Hit) bool {
	if h.Value != "p" || strings.HasSuffix(s.tokens[h.Start].Fold, "s") {
		return false
	}
	for i := max(0, h.Start-pronounReach); i < h.Start; i++ {
		switch {
		case s.stopBetween(i, h.Start):
		case slices.Contains(p.g.Pronouns, s.tokens[i].Fold) && !p.g.Active(s.tokens, h):
			return true
		case slices.Contains(p.g.Objects, s.tokens[i].Fold) && p.g.Active(s.tokens, h) && h.Start-i <= 2:
			return true
		}
	}
	return false
}
