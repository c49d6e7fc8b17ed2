package page

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	readability "codeberg.org/readeck/go-readability/v2"
	"golang.org/x/net/html"
)

const (
	// minBody is the length in characters under which an extractor's result counts as nothing.
	minBody = 200
	// Past these ratios of length one extractor took the whole page or lost most of it. Readability is the safer one there, unless the
	// page itself says where its text is.
	longest, shortest = 1.6, 0.5
	// mostPairs bounds the quadratic comparison of two lists.
	mostPairs = 4_000_000
	// standfirst is the number of words from which a block that only readability has, before all agreed ones, is kept.
	standfirst = 20
)

// ballot is the result of the vote.
type ballot struct {
	lines     []string
	picks     []pick // where there was a vote
	agreement float64
}

// vote merges what our own reading of the outline and readability found. doc is ruined afterwards.
func vote(doc *html.Node, base *url.URL, out *outline, own reading) ballot {
	t := own.lines
	if out.heavy() {
		return ballot{lines: t}
	}
	out.cut()
	r := byReadability(doc, base)
	lenT, lenR := letters(t), letters(r)
	switch {
	case lenR < minBody:
		return ballot{lines: t}
	case lenT < minBody:
		if b := merge(t, r, own.leads); b.agreement > 0 { // a flash, among what stands around it
			return b
		}
		return ballot{lines: r}
	case float64(lenT) > longest*float64(lenR), float64(lenT) < shortest*float64(lenR):
		if own.named {
			return ballot{lines: t}
		}
		return ballot{lines: r}
	}
	return merge(t, r, own.leads)
}

// heavy reports whether a page is so large that only the cheaper extractor reads it.
func (o *outline) heavy() bool {
	size := 0
	for _, s := range o.all {
		size += len(s.text)
	}
	return len(o.all) > heavyTags/5 || size > heavyText
}

func letters(lines []string) (n int) {
	for _, l := range lines {
		n += utf8.RuneCountInString(l) + 1
	}
	return n
}

func byReadability(doc *html.Node, base *url.URL) (found []string) {
	defer func() {
		if recover() != nil { // a page that one extractor cannot bear is left to the other
			found = nil
		}
	}()
	parser := readability.NewParser()
	article, err := parser.ParseAndMutate(doc, base)
	if err != nil || article.Node == nil {
		return nil
	}
	var b strings.Builder
	if err := article.RenderText(&b); err != nil {
		return nil
	}
	return tidyLines(b.String())
}

func tidyLines(s string) (kept []string) {
	for line := range strings.SplitSeq(s, "\n") {
		if line = squeeze(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// pick says who has a block.
type pick struct {
	line   string
	at     int // index in the list it is from, in t for a common one
	tokens int
	t, r   bool
	rule   string // that keeps it, "" where it goes
}

// merge keeps what both have, what t alone has between that, and before it the first lines of t, which are leads, and long ones of r.
func merge(t, r []string, leads int) ballot {
	if len(t)*len(r) > mostPairs {
		return ballot{lines: t}
	}
	picks, common := align(t, r)
	if common == 0 {
		return ballot{lines: t}
	}
	first, last := -1, 0
	for i, p := range picks {
		if p.t && p.r {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	b := ballot{picks: picks, agreement: float64(common) / float64(len(picks))}
	for i := range picks {
		p := &picks[i]
		switch {
		case p.t && p.r:
			p.rule = "agreed"
		case p.t && first < i && i < last:
			p.rule = "inside"
		case i < first && (p.r && p.tokens >= standfirst || p.t && p.at < leads):
			p.rule = "standfirst"
		}
		if p.rule != "" {
			b.lines = append(b.lines, p.line)
		}
	}
	return b
}

// align walks both lists in parallel along their longest common subsequence.
func align(t, r []string) (picks []pick, common int) {
	nt, tokensT := normals(t)
	nr, tokensR := normals(r)
	width := len(r) + 1
	// left[i*width+j] is the length of the longest common subsequence of t[i:] and r[j:].
	left := make([]uint16, (len(t)+1)*width)
	for i := range slices.Backward(t) {
		for j := range slices.Backward(r) {
			if nt[i] == nr[j] {
				left[i*width+j] = left[(i+1)*width+j+1] + 1
			} else {
				left[i*width+j] = max(left[(i+1)*width+j], left[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(t) || j < len(r) {
		switch {
		case i < len(t) && j < len(r) && nt[i] == nr[j]:
			picks = append(picks, pick{line: t[i], at: i, tokens: tokensT[i], t: true, r: true})
			i, j = i+1, j+1
		case j == len(r) || i < len(t) && left[(i+1)*width+j] == left[i*width+j]:
			picks = append(picks, pick{line: t[i], at: i, tokens: tokensT[i], t: true})
			i++
		default:
			picks = append(picks, pick{line: r[j], at: j, tokens: tokensR[j], r: true})
			j++
		}
	}
	return picks, int(left[0])
}

func normals(lines []string) (forms []string, tokens []int) {
	forms, tokens = make([]string, len(lines)), make([]int, len(lines))
	for i, l := range lines {
		forms[i], tokens[i] = normal(l)
	}
	return forms, tokens
}
