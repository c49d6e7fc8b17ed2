package facts_test

import (
	"time"

	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// readNews reads a report of one paragraph.
func readNews(pack extract.Language, title, text string) message.Facts {
	doc := extract.Document{
		Title: title, Published: time.Date(2025, time.March, 6, 12, 0, 0, 0, time.UTC), PublishedKnown: true,
		Blocks: []message.Block{{Kind: message.BlockParagraph, Text: text}},
	}
	return pack.Analyse(doc).Facts
}
