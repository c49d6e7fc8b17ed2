package crawl

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func TestLargeSitemapIsReadToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []string
		for i := range 20_000 { // 12 MiB, as images and comments make it, and the newest last
			all = append(all, entryOf(fmt.Sprintf("/%d", i), "1999-01-01"), "<!--", strings.Repeat("x", 550), "-->")
		}
		p, box := newPress(map[string]string{"/sitemap.xml": urlset(append(all, entryOf("/neuf", "2000-01-01"))...)}), &inbox{}
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection})
		time.Sleep(time.Hour)
		stop()
		if got, size := box.urls(), len(p.files["/sitemap.xml"]); size < 10<<20 || !slices.Equal(got, []string{"https://journal.example/neuf"}) {
			t.Errorf("of %d bytes got %q, health %+v", size, got, w.Health()[0])
		}
		if n := len(p.asked); n < 2 || p.asked[n-1].header.Get("User-Agent") == "" {
			t.Errorf("%d requests", n)
		}
	})
}

// breaking ends every answer before its end.
type breaking struct{ *outlet }

func (b breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.outlet.RoundTrip(r)
	if err == nil && r.URL.Path != "/robots.txt" {
		res.Body = io.NopCloser(io.MultiReader(io.LimitReader(res.Body, 120), iotest.ErrReader(errors.New("connection reset"))))
	}
	return res, err
}

func TestSitemapThatBreaksOffHasNotBeenRead(t *testing.T) {
	p := newPress(map[string]string{"/sitemap.xml": urlset(entryOf("/1", "1999-12-31"), entryOf("/2", "1999-12-31"))})
	w := NewWatcher(NewVisitor(Default(), breaking{p.outlet}, newMemory()), newCalendar(), newMemory(), slog.New(slog.DiscardHandler))
	_, fresh, _, err := w.fetch(t.Context(), Section{URL: sitemapSection}, sitemapSection, document{})
	if err == nil || !strings.Contains(err.Error(), "connection reset") || fresh.BodyHash != "" {
		t.Errorf("got %v, remembered %+v", err, fresh)
	}
}
