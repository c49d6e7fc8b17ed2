package facts

import (
	"slices"
	"strings"

	"rawi/pipeline/message"
)

// pronounReach is how many tokens stand between a pronoun and the participle that tells of its arrest: il a finalement été arrêté.
const pronounReach = 4

// pronounArrested counts one where the arrest is told of somebody by a pronoun alone: il a été appréhendé, تم توقيفه.
func (p *page) pronounArrested(main []*sentence) (*message.Count, []message.Evidence) {
	for _, s := range main {
		for _, h := range s.hits {
			if s.depth <= custodyDepth && (h.Class == classPronoun || h.Class == classArrest && p.subject(s, h)) {
				return &message.Count{N: 1}, one(s.evidence("arrested", "1", "count/pronoun", h.Start, h.End))
			}
		}
	}
	return nil, nil
}

// subject reports whether a pronoun in the singular is the subject of a passive.
func (p *page) subject(s *sentence, h Hit) bool {
	if h.Value != "p" || len(p.g.Pronouns) == 0 || p.g.Active(s.tokens, h) {
		return false
	}
	for i := max(0, h.Start-pronounReach); i < h.Start; i++ {
		if slices.Contains(p.g.Pronouns, s.tokens[i].Fold) && !s.stopBetween(i, h.Start) {
			return !strings.HasSuffix(s.tokens[h.Start].Fold, "s")
		}
	}
	return false
}
