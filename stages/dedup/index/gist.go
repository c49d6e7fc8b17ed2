package index

import (
	"encoding/binary"
	"fmt"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
	"rawi/stages/dedup/pack"
)

// gist is what is compared of a report beside its terms and its minima.
type gist struct {
	Source, Language string
	Published        time.Time
	Facts            message.Facts
	Recalled         []message.Facts
	Shingles         int
	Domains          uint32
}

// A list of terms is their number and one, 0 for none at all, and their ids. A term that does not count, since it stands elsewhere too or behind the
// limits of what is compared, comes after a 0. Of names, bits before them tell which were only heard.

// lister writes the terms of one report.
type lister struct {
	terms  *terms
	out    []byte
	report *match.Report
	used   []bool // terms of the report that stand in a list
}

// appendTerms writes the terms of a member that is kept whole, by their ids, which are then held.
func (t *terms) appendTerms(out []byte, m message.Member, r *match.Report) []byte {
	l := lister{t, out, r, make([]bool, len(r.Terms))}
	for list, texts := range r.Lists(m.Signature) {
		l.list(list, texts)
	}
	return l.out
}

func (l *lister) list(list match.List, texts []match.Term) {
	if texts == nil {
		l.out = append(l.out, 0)
		return
	}
	l.out = binary.AppendUvarint(l.out, uint64(len(texts))+1)
	if list == match.Names {
		l.out = appendBits(l.out, texts)
	}
	for i := range texts {
		t := &texts[i]
		counts := l.counts(t)
		if !counts {
			l.out = append(l.out, 0)
		}
		id := l.terms.intern(t)
		l.terms.lex.hold(id)
		l.out = binary.AppendUvarint(l.out, uint64(id))
	}
}

// counts tells whether a term of a list is the one that is compared. It takes the id from there.
func (l *lister) counts(t *match.Term) bool {
	i, ok := l.report.Find(t.Key)
	if !ok {
		return false
	}
	is := &l.report.Terms[i]
	t.ID = is.ID
	if l.used[i] || is.Early != t.Early || is.Title != t.Title || is.Sure != t.Sure {
		return false
	}
	l.used[i] = true
	return true
}

func appendBits(out []byte, names []match.Term) []byte {
	bits := make([]byte, (len(names)+7)/8)
	for i := range names {
		if names[i].Sure == match.Heard {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	return append(out, bits...)
}

// scanner reads the terms of one report.
type scanner struct {
	terms *terms
	in    string
}

func (s *scanner) number() uint64 {
	n, at := number(s.in, 0)
	s.in = s.in[at:]
	return n
}

// number at a place of a record, and the place after it.
func number(in string, at int) (n uint64, after int) {
	b := in[at]
	if b < 0x80 {
		return uint64(b), at + 1
	}
	n = uint64(b & 0x7f)
	for shift := 7; ; shift += 7 {
		at++
		b = in[at]
		if n |= uint64(b&0x7f) << shift; b < 0x80 {
			return n, at + 1
		}
	}
}

// open begins a list: it gives how many terms there are, or -1 where there is no list, and bits that tell which were only heard.
func (s *scanner) open(list match.List) (n int, heard string) {
	n = int(s.number()) - 1
	if list == match.Names && n > 0 {
		heard, s.in = s.in[:(n+7)/8], s.in[(n+7)/8:]
	}
	return n, heard
}

func bit(bits string, i int) bool { return bits != "" && bits[i/8]&(1<<(i%8)) != 0 }

// each gives fn the terms of a list: their ids, and whether they were only heard. It returns how many there are, or -1 where there is no list.
func (s *scanner) each(list match.List, fn func(id uint32, heard bool)) int {
	n, heard := s.open(list)
	for i := range n {
		id := s.number()
		if id == 0 {
			id = s.number() // does not count
		}
		fn(uint32(id), bit(heard, i))
	}
	return n
}

// marks are those of all terms that count.
func (s *scanner) marks() []match.Mark {
	out := make([]match.Mark, 0, len(s.in)/2)
	for _, list := range match.Lists {
		n, heard := s.open(list)
		at := 0
		for i := range n {
			var id uint64
			if id, at = number(s.in, at); id == 0 {
				_, at = number(s.in, at) // does not count
				continue
			}
			m := list.Mark(i, bit(heard, i))
			m.ID = uint32(id)
			if list == match.Concepts {
				m.Field = s.terms.lex.field(m.ID)
			}
			out = append(out, m)
		}
		s.in = s.in[at:]
	}
	return out
}

// signature reads the lists that a signature has.
func (s *scanner) signature(out *message.Signature) {
	for _, list := range match.Lists {
		var texts []string
		n := s.each(list, func(id uint32, heard bool) {
			text := s.terms.lex.text(id)
			if heard {
				text = "~" + text
			}
			texts = append(texts, text)
		})
		if n == 0 {
			texts = []string{}
		}
		if to := list.Of(out); to != nil {
			*to = texts
		}
	}
}

// drop lets go of the ids.
func (s *scanner) drop() {
	for _, list := range match.Lists {
		s.each(list, func(id uint32, _ bool) { s.terms.release(id) })
	}
}

// appendPart writes a part behind its length, as next reads it.
func appendPart(out, part []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(part))), part...)
}

// appendGist writes what is compared of a member: its terms, its minima, its article and the rest of it.
func (p *packer) appendGist(out []byte, t *terms, m message.Member, r *match.Report) []byte {
	p.list = t.appendTerms(p.list[:0], m, r)
	out = appendPart(out, p.list)
	p.list = appendMinima(p.list[:0], m.Signature.MinHash)
	out = appendPart(out, p.list)
	out = append(binary.AppendUvarint(out, uint64(len(m.Article))), m.Article...)
	g := gist{m.Source, m.Language, m.Published, m.Facts, m.Recalled, m.Signature.Shingles, r.Domains()}
	p.list = p.words.Append(p.list[:0], &g)
	return appendPart(out, p.list)
}

// lean leaves out of a member what its gist has.
func lean(m message.Member) message.Member {
	m.Article, m.Source, m.Language, m.Published, m.Facts, m.Recalled = "", "", "", time.Time{}, message.Facts{}, nil
	m.Signature = message.Signature{}
	return m
}

// part is what a gist has of a member, of which terms and minima are not read yet.
type part struct {
	member  message.Member
	domains uint32
	terms   string
	minima  packedMinima
}

type packedMinima string

func (p packedMinima) read(out []uint32) []uint32 {
	b := bitReader{in: string(p)}
	return b.minima(out)
}

// member reads a gist.
func (p *packer) member(r record) (part, record) {
	listed, r := r.next()
	minima, r := r.next()
	article, r := r.next()
	packed, r := r.next()
	p.gist = gist{}
	g := &p.gist
	if err := p.words.Read(string(packed), g); err != nil {
		panic(fmt.Sprintf("memory of a story: %v", err)) // only what appendGist wrote is read
	}
	m := message.Member{
		Article: string(article), Source: g.Source, Language: g.Language, Published: g.Published, Facts: g.Facts, Recalled: g.Recalled,
	}
	m.Signature.Shingles = g.Shingles
	return part{m, g.Domains, string(listed), packedMinima(minima)}, r
}

// reports are those of a story as far as they are compared.
func (p *packer) reports(t *terms, r record) []*match.Report {
	_, gists := r.gists()
	var out []*match.Report
	for gists != "" {
		part, rest := p.member(gists)
		s := scanner{t, part.terms}
		r := match.Marked(part.member, s.marks(), part.domains)
		r.Minima = part.minima.read // most are never asked for
		out, gists = append(out, r), rest
	}
	return out
}

// members are those of a story that are kept whole, without what is not compared of them.
func (p *packer) members(t *terms, r record) []message.Member {
	_, gists := r.gists()
	var out []message.Member
	for gists != "" {
		part, rest := p.member(gists)
		s := scanner{t, part.terms}
		s.signature(&part.member.Signature)
		part.member.Signature.MinHash = part.minima.read(nil)
		out, gists = append(out, part.member), rest
	}
	return out
}

// forget lets go of the terms of a record.
func (t *terms) forget(r record) {
	if r == "" {
		return
	}
	_, gists := r.gists()
	for gists != "" {
		listed, rest := gists.next()
		s := scanner{t, string(listed)}
		s.drop()
		for range 3 {
			_, rest = rest.next()
		}
		gists = rest
	}
}

// dictionaryTexts is how many texts of facts records share.
const dictionaryTexts = 4096

func newWords() *pack.Dictionary { return pack.NewDictionary(dictionaryTexts) }
