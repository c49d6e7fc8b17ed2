package pipeline

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"os"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// A checkpoint is the memory of a fold in a file, beside what tells whether it still holds. It is a copy that saves reading the state stream from
// its beginning, and never the truth: what the least thing speaks against is not used.
//
//	"rawichk\x01"  length of the head  head (JSON)  ledger  memory  length of all that  its checksum
const (
	checkpointMagic = "rawichk\x01" // the last byte is the version of the form
	checkpointEnd   = 12            // bytes of the end: length and checksum
	mostHead        = 1 << 20       // bytes
	fewestPerEntry  = 9             // bytes that an entry of the ledger takes at least
)

// checkpoint is the head of such a file.
type checkpoint struct {
	Stream   string    `json:"stream"`
	Made     time.Time `json:"made"`     // when the stream was made
	Sequence uint64    `json:"sequence"` // of the stream, up to which the memory holds
	Shape    string    `json:"shape"`    // see Keeper
	Subjects int       `json:"subjects"` // entries of the ledger
	Anchors  []anchor  `json:"anchors"`
	Saved    time.Time `json:"saved"`
}

// anchor is a message that the stream had. A stream that was restored from a copy goes on from there with other messages under the same numbers.
type anchor struct {
	Sequence uint64    `json:"seq"`
	Time     time.Time `json:"time"`
}

// ledger tells under which sequence the stream keeps the state of a subject, by a hash of its name.
type ledger map[uint64]uint64

// ordered are the entries by sequence, earliest first.
func (l ledger) ordered() []entry {
	out := make([]entry, 0, len(l))
	for subject, seq := range l {
		out = append(out, entry{subject, seq})
	}
	slices.SortFunc(out, func(a, b entry) int {
		if a.seq < b.seq {
			return -1
		}
		return 1
	})
	return out
}

type entry struct{ subject, seq uint64 }

func writeLedger(w io.Writer, entries []entry) error {
	last := uint64(0)
	b := make([]byte, 0, 2*binary.MaxVarintLen64)
	for _, e := range entries {
		b = binary.AppendUvarint(binary.LittleEndian.AppendUint64(b[:0], e.subject), e.seq-last)
		if _, err := w.Write(b); err != nil {
			return err
		}
		last = e.seq
	}
	return nil
}

func readLedger(r *bufio.Reader, n int) (ledger, error) {
	l := make(ledger, n)
	last := uint64(0)
	var subject [8]byte
	for range n {
		if _, err := io.ReadFull(r, subject[:]); err != nil {
			return nil, err
		}
		step, err := binary.ReadUvarint(r)
		if err != nil {
			return nil, err
		}
		last += step
		l[binary.LittleEndian.Uint64(subject[:])] = last
	}
	return l, nil
}

// summing counts and sums what is written.
type summing struct {
	to  io.Writer
	sum hash.Hash32
	n   int64
}

func newSum() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }

func (s *summing) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	_, _ = s.sum.Write(p[:n]) // a hash takes everything
	s.n += int64(n)
	return n, err
}

// write writes a checkpoint, whose memory save writes, and returns its length.
func (c checkpoint) write(to io.Writer, entries []entry, save func(io.Writer) error) (int64, error) {
	head, err := json.Marshal(c)
	if err != nil {
		return 0, err
	}
	s := &summing{to: to, sum: newSum()}
	w := bufio.NewWriterSize(s, 1<<20)
	_, err = w.Write(append(binary.LittleEndian.AppendUint32([]byte(checkpointMagic), uint32(len(head))), head...))
	if err == nil {
		err = writeLedger(w, entries)
	}
	if err == nil {
		err = save(w)
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		return s.n, err
	}
	end := binary.LittleEndian.AppendUint64(nil, uint64(s.n))
	_, err = to.Write(binary.LittleEndian.AppendUint32(end, s.sum.Sum32()))
	return s.n + checkpointEnd, err
}

// readCheckpoint reads head and ledger of a file of so many bytes, once the whole of it is found to be what was written. The memory follows in
// what it returns.
func readCheckpoint(f io.ReadSeeker, size int64) (c checkpoint, l ledger, memory io.Reader, err error) {
	body := size - checkpointEnd
	if err := whole(f, body); err != nil {
		return c, nil, nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return c, nil, nil, err
	}
	r := bufio.NewReaderSize(io.LimitReader(f, body), 1<<20)
	begin := make([]byte, len(checkpointMagic)+4)
	if _, err := io.ReadFull(r, begin); err != nil {
		return c, nil, nil, fmt.Errorf("it is damaged: %w", err)
	}
	if string(begin[:len(checkpointMagic)]) != checkpointMagic {
		return c, nil, nil, errors.New("it is of another version")
	}
	length := binary.LittleEndian.Uint32(begin[len(checkpointMagic):])
	if int64(length) > min(body, mostHead) {
		return c, nil, nil, errors.New("it is damaged: its head is too long")
	}
	head := make([]byte, length)
	if _, err = io.ReadFull(r, head); err == nil {
		err = json.Unmarshal(head, &c)
	}
	if err == nil && (c.Subjects < 0 || int64(c.Subjects) > body/fewestPerEntry) {
		err = fmt.Errorf("it has no room for %d subjects", c.Subjects)
	}
	if err == nil {
		l, err = readLedger(r, c.Subjects)
	}
	if err != nil {
		return c, nil, nil, fmt.Errorf("it is damaged: %w", err)
	}
	return c, l, r, nil
}

// whole holds the first bytes of a file against the length and the checksum at its end.
func whole(f io.ReadSeeker, body int64) error {
	if body < int64(len(checkpointMagic)) {
		return errors.New("it is cut off")
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := newSum()
	if _, err := io.CopyBuffer(sum, io.LimitReader(f, body), make([]byte, 1<<20)); err != nil {
		return err
	}
	var end [checkpointEnd]byte
	if _, err := io.ReadFull(f, end[:]); err != nil {
		return fmt.Errorf("it is cut off: %w", err)
	}
	if binary.LittleEndian.Uint64(end[:]) != uint64(body) || binary.LittleEndian.Uint32(end[8:]) != sum.Sum32() {
		return errors.New("it is damaged: length or checksum is wrong")
	}
	return nil
}

// errTaken says that another daemon writes the same file.
var errTaken = errors.New("another daemon is writing it")

// openNew opens the file that a checkpoint is written to before it takes the place of the last one. Daemons beside one server elsewhere may share a
// directory: its lock goes with who writes it, and what a killed one left is written over.
func openNew(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil || !named(f, name) { // else who had it has moved it to its place meanwhile
		return nil, errors.Join(errTaken, f.Close())
	}
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// named reports whether a file that is open is the one of that name.
func named(f *os.File, name string) bool {
	is, err := f.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(name)
	return err == nil && os.SameFile(is, now)
}
