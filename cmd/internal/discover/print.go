package discover

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"rawi/cmd/internal/registry"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline/message"
)

// margin is the width of the column of names, in cells.
const margin = 10

// Print writes a report for people, in lines of at most width cells where words allow it, and under it the proposed configuration.
func Print(w io.Writer, r Report, width int) error {
	p := printer{width: max(width, 60)}
	p.found(r)
	for _, f := range r.Feeds {
		p.feed(f)
	}
	for _, s := range r.Sections {
		p.section(s)
	}
	if l := r.Language; l != nil {
		p.line("language", languageWords(*l))
	}
	p.line("zone", r.Zone)
	if r.Article != nil {
		p.article(*r.Article)
	}
	for _, note := range r.Notes {
		p.line("note", note)
	}
	for _, problem := range r.Problems {
		p.line("problem", problem.Address+": "+problem.What)
		p.line("", problem.Do)
	}
	if r.Source != nil {
		text, err := config.Format([]config.Source{*r.Source})
		if err != nil {
			return err
		}
		p.b.WriteString("\n" + string(text))
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

type printer struct {
	b     strings.Builder
	width int
}

// line writes a text beside a name, broken between words where it is too long. Text that is empty is left out.
func (p *printer) line(name, text string) {
	if text == "" {
		return
	}
	line := runewidth.FillRight(name, margin)
	used := margin
	for i, word := range strings.Fields(show.Line(text)) {
		cells := runewidth.StringWidth(word)
		if i > 0 && used+1+cells > p.width {
			p.b.WriteString(line + "\n")
			line, used, i = strings.Repeat(" ", margin), margin, 0
		}
		if i > 0 && used > margin {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+cells
	}
	p.b.WriteString(line + "\n")
}

func (p *printer) found(r Report) {
	switch {
	case r.Found == "":
		p.line("asked", r.Asked)
	case r.Title != "":
		p.line(short(r.Is), fmt.Sprintf("%s (%s)", r.Found, r.Title))
	default:
		p.line(short(r.Is), r.Found)
	}
	if r.Robots != nil {
		p.line("robots", robotsWords(*r.Robots))
	}
}

// short is what was found, where one word says it.
func short(is string) string {
	if is == "" || strings.Contains(is, " ") {
		return "asked"
	}
	return is
}

func robotsWords(r Robots) string {
	if !r.Found {
		return "no robots.txt: everything is allowed"
	}
	words := "robots.txt allows what was asked"
	if len(r.Forbids) > 0 {
		words = "robots.txt forbids " + r.Forbids[0]
	}
	if r.Delay > 0 {
		words += fmt.Sprintf("; %s between requests", r.Delay)
	}
	switch n := len(r.Sitemaps); n {
	case 0:
		return words
	case 1:
		return words + "; names a sitemap"
	default:
		return fmt.Sprintf("%s; names %d sitemaps", words, n)
	}
}

func (p *printer) feed(f Feed) {
	p.line("feed", f.URL)
	about := f.Form
	if f.Charset != "utf-8" {
		about += " in " + f.Charset
	}
	about += ", " + amount(f.Items, "item")
	switch {
	case f.Comments:
		about += ": readers' comments, not articles"
	case f.Whole > 0 && f.Links > 0:
		about += fmt.Sprintf(": %d whole, %d fetched from their pages", f.Whole, f.Links)
	case f.Whole > 0:
		about += ": whole articles"
	case f.Links > 0:
		about += ": articles are fetched from their pages"
	}
	p.line("", about)
	if f.Comments || f.Items == 0 {
		return
	}
	if f.Newest.IsZero() {
		p.line("", "not dated")
		return
	}
	when := "newest " + f.Newest.UTC().Format("2006-01-02 15:04") + " UTC, " + registry.Age(time.Since(f.Newest)) + " ago"
	if f.PerDay > 0 {
		when += ", about " + registry.Rate(f.PerDay)
	}
	if f.Undated > 0 {
		when += fmt.Sprintf("; %d without a date", f.Undated)
	}
	p.line("", when)
	if !f.Validators {
		p.line("", "sends neither ETag nor Last-Modified: each poll transfers it whole")
	}
}

func amount(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (p *printer) section(s Section) {
	what := "page"
	if s.How == message.FoundSitemap {
		what = "sitemap"
	}
	p.line("section", s.URL)
	p.line("", fmt.Sprintf("a %s to watch: %s that look like articles", what, amount(s.Links, "link")))
	if s.Match != "" {
		p.line("", "their addresses do not look like articles' by themselves: links names the folder that they lie in")
	}
	for _, title := range s.Shows {
		p.line("", "- "+title)
	}
}

func languageWords(l Language) string {
	words := fmt.Sprintf("%s, in %d of %s", l.Tag, l.Agree, amount(l.Of, "item"))
	if !l.Sure {
		words += ", not for sure"
	}
	return words
}

func (p *printer) article(a Article) {
	p.line("article", a.URL)
	p.line("", a.Title)
	var about []string
	if !a.Published.IsZero() {
		about = append(about, strings.TrimSpace(a.Published.UTC().Format("2006-01-02 15:04 UTC")+" "+from(a.Dated)))
	}
	if a.Words > 0 {
		about = append(about, amount(a.Words, "word"))
	}
	if a.Access != "" && a.Access != message.AccessFree {
		about = append(about, a.Access)
	}
	if a.Fetched {
		about = append(about, "from its page")
	} else {
		about = append(about, "from the feed")
	}
	p.line("", strings.Join(about, ", "))
	p.line("", strings.Join(append(parts(a.Kind), a.Facts...), "; "))
}

func from(origin string) string {
	if origin == "" {
		return ""
	}
	return "(by " + origin + ")"
}
