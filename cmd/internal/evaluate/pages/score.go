package pages

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Class is how the pages of one language were read. Precision and recall of the text are means over pages of shared runs of four words, and F1
// is that of these means.
type Class struct {
	F1           float64 `json:"f1"`
	Precision    float64 `json:"p"`
	Recall       float64 `json:"r"`
	Pages        int     `json:"pages"`
	Errors       int     `json:"errors"`
	Poor         int     `json:"below_0.8"` // pages whose own F1 is
	Titles       int     `json:"titles"`
	TitlesRight  int     `json:"titles_right"`
	Dates        int     `json:"dates"`
	DatesRight   int     `json:"dates_right"`
	DatesMissing int     `json:"dates_missing"`
	DatesWrong   int     `json:"dates_wrong"`
	Authors      int     `json:"authors"`
	AuthorsRight int     `json:"authors_right"`
	CPU          Times   `json:"cpu_ms"`

	precisions, recalls []float64
	spent               []Spent
}

// Score sums up how a set was read.
type Score struct {
	ByLanguage map[string]*Class `json:"by_language"`
	CPU        Times             `json:"cpu_ms"`
	Worst      []Mistake         `json:"-"` // the page that was read worst first
}

// Mistake is a page and what is wrong with what was read of it.
type Mistake struct {
	F1         float64
	Lang, Name string
	Wrong      []string
}

func (m Mistake) String() string {
	return fmt.Sprintf("%.3f %s %s: %s", m.F1, m.Lang, m.Name, cmp.Or(strings.Join(m.Wrong, ", "), "nothing wrong"))
}

// Add counts one result. A page whose text nobody has marked counts for time alone.
func (s *Score) Add(p Page, r Result) {
	if s.ByLanguage == nil {
		s.ByLanguage = map[string]*Class{}
	}
	c := s.ByLanguage[p.Lang]
	if c == nil {
		c = &Class{}
		s.ByLanguage[p.Lang] = c
	}
	c.spent = append(c.spent, r.CPU)
	if p.Text == "" {
		return
	}
	m := Mistake{Lang: p.Lang, Name: p.Name}
	c.Pages++
	if r.Error != "" {
		c.Errors++
		m.Wrong = append(m.Wrong, r.Error)
	}
	m.F1 = c.text(p.Text, r)
	m.Wrong = append(m.Wrong, c.fields(p, r)...)
	if m.F1 < 1 || len(m.Wrong) > 0 {
		s.Worst = append(s.Worst, m)
	}
}

// text counts the words of one article and returns its own F1.
func (c *Class) text(want string, r Result) float64 {
	got := r.Text
	if r.Lead != "" && !strings.Contains(norm(got), norm(r.Lead)) {
		got = r.Lead + "\n" + got
	}
	both, extra, missing := compare(shingles(want), shingles(got))
	if both+extra > 0 {
		c.precisions = append(c.precisions, both/(both+extra))
	}
	if both+missing > 0 {
		c.recalls = append(c.recalls, both/(both+missing))
	}
	f1 := 1.0
	if both+extra+missing > 0 {
		f1 = 2 * both / (2*both + extra + missing)
	}
	if f1 < 0.8 {
		c.Poor++
	}
	return f1
}

// fields counts title, date and authors, and says in words which of them are wrong.
func (c *Class) fields(p Page, r Result) (wrong []string) {
	count := func(of, right *int, ok bool, name, got string) {
		*of++
		if ok {
			*right++
			return
		}
		wrong = append(wrong, fmt.Sprintf("%s %.60q", name, got))
	}
	if p.Title != "" {
		count(&c.Titles, &c.TitlesRight, norm(r.Title) == norm(p.Title), "title", r.Title)
	}
	if p.Date != "" {
		day := ""
		if r.Published != nil {
			day = (*r.Published)[:min(len(*r.Published), len(time.DateOnly))]
		}
		count(&c.Dates, &c.DatesRight, day == p.day(), "date", day)
		switch {
		case day == "":
			c.DatesMissing++
		case day != p.day():
			c.DatesWrong++
		}
	}
	if p.Author != "" {
		read := norm(strings.Join(r.Authors, " "))
		known := slices.ContainsFunc(strings.Split(p.Author, ";"), func(name string) bool { return norm(name) != "" && strings.Contains(read, norm(name)) })
		count(&c.Authors, &c.AuthorsRight, known, "authors", strings.Join(r.Authors, ", "))
	}
	return wrong
}

// Settle computes what is known only when every page is in.
func (s *Score) Settle() {
	var all []Spent
	for _, c := range s.ByLanguage {
		c.Precision, c.Recall = rounded(mean(c.precisions)), rounded(mean(c.recalls))
		if p, r := mean(c.precisions), mean(c.recalls); p+r > 0 {
			c.F1 = rounded(2 * p * r / (p + r))
		}
		c.CPU = times(c.spent)
		all = append(all, c.spent...)
	}
	s.CPU = times(all)
	slices.SortStableFunc(s.Worst, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.F1, b.F1), cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Name, b.Name))
	})
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(len(values), 1))
}

func rounded(v float64) float64    { return math.Round(v*1e4) / 1e4 }
func hundredths(v float64) float64 { return math.Round(v*100) / 100 }

// isWord reports whether a rune is part of a word for the scorer: combining marks are not.
func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == '_' }

const shingleWords = 4

// shingles counts the runs of four words of a text; a shorter text is one run.
func shingles(text string) map[string]float64 {
	words := strings.FieldsFunc(text, func(r rune) bool { return !isWord(r) })
	counts := map[string]float64{}
	if n := len(words); n > 0 && n < shingleWords {
		counts[strings.Join(words, " ")]++
	}
	for i := 0; i+shingleWords <= len(words); i++ {
		counts[strings.Join(words[i:i+shingleWords], " ")]++
	}
	return counts
}

func compare(want, got map[string]float64) (both, extra, missing float64) {
	for s, n := range want {
		both += min(n, got[s])
		missing += max(n-got[s], 0)
	}
	for s, n := range got {
		extra += max(n-want[s], 0)
	}
	return both, extra, missing
}

// norm is a text without case, punctuation and spacing.
func norm(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == '_' || !isWord(r) }), " ")
}
