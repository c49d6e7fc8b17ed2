package facts_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkAnalyse reads the longer of the labelled reports, one an iteration, and reports words as well as time.
func BenchmarkAnalyse(b *testing.B) {
	languages := packs()
	for _, tag := range []string{"fr", "ar"} {
		b.Run(tag, func(b *testing.B) {
			var reports []labelled
			files, _ := filepath.Glob(filepath.Join(labelledSets, "d*.jsonl"))
			for _, file := range files {
				for _, l := range readLabelled(b, file) {
					if l.Lang == tag {
						reports = append(reports, l)
					}
				}
			}
			words, began := 0, processorTime()
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				l := reports[i%len(reports)]
				words += len(strings.Fields(l.Text))
				languages[tag].Analyse(l.document())
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(words)*400, "µs/400words")
			if used := processorTime() - began; used > 0 {
				b.ReportMetric(float64(used.Microseconds())/float64(words)*400, "cpu-µs/400words") // what a busy machine does not lengthen
			}
		})
	}
}
