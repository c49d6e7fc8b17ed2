package page

import (
	"strings"

	"rawi/pipeline/message"
)

const (
	aboveHeadline = 5  // blocks above the headline among which the date may stand
	belowHeadline = 15 // and below it
	dateLine      = 24 // words of the longest line that tells when and by whom
	dateSentence  = 8  // words from which a line that ends with a full stop is a sentence
	belowText     = 6  // blocks below the text that may say that it is not whole
)

// aroundHeadline is the short lines where outlets put the date, in the order of trust: those below the headline as they follow, and those above
// it from the nearest. Menus, comments and lists of other articles have dates of their own.
func (j *judge) aroundHeadline() (above, below []string) {
	for i := j.headline - 1; i >= max(j.headline-aboveHeadline, 0); i-- {
		if j.datable(i) {
			above = append(above, collapse(j.all[i].text))
		}
	}
	for i := j.headline; i < min(j.headline+belowHeadline, len(j.all)); i++ {
		if !j.all[i].h1 && j.datable(i) {
			below = append(below, collapse(j.all[i].text))
		}
	}
	return above, below
}

func (j *judge) datable(i int) bool {
	s := &j.all[i]
	return s.tokens > 0 && s.tokens <= dateLine && !s.shut && !s.figure && (s.tokens <= dateSentence || s.text[len(s.text)-1] != '.')
}

// after is the short lines below the text.
func (j *judge) after(last int) (lines []string) {
	for i := last; i < len(j.all) && len(lines) < belowText; i++ {
		if s := &j.all[i]; s.tokens > 0 && !s.shut {
			if s.tokens >= dateLine {
				break
			}
			lines = append(lines, collapse(s.text))
		}
	}
	return lines
}

// typed gives lines the kinds that their blocks have in the tree. The run of text begins at block first.
func (j *judge) typed(lines []string, first int) []Block {
	blocks := make([]Block, 0, len(lines))
	for _, line := range lines {
		form, tokens := normal(line)
		if tokens == 0 {
			continue
		}
		b := Block{Kind: message.BlockParagraph, Text: line}
		if i, ok := j.byNormal[form]; ok {
			s := &j.all[i]
			b.Kind, b.Linked, b.Lead = s.kind, s.linked, j.says(i, saysLead) || j.headline < i && i < first
			b.Ahead, b.Behind = collapse(s.ahead), collapse(s.behind)
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// titleParts are the signs between a title and the names of site and section in the <title> of a page.
var titleParts = []string{" - ", " | ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", ": "}

const repeatedWords = 3 // of the shortest title that is looked for in the page

// repeated is what lines of the page say that are a title as the page claims it, or its beginning or end.
func (j *judge) repeated(claims []string) (lines []string) {
	for _, claim := range claims {
		parts := []string{claim}
		for _, sign := range titleParts {
			if before, _, ok := strings.Cut(claim, sign); ok {
				parts = append(parts, before, claim[strings.LastIndex(claim, sign)+len(sign):], claim[len(before)+len(sign):])
			}
		}
		for _, part := range parts {
			form, words := normal(part)
			if i, ok := j.byNormal[form]; ok && words >= repeatedWords && !j.all[i].linked && !j.all[i].shut {
				lines = append(lines, j.all[i].text)
			}
		}
	}
	return lines
}
