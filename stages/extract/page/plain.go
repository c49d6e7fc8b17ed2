package page

import (
	"strings"

	"rawi/pipeline/message"
)

// lines makes blocks of text without markup: every line is one.
func lines(body string) []Block {
	var blocks []Block
	for _, line := range bounded(tidyLines(body)) {
		if kind, rest := plainKind(line); rest != "" {
			blocks = append(blocks, Block{Kind: kind, Text: rest})
		}
	}
	return blocks
}

// plainKind reads the marks with which plain text shows lists.
func plainKind(line string) (kind, rest string) {
	for _, mark := range []string{"- ", "• ", "* ", "– "} {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			return message.BlockList, strings.TrimSpace(rest)
		}
	}
	return message.BlockParagraph, line
}
