package crawl

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/message"
)

const sectionPage = `<html><body>
<nav><a href="/politique/un-article-dans-le-menu-du-site">Un article dans le menu du site</a></nav>
<main><h2><a href="/societe/un-homme-arrete-jeudi-a-sale">Un homme arrêté jeudi à Salé</a></h2>
<a href="/1999/12/17/nador-saisie.html?utm_source=x#lire"><img src="x.jpg"></a><a href="/1999/12/17/nador-saisie.html">Une saisie de cannabis à Nador</a>
<a href="https://autre.example/un-article-tout-a-fait-ailleurs">Un article tout à fait ailleurs</a>
<a href="/category/une-liste-de-beaucoup-articles">Une liste de beaucoup d'articles</a>
<a href="/societe">Société, toute l'actualité</a></main>
<footer><a href="/qui-nous-sommes-et-ce-que-nous-faisons">Qui nous sommes et ce que nous faisons</a></footer></body></html>`

// watching starts a watcher of one section for the rest of the test's bubble, and returns what stops it.
func watching(t *testing.T, o *outlet, plan Schedule, store Store, box *inbox, s Section) (*Watcher, func()) {
	t.Helper()
	w := NewWatcher(NewVisitor(Default(), o, newMemory()), plan, store, slog.New(slog.DiscardHandler))
	return w, run(t, w, box, s)
}

// run is watching for a watcher that the test has made.
func run(t *testing.T, w *Watcher, box *inbox, s Section) (stop func()) {
	t.Helper()
	s.Outlet = message.Outlet{Name: "journal"}
	w.SetSections([]Section{s})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- w.Run(ctx, box.emit) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func TestNewArticlesOfASectionAreEmittedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, box := site(map[string]string{"/une": sectionPage}), &inbox{}
		w, stop := watching(t, o, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/une"})
		time.Sleep(5 * time.Hour)
		stop()
		want := []string{"https://journal.example/societe/un-homme-arrete-jeudi-a-sale", "https://journal.example/1999/12/17/nador-saisie.html?utm_source=x"}
		if got := box.urls(); !slices.Equal(got, want) {
			t.Fatalf("got %q", got)
		}
		f := box.got[1]
		if f.Found.Entry.Title != "Une saisie de cannabis à Nador" || f.Found.How != message.FoundSection || f.ID != message.ArticleID(message.Identity(want[1])) {
			t.Errorf("got %+v", f)
		}
		if len(o.asked) < 8 || !w.Polled() || w.Health()[0].Links != 2 {
			t.Errorf("%d visits, polled %t, health %+v", len(o.asked), w.Polled(), w.Health()[0])
		}
	})
}

func TestSectionValidatorsAreSentBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, box := site(map[string]string{"/une": sectionPage}), &inbox{}
		answer := o.pages
		o.pages = func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("If-None-Match") == `"1"` {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Header().Set("ETag", `"1"`)
			answer(w, r)
		}
		_, stop := watching(t, o, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/une", Budget: 1})
		time.Sleep(time.Minute)
		if len(box.urls()) != 1 {
			t.Errorf("got %q, want one link: the budget", box.urls())
		}
		time.Sleep(3 * time.Hour)
		stop()
		if len(box.urls()) != 2 {
			t.Errorf("got %q, want the link that was left over too", box.urls())
		}
		if last := o.asked[len(o.asked)-1]; last.header.Get("If-None-Match") != `"1"` {
			t.Errorf("last request's header %v", last.header)
		}
	})
}

func TestRestartDoesNotVisitAgainBeforeItIsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, plan, store, box := site(map[string]string{"/une": sectionPage}), newCalendar(), newMemory(), &inbox{}
		for range 3 {
			w, stop := watching(t, o, plan, store, box, Section{URL: "https://journal.example/une"})
			time.Sleep(time.Minute)
			if !w.Polled() {
				t.Error("not polled")
			}
			stop()
		}
		if len(o.asked) != 1 || len(box.urls()) != 2 {
			t.Errorf("%d visits, emitted %q", len(o.asked), box.urls())
		}
	})
}

func TestLinkIsSeenOnlyOnceItIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, box := site(map[string]string{"/une": sectionPage}), &inbox{fail: 1}
		w, stop := watching(t, o, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/une"})
		time.Sleep(time.Minute)
		if h := w.Health()[0]; !strings.Contains(h.Error, "bus is away") || !w.Polled() {
			t.Errorf("health %+v", h)
		}
		time.Sleep(time.Hour)
		stop()
		if len(box.urls()) != 2 {
			t.Errorf("emitted %q", box.urls())
		}
	})
}

func TestNewsSitemapGivesTitlesAndDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, box := site(map[string]string{"/news.xml": `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
			xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://journal.example/1</loc><news:news>
			<news:publication_date>2021-12-17T10:00:00+01:00</news:publication_date><news:title><![CDATA[توقيف شخص في سلا]]></news:title></news:news></url>
			<url><loc>https://autre.example/2</loc></url></urlset>`}), &inbox{}
		answer := o.pages
		o.pages = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/xml")
			answer(w, r)
		}
		_, stop := watching(t, o, newCalendar(), newMemory(), box, Section{URL: "https://journal.example/news.xml"})
		time.Sleep(time.Minute)
		stop()
		if len(box.got) != 1 {
			t.Fatalf("got %q", box.urls())
		}
		e := box.got[0].Found.Entry
		if e.Title != "توقيف شخص في سلا" || !e.Published.Equal(time.Date(2021, 12, 17, 9, 0, 0, 0, time.UTC)) || box.got[0].Found.How != message.FoundSitemap {
			t.Errorf("got %+v (%+q)", e, e.Title)
		}
	})
}

func TestSectionWithoutArticlesSaysSo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := site(map[string]string{"/une": "<html><body>Bienvenue</body></html>"})
		w, stop := watching(t, o, newCalendar(), newMemory(), &inbox{}, Section{URL: "https://journal.example/une"})
		time.Sleep(time.Minute)
		stop()
		if h := w.Health()[0]; !strings.Contains(h.Error, "looks like an article") || !w.Polled() {
			t.Errorf("health %+v", h)
		}
	})
}

// What is said of a section is read long after it was: for how long the host was to be left alone then is of no use.
func TestErrorOfASectionSaysWhatIsWrong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{pages: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }}
		w, stop := watching(t, o, newCalendar(), newMemory(), &inbox{}, Section{URL: "https://journal.example/une"})
		time.Sleep(time.Minute)
		stop()
		if h := w.Health()[0]; !strings.HasPrefix(h.Error, "robots.txt of https://journal.example: status 503") {
			t.Errorf("error %q", h.Error)
		}
	})
}

func TestSectionsAreChecked(t *testing.T) {
	if err := (Section{URL: "https://journal.example/une", LinkPattern: `^/a/\d+`}).Validate(); err != nil {
		t.Error(err)
	}
	for key, s := range map[string]Section{
		"url":    {URL: "journal.example"},
		"links":  {URL: "https://journal.example/", LinkPattern: "("},
		"budget": {URL: "https://journal.example/", Budget: -1},
	} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%+v: error %v does not name %s", s, err, key)
		}
	}
	if err := Default().Validate(); err != nil {
		t.Error(err)
	}
}
