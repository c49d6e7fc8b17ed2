package pipeline

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// written is a checkpoint of a few states as it stands in its file.
func written(t testing.TB) []byte {
	t.Helper()
	c := checkpoint{
		Stream: streamState, Made: time.Unix(7, 5).UTC(), Sequence: 9, Shape: "s", Subjects: 3, Anchors: []anchor{{9, time.Unix(8, 0).UTC()}},
		Saved: time.Unix(9, 0).UTC(),
	}
	var out bytes.Buffer
	n, err := c.write(&out, ledger{1: 9, 2: 300, 1 << 63: 2}.ordered(), func(w io.Writer) error {
		_, err := io.WriteString(w, "memory")
		return err
	})
	if err != nil || n != int64(out.Len()) {
		t.Fatalf("%d bytes of %d: %v", n, out.Len(), err)
	}
	return out.Bytes()
}

func TestCheckpointIsReadBackAsItWasWritten(t *testing.T) {
	b := written(t)
	c, l, memory, err := readCheckpoint(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(memory)
	if err != nil || string(body) != "memory" {
		t.Errorf("memory is %q (%v)", body, err)
	}
	if d := cmp.Diff(ledger{1: 9, 2: 300, 1 << 63: 2}, l); d != "" {
		t.Errorf("ledger (-want +got):\n%s", d)
	}
	if c.Sequence != 9 || c.Shape != "s" || !c.Made.Equal(time.Unix(7, 5)) || len(c.Anchors) != 1 {
		t.Errorf("head is %+v", c)
	}
}

func TestCheckpointWithAnyBitTurnedIsAnError(t *testing.T) {
	whole := written(t)
	for i := range 8 * len(whole) {
		b := bytes.Clone(whole)
		b[i/8] ^= 1 << (i % 8)
		if _, _, _, err := readCheckpoint(bytes.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("bit %d was turned and nothing noticed", i)
		}
	}
	for n := range whole {
		if _, _, _, err := readCheckpoint(bytes.NewReader(whole[:n]), int64(n)); err == nil {
			t.Errorf("the first %d bytes of %d pass for the whole", n, len(whole))
		}
	}
}

// FuzzCheckpoint gives the reader bytes whose length and checksum are right, whatever they are.
func FuzzCheckpoint(f *testing.F) {
	b := written(f)
	f.Add(b[:len(b)-checkpointEnd])
	f.Add([]byte(checkpointMagic + "\xff\xff\xff\xff"))
	f.Add([]byte(checkpointMagic + "\x1a\x00\x00\x00{\"subjects\":1000000000000}"))
	f.Fuzz(func(_ *testing.T, body []byte) {
		s := &summing{to: io.Discard, sum: newSum()}
		_, _ = s.Write(body)
		file := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint64(body, uint64(s.n)), s.sum.Sum32())
		_, _, memory, err := readCheckpoint(bytes.NewReader(file), int64(len(file)))
		if err == nil {
			_, _ = io.Copy(io.Discard, memory)
		}
	})
}
