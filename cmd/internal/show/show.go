// Package show lays stories and articles out for a terminal: in columns, in two scripts, with nothing that a hostile title could do to it.
package show

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"

	"rawi/pipeline/message"
)

// column is one column of the table of stories.
type column struct {
	title string
	width int // in terminal cells
	value func(message.Story) string
}

var columns = []column{
	{"STORY", 17, func(s message.Story) string { return s.ID }},
	{"KIND", 9, func(s message.Story) string { return s.Kind }},
	{"CC", 2, func(s message.Story) string { return cmp.Or(s.Country, "--") }},
	{"PHASE", 10, func(s message.Story) string { return cmp.Or(s.Phase, "-") }},
	{"DAY", 10, func(s message.Story) string { return day(s.Facts) }},
	{"PLACES", 24, func(s message.Story) string { return places(s.Facts) }},
	{"FR", 2, func(s message.Story) string { return count(s, "fr") }},
	{"AR", 2, func(s message.Story) string { return count(s, "ar") }},
	{"SRC", 3, func(s message.Story) string { return fmt.Sprint(s.Independent) }},
}

// narrowest is the width in cells below which a terminal gets lines that are longer than it.
const narrowest = 60

// leastTitle is the room in cells that titles want: narrower terminals get fewer columns.
const leastTitle = 23

// Stories writes the table of stories: one line of columns each, ended by the title, and below it the titles in further languages.
// Lines are cut to width cells, at least 60; narrow tables leave the phase out, then the places, then the sources.
func Stories(w io.Writer, stories []message.Story, width int) error {
	shown, left := fitting(max(width, narrowest))
	room := max(width, narrowest) - left
	heads := make([]string, len(shown))
	for i, c := range shown {
		heads[i] = pad(c.title, c.width)
	}
	if _, err := fmt.Fprintf(w, "%s TITLE\n", strings.Join(heads, " ")); err != nil {
		return err
	}
	for _, s := range stories {
		if _, err := io.WriteString(w, row(s, shown, left, room)); err != nil {
			return err
		}
	}
	return nil
}

// fitting returns the columns that leave room for titles, and the cells that they take.
func fitting(width int) (shown []column, left int) {
	shown = slices.Clone(columns)
	for _, c := range shown {
		left += c.width + 1
	}
	for _, title := range []string{"PHASE", "PLACES", "SRC"} {
		if width-left >= leastTitle {
			break
		}
		i := slices.IndexFunc(shown, func(c column) bool { return c.title == title })
		left -= shown[i].width + 1
		shown = slices.Delete(shown, i, i+1)
	}
	return shown, left
}

func row(s message.Story, shown []column, left, room int) string {
	cells := make([]string, len(shown))
	for i, c := range shown {
		cells[i] = pad(Line(c.value(s)), c.width)
	}
	var b strings.Builder
	b.WriteString(strings.Join(cells, " ") + " ")
	for i, title := range titles(s) {
		if i > 0 {
			b.WriteString(strings.Repeat(" ", left))
		}
		b.WriteString(runewidth.Truncate(Line(title), room, "…") + "\n")
	}
	return b.String()
}

// titles gives French first, Arabic next, others after them, so that rows can be compared down the page.
func titles(s message.Story) []string {
	languages := make([]string, 0, len(s.Titles))
	for l := range s.Titles {
		languages = append(languages, l)
	}
	order := func(l string) int { return slices.Index([]string{"ar", "fr"}, l) }
	slices.SortFunc(languages, func(a, b string) int { return cmp.Or(order(b)-order(a), strings.Compare(a, b)) })
	all := make([]string, 0, len(languages))
	for _, l := range languages {
		all = append(all, s.Titles[l])
	}
	if len(all) == 0 {
		all = []string{"(no title)"}
	}
	return all
}

// Title is the title by which a story is named on one line.
func Title(s message.Story) string { return titles(s)[0] }

// Story writes one story whole: facts, what disagrees, reports with why each joined, neighbours, and the decision that made this revision.
func Story(w io.Writer, s message.Story) error {
	var b strings.Builder
	Printf(&b, "%s  revision %d  %s  %s\n", s.ID, s.Revision, s.Change, s.Subject())
	if s.Phase != "" {
		Printf(&b, "  %s", s.Phase)
		if !s.Closes.IsZero() {
			Printf(&b, ", closes %s unless it changes before", s.Closes.UTC().Format("2006-01-02"))
		}
		b.WriteString("\n")
	}
	for _, title := range titles(s) {
		Printf(&b, "  %s\n", Line(title))
	}
	writeValues(&b, s)
	Printf(&b, "reports (%d, of %d independent sources)\n", len(s.Reports), s.Independent)
	for _, r := range s.Reports {
		writeReport(&b, r)
	}
	writeList(&b, "recalls", s.Mentions)
	writeList(&b, "recalled by", s.MentionedBy)
	writeList(&b, "also known as", s.Aliases)
	writeList(&b, "split from", one(s.SplitFrom))
	writeList(&b, "taken back", s.Withdrawn)
	writeDecision(&b, s.Decision)
	_, err := io.WriteString(w, b.String())
	return err
}

func writeValues(b *strings.Builder, s message.Story) {
	if len(s.Values) == 0 {
		return
	}
	b.WriteString("facts\n")
	for _, v := range s.Values {
		Printf(b, "  %-10s %-32s %d of %d reports\n", Line(v.Fact), Line(v.Value), len(v.Reports), len(s.Reports))
		for _, article := range v.Reports { // in the order of the reports, which a map has not
			if text := v.Passages[article]; text != "" {
				Printf(b, "    %s  %s\n", article, Line(text))
			}
		}
	}
	for _, t := range s.Tolls {
		said := ""
		if t.Official {
			said = ", official"
		}
		Printf(b, "  %-10s %-32s from %s, %s%s\n", "toll of", Line(t.Fact+" "+t.Value), t.Published.UTC().Format("2006-01-02 15:04"), t.Article, said)
	}
}

func writeReport(b *strings.Builder, r message.Report) {
	note := ""
	if r.CopyOf != "" {
		note = "  (copy of " + r.CopyOf + ")"
	}
	published := "undated         "
	if !r.Published.IsZero() {
		published = r.Published.UTC().Format("2006-01-02 15:04")
	}
	Printf(b, "  %s  %s  %-2s  %s  %s%s\n", published, r.Article, Line(r.Language), Line(r.Source), Line(r.Title), note)
	if r.Why != nil {
		writeWhy(b, *r.Why)
	}
}

// writeWhy writes by what a report came in: a line, and below it the reasons.
func writeWhy(b *strings.Builder, y message.Why) {
	Printf(b, "    %s, score %.2f, rules %s\n", Line(y.Outcome), y.Score, Line(y.Rules))
	writeHand(b, "    ", y.Hand)
	writeReasons(b, "    for", y.For)
	writeReasons(b, "    against", y.Against)
	if m := y.Merged; m != nil {
		Printf(b, "    merged: %s, score %.2f\n", Line(m.Story), m.Score)
		writeReasons(b, "    for", m.For)
		writeReasons(b, "    against", m.Against)
	}
}

// one is a list of a value, or of none.
func one(id string) []string {
	if id == "" {
		return nil
	}
	return []string{id}
}

func writeList(b *strings.Builder, name string, ids []string) {
	if len(ids) > 0 {
		Printf(b, "%s %s\n", name, strings.Join(ids, ", "))
	}
}

func writeDecision(b *strings.Builder, d message.Decision) {
	Printf(b, "decision: %s, score %.2f, rules %s\n", strings.TrimSpace(d.Article+" "+d.Outcome), d.Score, d.Rules)
	writeHand(b, "  ", d.Hand)
	writeReasons(b, "for", d.For)
	writeReasons(b, "against", d.Against)
	if r := d.RunnerUp; r != nil {
		what := "not joined"
		if d.Outcome == message.OutcomeMerge {
			what = "merged"
		}
		Printf(b, "%s: %s, score %.2f%s\n", what, r.Story, r.Score, veto(r.Veto))
		writeReasons(b, "for", r.For)
		writeReasons(b, "against", r.Against)
	}
}

// writeHand writes what a person decided, or an outlet about its page.
func writeHand(b *strings.Builder, indent string, h *message.Hand) {
	if h == nil {
		return
	}
	at := h.At.UTC().Format("2006-01-02 15:04")
	if h.By == "" {
		Printf(b, "%sby its outlet: %s, %s: %s\n", indent, Line(h.Act), at, Line(h.Reason))
		return
	}
	Printf(b, "%sby hand: %s, %s by %s: %s\n", indent, Line(h.Act), at, Line(h.By), Line(h.Reason))
}

func veto(reason string) string {
	if reason == "" {
		return ""
	}
	return ", veto: " + Line(reason)
}

func writeReasons(b *strings.Builder, side string, reasons []message.Reason) {
	for _, r := range reasons {
		Printf(b, "  %-8s %+6.2f  %-10s %s\n", side, r.Weight, Line(r.Fact), Line(r.Detail))
	}
}

func day(f message.Facts) string {
	switch {
	case f.Day == nil:
		return "-"
	case f.Day.From != f.Day.To && f.Day.Precision == message.PrecisionMonth:
		return f.Day.From[:min(7, len(f.Day.From))]
	}
	return f.Day.From
}

func places(f message.Facts) string {
	names := make([]string, 0, len(f.Places))
	for _, p := range f.Places {
		names = append(names, p.Name)
	}
	return cmp.Or(strings.Join(names, ", "), "-")
}

func count(s message.Story, language string) string {
	n := 0
	for _, r := range s.Reports {
		if r.Language == language {
			n++
		}
	}
	return fmt.Sprint(n)
}

// pad cuts or fills text to exactly width cells.
func pad(text string, width int) string {
	return runewidth.FillRight(runewidth.Truncate(text, width, "…"), width)
}

// Line makes text safe to stand on one terminal line: no control characters, no line breaks, no bidirectional overrides, which could
// hide or reorder what stands beside it.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

// Progress writes a line of progress: over the line before on a terminal, and elsewhere one line each time it changed. An empty line ends it.
func Progress(w io.Writer, terminal bool, line string, changed bool) {
	switch {
	case terminal && line == "":
		fmt.Fprint(w, "\r\x1b[K")
	case terminal:
		fmt.Fprintf(w, "\r\x1b[K%s", line)
	case changed:
		fmt.Fprintln(w, line)
	}
}
