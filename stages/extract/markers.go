package extract

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"rawi/stages/extract/page"
	"rawi/stages/text"
	"rawi/stages/tsv"
)

// Markers are the phrases with which pages open their furniture, by what they mean for the lines around them.
type Markers struct {
	Cut    []string // nothing below belongs to the article, once there has been some
	Drop   []string // the line goes, the text goes on
	Read   []string // the line goes after its date or credit was read
	Teaser []string // the line goes and the article is not whole
}

//go:embed data/en.tsv
var englishMarkers string

// ParseMarkers reads lines of a role (cut, drop, read, teaser), a tab and a phrase; lines that begin with "#" are comments.
func ParseMarkers(table string) (Markers, error) {
	var m Markers
	for n, row := range tsv.Rows(table, 2) {
		list, phrase := m.list(row[0]), row[1]
		if list == nil || foldLine(phrase) == "" {
			return Markers{}, fmt.Errorf("marker table line %d: got %q, want cut, drop, read or teaser, a tab and a phrase", n, row)
		}
		*list = append(*list, phrase)
	}
	return m, nil
}

// MustMarkers is ParseMarkers for tables that are part of the program; it panics where they are wrong.
func MustMarkers(table string) Markers {
	m, err := ParseMarkers(table)
	if err != nil {
		panic(err)
	}
	return m
}

func (m *Markers) list(role string) *[]string {
	switch role {
	case "cut":
		return &m.Cut
	case "drop":
		return &m.Drop
	case "read":
		return &m.Read
	case "teaser":
		return &m.Teaser
	}
	return nil
}

// role is what a line means for the article.
type role uint8

const (
	article role = iota
	cut
	drop
	read
	teaser
)

// String is the name of the role in marker tables.
func (r role) String() string { return [...]string{"article", "cut", "drop", "read", "teaser"}[r] }

// mostMarked is the number of words from which a line is no marker, whatever it begins with.
const mostMarked = 40

// phrase is a marker ready to be matched.
type phrase struct {
	fold  string
	role  role
	colon bool // it was written with a colon: only a line that has one there is meant
}

// book finds markers by their first word.
type book map[string][]phrase

func newBook(lists ...Markers) book {
	b := book{}
	for _, m := range lists {
		b.add(cut, m.Cut)
		b.add(drop, m.Drop)
		b.add(read, m.Read)
		b.add(teaser, m.Teaser)
	}
	return b
}

const (
	anywhere   = "…" // begins phrases that may stand anywhere in a line
	mostAround = 25  // words of such a line
)

func (b book) add(r role, phrases []string) {
	for _, p := range phrases {
		fold := foldLine(p)
		first, _, _ := strings.Cut(fold, " ")
		if strings.HasPrefix(p, anywhere) {
			first = anywhere
		}
		b[first] = append(b[first], phrase{fold, r, strings.HasSuffix(p, ":")})
	}
}

// of is the role of a line with its number of words. The longest phrase wins. A phrase that cuts must be nearly the whole line: an article may well begin
// a sentence with it.
func (b book) of(line string, words int) role {
	if words == 0 || words > mostMarked {
		return article
	}
	fold := foldLine(line)
	first, rest, _ := strings.Cut(fold, " ")
	if strings.Trim(first, "0123456789") == "" {
		first, fold = "0", "0 "+rest
	}
	best, long := article, 0
	for _, p := range b[first] {
		if len(p.fold) > long && begins(fold, p.fold) && fits(p, words) && (!p.colon || colonAfter(line, p)) {
			best, long = p.role, len(p.fold)
		}
	}
	if best != article || words > mostAround {
		return best
	}
	for _, p := range b[anywhere] {
		if strings.Contains(fold, p.fold) {
			return p.role
		}
	}
	return article
}

// withoutLinks is the text of a block without the references to other articles that open or close it: "À lire aussi : <a>", "(Lire aussi <a>)".
func (b book) withoutLinks(block page.Block) string {
	s := block.Text
	if block.Ahead != "" && b.of(block.Ahead, countWords(block.Ahead)) == drop {
		if rest, ok := strings.CutPrefix(s, block.Ahead); ok {
			s = strings.TrimLeft(rest, " :.»\u00a0")
		}
	}
	before, ok := strings.CutSuffix(s, block.Behind)
	if !ok || block.Behind == "" {
		return s
	}
	i := strings.LastIndexAny(strings.TrimRight(before, " :"), "([.!?؟…»")
	if i < 0 {
		return s
	}
	_, size := utf8.DecodeRuneInString(before[i:])
	opening := before[i+size:]
	if n := countWords(opening); n > referenceWords || b.of(opening, n) != drop {
		return s
	}
	return strings.TrimRight(strings.TrimRight(before[:i+size], "(["), " ")
}

// referenceWords are those before the link of a reference at most.
const referenceWords = 6

// colonAfter reports whether a line has a colon behind as many words as the phrase has: "Source : AFP", but not "Source de revenus".
func colonAfter(line string, p phrase) bool {
	before, _, ok := strings.Cut(line, ":")
	return ok && countWords(before) <= p.words()
}

func (p phrase) words() int { return strings.Count(p.fold, " ") + 1 }

// fits bounds how much may follow a phrase of one word or one that cuts: "Partager" and "Réagir" open real sentences too.
func fits(p phrase, words int) bool {
	own := p.words()
	switch {
	case p.role == cut:
		return words <= own+5
	case p.role == drop && own == 1:
		return words <= own+4
	}
	return true
}

func begins(fold, phrase string) bool {
	rest, ok := strings.CutPrefix(fold, phrase)
	if !ok {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || !unicode.IsLetter(r)
}

// foldLine folds a line and takes off the bullets, arrows and dashes before its first word. Signs between words become spaces, so that
// "Lire aussi :" and "Lire-aussi" are one.
func foldLine(line string) string {
	var b strings.Builder
	space := true
	for _, r := range text.Fold(line) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
			space = false
		case !space:
			b.WriteByte(' ')
			space = true
		}
	}
	return strings.TrimRight(b.String(), " ")
}

func countWords(s string) (n int) {
	inside := false
	for _, r := range s {
		in := unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
		if in && !inside {
			n++
		}
		inside = in
	}
	return n
}
