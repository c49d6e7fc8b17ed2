package pipeline

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// BenchmarkScheduleOfTenThousand is the cost of one look that does nothing, with a state of 600 bytes, everything synced to disk, and 10,000
// names known: claim, group and end are three writes. The figure to look at is the CPU of the whole process, server included.
func BenchmarkScheduleOfTenThousand(b *testing.B) {
	const names = 10_000
	cfg := testConfig(b)
	cfg.MaxStoreBytes = 8 << 30
	s := openSchedule(b, openBus(b, cfg))
	s.Group(func(name string, _ []byte) (string, time.Duration) { return name, 0 })
	state := noise(600)
	for b.Loop() {
		var done atomic.Int64
		all := make(chan struct{})
		before, began := cpu(b), time.Now()
		stop := attending(b, s, namesOf(names), func(context.Context, string, []byte) ([]byte, time.Time) {
			if done.Add(1) == names {
				close(all)
			}
			return state, time.Now().Add(100 * time.Hour)
		})
		<-all
		b.ReportMetric(float64((cpu(b)-before).Microseconds())/names, "cpu-us/look")
		b.ReportMetric(names/time.Since(began).Seconds(), "looks/s")
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/names, "heap-bytes/name")
		stop()
	}
}
