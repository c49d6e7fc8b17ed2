package page

import (
	"strings"
	"unicode/utf8"

	"rawi/pipeline/message"
)

const (
	proseWords   = 10  // words from which a block may be running text
	sentenceWord = 4   // words from which a block that ends as a sentence does may be
	mostlyLink   = 0.5 // share of links from which a block is one
	heldByWeak   = 0.5 // share of the page's prose from which an element with a doubtful name is no furniture
	heldByFrame  = 0.7 // and from which one of any name is none, but for comments
	heldByBody   = 0.5 // share of the page's prose in the body that an element of any name must hold to be none
	namedBody    = 0.7 // share of the best sum that the element which calls itself the body must reach
	itemWords    = 60  // words of a box with a link up to which the rest of it is a teaser
	mostValue    = 120 // words of one block that count
	headReach    = 40  // blocks of furniture that may stand between a standfirst and the text
)

// judge is our own reading of an outline: every block gets a value, positive for prose and negative for links and furniture, and the article is
// the element with the greatest sum, from which the run of blocks with the greatest sum is taken.
type judge struct {
	*outline
	headline int       // index of the block
	value    []float64 // of each block
	sum      []float64 // of the values before a block
	prose    []int     // words of prose before a block
}

// newJudge finds the headline and marks the furniture.
func newJudge(o *outline, titles []string) *judge {
	j := &judge{outline: o, headline: o.headline(titles)}
	j.countProse()
	j.frame()
	return j
}

// reading is what our own reader made of a page.
type reading struct {
	lines       []string
	leads       int  // how many of them, at the beginning, are standfirsts that stand apart from the text
	named       bool // the text stands in an element that calls itself the body
	prose       bool // among them is running text
	first, last int  // blocks of the run, the last one not included
}

// read takes the article out of the outline: the lines that stay, in order.
func (j *judge) read() reading {
	if len(j.all) == 0 {
		return reading{}
	}
	r := j.attempt()
	if !r.prose && j.unframe() { // all of the article stands in what calls itself furniture
		return j.attempt()
	}
	return r
}

// unframe takes the marks of furniture off everything, and reports whether there were any.
func (j *judge) unframe() (any bool) {
	for i := range j.all {
		any = any || j.all[i].framed
		j.all[i].framed = false
	}
	for i := range j.boxes {
		j.boxes[i].framed, j.boxes[i].frame = false, false
	}
	return any
}

func (j *judge) attempt() reading {
	j.weigh()
	at := j.body()
	first, last := j.run(j.boxes[at].first, j.boxes[at].last)
	last = j.tail(first, last)
	r := reading{named: j.boxes[at].sense&saysBody != 0, first: first, last: last}
	for i := range j.all[:last] {
		switch {
		case i < first && j.standfirst(i, first):
			r.leads++
		case i < first || !j.stays(i):
			continue
		}
		r.lines = append(r.lines, j.all[i].text)
		r.prose = r.prose || j.all[i].tokens >= proseWords
	}
	return r
}

// tail is the end of the run with the short lines behind it that stand beside its last block: a credit, a note.
func (j *judge) tail(first, last int) int {
	if last <= first {
		return last
	}
	around := j.boxes[j.all[last-1].boxed].up
	for i := last; i < len(j.all) && i < last+3; i++ {
		s := &j.all[i]
		beside := j.boxes[s.boxed].up == around || s.boxed == j.all[last-1].boxed
		if !beside || s.framed || s.figure || s.links > 0 || s.kind == message.BlockSubhead {
			return i
		}
	}
	return min(last+3, len(j.all))
}

// weigh gives every block its value.
func (j *judge) weigh() {
	j.value, j.sum = make([]float64, len(j.all)), make([]float64, len(j.all)+1)
	for i := range j.all {
		j.value[i] = j.valueOf(i)
		j.sum[i+1] = j.sum[i] + j.value[i]
	}
}

func (j *judge) valueOf(i int) float64 {
	s := &j.all[i]
	words := float64(min(s.tokens, mostValue))
	switch {
	case s.framed || s.figure:
		return -min(words, 24)/3 - 1
	case s.links >= mostlyLink:
		return -min(words, 24)/2 - 2
	case j.item(i):
		return -min(words, 24)/2 - 1
	case s.kind == message.BlockSubhead:
		return j.subhead(i)
	case s.tokens >= proseWords:
		return words * (1 - s.links)
	case s.tokens >= sentenceWord && ends(s.text):
		return words / 2
	}
	return -1
}

// subhead is the value of a title: nothing above text, and less where another title follows: those are of other articles.
func (j *judge) subhead(i int) float64 {
	for k := i + 1; k < len(j.all) && k <= i+2; k++ {
		if s := &j.all[k]; !s.framed && s.tokens > 0 && !s.figure {
			if s.kind == message.BlockSubhead {
				return -2
			}
			return 0
		}
	}
	return 0
}

// item reports whether a block stands in a small box of its own beside a link: the excerpt of a teaser.
func (j *judge) item(i int) bool {
	s := &j.all[i]
	if s.tokens > itemWords {
		return false
	}
	for at := s.boxed; at > 0; at = j.boxes[at].up {
		b := &j.boxes[at]
		if b.last-b.first > 6 || b.first <= j.headline && j.headline < b.last {
			return false
		}
		words, linked := 0, false
		for k := b.first; k < b.last; k++ {
			words += j.all[k].tokens
			linked = linked || j.all[k].linked && j.all[k].tokens > 0
		}
		if words > itemWords {
			return false
		}
		if linked {
			return true
		}
	}
	return false
}

func ends(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	for strings.ContainsRune("»”\")", r) && len(s) > size {
		s = strings.TrimRight(s[:len(s)-size], " ")
		r, size = utf8.DecodeLastRuneInString(s)
	}
	return strings.ContainsRune(".!?؟…:;؛", r)
}

// body is the box of the article: the innermost of those with the greatest sum, or the one that calls itself the body and is nearly as good.
func (j *judge) body() int {
	best, named := 0, -1
	for i := range j.boxes {
		if j.total(i) >= j.total(best) {
			best = i
		}
		if j.boxes[i].sense&saysBody != 0 && (named < 0 || j.total(i) > j.total(named)) {
			named = i
		}
	}
	if named >= 0 && j.total(named) >= namedBody*j.total(best) {
		return named
	}
	return best
}

func (j *judge) total(box int) float64 { return j.sum[j.boxes[box].last] - j.sum[j.boxes[box].first] }

// run is the part between two blocks whose sum is the greatest.
func (j *judge) run(from, to int) (first, last int) {
	best, start := 0.0, from
	first, last = from, from
	for i := from; i < to; i++ {
		if j.sum[i] < j.sum[start] {
			start = i
		}
		if sum := j.sum[i+1] - j.sum[start]; sum > best {
			best, first, last = sum, start, i+1
		}
	}
	return first, last
}

// stays reports whether a block within the run is the article's.
func (j *judge) stays(i int) bool {
	s := &j.all[i]
	switch {
	case s.framed, s.figure, s.tokens == 0, s.links >= mostlyLink, j.item(i):
		return false
	}
	return true
}

// standfirst reports whether a block between the headline and the run is one: it stands in an element that says so, or it is a sentence.
func (j *judge) standfirst(i, first int) bool {
	s := &j.all[i]
	if i <= j.headline && j.all[j.headline].h1 || s.framed || s.figure || s.h1 || s.links >= mostlyLink || s.tokens < 6 {
		return false
	}
	if j.says(i, saysLead) {
		return true
	}
	return first-i <= headReach && s.tokens >= 12 && ends(s.text) && !j.item(i)
}

// says reports whether a box around a block, not too far out, has a name of that sense.
func (j *judge) says(i int, want sense) bool {
	at := j.all[i].boxed
	for range 3 {
		if at <= 0 {
			return false
		}
		if b := &j.boxes[at]; b.sense&want != 0 && b.last-b.first <= 4 {
			return true
		}
		at = j.boxes[at].up
	}
	return false
}
