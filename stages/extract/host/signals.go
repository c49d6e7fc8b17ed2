package host

import (
	"math"
	"slices"
	"time"
)

// Signals say how well a page was read. A negative value is not known.
type Signals struct {
	Agreement   float64 // share of blocks on which both extractors agree
	Description float64 // share of the page's own description that stands in the text
	Words       int     // of the text
	Damaged     float64 // share of letters that look like a wrong charset
	Empty       bool    // no article was found at all
	Missed      bool    // the rules for this site found no text
}

// readings are signals as they are kept: hundredths, thousandths for damage, -1 for what is not known.
type readings struct {
	Agreement, Description, Words, Damaged int
	Empty, Missed                          bool
}

func (s Signals) readings() readings {
	part := func(v, of float64) int {
		if v < 0 {
			return -1
		}
		return int(math.Round(v * of))
	}
	return readings{part(s.Agreement, 100), part(s.Description, 100), s.Words, part(s.Damaged, 1000), s.Empty, s.Missed}
}

// Signs by which a change of layout shows: the words of a metric's label.
const (
	SignEmpty       = "empty"       // no article is found any more
	SignRules       = "rules"       // the rules for this site find no text any more
	SignAgreement   = "agreement"   // the extractors disagree
	SignDescription = "description" // the page's own description is not in the text any more
	SignShort       = "short"       // texts are much shorter
	SignLong        = "long"        // texts are much longer: the whole page is taken
	SignCharset     = "charset"     // letters are broken
)

// Signs lists them, the plainest first.
func Signs() []string {
	return []string{SignEmpty, SignRules, SignAgreement, SignDescription, SignShort, SignLong, SignCharset}
}

const (
	run     = 5  // articles in a row that have to show the same before it is said
	usual   = 10 // articles that have to be known before anything is unusual
	settled = 30 // articles after which what is unusual counts as usual
	seldom  = 0.2
)

// usually is how the pages of a host were read before.
type usually struct {
	Agreement   level   `json:"agreement"`
	Description level   `json:"description"`
	Words       level   `json:"words"`
	Damaged     level   `json:"damaged"`
	Empty       float64 `json:"empty"` // shares
	Missed      float64 `json:"missed"`
}

// level are the tenth, the half and the nine tenths below which values lie. Known is false where too few are.
type level struct {
	Low, Middle, High int
	Known             bool
}

func levelOf(all []*seen, of func(readings) int) level {
	var values []int
	for _, s := range all {
		if v := of(s.signals); v >= 0 && !s.signals.Empty {
			values = append(values, v)
		}
	}
	if len(values) < usual {
		return level{}
	}
	slices.Sort(values)
	last := len(values) - 1
	return level{values[last/10], values[last/2], values[last-last/10], true}
}

func share(all []*seen, is func(readings) bool) float64 {
	n := 0
	for _, s := range all {
		if is(s.signals) {
			n++
		}
	}
	return float64(n) / float64(max(len(all), 1))
}

func agreement(r readings) int   { return r.Agreement }
func description(r readings) int { return r.Description }
func words(r readings) int       { return r.Words }
func damaged(r readings) int     { return r.Damaged }
func empty(r readings) bool      { return r.Empty }
func missed(r readings) bool     { return r.Missed }

func usuallyOf(all []*seen) usually {
	return usually{
		Agreement: levelOf(all, agreement), Description: levelOf(all, description), Words: levelOf(all, words), Damaged: levelOf(all, damaged),
		Empty: share(all, empty), Missed: share(all, missed),
	}
}

// unusual are the signs that one article shows. Each asks for a value outside of nine tenths of those before, and far from their middle: pages
// of one layout differ too.
func (u usually) unusual(s readings) (signs []string) {
	if s.Empty { // all else of it is nothing too
		if u.Empty < seldom {
			signs = append(signs, SignEmpty)
		}
		return signs
	}
	shows := map[string]bool{
		SignRules:       s.Missed && u.Missed < seldom,
		SignAgreement:   u.Agreement.sank(s.Agreement, 0.6),
		SignDescription: u.Description.sank(s.Description, 0.4),
		SignShort:       u.Words.sank(s.Words, 0.5),
		SignLong:        u.Words.Known && s.Words > max(u.Words.High, u.Words.Middle*5/2),
		SignCharset:     u.Damaged.Known && s.Damaged > max(u.Damaged.High, 5),
	}
	for _, sign := range Signs() {
		if shows[sign] {
			signs = append(signs, sign)
		}
	}
	return signs
}

// sank reports whether a value lies below what is usual, and below a share of the middle.
func (l level) sank(v int, share float64) bool {
	return l.Known && v >= 0 && v < l.Low && float64(v) < share*float64(l.Middle)
}

// length is an article's number of words against the median of the others; 0 where too few are known.
func (r *record) length(s Sighting) float64 {
	id := number(s.Article)
	known := levelOf(slices.DeleteFunc(r.inOrder(), func(a *seen) bool { return a.id == id }), words)
	if !known.Known || known.Middle == 0 {
		return 0
	}
	return float64(s.Signals.Words) / float64(known.Middle)
}

// alarm is a change that was told and is not over.
type alarm struct {
	Number uint32    `json:"n"` // of the article that gave it
	Since  time.Time `json:"since"`
	Signs  []string  `json:"signs"`
	Before usually   `json:"before"`
}
