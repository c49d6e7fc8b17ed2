//go:build crash

package crash

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"testing"
	"time"
)

// childSample makes a child collect its garbage and look at itself that often.
const childSample = "RAWI_CRASH_SAMPLE"

// usage is what a child holds.
type usage struct {
	Looks      int   `json:"looks"`
	Goroutines int   `json:"goroutines"`
	Live       int64 `json:"live"` // bytes of heap after a collection
	last       time.Time
}

// look does nothing where every is empty, or was not long enough ago.
func (u *usage) look(every string) {
	interval, err := time.ParseDuration(every)
	if err != nil || time.Since(u.last) < interval {
		return
	}
	runtime.GC()
	read := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(read)
	u.Looks, u.Goroutines, u.Live, u.last = u.Looks+1, runtime.NumGoroutine(), int64(read[0].Value.Uint64()), time.Now()
}

// sample joins what a child says of itself with what the kernel says of it.
func (l *life) sample(t *testing.T) Sample {
	t.Helper()
	said, _ := l.report()
	proc := filepath.Join("/proc", strconv.Itoa(l.cmd.Process.Pid))
	open, err := os.ReadDir(filepath.Join(proc, "fd"))
	if err != nil {
		t.Fatalf("the daemon is gone: %v\n%s", err, l.said())
	}
	statm, err := os.ReadFile(filepath.Join(proc, "statm"))
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return Sample{
		At: time.Since(l.began), Goroutines: said.Used.Goroutines, Descriptors: len(open), Live: said.Used.Live,
		RSS: pages * int64(os.Getpagesize()), Articles: said.Sum.Accepted,
	}
}

// watch takes a sample after each look of the child until cond holds.
func (l *life) watch(t *testing.T, limit time.Duration, what string, cond func() bool) []Sample {
	t.Helper()
	var all []Sample
	looks := 0
	eventually(t, limit, what, func() bool {
		if said, _ := l.report(); said.Used.Looks > looks {
			looks = said.Used.Looks
			all = append(all, l.sample(t))
		}
		return cond()
	})
	return all
}

// rest takes samples of a process that has nothing to do.
func (l *life) rest(t *testing.T, n int) []Sample {
	t.Helper()
	said, _ := l.report()
	until := said.Used.Looks + n + 1 // the next one may still see the end of the work
	all := l.watch(t, limit, "the daemon rests", func() bool { said, _ := l.report(); return said.Used.Looks >= until })
	return all[max(len(all)-n, 0):]
}

func length(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("RAWI_SOAK")
	if text == "" {
		return 20 * time.Second
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 10*time.Second {
		t.Fatalf("RAWI_SOAK: %q is no time of at least 10s", text)
	}
	return d
}

// Under a steady load a daemon grows by what it knows and by nothing else: RAWI_SOAK sets how long, RAWI_SOAK_RATE the articles a second.
func TestSoak(t *testing.T) {
	t.Parallel()
	long := length(t)
	wire, err := OpenWire(t.Context(), float64(number(t, "RAWI_SOAK_RATE", 20)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := wire.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &run{cfg: wire.Config(t.TempDir())}
	r.cfg.MaxStoreBytes = 8 << 30 // nothing is to go before it is counted
	every := childSample + "=" + max(long/360, time.Second).String()
	l := r.start(t, every)
	eventually(t, limit, "the daemon looks at itself", func() bool { said, _ := l.report(); return l.dead() || said.Used.Looks > 0 })
	over := time.Now().Add(long)
	load := l.watch(t, long+limit, "the load is over", func() bool {
		said, _ := l.report()
		return l.dead() || time.Now().After(over) && said.Used.Looks > 8 // a machine that is busy elsewhere takes longer
	})
	if l.dead() {
		t.Fatalf("the daemon ended by itself: %s\n%s", l.cmd.ProcessState, l.said())
	}
	wire.Stop()
	eventually(t, limit, "every article is taken", func() bool { return l.dead() || wire.Read() && r.idle(l) })
	old := l.rest(t, 8)
	r.judgeWire(t, wire)
	l.stop(t)
	cpu := l.cmd.ProcessState.UserTime() + l.cmd.ProcessState.SystemTime()
	t.Logf("%.2f of one core", cpu.Seconds()/old[0].At.Seconds())

	second := r.start(t, every)
	eventually(t, limit, "the fresh process is ready", func() bool { return second.dead() || r.idle(second) })
	fresh := second.rest(t, 8)
	second.stop(t)
	for _, p := range Grown(load[len(load)/6:], old, fresh) { // the first sixth is its youth
		t.Error(p)
	}
	tellTrend(t, load, old, fresh)
}

// idle reports whether the daemon has said since this was first asked that there is nothing left.
func (r *run) idle(l *life) bool {
	said, at := l.report()
	return said.Idle && time.Since(at) < time.Second && said.Sum.InFlight == 0
}

func (r *run) judgeWire(t *testing.T, wire *Wire) {
	t.Helper()
	issued, err := wire.Issued()
	if err != nil {
		t.Fatal(err)
	}
	found := r.collect(t)
	problems := Check(issued, found)
	if len(issued) <= daysUsed*perOperation { // beyond that two operations share a day, and may be taken for one: only reports are counted
		problems = append(problems, Compare(found.Groups(), Expected(issued))...)
	}
	for _, p := range problems {
		t.Error(p)
	}
	if n := wire.Trespasses(); n > 0 {
		t.Errorf("%d pages were fetched although robots.txt closes them", n)
	}
	if said := r.account(); !said.Sum.Closed() {
		t.Errorf("the account does not close: %s", said.Sum)
	}
	t.Logf("%d issued, %d stories, %d dead, %d decisions, %d revisions overtaken",
		len(issued), len(found.Groups()), len(found.Dead), found.Decisions, found.Overtaken())
}

func tellTrend(t *testing.T, load, old, fresh []Sample) {
	t.Helper()
	t.Logf("first %s", load[0])
	t.Logf("last %s", load[len(load)-1])
	t.Logf("at rest %s", old[len(old)-1])
	t.Logf("fresh process %s", fresh[len(fresh)-1])
	settled := load[len(load)/6:]
	t.Logf("an hour: %+.1f goroutines, %+.1f descriptors, heap %+.2f MB, rss %+.2f MB",
		Slope(settled, goroutines), Slope(settled, descriptors), Slope(settled, live)/1e6, Slope(settled, rss)/1e6)
	hours := load[len(load)-1].At.Hours()
	t.Logf("held beyond what a fresh process needs: %+.2f MB, %+.2f %% an hour; heap by article %.0f bytes", Leak(old, fresh)/1e6,
		100*Leak(old, fresh)/least(fresh)/hours, (least(old)-live(load[0]))/float64(max(old[0].Articles-load[0].Articles, 1)))
}

func rss(s Sample) float64 { return float64(s.RSS) }
