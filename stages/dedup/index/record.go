package index

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"github.com/klauspost/compress/zstd"

	"rawi/pipeline/message"
	"rawi/stages/dedup/match"
	"rawi/stages/dedup/pack"
)

// A record is a state in few bytes, for a story that nobody asks for at the moment. It holds, each part behind its length: the id of the story; how
// many reports it has and the gists of the reports that are kept whole, one after the other; and all else, compressed. A gist is what is compared: the terms of the report as
// ids of the lexicon, its minima bit by bit, since nothing makes them shorter, its id, and its facts. It is read without looking up a single word: a
// candidate is compared far more often than a story changes. Rows and lists of an index follow from the records and the lexicon alone.
type record string

// rest is what no comparison needs: the members are in it for their passages alone.
type rest struct {
	State    message.State
	Passages [][]message.Passage
}

// packer makes records and reads them. Texts of a few hundred bytes compress badly by themselves, so the first ones serve the later ones as a
// dictionary: outlets, addresses, reasons and words repeat.
type packer struct {
	plain, known codec
	samples      []byte
	dict         []byte           // of known
	words        *pack.Dictionary // of gists
	buffer       []byte           // of a record, and of parts of one
	gists, list  []byte
	gist         gist // that was read last
	closed       []byte
	opened       []byte
}

// codec is zstd with one dictionary.
type codec struct {
	enc *zstd.Encoder
	dec *zstd.Decoder
}

const (
	dictionary   = 96 << 10 // bytes
	dictionaryID = 1
)

func newCodec(dict []byte) codec {
	forEnc := []zstd.EOption{
		zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false),
		zstd.WithWindowSize(256 << 10), zstd.WithSingleSegment(true),
	}
	forDec := []zstd.DOption{zstd.WithDecoderConcurrency(1)}
	if dict != nil {
		forEnc, forDec = append(forEnc, zstd.WithEncoderDictRaw(dictionaryID, dict)), append(forDec, zstd.WithDecoderDictRaw(dictionaryID, dict))
	}
	enc, err := zstd.NewWriter(nil, forEnc...)
	if err != nil {
		panic(fmt.Sprintf("compression: %v", err)) // by the options above alone
	}
	dec, err := zstd.NewReader(nil, forDec...)
	if err != nil {
		panic(fmt.Sprintf("decompression: %v", err))
	}
	return codec{enc, dec}
}

// record of a state, with what is compared of its members that are kept whole. The state stays as it is. The terms in the record are held.
func (p *packer) record(t *terms, s message.State, reports []*match.Report) record {
	other := rest{State: s}
	other.State.Members, other.State.Story.ID = slices.Clone(s.Members), ""
	p.gists = binary.AppendUvarint(p.gists[:0], uint64(len(s.Members)))
	for i := range other.State.Members {
		m := &other.State.Members[i]
		other.Passages = append(other.Passages, m.Passages)
		m.Passages = nil
		if !m.Reduced {
			p.gists = p.appendGist(p.gists, t, s.Members[i], reports[0])
			*m, reports = lean(*m), reports[1:]
		}
	}
	p.buffer = appendPart(p.buffer[:0], []byte(s.Story.ID))
	p.buffer = appendPart(p.buffer, p.gists)
	p.buffer = append(p.buffer, p.press(pack.Append(nil, &other, texts(s.Members)...))...)
	return record(p.buffer)
}

// magic begins every frame of zstd, and no record.
const magic = "\x28\xb5\x2f\xfd"

// press compresses, with a first byte that says by what.
func (p *packer) press(body []byte) []byte {
	if p.known.enc != nil {
		return p.known.press(1, body)
	}
	if p.plain.enc == nil {
		p.plain = newCodec(nil)
	}
	if p.samples = append(p.samples, body...); len(p.samples) >= dictionary {
		p.dict = slices.Clone(p.samples[:dictionary])
		p.known = newCodec(p.dict)
		out := p.plain.press(0, body)
		p.samples, p.plain.enc = nil, nil // half a megabyte
		return out
	}
	return p.plain.press(0, body)
}

// revive makes the codecs of a packer that has made records before.
func (p *packer) revive() {
	p.plain = newCodec(nil)
	if len(p.dict) > 0 {
		p.known, p.plain.enc = newCodec(p.dict), nil
	}
}

func (c codec) press(by byte, body []byte) []byte {
	frame := c.enc.EncodeAll(body, nil)
	return append([]byte{by}, frame[len(magic):]...)
}

func (p *packer) open(body string) string {
	c := p.plain
	if body[0] == 1 {
		c = p.known
	}
	p.closed = append(append(p.closed[:0], magic...), body[1:]...)
	var err error
	if p.opened, err = c.dec.DecodeAll(p.closed, p.opened[:0]); err != nil {
		panic(fmt.Sprintf("memory of a story: %v", err)) // only what record wrote is read
	}
	return string(p.opened)
}

// next cuts what a length stands before off a record.
func (r record) next() (part, rest record) {
	n, used := binary.Uvarint([]byte(r[:min(len(r), binary.MaxVarintLen64)]))
	end := used + int(n)
	return r[used:end], r[end:]
}

// gists are those of the story, and how many reports it has.
func (r record) gists() (int, record) {
	_, r = r.next()
	gists, _ := r.next()
	n, used := binary.Uvarint([]byte(gists[:min(len(gists), binary.MaxVarintLen64)]))
	return int(n), gists[used:]
}

// id of the story.
func (r record) id() string {
	id, _ := r.next()
	return string(id)
}

// state is all of it.
func (p *packer) state(t *terms, r record) message.State {
	gists := p.members(t, r)
	id, r := r.next()
	_, r = r.next()
	var other rest
	if err := pack.Read(p.open(string(r)), &other, texts(gists)...); err != nil {
		panic(fmt.Sprintf("memory of a story: %v", err))
	}
	for i := range other.State.Members {
		m := &other.State.Members[i]
		m.Passages = other.Passages[i]
		if !m.Reduced {
			fatten(m, gists[0])
			gists = gists[1:]
		}
	}
	other.State.Story.ID = string(id)
	return other.State
}

// fatten gives a member back what lean left out.
func fatten(m *message.Member, g message.Member) {
	m.Article, m.Source, m.Language, m.Published, m.Facts, m.Recalled = g.Article, g.Source, g.Language, g.Published, g.Facts, g.Recalled
	m.Signature = g.Signature
}

// texts are those of gists that the rest of a state has too.
func texts(members []message.Member) []string {
	var out []string
	for i := range members {
		m := &members[i]
		if m.Reduced {
			continue
		}
		out = append(out, m.Article, m.Source, m.Language, m.Facts.Kind, m.Facts.Action, m.Facts.Country, m.Facts.Group)
		for _, p := range m.Facts.Places {
			out = append(out, p.ID, p.Name, p.Kind, p.Country)
		}
		for _, p := range m.Facts.Persons {
			out = append(out, p.Name, p.Key, p.Role)
		}
		if m.Facts.Day != nil {
			out = append(out, m.Facts.Day.From, m.Facts.Day.Precision)
		}
	}
	return out
}

// appendMinima writes numbers in Rice's code, as fits the least ones of many hashes: the low bits as they are, as many as their mean has, and what
// is above them as so many ones and a zero. https://en.wikipedia.org/wiki/Golomb_coding
func appendMinima(out []byte, minima []uint32) []byte {
	if minima == nil {
		return append(out, 0)
	}
	low := lowBits(minima)
	out = binary.AppendUvarint(append(out, byte(low+1)), uint64(len(minima)))
	b := bitWriter{out: out}
	for _, m := range minima {
		b.write(uint64(m)&(1<<low-1), low)
		for range m >> low {
			b.write(1, 1)
		}
		b.write(0, 1)
	}
	return b.flush()
}

// lowBits is the length of the low part: of the mean less a half, but enough for the largest to have few ones.
func lowBits(minima []uint32) int {
	var sum, most uint64
	for _, m := range minima {
		sum, most = sum+uint64(m), max(most, uint64(m))
	}
	mean := sum / max(1, uint64(len(minima)))
	return max(0, bits.Len64(mean)-1, bits.Len64(most)-6)
}

type bitWriter struct {
	out  []byte
	held uint64
	n    int
}

func (b *bitWriter) write(v uint64, width int) {
	b.held |= v << b.n
	for b.n += width; b.n >= 8; b.n -= 8 {
		b.out = append(b.out, byte(b.held))
		b.held >>= 8
	}
}

func (b *bitWriter) flush() []byte {
	if b.n > 0 {
		b.out = append(b.out, byte(b.held))
	}
	return b.out
}

type bitReader struct {
	in   string
	at   int
	held uint64
	n    int
}

// minima reads what appendMinima wrote, which begins at a whole byte, into the room of out.
func (b *bitReader) minima(out []uint32) []uint32 {
	b.at -= b.n / 8 // what was read ahead
	b.held, b.n = 0, 0
	width := int(b.in[b.at])
	b.at++
	if width == 0 {
		return nil
	}
	count, used := binary.Uvarint([]byte(b.in[b.at:min(len(b.in), b.at+binary.MaxVarintLen64)]))
	b.at += used
	if out == nil || uint64(cap(out)) < count { // an empty list is not none
		out = make([]uint32, count)
	}
	out = out[:count]
	for i := range out {
		b.fill()
		low := b.held & (1<<(width-1) - 1)
		b.drop(width - 1)
		high := 0
		for {
			b.fill()
			ones := bits.TrailingZeros64(^b.held)
			if ones < b.n {
				high += ones
				b.drop(ones + 1)
				break
			}
			high += b.n
			b.drop(b.n)
		}
		out[i] = uint32(high)<<(width-1) | uint32(low)
	}
	return out
}

// fill holds as many bytes as there is room for.
func (b *bitReader) fill() {
	for ; b.n <= 56 && b.at < len(b.in); b.at++ {
		b.held |= uint64(b.in[b.at]) << b.n
		b.n += 8
	}
}

func (b *bitReader) drop(n int) {
	b.held >>= n
	b.n -= n
}
