package page

import (
	"slices"
	"strings"

	"golang.org/x/net/html"

	"rawi/pipeline/message"
)

// Judged is one block of the page with what became of it.
type Judged struct {
	Text   string
	Path   string // where it stands, innermost element last: "main>div.entry-content>p"; FromData for text that only structured data holds
	Kind   string // message.BlockParagraph, ...
	Kept   bool   // it is among the blocks of the page, or its lead
	Linked bool   // all of it, or nearly so, is link text
	Words  int

	// Why says who voted for the block ("outline", our own reading, and "readability"), then the rule that decided: "agreed", "inside" and "standfirst" for
	// blocks that stay, "lead" for one that the description of the page brought back, "all" where there was no vote; "no-vote",
	// "alone", "caption", "furniture", "no-letter" and "repeated" for those that go.
	Why []string
}

const (
	pathSteps = 5
	pathNames = 40 // bytes of an id or class in a path
)

// below is a path one step deeper: the innermost elements, with their id and first class.
func below(path []string, n *html.Node) []string {
	if len(path) == pathSteps {
		path = path[1:]
	}
	name := n.Data
	if id := attr(n, "id"); id != "" {
		name += "#" + id[:min(len(id), pathNames)]
	}
	if class, _, _ := strings.Cut(strings.TrimSpace(attr(n, "class")), " "); class != "" {
		name += "." + class[:min(len(class), pathNames)]
	}
	return append(slices.Clone(path), strings.ToValidUTF8(name, ""))
}

// judged tells of every block of the page, in order, what became of it.
func (o *outline) judged(p *Page, why map[string][]string) []Judged {
	left := map[string]bool{} // forms of what stays, until they are met
	for _, b := range p.Blocks {
		form, _ := normal(b.Text)
		left[form] = true
	}
	lead, _ := normal(p.Lead)
	met := map[string]bool{}
	all := make([]Judged, 0, len(o.all))
	for i := range o.all {
		s := &o.all[i]
		if s.tokens == 0 {
			continue
		}
		j := Judged{Text: collapse(s.text), Path: strings.Join(s.path, ">"), Kind: s.kind, Linked: s.linked, Words: s.tokens, Why: why[s.normal]}
		switch {
		case lead != "" && s.normal == lead:
			j.Kept, j.Why = true, append(slices.Clip(j.Why), "lead")
		case left[s.normal] && !met[s.normal]:
			j.Kept = true
		default:
			j.Why = append(slices.Clip(j.Why), s.refusal(met[s.normal], len(j.Why) > 0))
		}
		met[s.normal] = true
		all = append(all, j)
	}
	return append(all, unplaced(p, met, why)...)
}

// refusal is the rule by which a block is not in the text.
func (s *seen) refusal(repeated, voted bool) string {
	switch {
	case repeated:
		return "repeated"
	case s.figure:
		return "caption"
	case !hasLetter(s.text):
		return "no-letter"
	case s.aside && !voted:
		return "furniture"
	case voted:
		return "alone"
	}
	return "no-vote"
}

// unplaced are the blocks of the text that are no block of the tree.
func unplaced(p *Page, met map[string]bool, why map[string][]string) (all []Judged) {
	for _, b := range p.Blocks {
		if form, words := normal(b.Text); !met[form] {
			all = append(all, Judged{Text: b.Text, Path: FromData, Kind: message.BlockParagraph, Kept: true, Words: words, Why: why[form]})
		}
	}
	return all
}

// reasons says for each form who voted for it, and the rule that kept it.
func (b ballot) reasons() map[string][]string {
	why := map[string][]string{}
	for _, p := range b.picks {
		form, _ := normal(p.line)
		var votes []string
		if p.t {
			votes = append(votes, "outline")
		}
		if p.r {
			votes = append(votes, "readability")
		}
		if p.rule != "" {
			votes = append(votes, p.rule)
		}
		why[form] = votes
	}
	if b.picks == nil {
		for _, line := range b.lines {
			form, _ := normal(line)
			why[form] = []string{"all"}
		}
	}
	return why
}
