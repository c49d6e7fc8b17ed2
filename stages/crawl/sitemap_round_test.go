package crawl

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// entriesOf are so many entries of one day.
func entriesOf(path string, n int, day time.Time) []string {
	var all []string
	for i := range n {
		all = append(all, entryOf(fmt.Sprintf("%s/%d", path, i), day.Format(time.DateOnly)))
	}
	return all
}

// once reports what came more than once, and how many came.
func (b *inbox) once(t *testing.T) int {
	t.Helper()
	count := map[string]int{}
	for _, u := range b.urls() {
		if count[u]++; count[u] == 2 {
			t.Errorf("%s came twice", u)
		}
	}
	return len(count)
}

const sitemapSection = "https://journal.example/sitemap.xml"

func TestNewSitemapArrivesWholeOverLaterRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		today := time.Now().Format(time.DateOnly)
		p, box := newPress(map[string]string{"/sitemap.xml": index(entryOf("/a.xml", today)), "/a.xml": urlset(entryOf("/a/0", today))}), &inbox{}
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection, Budget: 20})
		time.Sleep(10 * time.Minute)
		p.set("/b.xml", urlset(entriesOf("/b", 150, time.Now().AddDate(0, 0, -3))...))
		p.set("/sitemap.xml", index(entryOf("/a.xml", today), entryOf("/b.xml", today)))
		time.Sleep(time.Hour)
		if h := w.Health()[0]; h.Waiting < 90 || h.Waiting > 130 {
			t.Errorf("%d links wait, health %+v", h.Waiting, h)
		}
		time.Sleep(6 * time.Hour)
		stop()
		if got := box.once(t); got != 151 {
			t.Errorf("%d of 151 entries came", got)
		}
		if h := w.Health()[0]; h.Waiting > 0 {
			t.Errorf("%d links wait", h.Waiting)
		}
	})
}

func TestTailOfADatedSitemapSurvivesAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		today := time.Now().Format(time.DateOnly)
		p, box := newPress(map[string]string{"/sitemap.xml": index(entryOf("/a.xml", today))}), &inbox{fail: 1}
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection, Budget: 10})
		time.Sleep(time.Hour) // in which it is not there, and then a link of it is not taken
		if h := w.Health()[0]; !strings.Contains(h.Error, "/a.xml: ") {
			t.Errorf("error %q does not say which", h.Error)
		}
		p.set("/a.xml", urlset(entriesOf("/a", 25, time.Now())...))
		time.Sleep(12 * time.Hour)
		stop()
		if got := box.once(t); got != 25 {
			t.Errorf("%d of 25 entries came", got)
		}
	})
}

func TestManySitemapsAreTakenOnceEach(t *testing.T) {
	for _, listed := range []string{"2000-01-01", ""} { // an index that does not date them has all of them looked at again and again
		t.Run("listed "+listed, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const files, each = 30, 50
				maps, p, box := []string{}, newPress(map[string]string{}), &inbox{}
				for i := range files {
					p.set(fmt.Sprintf("/%d.xml", i), urlset(entriesOf(fmt.Sprintf("/%d", i), each, time.Now())...))
					maps = append(maps, entryOf(fmt.Sprintf("/%d.xml", i), listed))
				}
				p.set("/sitemap.xml", index(maps...))
				_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection, Budget: 100})
				time.Sleep(15 * time.Hour)
				if got := box.once(t); got != files*each {
					t.Errorf("%d of %d entries came", got, files*each)
				}
				for i := range files {
					p.set(fmt.Sprintf("/%d.xml", i), urlset(append(entriesOf(fmt.Sprintf("/%d", i), each, time.Now()), "<!-- -->")...))
				}
				time.Sleep(10 * time.Hour)
				stop()
				box.once(t)
			})
		})
	}
}

func TestWhatWasLeftDoesNotHoldUpNews(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		today := time.Now().Format(time.DateOnly)
		p, box := newPress(map[string]string{
			"/sitemap.xml": index(entryOf("/0.xml", ""), entryOf("/a-news.xml", ""), entryOf("/b.xml", ""), entryOf("/c.xml", "")),
			"/0.xml":       urlset(entryOf("/0/0", today)),
		}), &inbox{}
		for _, name := range []string{"a-news", "b", "c"} {
			p.set("/"+name+".xml", urlset(entriesOf("/"+name, 400, time.Now())...))
		}
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection, Budget: 12})
		time.Sleep(3 * time.Hour)
		p.set("/0.xml", urlset(entryOf("/0/0", today), entryOf("/0/neuf", today)))
		p.set("/c.xml", urlset(append(entriesOf("/c", 400, time.Now()), entryOf("/c/neuf", time.Now().Format(time.RFC3339)))...))
		time.Sleep(70 * time.Minute)
		stop()
		for _, want := range []string{"https://journal.example/0/neuf", "https://journal.example/c/neuf"} {
			if !slices.Contains(box.urls(), want) {
				t.Errorf("%s waits behind old links", want)
			}
		}
		box.once(t)
	})
}

func TestArticleOfTwoSitemapsComesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{
			"/sitemap.xml": index(entryOf("/news.xml", ""), entryOf("/posts.xml", "")),
			"/news.xml":    urlset(entryOf("/1", "1999-12-31T10:00:00Z")),
			"/posts.xml":   urlset(entryOf("/1", "1999-12-31")),
		}), &inbox{}
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection})
		for i := range 6 {
			time.Sleep(time.Hour)
			p.set("/news.xml", urlset(entryOf("/1", "1999-12-31T10:00:00Z"), fmt.Sprintf("<!-- %d -->", i)))
			p.set("/posts.xml", urlset(entryOf("/1", "1999-12-31"), fmt.Sprintf("<!-- %d -->", i)))
		}
		if got := box.once(t); got != 1 {
			t.Errorf("%d came", got)
		}
		p.set("/posts.xml", urlset(entryOf("/1", "2000-01-01"))) // it was corrected
		time.Sleep(time.Hour)
		stop()
		if got := box.urls(); len(got) != 2 {
			t.Errorf("got %q, want the article again after it was changed", got)
		}
	})
}

// A sitemap for news dates an entry by its publication; that it was changed stands beside it, and the bus must not take it for a repetition.
func TestNewsEntryThatWasChangedIsAskedForAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		entry := func(changed string) string {
			return urlset("<url><loc>https://journal.example/1</loc>" + changed +
				"<news:news><news:publication_date>1999-12-31T10:00:00Z</news:publication_date><news:title>Un titre</news:title></news:news></url>")
		}
		p, box := newPress(map[string]string{"/sitemap.xml": entry("")}), &inbox{}
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection})
		time.Sleep(time.Hour)
		p.set("/sitemap.xml", entry("<lastmod>1999-12-31T18:00:00Z</lastmod>"))
		time.Sleep(time.Hour)
		stop()
		if len(box.got) != 2 || box.got[0].Key() == box.got[1].Key() {
			t.Errorf("got %q with the keys of %+v", box.urls(), box.got)
		}
	})
}

func TestDatesOfNowHideNothingNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{}), &inbox{}
		var all []string
		set := func() { // a sitemap that is made anew for each who asks, and says of all its entries that they are of now
			p.set("/sitemap.xml", urlset(strings.ReplaceAll(strings.Join(all, ""), "NOW", time.Now().Format(time.RFC3339))))
		}
		for i := range 100 {
			all = append(all, entryOf(fmt.Sprintf("/%d", i), "NOW"))
		}
		set()
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection, Budget: 10})
		for range 8 {
			time.Sleep(time.Hour)
			set()
		}
		all = append(all, entryOf("/neuf", "NOW"))
		set()
		time.Sleep(time.Hour)
		stop()
		if !slices.Contains(box.urls(), "https://journal.example/neuf") {
			t.Error("what is new waits behind what says that it has changed")
		}
	})
}

func TestDatesOfNowHaveNoArticleAskedForAtEachVisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{}), &inbox{}
		set := func(changed int) {
			var all []string
			for i := range 30 {
				date := "1999-12-31T20:00:00Z"
				if i < changed {
					date = time.Now().Format(time.RFC3339)
				}
				all = append(all, entryOf(fmt.Sprintf("/%d", i), date))
			}
			p.set("/sitemap.xml", urlset(all...))
		}
		set(30)
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection})
		for range 48 {
			time.Sleep(30 * time.Minute)
			set(30)
		}
		if n := len(box.urls()); n != 30 {
			t.Errorf("30 articles are asked for %d times in a day", n)
		}
		set(4)
		time.Sleep(time.Hour)
		stop()
		if n := len(box.urls()); n != 34 {
			t.Errorf("asked for %d times, want 4 more: four articles of thirty may well have changed", n)
		}
	})
}

func TestDateInTheFutureMakesNoArchiveOfTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{
			"/sitemap.xml": urlset(entryOf("/demain", "2031-01-01"), entryOf("/hier", "1999-12-31"), entryOf("/jadis", "1999-01-01")),
		}), &inbox{}
		_, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection})
		time.Sleep(time.Hour)
		stop()
		want := []string{"https://journal.example/demain", "https://journal.example/hier"}
		if got := box.urls(); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestFailingSitemapIsLoggedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPress(map[string]string{
			"/sitemap.xml": index(entryOf("/a.xml", ""), entryOf("/b.xml", ""), entryOf("/c.xml", "")), "/a.xml": urlset(entryOf("/1", "1999-12-31")),
			"/c.xml": urlset(entryOf("/2", "1999-12-31")),
		})
		var log bytes.Buffer
		w := NewWatcher(NewVisitor(Default(), p.outlet, newMemory()), newCalendar(), newMemory(), slog.New(slog.NewTextHandler(&log, nil)))
		stop := run(t, w, &inbox{}, Section{URL: sitemapSection})
		time.Sleep(24 * time.Hour)
		h := w.Health()[0]
		if !strings.HasPrefix(h.Partial, "1 of 3 sitemaps cannot be read (https://journal.example/b.xml: ") || h.Error != "" {
			t.Errorf("health %+v", h)
		}
		if n := p.count("/b.xml"); n < 5 || n > 16 {
			t.Errorf("asked for %d times in a day", n)
		}
		p.set("/b.xml", urlset(entryOf("/3", "1999-12-31")))
		time.Sleep(24 * time.Hour)
		stop()
		if n, m := strings.Count(log.String(), "section failed"), strings.Count(log.String(), "answers again"); n != 1 || m != 1 {
			t.Errorf("it fails is said %d times, it answers %d times:\n%s", n, m, log.String())
		}
		if h := w.Health()[0]; h.Partial != "" {
			t.Errorf("health %+v", h)
		}
	})
}

func TestSitemapsOfAnIndexTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box, maps := newPress(map[string]string{}), &inbox{}, []string{}
		for i := range 60 {
			maps = append(maps, entryOf(fmt.Sprintf("/%02d.xml", i), ""))
			p.set(fmt.Sprintf("/%02d.xml", i), urlset(entryOf(fmt.Sprintf("/%02d/0", i), "1999-12-31")))
		}
		p.set("/sitemap.xml", index(maps...))
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection})
		time.Sleep(3 * time.Hour)
		stop()
		if got := box.once(t); got != maxDocuments-1 {
			t.Errorf("%d sitemaps were read in six rounds, want %d", got, maxDocuments-1)
		}
		if h := w.Health()[0]; h.Partial != "of 60 sitemaps the newest 39 are watched" {
			t.Errorf("health %+v", h)
		}
	})
}
