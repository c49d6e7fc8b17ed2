package host

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
)

// version of the form in which records are kept. Another one is not read: what it held is learned again.
const version = 1

// rowSize is what a kept row takes: form and mask.
const rowSize = 12

// head and entry are the fixed parts of a kept record. Records are read and written with every article: in JSON that would cost more than
// finding the article in its page.
type (
	head struct {
		Version     uint8
		Seen        uint8
		Rows        uint16
		Next, Since uint32
	}
	entry struct {
		Place         uint8
		ID, Group     uint64
		Number        uint32
		At            int64
		Words         uint32
		Agreement     int8
		Description   int8
		Read          int32 // words, as a signal
		Damaged       int16
		Empty, Missed bool
	}
)

var errForm = errors.New("no record")

// parse reads a record. One that cannot be read is begun anew: it is learned again from the next articles.
func parse(kept []byte) *record {
	r := &record{}
	if len(kept) == 0 || r.read(kept) != nil {
		return &record{}
	}
	return r
}

func (r *record) read(kept []byte) error {
	var h head
	n, err := binary.Decode(kept, binary.LittleEndian, &h)
	if err != nil || h.Version != version || h.Seen > places || h.Rows > mostRows {
		return errForm
	}
	r.next, r.since = h.Next, h.Since
	kept = kept[n:]
	for range h.Seen {
		var e entry
		if n, err = binary.Decode(kept, binary.LittleEndian, &e); err != nil || e.Place >= places {
			return errForm
		}
		r.seen[e.Place] = e.seen()
		kept = kept[n:]
	}
	if len(kept) < rowSize*int(h.Rows) {
		return errForm
	}
	r.rows = make([]row, h.Rows, int(h.Rows)+mostSeen)
	for i := range r.rows {
		at := kept[rowSize*i:]
		r.rows[i] = row{form: binary.LittleEndian.Uint32(at), mask: binary.LittleEndian.Uint64(at[4:])}
	}
	if !slices.IsSortedFunc(r.rows, func(a, b row) int { return byForm(a, b.form) }) {
		return errForm
	}
	if kept = kept[rowSize*int(h.Rows):]; len(kept) > 0 {
		r.alarm = &alarm{}
		return json.Unmarshal(kept, r.alarm)
	}
	return nil
}

func (r *record) bytes() []byte {
	h := head{Version: version, Rows: uint16(len(r.rows)), Next: r.next, Since: r.since}
	for _, s := range r.seen {
		if s != nil {
			h.Seen++
		}
	}
	b := bytes.NewBuffer(make([]byte, 0, 64+48*int(h.Seen)+rowSize*len(r.rows)))
	write(b, h)
	for i, s := range r.seen {
		if s != nil {
			write(b, s.entry(i))
		}
	}
	out := b.Bytes()
	for _, known := range r.rows {
		out = binary.LittleEndian.AppendUint32(out, known.form)
		out = binary.LittleEndian.AppendUint64(out, known.mask)
	}
	if r.alarm != nil {
		alarm, err := json.Marshal(r.alarm)
		if err != nil {
			panic(err) // plain numbers and text
		}
		out = append(out, alarm...)
	}
	return out
}

// write appends a value of fixed size.
func write(b *bytes.Buffer, v any) {
	if err := binary.Write(b, binary.LittleEndian, v); err != nil {
		panic(err) // of fixed size, into memory
	}
}

func (e entry) seen() *seen {
	return &seen{
		id: e.ID, group: e.Group, number: e.Number, at: e.At, words: int(e.Words),
		signals: readings{
			Agreement: int(e.Agreement), Description: int(e.Description), Words: int(e.Read), Damaged: int(e.Damaged), Empty: e.Empty, Missed: e.Missed,
		},
	}
}

func (s *seen) entry(place int) entry {
	return entry{
		Place: uint8(place), ID: s.id, Group: s.group, Number: s.number, At: s.at, Words: uint32(s.words), Agreement: int8(s.signals.Agreement),
		Description: int8(s.signals.Description), Read: int32(s.signals.Words), Damaged: int16(s.signals.Damaged), Empty: s.signals.Empty, Missed: s.signals.Missed,
	}
}
