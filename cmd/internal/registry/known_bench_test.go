package registry

import (
	"fmt"
	"testing"

	"rawi/config"
)

// BenchmarkAdopt takes note of feeds of as many sources; the time for each must not grow with their number.
func BenchmarkAdopt(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		names, urls := make([]string, n), make([]string, n)
		for i := range n {
			names[i], urls[i] = fmt.Sprintf("outlet-%d", i), fmt.Sprintf("https://outlet-%d.example/rss", i)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				book := &Book{places: map[string]int{}}
				for i := range n {
					book.adopt(WatchFeed, names[i], urls[i])
				}
				if len(book.Sources()) != n {
					b.Fatal("sources are missing")
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/source")
		})
	}
}

func TestSourcesOfTheBookAreToldOnceInTheirOrder(t *testing.T) {
	book := &Book{places: map[string]int{}}
	for _, w := range []struct{ kind, source, url string }{
		{WatchFeed, "un", "https://un.example/rss"},
		{WatchFeed, "deux", "https://deux.example/rss"},
		{WatchSection, "un", "https://un.example/"},
		{WatchFeed, "un", "https://un.example/atom"},
	} {
		book.adopt(w.kind, w.source, w.url)
	}
	got := book.Sources()
	if len(got) != 2 || got[0].Name != "un" || got[1].Name != "deux" || len(got[0].Feeds) != 2 || len(got[0].Sections) != 1 ||
		got[0].Sections[0] != (config.Section{URL: "https://un.example/"}) {
		t.Errorf("got %+v", got)
	}
}
