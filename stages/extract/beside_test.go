package extract_test

import (
	"bytes"
	"net/url"
	"slices"
	"syscall"
	"testing"
	"time"

	readability "codeberg.org/readeck/go-readability/v2"
	"github.com/markusmobius/go-trafilatura"
)

// BenchmarkBeside reads the annotated pages in turn with the stage and with the two extractors of the field, in one run, for what else
// the machine does slows all of them alike. It reports the processor time of the whole process, collection of garbage included.
func BenchmarkBeside(b *testing.B) {
	all := samples(b)
	if len(all) == 0 {
		b.Skip("no annotated pages beside this checkout")
	}
	stages := packs(b)
	readers := []struct {
		name string
		read func(sample)
	}{
		{"rawi", func(s sample) { _, _ = stages[s.Lang].Process(b.Context(), detected(s)) }},
		{"trafilatura", func(s sample) {
			address, _ := url.Parse(s.URL)
			_, _ = trafilatura.Extract(bytes.NewReader(s.body), trafilatura.Options{OriginalURL: address, EnableFallback: true, ExcludeComments: true})
		}},
		{"readability", func(s sample) {
			address, _ := url.Parse(s.URL)
			_, _ = readability.FromReader(bytes.NewReader(s.body), address)
		}},
	}
	spent := make([][]time.Duration, len(readers))
	for b.Loop() {
		for i, r := range readers {
			for _, s := range all {
				before := processor(b)
				r.read(s)
				spent[i] = append(spent[i], processor(b)-before)
			}
		}
	}
	for i, r := range readers {
		total := time.Duration(0)
		for _, d := range spent[i] {
			total += d
		}
		slices.Sort(spent[i])
		b.ReportMetric(float64(total.Microseconds())/1000/float64(len(spent[i])), r.name+"-ms/page")
		b.ReportMetric(float64(spent[i][len(spent[i])*99/100].Microseconds())/1000, r.name+"-p99-ms")
	}
}

// processor is the time that all threads of the process have spent.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
