package annotate

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"rawi/cmd/internal/show"
	"rawi/pipeline/message"
)

// Options say what the terminal can do.
type Options struct {
	Width  int  // cells of a line; less than 40 counts as 40
	Colour bool // spans are coloured instead of bracketed
}

const (
	narrowest = 40
	indent    = 2
)

// Write shows a reading: what is told of each happening, then the whole text with the passages marked and numbered, each paragraph followed by
// its notes. Right-to-left text stands on lines of its own, so that a terminal that turns it has nothing else to turn with it. No control
// character of the article reaches the terminal.
func Write(w io.Writer, r Reading, o Options) error {
	o.Width = max(o.Width, narrowest)
	p := printer{options: o}
	p.head(r)
	p.summary("MAIN HAPPENING", r.Main.Facts)
	for i, h := range r.Recalled {
		p.summary("RECALLED "+strconv.Itoa(i+1), h.Facts)
	}
	p.text(r)
	_, err := io.WriteString(w, p.out.String())
	return err
}

// printer gathers what is written.
type printer struct {
	options Options
	out     strings.Builder
	notes   int // numbered so far
}

func (p *printer) line(format string, args ...any) {
	fmt.Fprintf(&p.out, format+"\n", args...)
}

func (p *printer) styled(style, s string) string {
	if !p.options.Colour || style == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

func (p *printer) head(r Reading) {
	p.paragraph(plain(r.Title, styleTitle), 0)
	published := "publication unknown, days are counted from " + r.Read.Time.Format("2006-01-02 15:04 -07:00")
	if !r.Published.Time.IsZero() {
		published = fmt.Sprintf("published %s (%s)", r.Published.Time.Format("2006-01-02 15:04 -07:00"), r.Published.Origin)
	}
	p.line("%s", show.Line(r.Language+", "+published+", read by "+r.Extractor))
	if r.URL != "" {
		p.line("%s", show.Line(r.URL))
	}
}

// summary lists the facts of one happening, one a line.
func (p *printer) summary(title string, f message.Facts) {
	p.line("\n%s", p.styled(styleTitle, strings.TrimSpace(title+"  "+f.Kind)))
	told := values(f)
	if len(told) == 0 {
		p.line("  nothing told of it")
	}
	for _, v := range told {
		name := fmt.Sprintf("  %-10s ", v.fact)
		p.line("%s%s", name, p.styled(styleOf[v.fact], show.Line(v.value)))
	}
}

// value is one fact as a person would say it.
type value struct{ fact, value string }

// values are the facts of a happening in the order in which a person would ask for them.
func values(f message.Facts) []value {
	var all []value
	add := func(fact, v string) {
		if v != "" {
			all = append(all, value{fact, v})
		}
	}
	add("action", f.Action)
	add("day", days(f.Day))
	add("announced", days(f.Announced))
	for _, place := range f.Places {
		add("places", joined(place.Name, place.ID, place.Kind, place.Country))
	}
	add("country", f.Country)
	add("arrested", count(f.Arrested))
	add("killed", count(f.Killed))
	add("wounded", count(f.Wounded))
	add("rescued", count(f.Rescued))
	if f.Ages != nil {
		add("ages", span(strconv.Itoa(f.Ages.Min), strconv.Itoa(f.Ages.Max)))
	}
	add("agencies", strings.Join(f.Agencies, ", "))
	add("partners", strings.Join(f.Partners, ", "))
	add("group", f.Group)
	for _, g := range f.Seized {
		add("seized", goods(g))
	}
	for _, person := range f.Persons {
		add("persons", joined(person.Name, person.Role))
	}
	if f.Speech != nil {
		add("speech", joined(f.Speech.Act, f.Speech.By...))
	}
	return all
}

// joined is a name and, in brackets after it, what is known of it.
func joined(name string, known ...string) string {
	var more []string
	for _, k := range known {
		if k != "" {
			more = append(more, k)
		}
	}
	if len(more) == 0 {
		return name
	}
	return name + " (" + strings.Join(more, ", ") + ")"
}

func span(from, to string) string {
	if from == to {
		return from
	}
	return from + " to " + to
}

func days(d *message.Days) string {
	if d == nil {
		return ""
	}
	return span(d.From, d.To)
}

func count(c *message.Count) string {
	if c == nil {
		return ""
	}
	s := strconv.Itoa(c.N)
	if c.Max > 0 {
		s = span(s, strconv.Itoa(c.Max))
	}
	if c.Approx {
		s = "about " + s
	}
	parts := make([]string, len(c.Split))
	for i, share := range c.Split {
		parts[i] = strconv.Itoa(share.N) + " " + share.Place
	}
	if len(parts) > 0 {
		s += " = " + strings.Join(parts, " + ")
	}
	return s
}

func goods(g message.Goods) string {
	if g.Amount == 0 {
		return g.Concept
	}
	return joined(g.Concept, strconv.FormatFloat(g.Amount, 'f', -1, 64)+" "+g.Unit)
}

// text writes title and blocks with their passages marked.
func (p *printer) text(r Reading) {
	p.line("\n%s", p.styled(styleTitle, "TEXT"))
	p.block(r, -1, r.Title, "title")
	for i, b := range r.Blocks {
		name := "paragraph " + strconv.Itoa(i+1)
		if b.Kind != message.BlockParagraph {
			name += ", " + b.Kind
		}
		if b.Role == message.RoleBackground {
			name += ", background"
		}
		p.block(r, i, b.Text, name)
	}
}

// block writes one block and the notes to it.
func (p *printer) block(r Reading, block int, text, name string) {
	p.line("%s", p.styled(styleDim, show.Line(name)))
	var notes []note
	for i, h := range append([]Happening{r.Main}, r.Recalled...) {
		for _, passage := range h.Passages {
			if passage.Block == block {
				p.notes++
				notes = append(notes, note{Passage: passage, number: p.notes, recalled: i})
			}
		}
	}
	p.paragraph(marked(text, notes, p.options.Colour), indent)
	for _, n := range notes {
		p.line("    %s", p.styled(styleDim, n.line()))
	}
}

// note is a passage with its number in the text.
type note struct {
	Passage

	number   int
	recalled int // 0 for the main happening, else which of the recalled ones
}

// line is what a note says: fact, value, trust, rule, where.
func (n note) line() string {
	which := ""
	if n.recalled > 0 {
		which = "recalled " + strconv.Itoa(n.recalled) + ": "
	}
	return fmt.Sprintf("%s %s%s %s | %s, %s | %d-%d", superscript(n.number), which, n.Fact, show.Line(n.Value), n.Strength, n.Rule, n.Start, n.End)
}
