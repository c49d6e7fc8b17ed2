package facts

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"rawi/pipeline/message"
	"rawi/stages/extract/when"
	"rawi/stages/places"
	"rawi/stages/text"
)

// Where a sentence stands that has no block of its own.
const (
	blockTitle = -1
	blockLead  = -2 // a standfirst that the page keeps outside its blocks
)

// sentence is one sentence with all that was found in it.
type sentence struct {
	block   int
	offset  int // of the sentence in its block's text, bytes
	text    string
	first   bool // of its block
	depth   int  // how many blocks of text stand before it; the title's is -1
	rank    int  // how many sentences of text stand before it
	tokens  []text.Token
	forms   [][]string // of each token, where the language glues something on
	hits    []Hit
	charges []Hit // words for what somebody is only accused of
	dates   []date
	spots   []spot
	someone []spot // names of people where a place might stand
	counts  []quantity
	ages    []age

	background bool
	opens      bool // opens the account of another happening
	total      bool // sums up many
	aside      bool // tells of former days of those concerned
}

// date is a mention of a date by token indices, End exclusive.
type date struct {
	start, end int
	when.Mention
	year bool // the year is written
}

// page is a report in the course of being read.
type page struct {
	g         *Grammar
	doc       Document
	published time.Time // midnight of the day of publication in the outlet's zone
	sentences []*sentence
	told      int             // sentences of text so far
	home      time.Time       // the day of the operation that the report opens with
	anchors   map[string]bool // the places that it opens with
	wire      *places.Place   // the place of the agency's dateline
	captives  bool            // it opens with people held by others than a state
}

func (r *Reader) parse(doc Document) *page {
	y, m, d := doc.Published.Date()
	p := &page{g: &r.g, doc: doc, published: time.Date(y, m, d, 0, 0, 0, 0, doc.Published.Location())}
	p.addBlock(blockTitle, -1, doc.Title)
	depth := 0
	if doc.Lead != "" && !inBlocks(doc) {
		p.addBlock(blockLead, 0, doc.Lead)
		depth = 1
	}
	for i, b := range doc.Blocks {
		if i == maxBlocks || len(p.sentences) >= maxSentences {
			break
		}
		p.addBlock(i, depth, b.Text)
		if b.Kind != message.BlockSubhead {
			depth++
		}
	}
	p.dropOtherSenses()
	for _, s := range p.sentences {
		p.measure(s)
	}
	p.dropPersons()
	p.dropWeak()
	p.settleNamesakes()
	p.settleAbroad()
	p.settleTitle()
	p.settleCaptives()
	return p
}

// inBlocks reports whether the standfirst also stands among the blocks.
func inBlocks(doc Document) bool {
	for i, b := range doc.Blocks {
		if i == 3 {
			return false
		}
		if b.Kind == message.BlockLead || strings.HasPrefix(b.Text, doc.Lead) || strings.HasPrefix(doc.Lead, b.Text) {
			return true
		}
	}
	return false
}

func (p *page) addBlock(block, depth int, s string) {
	s = s[:boundary(s, maxBlock)]
	start := 0
	if depth == 0 {
		start = dateline(s)
		p.wire = p.wiredFrom(s[:start])
	}
	for i, cut := range p.g.clauses(s[start:], text.Sentences(s[start:])) {
		if len(p.sentences) >= maxSentences {
			return
		}
		sen := &sentence{block: block, depth: depth, offset: start + cut.Start, text: s[start+cut.Start : start+cut.End], first: i == 0}
		if depth >= 0 {
			sen.rank = p.told
			p.told++
		}
		p.annotate(sen)
		p.sentences = append(p.sentences, sen)
	}
}

// boundary is the last place at or before limit where a letter of s ends.
func boundary(s string, limit int) int {
	if len(s) <= limit {
		return len(s)
	}
	for limit > 0 && s[limit]&0xC0 == 0x80 {
		limit--
	}
	return limit
}

// annotate finds the words of a sentence that the lexicon knows.
func (p *page) annotate(s *sentence) {
	s.tokens = text.Tokens(s.text)
	s.forms = p.forms(s.tokens)
	s.hits = s.withoutAccusations(p.g.Lexicon.Find(s.tokens, s.forms))
	p.settleStops(s)
	p.dropFormerAttacks(s)
	p.freeCaptives(s)
	p.extraditions(s)
}

// measure finds what is bound to the words of a sentence: dates, places, ages, numbers of people.
func (p *page) measure(s *sentence) {
	for _, m := range p.g.Dates(s.text, s.tokens, when.Reference{Time: p.doc.Published}) {
		if p.g.thatDay(s.text[m.End:]) {
			continue
		}
		d := date{Mention: m, start: tokenAt(s.tokens, m.Start)}
		d.end = d.start
		for d.end < len(s.tokens) && s.tokens[d.end].Start < m.End {
			d.end++
			d.year = d.year || isYear(s.tokens[d.end-1])
		}
		p.amendYear(&d)
		if !s.twoOf(d) {
			s.dates = append(s.dates, d)
		}
	}
	s.spots = p.findSpots(s)
	s.ages = p.findAges(s)
	s.counts = p.findCounts(s)
}

// accusationReach is how many tokens after a word for an accusation still tell of it.
const accusationReach = 9

// withoutAccusations drops the words for what somebody is only accused of: a man arrested as the suspected author of a murder is an arrest.
func (s *sentence) withoutAccusations(hits []Hit) []Hit {
	accused := func(h Hit) bool {
		switch h.Class {
		case classAttack, classKill, classWound, classAccident, classTrial:
		default:
			return false
		}
		return slices.ContainsFunc(hits, func(a Hit) bool {
			return a.Class == classAccuse && a.End <= h.Start && h.Start-a.End < accusationReach && !s.stopBetween(a.End, h.Start)
		})
	}
	if !slices.ContainsFunc(hits, func(h Hit) bool { return h.Class == classAccuse }) {
		return hits
	}
	kept := make([]Hit, 0, len(hits))
	for _, h := range hits {
		if accused(h) {
			s.charges = append(s.charges, h)
			continue
		}
		kept = append(kept, h)
	}
	return kept
}

// charged reports whether what stands at token i belongs to what somebody is accused of: soupçonné d'avoir tué deux personnes.
func (s *sentence) charged(i int) bool {
	const reach = 6
	return slices.ContainsFunc(s.charges, func(h Hit) bool { return h.End <= i && i-h.End < reach && !s.stopBetween(h.End, i) })
}

// thatDay reports whether what follows a date makes it another day than the one counted from publication: ce jour-là.
func (g *Grammar) thatDay(rest string) bool {
	for _, suffix := range g.ThatDay {
		if strings.HasPrefix(rest, suffix) {
			return true
		}
	}
	return false
}

// isYear reports whether a token is a number of four digits, or holds one as 17/12/2021 does.
func isYear(t text.Token) bool {
	digits := 0
	for _, r := range t.Fold {
		if r < '0' || r > '9' {
			digits = 0
			continue
		}
		if digits++; digits == 4 {
			return true
		}
	}
	return false
}

// likelyForms is how many forms a token has room for at first.
const likelyForms = 2

// forms gives each token's further forms, nil for a language that has none.
func (p *page) forms(tokens []text.Token) [][]string {
	if p.g.Forms == nil {
		return nil
	}
	forms := make([][]string, len(tokens))
	all := make([]string, 0, likelyForms*len(tokens)) // of all tokens, so that none costs an allocation
	for i := range tokens {
		own := len(all)
		all = p.g.Forms(all, tokens[i].Fold)
		forms[i] = all[own:len(all):len(all)]
	}
	return forms
}

// tokenAt is the first token that ends after the byte offset.
func tokenAt(tokens []text.Token, offset int) int {
	for i, t := range tokens {
		if t.End > offset {
			return i
		}
	}
	return len(tokens)
}

// longestDateline is more than any "CITY, 17 déc. 2021 (AGENCY) -" has, in bytes.
const longestDateline = 110

// dateline is the length of the agency's dateline that s begins with: its place and day are those of the writing, not of the happening.
func dateline(s string) int {
	head := s[:boundary(s, longestDateline)]
	for _, dash := range []string{" - ", " – ", " — ", " -- ", "- "} {
		i := strings.Index(head, dash)
		if i < 0 {
			continue
		}
		before := strings.TrimSpace(head[:i])
		if strings.HasSuffix(before, ")") || strings.HasSuffix(before, "/") || shouted(before) {
			return i + len(dash)
		}
	}
	return 0
}

// wiredFrom is the place that the dateline begins with; nil where there is none of the table.
func (p *page) wiredFrom(line string) *places.Place {
	if line == "" {
		return nil
	}
	for _, m := range p.g.Places.Find(text.Tokens(line), p.g.Tag) {
		return m.Place
	}
	return nil
}

// shouted reports whether s is at most three words, all in capitals.
func shouted(s string) bool {
	if s == "" || len(strings.Fields(s)) > 3 {
		return false
	}
	return strings.IndexFunc(s, unicode.IsUpper) >= 0 && strings.IndexFunc(s, unicode.IsLower) < 0
}

// has reports whether the sentence has a word of one of the classes.
func (s *sentence) has(want ...Class) bool {
	for _, h := range s.hits {
		if slices.Contains(want, h.Class) {
			return true
		}
	}
	return false
}

// inDate reports whether a token lies in a date.
func (s *sentence) inDate(i int) bool {
	for _, d := range s.dates {
		if d.start <= i && i < d.end {
			return true
		}
	}
	return false
}

// hitAt returns the hit of one of the classes that covers token i.
func (s *sentence) hitAt(i int, want ...Class) (Hit, bool) {
	for k := range s.hits {
		if h := &s.hits[k]; h.Start <= i && i < h.End && slices.Contains(want, h.Class) {
			return *h, true
		}
	}
	return Hit{}, false
}

// surface is the text of tokens as written.
func (s *sentence) surface(start, end int) string {
	if start >= end {
		return ""
	}
	return s.text[s.tokens[start].Start:s.tokens[end-1].End]
}

// evidence says that the tokens support a fact.
func (s *sentence) evidence(fact, value, rule string, start, end int) (message.Evidence, bool) {
	if s.block < blockTitle || start >= end || end > len(s.tokens) {
		return message.Evidence{}, false
	}
	return message.Evidence{
		Fact: fact, Value: value, Block: s.block, Rule: rule,
		Start: s.offset + s.tokens[start].Start, End: s.offset + s.tokens[end-1].End,
	}, true
}
