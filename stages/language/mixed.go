package language

import "rawi/pipeline/message"

const (
	mixedShare = 0.15 // of the letters, from which a second language makes a text mixed
	doubted    = 60   // letters from which a block's own language can be told
	doubts     = 6    // blocks of one text that the detector is asked about: the bound on what a strange page costs
)

// others finds the blocks that are not written in the text's language. They are returned only where they weigh enough to call the text mixed.
func (s *Stage) others(blocks []block, tag string) (found []message.BlockLanguage, mixed bool) {
	letters, foreign, left := 0, 0, doubts
	for _, b := range blocks {
		letters += b.letters
		language := s.ofBlock(b, tag, &left)
		if language == tag {
			continue
		}
		foreign += b.letters
		found = append(found, message.BlockLanguage{Begins: cut(b.text, 40), Language: language})
	}
	if float64(foreign) < mixedShare*float64(letters) {
		return nil, false
	}
	return found, true
}

// ofBlock is the language of one block, the text's own unless something speaks against it.
func (s *Stage) ofBlock(b block, tag string, left *int) string {
	script, most := b.scripts.leading()
	routed := tag == "fr" || tag == "ar"
	same := script == latin && tag != "ar" || script == arabic && tag != "fr"
	switch {
	case most*2 <= b.letters:
		return tag
	case !routed && same, same && b.letters < doubted, same && s.plainly(b.text, tag):
		return tag
	case *left == 0:
		return tag
	}
	*left--
	v := s.judge(cut(b.text, 2*asked), "")
	if v.tag == message.Undetermined && same {
		return tag
	}
	return v.tag
}

// plainly reports whether the function words of a block are those of the language: most blocks never reach the detector.
func (s *Stage) plainly(text, tag string) bool {
	share := s.words.weigh(cut(text, 2*asked)).share
	if tag == "fr" {
		return share["fr"] >= frenchSure
	}
	return share["ar"] >= arabicLeast && share["ar"] > share["fa"]
}
