package pipeline

import (
	"fmt"
	"syscall"
	"testing"
	"time"
)

func TestSwapHoldsOnlyWhileNobodyElseHasWritten(t *testing.T) {
	b, err := openBus(t, testConfig(t)).Bucket(t.Context(), "hosts", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	const key = "crawl.host.journal.example:8080"
	if value, revision, _, err := b.Load(t.Context(), key); err != nil || value != nil || revision != 0 {
		t.Fatalf("a key that is not there: %q, %d, %v", value, revision, err)
	}
	first, swapped, err := b.Swap(t.Context(), key, []byte("1"), 0)
	if err != nil || !swapped || first == 0 {
		t.Fatalf("a new key: %d, %t, %v", first, swapped, err)
	}
	for _, stale := range []uint64{0, first + 1} {
		if _, swapped, err := b.Swap(t.Context(), key, []byte("x"), stale); err != nil || swapped {
			t.Errorf("at revision %d: %t, %v; want it left alone", stale, swapped, err)
		}
	}
	second, swapped, err := b.Swap(t.Context(), key, []byte("2"), first)
	if err != nil || !swapped {
		t.Fatalf("at its revision: %t, %v", swapped, err)
	}
	if value, revision, _, err := b.Load(t.Context(), key); err != nil || string(value) != "2" || revision != second {
		t.Errorf("got %q at %d, %v; want 2 at %d", value, revision, err, second)
	}
}

// Whoever links to hosts without end must not keep the hosts from being asked that are known already.
func TestFullMemoryTakesWhatIsNewAndForgetsWhatIsOld(t *testing.T) {
	bus := openBus(t, testConfig(t))
	b, err := bus.Memory(t.Context(), "pace", time.Hour)
	if err == nil {
		b, err = bus.Memory(t.Context(), "pace", time.Hour) // as after a restart
	}
	if err != nil {
		t.Fatal(err)
	}
	const key = "crawl.host.journal.example"
	file, record := make([]byte, 64<<10), make([]byte, 200)
	revision, _, err := b.Swap(t.Context(), key, record, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * int(bus.bucketConfig("pace", 0).MaxBytes) / len(file) {
		if err := b.Put(t.Context(), fmt.Sprintf("crawl.robots.h%d.example", i), file); err != nil {
			t.Fatalf("file %d: %v", i, err)
		}
		if i%10 > 0 {
			continue
		}
		now, swapped, err := b.Swap(t.Context(), key, record, revision)
		if err != nil || !swapped {
			t.Fatalf("after file %d: %t, %v; want the host's record to be written", i, swapped, err)
		}
		revision = now
	}
	if value, err := b.Get(t.Context(), "crawl.robots.h0.example"); err != nil || value != nil {
		t.Errorf("the oldest file: %d bytes, %v; want it forgotten", len(value), err)
	}
	if value, _, _, err := b.Load(t.Context(), key); err != nil || len(value) != len(record) {
		t.Errorf("the host that is asked all the time: %d bytes, %v", len(value), err)
	}
}

// A daemon that reads what another one has stored knows how long ago that was, whatever the clocks of both show.
func TestAgeIsToldByTheServersClockAlone(t *testing.T) {
	here, there := twoBuses(t)
	writer, err := here.Bucket(t.Context(), "hosts", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	reader, err := there.Bucket(t.Context(), "hosts", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	if _, _, err := writer.Swap(t.Context(), "k", []byte("1"), 0); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the value ages", func() bool {
		_, _, age, err := reader.Load(t.Context(), "k")
		if most := time.Since(before); err != nil || age > most {
			t.Fatalf("got %s, %v; want %s at most", age, err, most)
		}
		return age > 300*time.Millisecond
	})
	reader.clock.shows = reader.clock.shows.Add(2 * time.Hour) // what a server shows whose clock is ahead of ours
	if _, _, age, err := reader.Load(t.Context(), "k"); err != nil || age < 2*time.Hour {
		t.Errorf("got %s, %v; want the age by the server's clock", age, err)
	}
}

// BenchmarkSwap reports the processor time that a claim costs, the server's part included.
func BenchmarkSwap(b *testing.B) {
	bucket, err := openBus(b, testConfig(b)).Bucket(b.Context(), "hosts", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	value := []byte(`{"next":"2026-11-22T10:00:00.123456789Z","tail":"2026-11-22T10:00:00.123456789Z","took":123456789,"by":"2qk3j4h5g6f7d"}`)
	revisions := make([]uint64, 100)
	began := used(b)
	for i := 0; b.Loop(); i++ {
		host := i % len(revisions)
		now, swapped, err := bucket.Swap(b.Context(), fmt.Sprintf("crawl.host.h%d.example", host), value, revisions[host])
		if err != nil || !swapped {
			b.Fatal(swapped, err)
		}
		revisions[host] = now
	}
	b.ReportMetric(float64((used(b)-began).Microseconds())/float64(b.N), "cpu-µs/op")
}

func used(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
