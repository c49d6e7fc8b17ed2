package language

import "rawi/pipeline/message"

const (
	mixedShare = 0.15 // of the letters, from which a second language makes a text mixed
	doubted    = 60   // letters from which a block's own language can be told
	doubts     = 2    // blocks of one text that the detector is asked about: the bound on what a strange page costs
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
		return nil, tag != "ja" && twoScripts(blocks)
	}
	return found, true
}

// twoScripts reports whether a second script holds enough letters to make a text mixed, be they quotations within its sentences.
func twoScripts(blocks []block) bool {
	var all sample
	for _, b := range blocks {
		all.add(b)
	}
	_, most := all.scripts.leading()
	for _, n := range all.scripts {
		if n < most && float64(n) >= mixedShare*float64(all.letters) {
			return true
		}
	}
	return false
}

// ofBlock is the language of one block, the text's own unless something speaks against it.
func (s *Stage) ofBlock(b block, tag string, left *int) string {
	script, most := b.scripts.leading()
	switch {
	case most*2 <= b.letters:
		return tag
	case script == scriptOfTag(tag) || tag == message.Undetermined && script == latin:
		return s.amongNeighbours(b, tag)
	case (script == arabic || script == latin) && most < short:
		if *left == 0 {
			return s.amongNeighbours(b, message.Undetermined)
		}
		*left--
	}
	return s.judge(take([]block{b}, 1), "").tag
}

// amongNeighbours is the language of a block in the script of its text: another one only where its words leave no doubt.
func (s *Stage) amongNeighbours(b block, tag string) string {
	if b.letters < doubted {
		return tag
	}
	script, _ := b.scripts.leading()
	plain := s.words.plain(b.evidence)
	if script == arabic {
		plain = s.words.plainArabic(b)
	}
	if plain == "" {
		return tag
	}
	return plain
}

// largest is the language that most of a text is written in by the words of its blocks, where the text as a whole left a doubt: pages in two
// languages of one script have the words of both.
func (s *Stage) largest(blocks []block, otherwise verdict) verdict {
	letters, most, all := map[string]int{}, verdict{}, 0
	for _, b := range blocks {
		all += b.letters
		if tag := s.amongNeighbours(b, message.Undetermined); tag != message.Undetermined {
			letters[tag] += b.letters
			if letters[tag] > letters[most.tag] {
				most = unsure(tag, byWords)
			}
		}
	}
	if 2*letters[most.tag] <= all {
		return otherwise
	}
	return most
}

// scriptOfTag is the script of the languages whose words are known.
func scriptOfTag(tag string) string {
	switch tag {
	case "ar", "fa", "ur":
		return arabic
	case "ja", "ko", "el", "th", "hy", "ka", message.Undetermined:
		return ""
	}
	return latin
}

// cut shortens text to at most n letters at a rune.
func cut(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}
