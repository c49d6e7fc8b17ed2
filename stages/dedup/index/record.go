package index

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"

	"github.com/klauspost/compress/zstd"

	"rawi/pipeline/message"
	"rawi/stages/dedup/pack"
)

// A record is a state in few bytes, for a story that nobody asks for at the moment: its id, the minima of its reports bit by bit, since nothing
// makes them shorter, what is compared of its reports, and all else. The last two are compressed each on its own: a candidate is compared far
// more often than a story changes.
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
	buffer       []byte
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

func newPacker() *packer { return &packer{plain: newCodec(nil)} }

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

// record of a state. The state stays as it is.
func (p *packer) record(s message.State) record {
	out := binary.AppendUvarint(p.buffer[:0], uint64(len(s.Story.ID)))
	out = append(out, s.Story.ID...)
	members := append([]message.Member(nil), s.Members...)
	if s.Members != nil && members == nil {
		members = []message.Member{}
	}
	var minima []byte
	other := rest{State: s}
	other.State.Members = nil
	for i := range members {
		m := &members[i]
		minima = appendMinima(minima, m.Signature.MinHash)
		other.Passages = append(other.Passages, m.Passages)
		m.Signature.MinHash, m.Passages = nil, nil
	}
	out = binary.AppendUvarint(out, uint64(len(minima)))
	out = append(out, minima...)
	compared := p.press(pack.Append(nil, &members))
	out = binary.AppendUvarint(out, uint64(len(compared)))
	out = append(out, compared...)
	out = append(out, p.press(pack.Append(nil, &other))...)
	p.buffer = out
	return record(out)
}

// press compresses, with a first byte that says by what.
func (p *packer) press(body []byte) []byte {
	if p.known.enc != nil {
		return p.known.enc.EncodeAll(body, []byte{1})
	}
	if p.samples = append(p.samples, body...); len(p.samples) >= dictionary {
		p.known = newCodec(p.samples[:dictionary])
		p.samples = nil
	}
	return p.plain.enc.EncodeAll(body, []byte{0})
}

func (p *packer) open(body string) string {
	c := p.plain
	if body[0] == 1 {
		c = p.known
	}
	out, err := c.dec.DecodeAll([]byte(body[1:]), nil)
	if err != nil {
		panic(fmt.Sprintf("memory of a story: %v", err)) // only what record wrote is read
	}
	return string(out)
}

// next cuts what a length stands before off a record.
func (r record) next() (part, rest record) {
	n, used := binary.Uvarint([]byte(r[:min(len(r), binary.MaxVarintLen64)]))
	end := used + int(n) //nolint:gosec // a length
	return r[used:end], r[end:]
}

// id of the story.
func (r record) id() string {
	id, _ := r.next()
	return string(id)
}

// members are what is compared of the reports.
func (p *packer) members(r record) []message.Member {
	_, r = r.next()
	minima, r := r.next()
	compared, _ := r.next()
	var members []message.Member
	if err := pack.Read(p.open(string(compared)), &members); err != nil {
		panic(fmt.Sprintf("memory of a story: %v", err))
	}
	bytes := strings.NewReader(string(minima))
	for i := range members {
		members[i].Signature.MinHash = readMinima(bytes)
	}
	return members
}

// state is all of it, with the members that were read before.
func (p *packer) state(r record, members []message.Member) message.State {
	_, r = r.next()
	_, r = r.next()
	_, r = r.next()
	var other rest
	if err := pack.Read(p.open(string(r)), &other); err != nil {
		panic(fmt.Sprintf("memory of a story: %v", err))
	}
	for i := range members {
		members[i].Passages = other.Passages[i]
	}
	other.State.Members = members
	return other.State
}

// appendMinima writes numbers with as many bits as the largest has.
func appendMinima(out []byte, minima []uint32) []byte {
	if minima == nil {
		return append(out, 0)
	}
	var all uint32
	for _, m := range minima {
		all |= m
	}
	width := max(1, bits.Len32(all))
	out = binary.AppendUvarint(append(out, byte(width)), uint64(len(minima)))
	var held uint64
	n := 0
	for _, m := range minima {
		held |= uint64(m) << n
		for n += width; n >= 8; n -= 8 {
			out = append(out, byte(held))
			held >>= 8
		}
	}
	if n > 0 {
		out = append(out, byte(held))
	}
	return out
}

func readMinima(in *strings.Reader) []uint32 {
	width, err := in.ReadByte()
	if err != nil || width == 0 {
		return nil
	}
	count, _ := binary.ReadUvarint(in)
	out := make([]uint32, count)
	var held uint64
	n := 0
	for i := range out {
		for n < int(width) {
			b, _ := in.ReadByte()
			held |= uint64(b) << n
			n += 8
		}
		out[i] = uint32(held & (1<<width - 1)) //nolint:gosec // width bits
		held >>= width
		n -= int(width)
	}
	return out
}
