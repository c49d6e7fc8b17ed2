package extracttest

import (
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract/facts"
)

// Official checks for sentences that each tell of seven dead whether the number is read as that of an authority.
func Official(t *testing.T, g facts.Grammar, sentences map[string]bool) {
	t.Helper()
	for sentence, official := range sentences {
		read := facts.NewReader(g).Read(facts.Document{
			Title: sentence, Blocks: []message.Block{{Kind: message.BlockParagraph, Text: sentence}},
			Published: time.Date(2024, 3, 4, 18, 0, 0, 0, time.UTC), PublishedKnown: true,
		})
		if k := read.Facts.Killed; k == nil || k.N != 7 || k.Official != official {
			t.Errorf("%s: killed %+v, want 7, official %v; %+q", sentence, k, official, sentence)
		}
	}
}
