package concept

import (
	"bufio"
	"embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rawi/stages/text"
	"rawi/stages/tsv"
)

//go:embed data/*.tsv
var data embed.FS

// Default builds the lexicon that ships with the project. Whoever calls it owns the result; build it once.
func Default() *Lexicon {
	l, err := Over(strings.NewReader(""))
	if err != nil {
		panic(fmt.Sprintf("embedded concept lexicon: %v", err)) // a fault of the build, caught by every test of this package
	}
	return l
}

// Over builds the lexicon that ships with the project with rows in the form of Parse laid over it: a concept of a known id gains their forms.
func Over(own io.Reader) (*Lexicon, error) {
	tables, err := tsv.Open(data, "data/*.tsv")
	if err != nil {
		return nil, err
	}
	l := &Lexicon{byID: map[string]int32{}, french: index{}, arabic: index{}}
	if err := l.read(tables, l.addLine); err != nil {
		return nil, err
	}
	if err := l.read(own, l.lay); err != nil {
		return nil, err
	}
	return l.sorted(), nil
}

const maxLine = 64 << 10

// Parse reads a lexicon: one concept a line, tab-separated columns (id, French forms, Arabic forms, flags), forms and flags apart by "|",
// "#" opening a comment line. The class is what stands before the colon of the id. "*" after a French infinitive marks a regular verb, which
// stands for its whole conjugation. Flags are "theme", "shared" and "seizable". Two concepts may have one form only where both are flagged
// shared. Forms of the class "not" belong to no concept: they keep a word from being taken for an inflection of another, and may stand in one
// language alone. Errors name the line.
func Parse(r io.Reader) (*Lexicon, error) {
	l := &Lexicon{byID: map[string]int32{}, french: index{}, arabic: index{}}
	if err := l.read(r, l.addLine); err != nil {
		return nil, err
	}
	return l.sorted(), nil
}

// read calls do with every line that is no comment.
func (l *Lexicon) read(r io.Reader, do func(line string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := do(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func (l *Lexicon) sorted() *Lexicon {
	l.french.sort()
	l.arabic.sort()
	return l
}

// lay adds a concept, or its forms to the one of its id.
func (l *Lexicon) lay(line string) error {
	c, err := conceptOf(line)
	if err != nil {
		return err
	}
	i, known := l.byID[c.ID]
	if !known {
		return l.addLine(line)
	}
	listed := &l.concepts[i]
	listed.Seizable = listed.Seizable || c.Seizable
	listed.French, listed.Arabic = append(listed.French, c.French...), append(listed.Arabic, c.Arabic...)
	return l.addForms(i)
}

func conceptOf(line string) (Concept, error) {
	cells := strings.Split(line, "\t")
	if len(cells) < 3 || len(cells) > 4 {
		return Concept{}, fmt.Errorf("%d columns, want 3 or 4", len(cells))
	}
	class, _, ok := strings.Cut(cells[0], ":")
	if !ok {
		return Concept{}, fmt.Errorf("concept %q has no class before a colon", cells[0])
	}
	c := Concept{ID: cells[0], Class: class, French: list(cells[1]), Arabic: list(cells[2])}
	if len(cells) == 4 {
		flags := list(cells[3])
		c.Theme, c.Shared = slices.Contains(flags, "theme"), slices.Contains(flags, "shared")
		c.Seizable = slices.Contains(flags, "seizable")
	}
	if (len(c.French) == 0 || len(c.Arabic) == 0) && class != Nothing {
		return Concept{}, fmt.Errorf("concept %q has no forms in one of the languages", c.ID)
	}
	return c, nil
}

func (l *Lexicon) addLine(line string) error {
	c, err := conceptOf(line)
	if err != nil {
		return err
	}
	if _, twice := l.byID[c.ID]; twice {
		return fmt.Errorf("concept %q stands twice", c.ID)
	}
	l.byID[c.ID] = int32(len(l.concepts))
	l.concepts = append(l.concepts, c)
	return l.addForms(int32(len(l.concepts) - 1))
}

// Nothing is the class of forms that belong to no concept.
const Nothing = "not"

// named is the class of names, whose forms take no endings.
const named = "nam"

func list(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}

func (l *Lexicon) addForms(c int32) error {
	for _, listed := range l.concepts[c].French {
		for _, form := range frenchForms(listed) {
			if err := l.add(l.french, c, wordsOf(form)); err != nil {
				return err
			}
		}
	}
	for _, form := range l.concepts[c].Arabic {
		words := wordsOf(form)
		for i := range words {
			words[i] = bareArabic(words[i])
		}
		if err := l.add(l.arabic, c, words); err != nil {
			return err
		}
	}
	return nil
}

// wordsOf are the words of a form exactly as Find sees them in a text.
func wordsOf(form string) []string {
	tokens := text.Tokens(form)
	words := make([]string, 0, len(tokens))
	for _, t := range tokens {
		words = append(words, t.Fold)
	}
	return words
}

func (l *Lexicon) add(x index, c int32, words []string) error {
	if len(words) == 0 {
		return errors.New("empty form")
	}
	entries := x[words[0]]
	for i := range entries {
		e := &entries[i]
		if !slices.Equal(e.words, words) {
			continue
		}
		if slices.Contains(e.concepts, c) {
			return nil
		}
		if other := &l.concepts[e.concepts[0]]; !other.Shared || !l.concepts[c].Shared {
			return fmt.Errorf("form %q stands under %s and %s: take it from one, or flag both shared", strings.Join(words, " "), other.ID, l.concepts[c].ID)
		}
		e.concepts = append(e.concepts, c)
		return nil
	}
	class := l.concepts[c].Class
	x[words[0]] = append(entries, entry{words: words, concepts: []int32{c}, name: class == named, none: class == Nothing})
	return nil
}

func (x index) sort() {
	for _, entries := range x {
		slices.SortStableFunc(entries, func(a, b entry) int { return len(b.words) - len(a.words) })
	}
}
