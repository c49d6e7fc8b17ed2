package crawl

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/gzip"

	"rawi/pipeline/message"
)

// press is a site whose sitemaps a test changes as it goes on.
type press struct {
	*outlet
	lock  sync.Mutex
	files map[string]string
	etags map[string]string
	as    string // media type
}

// set changes a file while the site is being read.
func (p *press) set(path, body string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.files[path] = body
}

func newPress(files map[string]string) *press {
	p := &press{files: files, etags: map[string]string{}, outlet: &outlet{}, as: "application/xml"}
	p.pages = func(w http.ResponseWriter, r *http.Request) {
		p.lock.Lock()
		body, ok := p.files[r.URL.Path]
		p.lock.Unlock()
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if etag := p.etags[r.URL.Path]; etag != "" {
			if r.Header.Get("If-None-Match") == etag {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", etag)
		}
		w.Header().Set("Content-Type", p.as)
		_, _ = w.Write([]byte(body))
	}
	return p
}

// count is how often a path was asked for.
func (p *press) count(path string) int {
	n := 0
	for _, a := range p.requests() {
		if a.path == path {
			n++
		}
	}
	return n
}

func urlset(entries ...string) string { return "<urlset>" + strings.Join(entries, "") + "</urlset>" }

func entryOf(path, day string) string {
	return "<url><loc>https://journal.example" + path + "</loc><lastmod>" + day + "</lastmod></url>"
}

func index(entries ...string) string {
	return "<sitemapindex>" + strings.ReplaceAll(strings.Join(entries, ""), "url>", "sitemap>") + "</sitemapindex>"
}

func gzipped(t *testing.T, text string) string {
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

func TestRobotsLeadsToSitemapsAndTheseToArticles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{
			"/robots.txt": "User-agent: *\nDisallow: /prive/\nSitemap: https://www.journal.example/sitemap.xml\nSitemap: https://autre.example/s.xml\n",
			"/sitemap.xml": index(entryOf("/old.xml", "1999-01-01"), entryOf("/posts.xml.gz", "1999-12-31"), entryOf("/news.xml", "1999-12-31"),
				entryOf("/gone.xml", "1999-12-30")),
			"/news.xml":     urlset(entryOf("/1", "1999-12-31"), entryOf("/2", "1999-12-30")),
			"/posts.xml.gz": gzipped(t, urlset(entryOf("/3", "1999-12-31"), entryOf("/4", "1999-11-01"))),
			"/old.xml":      urlset(entryOf("/5", "1999-01-01")),
		}), &inbox{}
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/robots.txt"})
		time.Sleep(10 * time.Minute)
		got := box.urls()
		want := []string{"https://journal.example/1", "https://journal.example/2", "https://journal.example/3", "https://journal.example/5"}
		if !slices.Equal(got, want) || box.got[0].Found.How != message.FoundSitemap {
			t.Errorf("got %q, want %q", got, want)
		}
		if h := w.Health()[0]; h.Documents != 6 || h.Error != "" {
			t.Errorf("health %+v", h)
		}
		for _, a := range p.requests() {
			if a.host != "journal.example" && a.host != "www.journal.example" {
				t.Errorf("%s was asked", a.host)
			}
		}

		// Half an hour later only what says that it has changed, and news, are asked for again.
		p.set("/sitemap.xml", index(entryOf("/old.xml", "1999-01-01"), entryOf("/posts.xml.gz", "2000-01-01"), entryOf("/news.xml", "1999-12-31")))
		p.set("/posts.xml.gz", gzipped(t, urlset(entryOf("/3", "1999-12-31"), entryOf("/6", "2000-01-01"))))
		time.Sleep(time.Hour)
		stop()
		if got := box.urls()[len(want):]; !slices.Equal(got, []string{"https://journal.example/6"}) {
			t.Errorf("then got %q", got)
		}
		if p.count("/old.xml") != 1 || p.count("/posts.xml.gz") != 2 || p.count("/news.xml") < 2 {
			t.Errorf("old sitemap asked for %d times, the changed one %d, news %d", p.count("/old.xml"), p.count("/posts.xml.gz"), p.count("/news.xml"))
		}
		all := p.requests()
		for i := 1; i < len(all); i++ {
			if apart := all[i].at.Sub(all[i-1].at); apart < time.Second {
				t.Errorf("%s was asked for %s after %s", all[i].path, apart, all[i-1].path)
			}
		}
	})
}

func TestArchiveOfASitemapIsNotEmptiedIntoTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all []string
		for i := range 3000 { // newest last, as most write it
			all = append(all, entryOf(fmt.Sprintf("/%d", i), time.Now().AddDate(0, 0, (i-2999)/100).Format(time.DateOnly)))
		}
		p, box := newPress(map[string]string{"/sitemap.xml": urlset(all...)}), &inbox{}
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/sitemap.xml"})
		time.Sleep(5 * time.Hour)
		if got := box.urls(); len(got) != 200 || !strings.HasSuffix(got[0], "/2900") {
			t.Errorf("%d links, the first %v; want those of two days, the newest first", len(got), got[:1])
		}
		p.set("/sitemap.xml", urlset(append(all, entryOf("/neuf", time.Now().Format(time.DateOnly)))...))
		time.Sleep(time.Hour)
		stop()
		if got := box.urls(); len(got) != 201 || !strings.HasSuffix(got[200], "/neuf") {
			t.Errorf("%d links in the end", len(got))
		}
	})
}

func TestUnchangedIndexStillLeadsToWhatItDoesNotDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{
			"/sitemap.xml": "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap></sitemapindex>",
			"/a.xml":       urlset(entryOf("/1", "1999-12-31")),
		}), &inbox{}
		p.etags["/sitemap.xml"] = `"1"`
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/sitemap.xml"})
		time.Sleep(10 * time.Minute)
		p.set("/a.xml", urlset(entryOf("/1", "1999-12-31"), entryOf("/2", "2000-01-01")))
		time.Sleep(time.Hour)
		stop()
		if got := box.urls(); len(got) != 2 {
			t.Errorf("got %q", got)
		}
	})
}

func TestIndexesThatLeadInACircleEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := map[string]string{"/sitemap.xml": "<sitemapindex><sitemap><loc>/i0.xml</loc></sitemap></sitemapindex>"}
		for i := range 200 {
			var next []string
			for j := range 60 {
				next = append(next, fmt.Sprintf("<sitemap><loc>/i%d.xml</loc></sitemap>", i*60+j+1))
			}
			files[fmt.Sprintf("/i%d.xml", i)] = "<sitemapindex>" + strings.Join(next, "") + "<sitemap><loc>/sitemap.xml</loc></sitemap></sitemapindex>"
		}
		p := newPress(files)
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), &inbox{}, Section{URL: "https://journal.example/sitemap.xml"})
		time.Sleep(24 * time.Hour)
		stop()
		if len(p.asked) > 48*(maxRound+2) || w.Health()[0].Documents > maxDocuments {
			t.Errorf("%d requests in a day, %d documents", len(p.asked), w.Health()[0].Documents)
		}
	})
}

func TestBudgetIsForTheRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := map[string]string{}
		var maps []string
		for i := range 4 {
			var all []string
			for j := range 30 {
				all = append(all, entryOf(fmt.Sprintf("/%d/%d", i, j), "1999-12-31"))
			}
			files[fmt.Sprintf("/%d.xml", i)] = urlset(all...)
			maps = append(maps, entryOf(fmt.Sprintf("/%d.xml", i), "1999-12-31"))
		}
		files["/sitemap.xml"] = index(maps...)
		p, box := newPress(files), &inbox{}
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/sitemap.xml", Budget: 50})
		time.Sleep(10 * time.Minute)
		if got := len(box.urls()); got != 50 {
			t.Errorf("%d links in the first round, want 50", got)
		}
		time.Sleep(3 * time.Hour)
		stop()
		t.Logf("%d links, %d requests", len(box.urls()), len(p.asked))
		if got := len(box.urls()); got < 100 {
			t.Errorf("%d links in the end", got)
		}
	})
}
