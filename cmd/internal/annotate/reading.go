// Package annotate shows an article with the facts that were read of it: each with its sentence, its place in the text, its rule and how far
// that rule is to be trusted.
package annotate

import (
	"cmp"
	"slices"

	"rawi/pipeline/message"
	"rawi/stages/extract/facts"
	"rawi/stages/text"
)

// Reading is an article and what was read of it, in the form that programs get.
type Reading struct {
	Title     string          `json:"title"`
	Language  string          `json:"language"`
	URL       string          `json:"url,omitempty"`
	Published message.Moment  `json:"published,omitzero"`
	Read      message.Moment  `json:"read,omitzero"` // the time that days are counted from where no publication is known
	Extractor string          `json:"extractor"`
	Blocks    []message.Block `json:"blocks"`
	Main      Happening       `json:"main"`
	Recalled  []Happening     `json:"recalled,omitempty"`
}

// Happening is one happening with the passages that tell of it, as they stand in the text.
type Happening struct {
	Facts    message.Facts `json:"facts"` // without evidence: that is in Passages
	Passages []Passage     `json:"passages,omitempty"`
}

// Passage is what one fact was read from. Offsets count bytes of the block's text; a sentence's too.
type Passage struct {
	Fact          string `json:"fact"`
	Value         string `json:"value"`
	Block         int    `json:"block"` // index into Blocks; -1 for the title
	Start         int    `json:"start"`
	End           int    `json:"end"`
	Text          string `json:"text"`
	Sentence      string `json:"sentence"`
	SentenceStart int    `json:"sentence_start"`
	SentenceEnd   int    `json:"sentence_end"`
	Rule          string `json:"rule"`
	Strength      string `json:"strength"`
	Sees          string `json:"sees"` // what the rule saw
}

// Read puts the facts of an article beside their sentences.
func Read(a message.Article) Reading {
	r := Reading{
		Title: a.Title, Language: a.Language, URL: cmp.Or(a.Canonical, a.URL), Published: a.Published, Extractor: a.Extractor, Blocks: a.Blocks,
	}
	if a.Published.Time.IsZero() {
		r.Read = message.Moment{Time: a.Fetched, Origin: "fetched"}
	}
	rules := facts.Rules()
	r.Main = happening(a, a.Facts, rules)
	for _, f := range a.Recalled {
		r.Recalled = append(r.Recalled, happening(a, f, rules))
	}
	return r
}

func happening(a message.Article, f message.Facts, rules map[string]facts.Rule) Happening {
	h := Happening{Facts: f}
	h.Facts.Evidence = nil
	for _, e := range f.Evidence {
		block, ok := blockText(a, e.Block)
		if !ok || e.Start < 0 || e.Start >= e.End || e.End > len(block) {
			continue
		}
		p := Passage{Fact: e.Fact, Value: e.Value, Block: e.Block, Start: e.Start, End: e.End, Text: block[e.Start:e.End], Rule: e.Rule}
		p.Strength, p.Sees = rules[e.Rule].Strength, rules[e.Rule].Sees
		p.SentenceStart, p.SentenceEnd = sentenceAround(block, e.Start, e.End)
		p.Sentence = block[p.SentenceStart:p.SentenceEnd]
		h.Passages = append(h.Passages, p)
	}
	slices.SortStableFunc(h.Passages, func(p, q Passage) int {
		return cmp.Or(p.Block-q.Block, p.Start-q.Start, p.End-q.End)
	})
	return h
}

// blockText is the text of a block; the title's is -1.
func blockText(a message.Article, block int) (string, bool) {
	switch {
	case block == -1:
		return a.Title, true
	case block >= 0 && block < len(a.Blocks):
		return a.Blocks[block].Text, true
	}
	return "", false
}

// sentenceAround is where the sentences that hold a passage begin and end.
func sentenceAround(block string, start, end int) (from, to int) {
	from, to = start, end
	for _, s := range text.Sentences(block) {
		if s.Start <= start && start < s.End {
			from = s.Start
		}
		if s.Start < end && end <= s.End {
			to = s.End
		}
	}
	return from, to
}
