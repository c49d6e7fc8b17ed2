package facts

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"rawi/stages/text"
)

// Class says what a word or phrase of a lexicon does in a report.
type Class string

// Entry is what a form of the lexicon stands for.
type Entry struct {
	Class Class
	Value string
}

// Hit is a form of the lexicon found in a text, by token indices, End exclusive.
type Hit struct {
	Start, End int
	Entry
}

// Lexicon is a set of words and phrases, each with its class. It is never changed once built, and safe for concurrent use.
type Lexicon struct {
	root   node
	listed []listed
}

// listed is a form as its table has it.
type listed struct {
	form  string
	entry Entry
}

// All yields every form as its table has it, with what it stands for.
func (l *Lexicon) All(yield func(form string, e Entry) bool) {
	for _, x := range l.listed {
		if !yield(x.form, x.entry) {
			return
		}
	}
}

// node is a point in the trie of forms, one step a token.
type node struct {
	own      bool // a user's own row says what it stands for
	words    map[string]*node
	prefixes map[string][]prefix // by their first letters: words that stand for all their endings
	entries  []Entry
	cased    map[string][]Entry // by exact spelling, for forms that are words of the language in lower case
}

type prefix struct {
	text string
	next *node
}

// bucketBytes is how much of a word finds the prefixes to try.
const bucketBytes = 4

// ParseLexicon reads lines of class, value and forms, parted by tabs; forms are parted by "|". A word that ends in "*" stands for all words
// that begin so (four bytes at least), a form that begins with "=" wants its exact spelling, a value "-" is empty. Lines that begin with
// "#" are comments. An unknown class or an empty form is an error that names the line.
func ParseLexicon(r io.Reader) (*Lexicon, error) {
	l := &Lexicon{}
	return l, l.read(r, false)
}

// read adds the rows of a table. A form that a user's own row has keeps that meaning, whatever rows that are read later say.
func (l *Lexicon) read(r io.Reader, own bool) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, 1<<20)
	for line := 1; scanner.Scan(); line++ {
		row := strings.TrimRight(scanner.Text(), "\r")
		if strings.TrimSpace(row) == "" || strings.HasPrefix(row, "#") {
			continue
		}
		if err := l.add(row, own); err != nil {
			return fmt.Errorf("lexicon line %d: %w", line, err)
		}
	}
	return scanner.Err()
}

func (l *Lexicon) add(row string, own bool) error {
	columns := strings.Split(row, "\t")
	if len(columns) != 3 {
		return fmt.Errorf("has %d columns, want class, value and forms", len(columns))
	}
	e := Entry{Class(columns[0]), columns[1]}
	if !classes[e.Class] {
		return fmt.Errorf("unknown class %q", e.Class)
	}
	if e.Value == "-" {
		e.Value = ""
	}
	for form := range strings.SplitSeq(columns[2], "|") {
		if err := l.addForm(e, form, own); err != nil {
			return err
		}
	}
	return nil
}

func (l *Lexicon) addForm(e Entry, form string, own bool) error {
	spelling, cased := strings.CutPrefix(form, "=")
	n := &l.root
	for word := range strings.FieldsSeq(spelling) {
		stem, open := strings.CutSuffix(word, "*")
		tokens := text.Tokens(stem)
		for i, t := range tokens {
			if open && i == len(tokens)-1 {
				if len(t.Fold) < bucketBytes {
					return fmt.Errorf("form %q: %q is too short to stand for its endings", form, word)
				}
				n = n.prefixed(t.Fold)
				continue
			}
			n = n.word(t.Fold)
		}
	}
	if n == &l.root {
		return fmt.Errorf("%s %s has an empty form", e.Class, e.Value)
	}
	if n.own && !own {
		return nil
	}
	n.own = own
	l.listed = append(l.listed, listed{form, e})
	if cased {
		if n.cased == nil {
			n.cased = map[string][]Entry{}
		}
		n.cased[spelling] = append(n.cased[spelling], e)
		return nil
	}
	n.entries = append(n.entries, e)
	return nil
}

func (n *node) word(fold string) *node {
	if n.words == nil {
		n.words = map[string]*node{}
	}
	if n.words[fold] == nil {
		n.words[fold] = &node{}
	}
	return n.words[fold]
}

func (n *node) prefixed(stem string) *node {
	if n.prefixes == nil {
		n.prefixes = map[string][]prefix{}
	}
	bucket := stem[:bucketBytes]
	for _, p := range n.prefixes[bucket] {
		if p.text == stem {
			return p.next
		}
	}
	next := &node{}
	n.prefixes[bucket] = append(n.prefixes[bucket], prefix{stem, next})
	return next
}

// hitEvery is how many tokens of a text there are for a hit, or a few more.
const hitEvery = 3

// Find returns what of the lexicon stands in tokens, longest forms first come, none inside another. forms gives further forms of a token
// to try where it does not stand there as it is; it may be nil.
func (l *Lexicon) Find(tokens []text.Token, forms [][]string) []Hit {
	hits := make([]Hit, 0, len(tokens)/hitEvery+1)
	for i := 0; i < len(tokens); {
		m := match{tokens: tokens, forms: forms, start: i}
		m.walk(&l.root, i)
		if m.end == 0 {
			i++
			continue
		}
		for _, e := range m.entries {
			hits = append(hits, Hit{i, m.end, e})
		}
		i = m.end
		if m.opaque() {
			continue
		}
		i = m.start + 1
	}
	return hits
}

// opaque reports whether what was found hides the words inside it: عناصر الدرك الملكي still names the gendarmerie, projet d'attentat is no
// attack.
func (m *match) opaque() bool {
	for _, e := range m.entries {
		if e.Class == classMany && e.Value == "agent" {
			return false
		}
	}
	return true
}

// match is a search from one token for the longest form.
type match struct {
	tokens  []text.Token
	forms   [][]string
	start   int
	end     int
	entries []Entry
}

func (m *match) walk(n *node, i int) {
	if i > m.start {
		m.note(n, i)
	}
	if i >= len(m.tokens) {
		return
	}
	if m.forms == nil {
		m.step(n, m.tokens[i].Fold, i)
		return
	}
	for _, form := range m.forms[i] {
		m.step(n, form, i)
	}
}

func (m *match) step(n *node, fold string, i int) {
	if next := n.words[fold]; next != nil {
		m.walk(next, i+1)
	}
	if n.prefixes == nil || len(fold) < bucketBytes {
		return
	}
	for _, p := range n.prefixes[fold[:bucketBytes]] {
		if strings.HasPrefix(fold, p.text) {
			m.walk(p.next, i+1)
		}
	}
}

// note keeps what ends at token i, if it is longer than what was found before.
func (m *match) note(n *node, i int) {
	if i <= m.end {
		return
	}
	entries := n.entries
	if n.cased != nil {
		if cased := n.cased[m.spelling(i)]; cased != nil {
			entries = append(slices.Clip(entries), cased...)
		}
	}
	if len(entries) > 0 {
		m.end, m.entries = i, entries
	}
}

// spelling is the tokens up to end as written, one space apart.
func (m *match) spelling(end int) string {
	if end == m.start+1 {
		return m.tokens[m.start].Text
	}
	var b strings.Builder
	for i := m.start; i < end; i++ {
		if i > m.start {
			b.WriteByte(' ')
		}
		b.WriteString(m.tokens[i].Text)
	}
	return b.String()
}

// opens reports whether a form begins with the folded word as it stands.
func (l *Lexicon) opens(fold string) bool { return l.root.words[fold] != nil }

// Lookup returns the entries of a form that is one folded word.
func (l *Lexicon) Lookup(fold string) []Entry {
	if n := l.root.words[fold]; n != nil {
		return n.entries
	}
	return nil
}
