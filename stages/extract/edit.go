package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
	"rawi/stages/extract/page"
)

const (
	paragraphWords = 15 // words from which a block shows that the article has begun
	labelWords     = 3  // words up to which the first line of a text page is the name of a section
	titleWords     = 30
	headBlocks     = 4 // blocks among which the title may be repeated
	stampedBlocks  = 5 // blocks that begin with a time of day, from which a page is a live blog
)

// edited is the text of an article with what its furniture said.
type edited struct {
	title  string
	lead   string
	blocks []message.Block
	read   []string // lines with a date or credit
	signed []string // lines that are nothing but a byline
	teaser bool
	live   bool

	removed []removed
}

// removed is a block that the page's reader had kept and that went afterwards, with the rule: "cut" (a marker, and "below-cut" all that stands
// under it), "drop", "read" and "teaser" (markers), "caption", "marked-link", "teaser-of-tail", "section", "title", "byline", "label".
type removed struct {
	block page.Block
	why   string
}

func (e *edited) remove(why string, blocks ...page.Block) {
	for _, b := range blocks {
		e.removed = append(e.removed, removed{b, why})
	}
}

// edit takes the furniture out of the blocks.
func (s *Stage) edit(p *page.Page, title string) edited {
	e := edited{title: title}
	blocks, tail := s.markedOff(p.Blocks, &e)
	blocks = e.withoutTeasers(blocks, tail)
	if p.Plain {
		blocks = e.plainTitle(blocks)
	}
	blocks = e.withoutTitle(blocks, append(headlines(p), e.title))
	blocks = e.withoutBylines(p, blocks, s.bylines)
	if !p.Plain {
		blocks = e.withoutLabels(blocks)
	}
	e.setLead(p, blocks)
	e.signed = append(e.signed, s.bylines.signers(p.Visible)...)
	e.teaser = e.teaser || s.toldBelow(p.After)
	e.live = p.Live || timed(blocks) >= stampedBlocks
	return e
}

// markedOff applies the markers: kept is what is left of the article, tail what stands below a cut.
func (s *Stage) markedOff(blocks []page.Block, e *edited) (kept, tail []page.Block) {
	begun := false
	after := article
	for i, b := range blocks {
		b.Text = s.book.withoutLinks(b)
		words := countWords(b.Text)
		r := s.book.of(b.Text, words)
		switch {
		case r == cut && begun:
			e.remove("cut", b)
			e.remove("below-cut", blocks[i+1:]...)
			return kept, blocks[i+1:]
		case r != article:
			e.mark(r, b)
		case s.bylines.caption(b.Text):
			e.read = append(e.read, b.Text)
			e.remove("caption", b)
		case after == drop && b.Linked:
			e.remove("marked-link", b) // the link that stands below "Lire aussi" is the title of what is to be read
		case words > 0:
			kept = append(kept, b)
			begun = begun || words >= paragraphWords
		}
		after = r
	}
	return kept, nil
}

// toldBelow reports whether lines below the text say that it is not whole.
func (s *Stage) toldBelow(lines []string) bool {
	return slices.ContainsFunc(lines, func(line string) bool { return s.book.of(line, countWords(line)) == teaser })
}

// mark takes what a marker says.
func (e *edited) mark(r role, b page.Block) {
	switch r {
	case teaser:
		e.teaser = true
	case read:
		e.read = append(e.read, b.Text)
	}
	e.remove(r.String(), b)
}

// withoutTeasers drops what advertises other articles: blocks of the head that stand in the tail again, and cut-off blocks that appear
// twice. A short line right above such a block at the head of the text is its title.
func (e *edited) withoutTeasers(blocks, tail []page.Block) []page.Block {
	seen := map[string]int{}
	for _, b := range blocks {
		seen[foldLine(b.Text)]++
	}
	below := map[string]bool{}
	for _, b := range tail {
		below[foldLine(b.Text)] = true
	}
	var kept []page.Block
	for i, b := range blocks {
		form := foldLine(b.Text)
		ends := strings.HasSuffix(b.Text, "...") || strings.HasSuffix(b.Text, "…")
		if ends && seen[form] > 1 || below[form] {
			if i == 1 && len(kept) == 1 && countWords(kept[0].Text) < titleWords && !sentence(kept[0].Text) {
				e.remove("teaser-of-tail", kept...)
				kept = kept[:0]
			}
			e.remove("teaser-of-tail", b)
			continue
		}
		kept = append(kept, b)
	}
	return kept
}

func sentence(s string) bool { return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "؟") }

// plainTitle takes the title from the first lines of a text without markup, when none was given; the name of a section above it goes.
func (e *edited) plainTitle(blocks []page.Block) []page.Block {
	if len(blocks) >= 2 && countWords(blocks[0].Text) <= labelWords && isTitle(blocks[1].Text) && !page.Same(blocks[0].Text, e.title) {
		e.remove("section", blocks[0])
		blocks = blocks[1:]
	}
	if e.title == "" && len(blocks) > 0 {
		e.title = blocks[0].Text
		if len(blocks) > 1 {
			e.remove("title", blocks[0])
			blocks = blocks[1:]
		}
	}
	return blocks
}

func isTitle(s string) bool {
	n := countWords(s)
	return n > labelWords && n <= titleWords && !sentence(s)
}

func headlines(p *page.Page) []string {
	titles := make([]string, 0, len(p.Headlines)+1)
	for _, h := range p.Headlines {
		titles = append(titles, h.Text)
	}
	return titles
}

// withoutTitle drops the title where it is repeated among the first blocks, unless nothing else is left.
func (e *edited) withoutTitle(blocks []page.Block, titles []string) []page.Block {
	var kept []page.Block
	for i, b := range blocks {
		if i < headBlocks && len(blocks) > 1 && sameAsAny(b.Text, titles) {
			e.remove("title", b)
			continue
		}
		kept = append(kept, b)
	}
	return kept
}

const bylineWords = 9 // words up to which a line may be nothing but a byline

// withoutBylines drops the lines at both ends of the text that name its author.
func (e *edited) withoutBylines(p *page.Page, blocks []page.Block, by bylines) []page.Block {
	known := map[string]bool{}
	for _, list := range p.Authors {
		for _, name := range list {
			known[foldLine(by.name(name))] = true
		}
	}
	var kept []page.Block
	for i, b := range blocks {
		ends := i < headBlocks || i >= len(blocks)-2
		if ends && len(blocks) > 2 && countWords(b.Text) <= bylineWords && (known[foldLine(by.name(b.Text))] || by.signature(b.Text)) {
			e.signed = append(e.signed, b.Text)
			e.remove("byline", b)
			continue
		}
		kept = append(kept, b)
	}
	return kept
}

// withoutLabels drops what stands before the first and behind the last paragraph of a page and is no sentence: names of sections and buttons.
// Such a line may still name the agency.
func (e *edited) withoutLabels(blocks []page.Block) []page.Block {
	paragraph := func(b page.Block) bool { return countWords(b.Text) >= paragraphWords }
	first := slices.IndexFunc(blocks, paragraph)
	if first < 0 {
		return blocks
	}
	last := len(blocks) - 1
	for !paragraph(blocks[last]) {
		last--
	}
	var kept []page.Block
	for i, b := range blocks {
		if (i < first || i > last) && countWords(b.Text) <= labelWords && !closed(b.Text) {
			e.read = append(e.read, b.Text)
			e.remove("label", b)
			continue
		}
		kept = append(kept, b)
	}
	return kept
}

// closed reports whether a line ends as sentences and quotations do.
func closed(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?؟…»”\":؛", r)
}

func sameAsAny(s string, titles []string) bool {
	for _, t := range titles {
		if page.Same(s, t) {
			return true
		}
	}
	return false
}

// setLead makes the blocks of the message. The standfirst is the one that the extractors lost, or a first block that the page's own description
// repeats.
func (e *edited) setLead(p *page.Page, blocks []page.Block) {
	if p.Lead != "" && !sameAsAny(p.Lead, []string{e.title}) {
		e.lead = p.Lead
		e.blocks = append(e.blocks, message.Block{Kind: message.BlockLead, Text: p.Lead})
	}
	for i, b := range blocks {
		kind := b.Kind
		if i == 0 && e.lead == "" && len(blocks) > 1 && (b.Lead || describes(p, b.Text)) {
			kind, e.lead = message.BlockLead, b.Text
		}
		e.blocks = append(e.blocks, message.Block{Kind: kind, Text: b.Text})
	}
}

func describes(p *page.Page, block string) bool {
	n := countWords(block)
	if n < 8 || n > 120 {
		return false
	}
	for _, d := range p.Descriptions {
		if page.Described([]string{d}, block) > 0.4 && page.Described([]string{block}, d) > 0.4 {
			return true
		}
	}
	return false
}

// stamp is a time of day at the beginning of an entry of a live blog: "09:05", "9h05", "[18h30]".
var stamp = regexp.MustCompile(`^[\[(]?(?:[01]?\d|2[0-3])\s?[:hH]\s?[0-5]\d\b`)

// timed counts the blocks that begin with a time of day.
func timed(blocks []page.Block) (n int) {
	for _, b := range blocks {
		if stamp.MatchString(b.Text[:min(len(b.Text), 12)]) {
			n++
		}
	}
	return n
}
