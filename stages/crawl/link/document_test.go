package link

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

func packed(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestSitemapsOfAllKindsAreReadAsTheyCome(t *testing.T) {
	const entry = "<url><loc>https://journal.example/1</loc><lastmod>2021-12-17</lastmod></url>"
	list := "\ufeffhttps://journal.example/1\r\nhttps://autre.example/2\n\nhttps://journal.example/3\n"
	for _, tt := range []struct {
		name, text      string
		pages, sitemaps int
		damaged, looks  bool
	}{
		{"sitemap", "<urlset>" + entry + "</urlset>", 1, 0, false, true},
		{"index", "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>", 0, 1, false, true},
		{"list", list, 2, 0, false, true},
		{"compressed list", packed(t, list), 2, 0, false, true},
		{"compressed", packed(t, "<urlset>"+entry+"</urlset>"), 1, 0, false, true},
		{"cut off", "<urlset>" + entry + "<url><loc>https://journal.ex", 1, 0, false, true},
		{"compressed and cut off", packed(t, "<urlset>"+entry+strings.Repeat(" ", 100_000))[:150], 1, 0, true, true},
		{"no gzip", "\x1f\x8b\x08nothing", 0, 0, true, true},
		{"compressed page", packed(t, "<html></html>"), 0, 0, true, true},
		{"page", "<html><urlset>", 0, 0, true, false},
		{"nothing", "", 0, 0, true, false},
	} {
		body := bufio.NewReader(strings.NewReader(tt.text))
		if got := Looks(body); got != tt.looks {
			t.Errorf("%s: looks like a sitemap: %t", tt.name, got)
		}
		d := Read(body, address(t, "https://journal.example/sitemap.xml"))
		if len(d.Pages) != tt.pages || len(d.Sitemaps) != tt.sitemaps || (d.Err != nil) != tt.damaged || d.Cut || d.IsIndex != (tt.sitemaps > 0) {
			t.Errorf("%s: got %+v", tt.name, d)
		}
	}
}

// spool is a document that is made while it is read.
type spool struct {
	rest  strings.Reader
	next  func(i int) string // "" at the end
	count int
}

func (s *spool) Read(p []byte) (int, error) {
	if s.rest.Len() == 0 {
		text := s.next(s.count)
		if s.count++; text == "" {
			return 0, io.EOF
		}
		s.rest.Reset(text)
	}
	return s.rest.Read(p)
}

func TestSitemapIsReadUpToWhatTheProtocolAllows(t *testing.T) {
	filler := "<!--" + strings.Repeat("x", 1<<20-7) + "-->"
	long := func(megabytes int) Document {
		return Read(bufio.NewReader(&spool{next: func(i int) string {
			switch {
			case i == 0:
				return "<urlset><url><loc>/first</loc></url>"
			case i <= megabytes:
				return filler
			case i == megabytes+1:
				return "<url><loc>/last</loc></url></urlset>"
			}
			return ""
		}}), &url.URL{Scheme: "https", Host: "journal.example"})
	}
	if d := long(49); len(d.Pages) != 2 || d.Cut || d.Err != nil {
		t.Errorf("49 MiB: %d pages, cut %t, %v", len(d.Pages), d.Cut, d.Err)
	}
	if d := long(51); len(d.Pages) != 1 || !d.Cut || d.Err != nil {
		t.Errorf("51 MiB: %d pages, cut %t, %v", len(d.Pages), d.Cut, d.Err)
	}
	many := Read(bufio.NewReader(&spool{next: func(i int) string {
		if i == 0 {
			return "<urlset>"
		}
		return fmt.Sprintf("<url><loc>/%d</loc></url>", i)
	}}), &url.URL{Scheme: "https", Host: "journal.example"})
	if len(many.Pages) != MaxURLs || !many.Cut {
		t.Errorf("%d pages, cut %t", len(many.Pages), many.Cut)
	}
}

func TestAnswerThatBreaksOffIsNoEndOfASitemap(t *testing.T) {
	away := errors.New("connection reset")
	body := io.MultiReader(strings.NewReader("<urlset><url><loc>/1</loc></url>"), failing{away})
	d := Read(bufio.NewReader(body), &url.URL{Scheme: "https", Host: "journal.example"})
	if len(d.Pages) != 1 || !errors.Is(d.Err, away) {
		t.Errorf("got %+v", d)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func FuzzRead(f *testing.F) {
	f.Add([]byte("<urlset><url><loc>/1</loc></url></urlset>"))
	f.Add([]byte("https://journal.example/1\n"))
	f.Add([]byte("\x1f\x8b\x08"))
	f.Fuzz(func(t *testing.T, body []byte) {
		base := &url.URL{Scheme: "https", Host: "journal.example", Path: "/"}
		d := Read(bufio.NewReader(bytes.NewReader(body)), base)
		for _, l := range append(d.Pages, d.Sitemaps...) {
			if u, err := url.Parse(l.URL); err != nil || !Related(u, base) {
				t.Errorf("link %q", l.URL)
			}
		}
	})
}
