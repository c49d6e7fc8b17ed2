package extract

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
)

// beginning is how many letters of a block the language stage gives at most: what has fewer is the whole block.
const beginning = 40

// opening is how a block in another language begins, folded.
type opening struct {
	line     string
	whole    bool // the block has no more than that
	language string
}

func openings(others []message.BlockLanguage) []opening {
	all := make([]opening, 0, len(others))
	for _, o := range others {
		if line := foldLine(o.Begins); line != "" {
			all = append(all, opening{line, utf8.RuneCountInString(o.Begins) < beginning, o.Language})
		}
	}
	return all
}

// tongues are the languages of the blocks of an article, "" for the article's own, and whether any is another.
func tongues(blocks []message.Block, others []opening) (of []string, mixed bool) {
	of = make([]string, len(blocks))
	if len(others) == 0 {
		return of, false
	}
	for i, b := range blocks {
		line := foldLine(b.Text)
		at := slices.IndexFunc(others, func(o opening) bool { return line == o.line || !o.whole && strings.HasPrefix(line, o.line) })
		if at >= 0 {
			of[i], mixed = others[at].language, true
		}
	}
	return of, mixed
}

// readBy lets each pack read what is written in its language: this stage's own the article, the others what it quotes. What no pack can read is
// background, and says nothing.
func (s *Stage) readBy(d Document, others []message.BlockLanguage) Analysis {
	if s.language.Analyse == nil {
		return Analysis{}
	}
	of, mixed := tongues(d.Blocks, openings(others))
	if !mixed {
		return s.language.Analyse(d)
	}
	found := s.language.Analyse(only(d, of, ""))
	found.Roles = slices.Concat(found.Roles, make([]string, len(of)))[:len(of)]
	quoted := map[string]Analysis{}
	for i, tag := range of {
		pack, known := s.others[tag]
		switch {
		case tag == "":
			continue
		case !known:
			found.Roles[i] = message.RoleBackground
			continue
		}
		if _, done := quoted[tag]; !done {
			quoted[tag] = pack.Analyse(only(d, of, tag))
		}
		if roles := quoted[tag].Roles; i < len(roles) {
			found.Roles[i] = roles[i]
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(quoted)) {
		found.quote(quoted[tag])
	}
	return found
}

// only is the document with nothing but the blocks of one language. The others keep their places, empty: evidence counts blocks, and how far down
// a passage stands says what it is worth. The title belongs to the article's own language.
func only(d Document, of []string, tag string) Document {
	if tag != "" {
		d.Title = ""
	}
	d.Blocks = slices.Clone(d.Blocks)
	for i := range d.Blocks {
		if of[i] == tag {
			continue
		}
		if d.Blocks[i].Kind == message.BlockLead {
			d.Lead = ""
		}
		d.Blocks[i].Text = ""
	}
	return d
}

// quote adds what a quotation says to what its article says. Where both tell of one happening it fills in what the article leaves open; otherwise
// its happening is one that the article recalls.
func (a *Analysis) quote(of Analysis) {
	if sameHappening(a.Facts, of.Facts) {
		a.Facts = filledIn(a.Facts, of.Facts)
	} else if !of.Facts.Empty() {
		a.Recalled = append(a.Recalled, of.Facts)
	}
	a.Recalled = append(a.Recalled, of.Recalled...)
	sig := &a.Signature
	sig.Words = union(sig.Words, of.Signature.Words)
	sig.Concepts = union(sig.Concepts, of.Signature.Concepts)
	sig.Names = union(sig.Names, of.Signature.Names)
	sig.Numbers = union(sig.Numbers, of.Signature.Numbers)
}

// sameHappening reports whether a quotation can tell of the article's own happening: an article that tells of none has none to fill in, and
// another action or country is another happening.
func sameHappening(own, quoted message.Facts) bool {
	agree := func(a, b string) bool { return a == "" || b == "" || a == b }
	switch {
	case own.Kind == message.KindOpinion || own.Kind == message.KindRoundup:
		return false
	case own.Action == "" && quoted.Action != "" && vague(own.Kind) != "" && own.Kind != quoted.Kind:
		return false
	}
	return agree(own.Action, quoted.Action) && agree(own.Country, quoted.Country)
}

// vague is a kind of happening, "" where it says nothing.
func vague(kind string) string {
	if kind == message.KindOther {
		return ""
	}
	return kind
}

// filledIn are the facts of an article with those that it leaves open taken from a quotation in it, each with its evidence.
func filledIn(own, quoted message.Facts) message.Facts {
	said := map[string]bool{}
	for _, e := range own.Evidence {
		said[e.Fact] = true
	}
	for _, e := range quoted.Evidence {
		if !said[e.Fact] {
			own.Evidence = append(own.Evidence, e)
		}
	}
	if vague(own.Kind) == "" && vague(quoted.Kind) != "" {
		own.Kind = quoted.Kind
	}
	fill(&own.Action, quoted.Action)
	fill(&own.Country, quoted.Country)
	fill(&own.Group, quoted.Group)
	fill(&own.Day, quoted.Day)
	fill(&own.Announced, quoted.Announced)
	fill(&own.Arrested, quoted.Arrested)
	fill(&own.Killed, quoted.Killed)
	fill(&own.Wounded, quoted.Wounded)
	fill(&own.Rescued, quoted.Rescued)
	fill(&own.Ages, quoted.Ages)
	fillList(&own.Places, quoted.Places)
	fillList(&own.Seized, quoted.Seized)
	fillList(&own.Agencies, quoted.Agencies)
	fillList(&own.Partners, quoted.Partners)
	fillList(&own.Persons, quoted.Persons)
	return own
}

func fill[T comparable](field *T, value T) {
	var none T
	if *field == none {
		*field = value
	}
}

func fillList[T any](field *[]T, values []T) {
	if len(*field) == 0 {
		*field = values
	}
}

// union is a with what b has beyond it.
func union(a, b []string) []string {
	have := make(map[string]bool, len(a))
	for _, v := range a {
		have[v] = true
	}
	for _, v := range b {
		if !have[v] {
			a = append(a, v)
		}
	}
	return a
}
