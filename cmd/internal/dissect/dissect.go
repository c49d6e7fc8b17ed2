// Package dissect lays out for a terminal what one page gives: the article, and block by block what was kept or cut and why.
package dissect

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
	"rawi/stages/extract"
)

// Reading is what one page gives.
type Reading struct {
	Article     message.Article     `json:"article,omitzero"` // zero where there is none
	Error       string              `json:"error,omitempty"`  // why there is none
	Language    string              `json:"language"`
	Method      string              `json:"method"` // by which the language was told; "given" where it was not
	Explanation extract.Explanation `json:"explanation"`
}

// Options say how much is shown, and what the terminal can do.
type Options struct {
	Width   int  // cells of a line; less than 40 counts as 40
	Colour  bool // what is cut is dim
	Explain bool // every block of the page, and every candidate, is shown
}

const (
	narrowest = 40
	margin    = 11 // cells before a value
	indent    = 4  // cells before a text
)

// Write shows a reading. Text of the page stands on lines of its own, so that a terminal that turns right-to-left text has nothing else to turn with
// it, and no control character of it reaches the terminal.
func Write(w io.Writer, r Reading, o Options) error {
	o.Width = max(o.Width, narrowest)
	p := paper{options: o}
	if r.Article.Title != "" {
		p.text(0, r.Article.Title)
	}
	p.facts(r)
	if o.Explain {
		p.candidates(r.Explanation)
		p.blocks(r.Explanation.Blocks)
	} else {
		p.article(r.Article.Blocks)
	}
	_, err := io.WriteString(w, p.out.String())
	return err
}

type paper struct {
	options Options
	out     strings.Builder
}

// text writes a text with a margin, broken between words.
func (p *paper) text(margin int, text string) {
	room := p.options.Width - margin
	line, cells := "", 0
	flush := func() {
		if cells > 0 {
			p.out.WriteString(strings.Repeat(" ", margin) + line + "\n")
		}
		line, cells = "", 0
	}
	for word := range strings.FieldsSeq(show.Line(text)) {
		for n := runewidth.StringWidth(word); n > room; n = runewidth.StringWidth(word) { // an address, or letters without end
			flush()
			head := runewidth.Truncate(word, room, "")
			if head == "" {
				return // not one letter fits
			}
			p.out.WriteString(strings.Repeat(" ", margin) + head + "\n")
			word = word[len(head):]
		}
		n := runewidth.StringWidth(word)
		if cells > 0 && cells+1+n > room {
			flush()
		}
		if cells > 0 {
			line, cells = line+" ", cells+1
		}
		line, cells = line+word, cells+n
	}
	flush()
}

// value writes a name and what it is, below each other where there is no room.
func (p *paper) value(name, value string) {
	if value == "" {
		return
	}
	start := p.out.Len()
	p.text(margin, value)
	written := p.out.String()
	rest := strings.TrimPrefix(written[start:], strings.Repeat(" ", margin))
	p.out.Reset()
	p.out.WriteString(written[:start] + runewidth.FillRight(name, margin) + rest)
}

// facts are what is known of the article beside its text.
func (p *paper) facts(r Reading) {
	a, e := r.Article, r.Explanation
	p.value("nothing", r.Error)
	p.value("kind", e.Kind)
	if a.ID != "" {
		p.value("published", moment(a.Published))
	}
	if !a.Modified.Time.IsZero() {
		p.value("changed", moment(a.Modified))
	}
	p.value("authors", strings.Join(a.Authors, "; "))
	p.value("credit", a.Credit)
	p.value("address", a.URL)
	p.value("canonical", a.Canonical)
	p.value("access", a.Access)
	p.value("language", language(r))
	p.value("charset", e.Charset)
	if e.Rule {
		p.value("rule", "one for this site is in force")
	}
	if q := e.Quality; q != nil {
		p.value("quality", quality(*q, len(e.Described) > 0))
	}
	p.value("read by", a.Extractor)
}

func moment(m message.Moment) string {
	if m.Time.IsZero() {
		return "not known"
	}
	layout := "2006-01-02 15:04 -07:00"
	if m.Precision == message.PrecisionDay {
		layout = time.DateOnly
	}
	return fmt.Sprintf("%s, to the %s, from %s", m.Time.Format(layout), m.Precision, m.Origin)
}

func language(r Reading) string {
	told := r.Language + ", " + r.Method
	if declared := r.Explanation.Declared; declared != "" {
		told += "; the page says " + declared
	}
	return told
}

func quality(q extract.Readings, described bool) string {
	told := fmt.Sprintf("%d words", q.Words)
	if q.Agreement > 0 {
		told += fmt.Sprintf(", both readers agree on %.0f %% of the blocks", 100*q.Agreement)
	}
	if described {
		told += fmt.Sprintf(", %.0f %% of the page's own description is in the text", 100*q.Description)
	}
	if q.Damaged > 0 {
		told += fmt.Sprintf(", %.1f %% of the letters look broken", 100*q.Damaged)
	}
	return told
}

// article writes the text as it goes on.
func (p *paper) article(blocks []message.Block) {
	for _, b := range blocks {
		p.out.WriteByte('\n')
		note := ""
		if b.Kind != message.BlockParagraph {
			note = b.Kind
		}
		if b.Role == message.RoleBackground {
			note = strings.TrimPrefix(note+", background", ", ")
		}
		if note != "" {
			p.line("[" + note + "]")
		}
		p.text(indent, b.Text)
	}
}

// line writes one line of our own words, dim.
func (p *paper) line(text string) {
	if p.options.Colour {
		text = "\x1b[2m" + text + "\x1b[0m"
	}
	p.out.WriteString(text + "\n")
}

// candidates are what the page says of itself.
func (p *paper) candidates(e extract.Explanation) {
	for _, list := range []struct {
		name string
		said []extract.Said
	}{{"TITLES", e.Titles}, {"DATES", e.Dates}, {"AUTHORS", e.Authors}} {
		if len(list.said) == 0 {
			continue
		}
		p.out.WriteString("\n" + list.name + ", most trusted first\n")
		for _, s := range list.said {
			p.line("  " + show.Cut(s.Origin, p.options.Width-2))
			p.text(indent, s.Text)
		}
	}
}

// blocks are all blocks of the page: "+" before those that stay, "-" before those that go.
func (p *paper) blocks(all []extract.Verdict) {
	kept := 0
	for _, v := range all {
		if v.Kept {
			kept++
		}
	}
	fmt.Fprintf(&p.out, "\nBLOCKS, %d kept (+) and %d cut (-)\n", kept, len(all)-kept)
	for len(all) > 0 {
		n := menu(all)
		if n > 1 {
			p.row(all[:n])
		} else {
			p.block(all[0])
		}
		all = all[n:]
	}
}

// labelWords is the number of words up to which a block that was cut may stand with others on one line.
const labelWords = 6

// menu is how many short blocks at the beginning were cut for one reason: at least 1.
func menu(all []extract.Verdict) int {
	n := 0
	for n < len(all) && !all[n].Kept && all[n].Words <= labelWords && slices.Equal(all[n].Why, all[0].Why) {
		n++
	}
	return max(n, 1)
}

// row writes short blocks that were cut for one reason: the first of them, as far as a line goes.
func (p *paper) row(all []extract.Verdict) {
	words, texts := 0, make([]string, len(all))
	for i, v := range all {
		words += v.Words
		texts[i] = strings.Join(strings.Fields(v.Text), " ")
	}
	p.head(fmt.Sprintf("- %d short blocks, %d words: %s", len(all), words, reasons(all[0].Why)), all[0].Path)
	p.line(strings.Repeat(" ", indent) + show.Cut(strings.Join(texts, " | "), p.options.Width-indent))
}

// head writes what became of a block, and where it stands.
func (p *paper) head(told, path string) {
	for i, part := range wrapped(show.Line(told), p.options.Width-2) {
		if i > 0 {
			part = "  " + part
		}
		p.line(part)
	}
	if path != "" {
		p.line("  " + show.Cut(path, p.options.Width-2))
	}
}

func (p *paper) block(v extract.Verdict) {
	head := fmt.Sprintf("%s %s, %d words: %s", sign(v.Kept), v.Kind, v.Words, reasons(v.Why))
	if v.Words == 1 {
		head = strings.Replace(head, "1 words", "1 word", 1)
	}
	if v.Role == message.RoleBackground {
		head += "; background"
	}
	p.head(head, v.Path)
	if v.Kept {
		p.text(indent, v.Text)
		return
	}
	p.line(strings.Repeat(" ", indent) + show.Cut(strings.Join(strings.Fields(v.Text), " "), p.options.Width-indent))
}

func sign(kept bool) string {
	if kept {
		return "+"
	}
	return "-"
}

// wrapped breaks our own words into lines.
func wrapped(text string, room int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && runewidth.StringWidth(line)+1+runewidth.StringWidth(word) > room {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
