package page

import (
	"strings"

	"github.com/cespare/xxhash/v2"
)

const (
	leadLeast, leadMost = 8, 120 // words of a standfirst
	leadShort           = 5      // words of one that stands between the headline and the text
	alreadyThere        = 0.4    // share of a description's shingles in the body from which nothing is lost
	describedWords      = 0.8    // of the description's words that the lead holds
	ownWords            = 0.6    // of the lead's words that the description holds
)

// lostLead is the standfirst that both extractors dropped, found by the page's own description, or "". The block of the page is taken, for
// descriptions are often cut. One of few words is believed only where standfirsts stand: slogans are short, too.
func (j *judge) lostLead(descriptions, body []string) string {
	have := shingles(strings.Join(body, " "))
	for _, d := range descriptions {
		form, tokens := normal(d)
		if tokens < leadShort {
			continue
		}
		if share(shingles(d), have) > alreadyThere {
			return ""
		}
		from, to, least := 0, len(j.all), leadLeast
		if tokens < leadLeast {
			from, to, least = j.headline+1, j.start(body), leadShort
		}
		if lead := j.described(wordSet(form), from, to, least); lead != "" {
			return lead
		}
	}
	return ""
}

// described is the first of some blocks that holds the words wanted and few others.
func (j *judge) described(wanted map[string]bool, from, to, least int) string {
	for i := from; i < to; i++ {
		s := &j.all[i]
		if s.tokens < least || s.tokens > leadMost || s.h1 {
			continue
		}
		own := wordSet(s.normal)
		if share(wanted, own) >= describedWords && share(own, wanted) >= ownWords {
			return collapse(s.text)
		}
	}
	return ""
}

// start is the block with which the text begins.
func (j *judge) start(body []string) int {
	for _, line := range body {
		form, _ := normal(line)
		if i, ok := j.byNormal[form]; ok {
			return i
		}
	}
	return 0
}

// Described is the share, 0 to 1, of a description's three-word shingles that stand in body; of several descriptions the best counts.
func Described(descriptions []string, body string) (best float64) {
	if len(descriptions) == 0 {
		return 0
	}
	have := shingles(body)
	for _, d := range descriptions {
		best = max(best, share(shingles(d), have))
	}
	return best
}

// shingles are the hashes of the three-word runs of a text.
func shingles(s string) map[uint64]bool {
	form, tokens := normal(s)
	set := make(map[uint64]bool, tokens)
	var starts [3]int // of the word at hand and the two before it
	words := 0
	for i := 0; i <= len(form); i++ {
		if i < len(form) && form[i] != ' ' {
			continue
		}
		if words++; words >= 3 {
			set[xxhash.Sum64String(form[starts[0]:i])] = true
		}
		starts = [3]int{starts[1], starts[2], i + 1}
	}
	return set
}

func wordSet(form string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(form) {
		set[w] = true
	}
	return set
}

// share is how much of wanted is in have.
func share[K comparable](wanted, have map[K]bool) float64 {
	if len(wanted) == 0 {
		return 0
	}
	n := 0
	for w := range wanted {
		if have[w] {
			n++
		}
	}
	return float64(n) / float64(len(wanted))
}
