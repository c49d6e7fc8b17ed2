package page

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/net/html"

	"rawi/stages/tsv"
)

//go:embed data/names.tsv
var nameTable string

// sense is what the names of an element say of what it holds.
type sense uint8

const (
	saysTalk  sense = 1 << iota // comments of readers
	saysFrame                   // furniture, unless most of the page stands in it
	saysWeak                    // furniture, unless much of the page stands in it
	saysBody                    // the text of the article
	saysLead                    // its standfirst
)

// lexicon is the table of names: whole names by their words joined with spaces.
type lexicon struct {
	senses  map[string]sense
	states  map[string]bool
	longest int // words of a name
}

// lexiconOfNames is read once and never written again.
var lexiconOfNames = sync.OnceValue(func() lexicon {
	roles := map[string]sense{"talk": saysTalk, "frame": saysFrame, "weak": saysWeak, "body": saysBody, "lead": saysLead}
	l := lexicon{senses: map[string]sense{}, states: map[string]bool{}}
	for _, row := range tsv.Rows(nameTable, 2) {
		if row[0] == "state" {
			l.states[row[1]] = true
			continue
		}
		l.senses[row[1]] |= roles[row[0]]
		l.longest = max(l.longest, strings.Count(row[1], " ")+1)
	}
	return l
})

// of is the sense of one class, id or role.
func (l lexicon) of(name string) (s sense) {
	var space [8]string
	words := splitName(name, space[:0])
	if len(words) > 1 && l.states[words[0]] && l.senses[words[0]+" "+words[1]] == 0 {
		return 0 // "tag-politique", "has-sidebar", "post-author-box" of a whole article
	}
	for i := range words {
		joined := words[i]
		s |= l.senses[joined]
		for n := 1; n < l.longest && i+n < len(words); n++ {
			joined += " " + words[i+n]
			s |= l.senses[joined]
		}
	}
	return s
}

// splitName appends the words of a name in lower case: "postContent", "post-content" and "post_content" are two words.
func splitName(name string, words []string) []string {
	start, before := 0, rune(0)
	flush := func(end int) {
		if end > start && len(words) < cap(words) {
			words = append(words, strings.ToLower(name[start:end]))
		}
	}
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r):
			flush(i)
			start = i + len(string(r))
		case unicode.IsUpper(r) && unicode.IsLower(before):
			flush(i)
			start = i
		}
		before = r
	}
	flush(len(name))
	return words
}

// namer reads the names of elements; those that it has met it remembers, for a page repeats its classes.
type namer struct {
	lexicon lexicon
	known   map[string]sense
}

func newNamer() namer { return namer{lexiconOfNames(), map[string]sense{}} }

const longestName = 300 // bytes of an attribute that are read

// of is what the attributes of an element say of it.
func (n namer) of(e *html.Node) (s sense) {
	for i := range e.Attr {
		a := &e.Attr[i]
		switch a.Key {
		case "class":
			s |= n.list(a.Val)
		case "id":
			s |= n.name(a.Val[:min(len(a.Val), longestName)])
		case "role":
			s |= ofRole(a.Val)
		case "itemprop":
			if a.Val == "articleBody" {
				s |= saysBody
			}
		case "hidden":
			s |= saysWeak
		case "style":
			if strings.Contains(a.Val, "display:none") || strings.Contains(a.Val, "display: none") {
				s |= saysWeak
			}
		}
	}
	return s
}

func (n namer) list(classes string) (s sense) {
	classes = classes[:min(len(classes), longestName)]
	if known, ok := n.known[classes]; ok {
		return known
	}
	for class := range strings.FieldsSeq(classes) {
		s |= n.name(class)
	}
	n.known[classes] = s
	return s
}

func (n namer) name(name string) sense {
	known, ok := n.known[name]
	if !ok {
		known = n.lexicon.of(name)
		n.known[name] = known
	}
	return known
}

func ofRole(role string) sense {
	switch role {
	case "navigation", "complementary", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar", "toolbar", "tablist":
		return saysFrame
	}
	return 0
}
