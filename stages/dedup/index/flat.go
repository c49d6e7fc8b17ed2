package index

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// flatWriter writes numbers and texts one after another. After an error it writes nothing more.
type flatWriter struct {
	to  io.Writer
	buf []byte
	err error
}

const (
	flatBuffer = 256 << 10
	flatPiece  = 1 << 20 // bytes that are taken on trust: more is asked for as more is read
)

func (w *flatWriter) flush(over int) {
	if len(w.buf) <= over {
		return
	}
	if w.err == nil {
		_, w.err = w.to.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

func (w *flatWriter) number(n uint64) {
	w.buf = binary.AppendUvarint(w.buf, n)
	w.flush(flatBuffer)
}

func (w *flatWriter) signed(n int64) {
	w.buf = binary.AppendVarint(w.buf, n)
	w.flush(flatBuffer)
}

func (w *flatWriter) text(s string) {
	w.number(uint64(len(s)))
	w.buf = append(w.buf, s...)
	w.flush(flatBuffer)
}

// list writes numbers as they stand in memory.
func (w *flatWriter) list(list []uint32) {
	w.number(uint64(len(list)))
	for _, n := range list {
		w.buf = binary.LittleEndian.AppendUint32(w.buf, n)
		w.flush(flatBuffer)
	}
}

func (w *flatWriter) longs(list []uint64) {
	w.number(uint64(len(list)))
	for _, n := range list {
		w.buf = binary.LittleEndian.AppendUint64(w.buf, n)
		w.flush(flatBuffer)
	}
}

// flatReader reads what flatWriter wrote. After an error all that it reads is nothing.
type flatReader struct {
	from io.Reader
	buf  []byte // read, and not given out
	room []byte
	err  error
}

func newFlatReader(from io.Reader) *flatReader {
	return &flatReader{from: from, room: make([]byte, flatBuffer)}
}

var errFlat = errors.New("it was not written by this version")

func (r *flatReader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", errFlat, fmt.Sprintf(format, args...))
	}
	r.buf = nil
}

// ahead reads on until so many bytes are there, no more than the buffer holds, or there are no more.
func (r *flatReader) ahead(n int) {
	if len(r.buf) >= n || r.err != nil {
		return
	}
	have := copy(r.room, r.buf)
	more, err := io.ReadAtLeast(r.from, r.room[have:], n-have)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		r.err = err
	}
	r.buf = r.room[:have+more]
}

func (r *flatReader) number() uint64 {
	r.ahead(binary.MaxVarintLen64)
	n, used := binary.Uvarint(r.buf)
	if used <= 0 {
		r.fail("a number is missing")
		return 0
	}
	r.buf = r.buf[used:]
	return n
}

func (r *flatReader) signed() int64 {
	n := r.number()
	return int64(n>>1) ^ -int64(n&1)
}

// under is a number below a limit.
func (r *flatReader) under(limit int) int {
	n := r.number()
	if n >= uint64(limit) {
		r.fail("%d is not below %d", n, limit)
		return 0
	}
	return int(n)
}

// length of what takes so many bytes each at least. It may be a lie: whoever believes it takes no more memory at once than a piece.
func (r *flatReader) length() int {
	const most = 1 << 40
	return r.under(most)
}

// some is how many of n things to make room for at once, of so many bytes each.
func some(n, size int) int { return min(n, flatPiece/size) }

func (r *flatReader) bytes(n int) []byte {
	out := make([]byte, 0, some(n, 1))
	for len(out) < n && r.err == nil {
		step := min(n-len(out), flatBuffer)
		if r.ahead(step); len(r.buf) < step {
			r.fail("%d bytes are missing", n-len(out)-len(r.buf))
			return nil
		}
		out = append(out, r.buf[:step]...)
		r.buf = r.buf[step:]
	}
	return out
}

func (r *flatReader) text() string {
	n := r.length()
	if n <= flatBuffer {
		if r.ahead(n); len(r.buf) >= n {
			s := string(r.buf[:n])
			r.buf = r.buf[n:]
			return s
		}
	}
	return string(r.bytes(n))
}

func (r *flatReader) list() []uint32 { return numbers(r, 4, binary.LittleEndian.Uint32) }

func (r *flatReader) longs() []uint64 { return numbers(r, 8, binary.LittleEndian.Uint64) }

// numbers reads a list of numbers of so many bytes each.
func numbers[T uint32 | uint64](r *flatReader, size int, number func([]byte) T) []T {
	n := r.length()
	if n == 0 || r.err != nil {
		return nil
	}
	out := make([]T, 0, some(n, size))
	for len(out) < n && r.err == nil {
		out = roomFor(out, n)
		step := min(cap(out)-len(out), n-len(out), flatBuffer/size)
		if r.ahead(step * size); len(r.buf) < step*size {
			r.fail("%d numbers are missing", n-len(out))
			return nil
		}
		for i := range step {
			out = append(out, number(r.buf[i*size:]))
		}
		r.buf = r.buf[step*size:]
	}
	return out
}

// roomFor doubles the room of a full list, up to n.
func roomFor[T any](list []T, n int) []T {
	if len(list) < cap(list) {
		return list
	}
	return append(make([]T, 0, min(n, max(2*cap(list), 1))), list...)
}

// below tells whether all numbers of a list are.
func (r *flatReader) below(list []uint32, limit int, what string) {
	if i := slices.IndexFunc(list, func(n uint32) bool { return uint64(n) >= uint64(limit) }); i >= 0 {
		r.fail("%s %d of %d", what, list[i], limit)
	}
}
