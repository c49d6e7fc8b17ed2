//go:build unix

package dedup_test

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// BenchmarkRestore reads a story from its JSON and puts it into memory, as a daemon does at its start with each.
func BenchmarkRestore(b *testing.B) {
	const n = 4000
	var bodies [][]byte
	size := 0
	world(b, newPress(), n, func(s message.State) {
		body, err := json.Marshal(s)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, body)
		size += len(body)
	})
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(int64(size / len(bodies)))
		for i := 0; b.Loop(); i++ {
			decoded(b, bodies[i%len(bodies)])
		}
	})
	b.Run("apply", func(b *testing.B) {
		var states []message.State
		for _, body := range bodies {
			states = append(states, decoded(b, body))
		}
		s := dedup.New(dedup.Default(), nil)
		for i := 0; b.Loop(); i++ {
			if i%len(states) == 0 {
				s.Reset()
			}
			s.Apply(states[i%len(states)])
		}
	})
}

func decoded(b *testing.B, body []byte) (s message.State) {
	b.Helper()
	if err := json.Unmarshal(body, &s); err != nil {
		b.Fatal(err)
	}
	return s
}

// TestRestart measures what it takes to write the memory of so many stories to a file and to read it back: see README.md. The sizes are in
// RAWI_RESTART, apart by commas.
func TestRestart(t *testing.T) {
	sizes := os.Getenv("RAWI_RESTART")
	if sizes == "" {
		t.Skip("set RAWI_RESTART=10000,100000 to measure restarts")
	}
	t.Log("| live stories | live reports | file | written in, CPU | read in, CPU | heap a live report |")
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		w, name := fill(t, newPress(), n), filepath.Join(t.TempDir(), "memory")
		written, bytes := timedSave(t, w.stage, name)
		w.stage = dedup.New(dedup.Default(), nil)
		before := heap()
		read := timedLoad(t, w.stage, name)
		t.Logf("| %d | %d | %d MB | %s | %s | %d B |", w.stories, w.reports, bytes>>20, written, read, (heap()-before)/int64(w.reports))
		runtime.KeepAlive(w.stage)
	}
}

// timing is wall time and CPU.
type timing struct{ wall, cpu time.Duration }

func (m timing) String() string {
	return m.wall.Round(10*time.Millisecond).String() + ", " + m.cpu.Round(10*time.Millisecond).String()
}

func timed(t testing.TB, fn func() error) timing {
	t.Helper()
	began, used := time.Now(), cpu(t)
	if err := fn(); err != nil {
		t.Fatal(err)
	}
	return timing{time.Since(began), cpu(t) - used}
}

func timedSave(t testing.TB, s *dedup.Stage, name string) (took timing, bytes int64) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	took = timed(t, func() error { return s.Save(f) })
	info, err := f.Stat()
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return took, info.Size()
}

func timedLoad(t testing.TB, s *dedup.Stage, name string) timing {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return timed(t, func() error { return s.Load(bufio.NewReaderSize(f, 1<<20)) })
}

// BenchmarkMemory writes the memory of a few thousand stories, and reads it back.
func BenchmarkMemory(b *testing.B) {
	w := fill(b, newPress(), 4000)
	name := filepath.Join(b.TempDir(), "memory")
	_, size := timedSave(b, w.stage, name)
	b.Run("save", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			if err := w.stage.Save(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("load", func(b *testing.B) {
		b.SetBytes(size)
		s := dedup.New(dedup.Default(), nil)
		for b.Loop() {
			timedLoad(b, s, name)
		}
	})
}
