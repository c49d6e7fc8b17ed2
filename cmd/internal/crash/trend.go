package crash

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Sample is what a process held at one moment of a long run.
type Sample struct {
	At          time.Duration // since the process started
	Goroutines  int
	Descriptors int
	Live        int64 // bytes of heap that are in use after a collection
	RSS         int64 // bytes
	Articles    uint64
}

// Slope is how much a value grows an hour: the median over all pairs of samples, which a few outliers do not move.
func Slope(samples []Sample, value func(Sample) float64) float64 {
	var all []float64
	for i, a := range samples {
		for _, b := range samples[i+1:] {
			if b.At > a.At {
				all = append(all, (value(b)-value(a))/(b.At-a.At).Hours())
			}
		}
	}
	return median(all)
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// Values of a sample.
func goroutines(s Sample) float64  { return float64(s.Goroutines) }
func descriptors(s Sample) float64 { return float64(s.Descriptors) }
func live(s Sample) float64        { return float64(s.Live) }

func middle(samples []Sample, value func(Sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = value(s)
	}
	return median(values)
}

// Limits of a long run.
const (
	restless  = 0.05             // share by which goroutines and descriptors may differ from one end to the other: connections come and go
	young     = 0.5              // the same for a short run, in which caches and pools still fill
	fewer     = 4                // and so many of them at least
	growth    = 0.01             // share of its memory that a process may gain an hour beyond what its stories need
	fine      = 1 << 20          // bytes to which memory can be told at all
	farEnough = 10 * time.Minute // a run below this says nothing about an hour: one megabyte would pass for a leak
)

// Grown finds what grows although it must not: goroutines and descriptors, by their slope over all samples, and memory. Memory that has to
// grow with what the daemon knows (the index of stories, the message ids that the server remembers) is what a fresh process on the same store
// needs as well; only what the old one held beyond that is held for nothing. Both are the samples of a process at rest.
func Grown(load, old, fresh []Sample) []Problem {
	var all problems
	if len(load) < 3 || len(old) == 0 || len(fresh) == 0 {
		all.add("open", "too few samples: %d under load, %d at rest, %d of the fresh process", len(load), len(old), len(fresh))
		return all
	}
	span, share := load[len(load)-1].At-load[0].At, restless
	if span < farEnough {
		share = young
	}
	for name, value := range map[string]func(Sample) float64{"goroutines": goroutines, "descriptors": descriptors} {
		more := Slope(load, value) * span.Hours()
		if more > max(fewer, share*middle(load, value)) {
			all.add("grown", "%s: %.1f more within %s, %.0f in the middle of it", name, more, span.Round(time.Second), middle(load, value))
		}
	}
	if leak := Leak(old, fresh); span >= farEnough && leak > max(fine, growth*span.Hours()*least(fresh)) {
		all.add("grown", "memory: %.0f bytes beyond the %.0f that a fresh process needs, after %s", leak, least(fresh), span.Round(time.Second))
	}
	return all
}

// Leak is what a process at rest holds beyond what a fresh one on the same store needs, in bytes after a collection; below 0 where it is less.
// What it needs is the least of its samples: caches of the server come and go with each look.
func Leak(old, fresh []Sample) float64 { return least(old) - least(fresh) }

func least(samples []Sample) float64 {
	return live(slices.MinFunc(samples, func(a, b Sample) int { return cmp.Compare(a.Live, b.Live) }))
}

// String is a sample in one line.
func (s Sample) String() string {
	return fmt.Sprintf("%s: %d articles, %d goroutines, %d descriptors, heap %.1f MB, rss %.1f MB",
		s.At.Round(time.Second), s.Articles, s.Goroutines, s.Descriptors, float64(s.Live)/1e6, float64(s.RSS)/1e6)
}
