package robots

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLongestMatchDecides(t *testing.T) {
	for _, test := range []struct {
		file, path string
		want       bool
	}{
		{"", "/x", true},
		{"user-agent: rawi\ndisallow: /", "/x", false},
		{"User-Agent: RAWI/1.0 (news)\ndisallow: /", "/x", false},
		{"user-agent: rawibot\ndisallow: /", "/x", true},
		{"user-agent: *\ndisallow: /\nuser-agent: rawi\ndisallow:", "/x", true},
		{"user-agent: other\nuser-agent: rawi\ndisallow: /a\n\nuser-agent: rawi\ndisallow: /b", "/b", false},
		{"user-agent: *\ndisallow: /x\nallow: /x/y", "/x/y/z", true},
		{"user-agent: *\nallow: /x\ndisallow: /x", "/x", true},
		{"user-agent: *\ndisallow: /*.pdf$", "/a/b.pdf", false},
		{"user-agent: *\ndisallow: /*.pdf$", "/a/b.pdf?x", true},
		{"user-agent: *\ndisallow: /*/feed/*", "/a/feed/b", false},
		{"user-agent: *\ndisallow: /سلا", "/%d8%b3%d9%84%d8%a7/1", false},
		{"user-agent: *\ndisallow: /a # all of it", "/a", false},
		{"user-agent: *\ndisallow: /", "/robots.txt", true},
		{"\ufeffuser-agent: *\rdisallow: /", "/x", false},
		{"user-agent: *\ncrawl-delay: 5\ndisallow: /", "/x", false},
	} {
		if got := Parse([]byte(test.file), "rawi").Allowed(test.path); got != test.want {
			t.Errorf("%q for %s: got %t", test.file, test.path, got)
		}
	}
}

func TestDelayAndSitemaps(t *testing.T) {
	r := Parse([]byte("Sitemap: https://s.example/news.xml\nuser-agent: *\ncrawl-delay: 2.5\n"), "rawi")
	if r.Delay != 2500*time.Millisecond || len(r.Sitemaps) != 1 || r.Sitemaps[0] != "https://s.example/news.xml" {
		t.Errorf("got %+v", r)
	}
	for _, absurd := range []string{"-1", "NaN", "1e300", "soon"} {
		if d := Parse([]byte("user-agent: *\ncrawl-delay: "+absurd), "rawi").Delay; d != 0 {
			t.Errorf("crawl-delay %s: got %s", absurd, d)
		}
	}
}

func TestHugeFileIsReadInPart(t *testing.T) {
	file := []byte("user-agent: *\ndisallow: /private\n" + strings.Repeat("disallow: /"+strings.Repeat("x*", 500)+"y$\n", 200_000))
	began := time.Now()
	r := Parse(file, "rawi")
	if r.Allowed("/private/1") || !r.Allowed("/"+strings.Repeat("x", 4000)) {
		t.Error("wrong decision")
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("took %s", took)
	}
}

func TestPackedFilesAreKnown(t *testing.T) {
	for file, want := range map[string]bool{
		"": false, "user-agent: *\n": false, "\xef\xbb\xbfuser-agent: *": false, "<html>": false, "# \xd3\xe1\xc7": false, "\xff\xfeu\x00": false,
		"\x89PNG\r\n\x1a\n": false, "\x00\x00\x01\x00\x03\x0000": false,
		"\x1f\x8b\x08\x00\x00": true, "\x28\xb5\x2f\xfd\x04": true, "PK\x03\x04": true, "\x1b\x2f\x00\xf8\x8d\x94\x01\x02": true,
	} {
		if Packed([]byte(file)) != want {
			t.Errorf("%q: %t", file, !want)
		}
	}
}

// beside reads a file that lies beside the checkout because it is not ours to ship; the test is left out where there is none.
func beside(t *testing.T, name string) []byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if data, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "shared", "feeds", "robots", name)); err == nil {
			return data
		}
	}
	t.Skip("no " + name + " beside the checkout")
	return nil
}

// TestRealFilesAreRead reads the robots.txt files of thousands of sites.
func TestRealFilesAreRead(t *testing.T) {
	z, err := gzip.NewReader(bytes.NewReader(beside(t, "protego_robots_txt.tar.gz")))
	if err != nil {
		t.Fatal(err)
	}
	files, ruled := 0, 0
	for archive := tar.NewReader(z); ; files++ {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(archive)
		if err != nil {
			t.Fatalf("%s: %v", header.Name, err)
		}
		if Packed(data) {
			t.Errorf("%s is taken for a packed file: %.40q", header.Name, data)
		}
		r := Parse(data, "rawi")
		r.Allowed("/politique/2021/12/17/article.html?page=2")
		if len(r.rules) > 0 {
			ruled++
		}
	}
	if t.Logf("%d files, %d with rules for us", files, ruled); ruled < files/2 {
		t.Error("most of them have rules for everybody")
	}
}

// TestGoogleAssertions runs the assertions of Google's own parser, where they lie beside the checkout. Two are not ours to meet: a letter
// above ASCII in a URL, which no client sends like that and which is escaped here.
func TestGoogleAssertions(t *testing.T) {
	data := beside(t, "google_cases.json")
	var cases []struct {
		Test, Robots, Agent, URL string
		Allowed                  bool
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	right := 0
	for _, c := range cases {
		u, err := url.Parse(c.URL)
		if err != nil {
			t.Fatal(err)
		}
		if Parse([]byte(c.Robots), c.Agent).Allowed(u.RequestURI()) == c.Allowed {
			right++
		} else {
			t.Logf("%s: %q for %s at %s: want %t", c.Test, c.Robots, c.Agent, c.URL, c.Allowed)
		}
	}
	if t.Logf("%d of %d", right, len(cases)); right < len(cases)-2 {
		t.Error("want all but two")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("user-agent: *\ndisallow: /*.pdf$\nallow: /a%d8"), "/a.pdf")
	f.Fuzz(func(_ *testing.T, file []byte, path string) { Parse(file, "rawi").Allowed(path) })
}

func BenchmarkAllowed(b *testing.B) {
	r := Parse([]byte("user-agent: *\n"+strings.Repeat("disallow: /a*/b/*.html$\nallow: /politique/\n", 50)), "rawi")
	for b.Loop() {
		r.Allowed("/politique/2021/12/17/arrestation-a-sale.html")
	}
}
