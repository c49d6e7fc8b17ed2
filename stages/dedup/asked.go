package dedup

import "rawi/pipeline/message"

// Whereabouts is the story that lists an article by its id, or out of which it was taken back last; empty where neither is known.
func (s *Stage) Whereabouts(article string) string {
	if own, _ := s.listed(article); own != nil {
		return own.ID()
	}
	if from, _ := s.index.Withdrawn(article); from != nil {
		return from.ID()
	}
	return ""
}

// Hand is the last ruling on an article; nil where there was none.
func (s *Stage) Hand(article string) *message.Hand {
	last, _ := s.hand(article)
	return last
}
