package dedup

import (
	"slices"
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/text"
)

const (
	mostGiven    = 12  // values of a report that are quoted
	passageBytes = 160 // of a quotation, about
)

// passages are the sentences of an article that give its facts.
func passages(a message.Article) []message.Passage {
	var out []message.Passage
	cut := map[int][]text.Sentence{} // of blocks: most evidence stands in a few
	for _, e := range a.Facts.Evidence[:min(len(a.Facts.Evidence), mostGiven)] {
		block := a.Title
		if e.Block >= 0 && e.Block < len(a.Blocks) {
			block = a.Blocks[e.Block].Text
		}
		if e.Start < 0 || e.End > len(block) || e.Start >= e.End {
			continue // of a text that is not this one
		}
		if _, ok := cut[e.Block]; !ok {
			cut[e.Block] = text.Sentences(block)
		}
		out = quote(out, around(block, cut[e.Block], e.Start, e.End), message.Given{Fact: e.Fact, Value: e.Value})
	}
	return out
}

// quote adds what a sentence gives, to that sentence where it gave something before.
func quote(list []message.Passage, text string, g message.Given) []message.Passage {
	i := slices.IndexFunc(list, func(p message.Passage) bool { return p.Text == text })
	if i < 0 {
		return append(list, message.Passage{Text: text, Gives: []message.Given{g}})
	}
	list[i].Gives = append(list[i].Gives, g)
	return list
}

// around is the sentence about a place in a text, or of a long one the words about it.
func around(block string, sentences []text.Sentence, start, end int) string {
	from, to := start, end
	for _, s := range sentences {
		if s.Start <= start && start < s.End {
			from, to = s.Start, max(s.End, end)
		}
	}
	spare := max(0, passageBytes-(end-start)) / 2
	before, after := "", ""
	if from < start-spare {
		from, before = wordAfter(block, start-spare), "… "
	}
	if to > end+spare {
		to, after = wordBefore(block, end+spare), " …"
	}
	return before + strings.TrimSpace(block[min(from, start):max(to, end)]) + after
}

// wordAfter is where the first whole word begins from i on.
func wordAfter(s string, i int) int {
	if j := strings.IndexByte(s[i:], ' '); j >= 0 {
		return i + j + 1
	}
	return runeStart(s, i)
}

// wordBefore is where the last whole word before i ends.
func wordBefore(s string, i int) int {
	if j := strings.LastIndexByte(s[:i], ' '); j >= 0 {
		return j
	}
	return runeStart(s, i)
}

// runeStart is the start of the letter that i lies in.
func runeStart(s string, i int) int {
	for i > 0 && !utf8.RuneStart(s[i]) {
		i--
	}
	return i
}
