package crawl

import (
	"testing"

	"rawi/pipeline/message"
)

// FuzzPlain holds the short way to the long one.
func FuzzPlain(f *testing.F) {
	for _, address := range []string{
		"https://journal.example/", "http://journal.example/a-b_c.html?x=1&y=~2", "https://journal.example", "https://Journal.example/",
		"https://journal.example./", "https://a..b/", "https://journal.example:443/", "https://journal.example:8080/1", "https://journal.example:/", "http://journal.example:443/", "https://journal.example/a&amp;b", "https://journal.example/%d8",
		"https://journal.example/a?b?c/d", "http:///x", "https://journal.example/x&#38", "https://-.-/..",
	} {
		f.Add(address)
	}
	f.Fuzz(func(t *testing.T, address string) {
		if got, ok := message.Address(address); plain(address) && (!ok || got != address) {
			t.Errorf("%q is fetched as %q, %t", address, got, ok)
		}
	})
}

func TestMostAddressesArePlain(t *testing.T) {
	for address, want := range map[string]bool{
		"https://www.journal.example/politique/2021/12/17/arrestation-a-sale_123.html?utm_source=rss&x=1": true,
		"https://journal.example/": true, "https://journal.example": false, "https://journal.example/%D8%B3": false, "ftp://journal.example/": false,
	} {
		if plain(address) != want {
			t.Errorf("%s: %t", address, !want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for name, address := range map[string]string{
		"plain": "https://www.journal.example/politique/2021/12/17/arrestation-a-sale_123.html?x=1", "arabic": "https://journal.example/%D8%B3%D9%84%D8%A7",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parse(address); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
