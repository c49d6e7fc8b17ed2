//go:build unix

package dedup_test

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/stages/dedup"
)

// curve is what an index of one size costs.
type curve struct {
	stories, reports int           // live
	heap             float64       // bytes a live report
	apply            time.Duration // CPU of one state of a replay
	article          time.Duration // CPU of one article, decided and applied
}

// TestCurve measures what a live report and an article cost as stories grow in number. The sizes are in RAWI_CURVE, apart by commas.
func TestCurve(t *testing.T) {
	sizes := os.Getenv("RAWI_CURVE")
	if sizes == "" {
		t.Skip("set RAWI_CURVE=10000,100000,1000000 to measure the curve")
	}
	for size := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(size)
		if err != nil {
			t.Fatal(err)
		}
		c := measure(t, n)
		t.Logf("%d live stories of %d reports: heap %.0f bytes a report, restore %s a story, %s CPU an article",
			c.stories, c.reports, c.heap, c.apply, c.article)
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

func measure(t testing.TB, n int) curve {
	t.Helper()
	p := newPress(1)
	before := heap()
	s := dedup.New(dedup.Default(), nil)
	var c curve
	var spent time.Duration
	states := 0
	var pending []message.State
	flush := func() {
		began := cpu(t)
		for _, state := range pending {
			s.Apply(state)
		}
		spent += cpu(t) - began
		pending = pending[:0]
	}
	world(t, p, n, func(state message.State) {
		states++
		c.reports += len(state.Members)
		if pending = append(pending, state); len(pending) == 1000 {
			flush()
		}
	})
	flush()
	pending = nil
	c.stories, c.apply = states, spent/time.Duration(states)
	c.heap = float64(heap()-before) / float64(c.reports)
	if name := os.Getenv("RAWI_CURVE_HEAP"); name != "" {
		f, err := os.Create(fmt.Sprintf("%s.%d", name, n))
		if err != nil {
			t.Fatal(err)
		}
		_ = pprof.WriteHeapProfile(f)
		_ = f.Close()
	}
	c.article = perArticle(t, s, p)
	return c
}

// perArticle is the CPU of an article on the last days: half of them tell what the one before told.
func perArticle(t testing.TB, s *dedup.Stage, p *press) time.Duration {
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
	if name := os.Getenv("RAWI_CURVE_CPU"); name != "" {
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_ = pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
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
	return int64(m.HeapAlloc) //nolint:gosec // no heap is that large
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
