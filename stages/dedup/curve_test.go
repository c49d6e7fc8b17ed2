//go:build unix

package dedup_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// TestCurve measures what a live report and an article cost as stories grow in number: see README.md. The sizes are in RAWI_CURVE, apart by commas.
func TestCurve(t *testing.T) {
	sizes := os.Getenv("RAWI_CURVE")
	if sizes == "" {
		t.Skip("set RAWI_CURVE=10000,100000,1000000 to measure the curve")
	}
	t.Log("| live stories | live reports | heap a live report | CPU a state applied | CPU an article |")
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		p := newPress()
		w := fill(t, p, n)
		t.Logf("| %d | %d | %.0f B | %s | %s |", w.stories, w.reports, w.heap, w.apply.Round(time.Microsecond),
			perArticle(t, w.stage, p).Round(time.Microsecond))
	}
}

// TestALiveReportTakesLittleMemory guards the figure of README.md. A few thousand stories bear the whole weight of the dictionary and of the entries
// at hand, some 900 bytes a report.
func TestALiveReportTakesLittleMemory(t *testing.T) {
	if raced {
		t.Skip("the race detector keeps memory of its own, and takes minutes here where one goroutine works")
	}
	const most = 3000
	w := fill(t, newPress(), 4000)
	t.Logf("%.0f bytes a report", w.heap)
	if w.heap > most {
		t.Errorf("%.0f bytes a report of %d live stories, want at most %d", w.heap, w.stories, most)
	}
}

// batch is how many stories are decided on beside each other while a world is made: enough for most to have a best story not joined.
const batch = 4

// world gives fn the last states of n stories, in about the order of their days.
func world(t testing.TB, p *press, n int, fn func(message.State)) {
	t.Helper()
	s := dedup.New(dedup.Default(), nil)
	for from := 0; from < n; from += batch {
		s.Reset()
		last := map[string]message.State{}
		var order []string
		for i := from; i < min(n, from+batch); i++ {
			h := p.happen(i * window / n)
			for nth := range p.reports() {
				for _, state := range take(t, s, p.tell(h, nth)) {
					if _, ok := last[state.Story.ID]; !ok {
						order = append(order, state.Story.ID)
					}
					last[state.Story.ID] = state
				}
			}
		}
		for _, id := range order {
			fn(last[id])
		}
	}
}

// filled is a stage that knows a world.
type filled struct {
	stage            *dedup.Stage
	stories, reports int
	heap             float64       // bytes a live report
	apply            time.Duration // CPU of one state
}

func fill(t testing.TB, p *press, n int) filled {
	t.Helper()
	before := heap()
	w := filled{stage: dedup.New(dedup.Default(), nil)}
	var pending []message.State
	flush := func() {
		began := cpu(t)
		for _, state := range pending {
			w.stage.Apply(state)
		}
		w.apply += cpu(t) - began
		clear(pending)
		pending = pending[:0]
	}
	world(t, p, n, func(state message.State) {
		w.stories++
		w.reports += len(state.Members)
		if pending = append(pending, state); len(pending) == 1000 {
			flush()
		}
	})
	flush()
	pending = nil
	w.apply /= time.Duration(w.stories)
	w.heap = float64(heap()-before) / float64(w.reports)
	return w
}

// perArticle is the CPU of an article on the last day: half of them tell what the one before told.
func perArticle(t testing.TB, s *dedup.Stage, p *press) time.Duration {
	t.Helper()
	const n = 3000
	articles := make([]message.Article, 0, n)
	h := p.happen(window - 1)
	for nth := 0; len(articles) < n; nth++ {
		articles = append(articles, p.tell(h, nth))
		if p.rand.IntN(2) == 0 {
			h, nth = p.happen(window-1), -1
		}
	}
	for _, a := range articles[:n/3] {
		take(t, s, a)
	}
	began := cpu(t)
	for _, a := range articles[n/3:] {
		take(t, s, a)
	}
	return (cpu(t) - began) / (n - n/3)
}

// heap is how many bytes are in use after a collection.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// cpu is what this process has used, in user and system time.
func cpu(t testing.TB) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
