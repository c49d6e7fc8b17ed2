package feed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestSilentFeedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) {
			_, _ = w.Write([]byte(hourly(began, "")))
		}}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(20 * time.Hour)
		if h := m.health(t, feedURL); h.Silent != "" || h.Rate < 12 || !h.Newest.Equal(began) {
			t.Errorf("after 20 hours: %+v", h)
		}
		time.Sleep(40 * time.Hour)
		stop()
		if h := m.health(t, feedURL); !strings.HasPrefix(h.Silent, "nothing new for 2 days, it used to bring 2") {
			t.Errorf("after 60 hours: %q", h.Silent)
		}
	})
}

func TestFeedThatNeverBringsAnythingIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { _, _ = w.Write([]byte(rss())) }}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(9 * 24 * time.Hour)
		stop()
		if h := m.health(t, feedURL); h.Error != "" || !strings.Contains(h.Silent, "it answers, and nothing new has come for") {
			t.Errorf("health %+v", h)
		}
	})
}

// numbered is a feed of n items, the newest numbered last, each dated so many minutes after base as its number says.
func numbered(last, n int, base time.Time, text string) string {
	var items []string
	for i := range n {
		items = append(items, fmt.Sprintf("<item><title>Titre %d</title><link>https://journal.example/%d</link>%s%s</item>",
			last-i, last-i, text, dateOf(base.Add(time.Duration(last-i)*time.Minute))))
	}
	return rss(items...)
}

// healthOf is what an operator is told of a state.
func healthOf(t *testing.T, s state) Health {
	t.Helper()
	kept, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	h, err := HealthOf(feedURL, time.Time{}, kept)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func dateOf(t time.Time) string {
	if t.Year() < 1990 {
		return ""
	}
	return "<pubDate>" + t.UTC().Format(time.RFC1123Z) + "</pubDate>"
}

func TestDriftIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var changed atomic.Bool
		began := time.Now().Add(-2 * time.Hour)
		o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
			if changed.Load() {
				_, _ = w.Write([]byte(numbered(100+n, 4, time.Time{}, "")))
				return
			}
			_, _ = w.Write([]byte(numbered(100+n, 20, began, "<description>Résumé</description>")))
		}}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(24 * time.Hour)
		if h := m.health(t, feedURL); h.Drift != "" {
			t.Errorf("drift of a feed that is as ever: %q", h.Drift)
		}
		changed.Store(true)
		for before := o.count(); o.count() == before; {
			time.Sleep(time.Minute)
		}
		stop()
		want := "4 items instead of 20, dates in 0 % of items instead of 100 %, texts in 0 % of items instead of 100 %"
		if h := m.health(t, feedURL); h.Drift != want {
			t.Errorf("drift %q, want %q", h.Drift, want)
		}
	})
}

// A feed whose every item is new may have lost some: it is asked at the floor, and its older pages are read as far as something known.
func TestGapIsClosedFromTheOlderPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pages, began := 0, time.Now().Add(-time.Hour)
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			page := r.URL.Query().Get("page")
			if page != "" {
				pages++
			}
			switch {
			case n == 1:
				_, _ = w.Write([]byte(numbered(10, 10, began, "")))
			case page == "":
				_, _ = w.Write([]byte(next(numbered(40, 10, began, ""), "?page=2")))
			case page == "2":
				_, _ = w.Write([]byte(next(numbered(30, 10, began, ""), "https://journal.example/rss?page=3")))
			case page == "3":
				_, _ = w.Write([]byte(next(numbered(20, 15, began, ""), "?page=4")))
			default:
				t.Errorf("asked for page %s", page)
			}
		}}
		m, box := newMemory(), &inbox{}
		_, stop := running(t, o, m, box, feedURL)
		time.Sleep(6 * time.Hour)
		stop()
		if h := m.health(t, feedURL); len(box.keys()) != 40 || pages != 2 || h.Gaps != 1 || h.Items != 10 {
			t.Errorf("%d items from %d pages, health %+v", len(box.keys()), pages, h)
		}
		if got := o.times[4].Sub(o.times[1]); got > 6*time.Minute {
			t.Errorf("asked again %s after a gap, want the floor", got)
		}
		for i := 2; i < 4; i++ {
			if got := o.times[i].Sub(o.times[i-1]); got < Default().Spacing {
				t.Errorf("pages %s apart", got)
			}
		}
	})
}

func next(feed, to string) string {
	return strings.Replace(feed, "<channel>", `<channel><atom:link rel="next" href="`+to+`"/>`, 1)
}

func TestPagesElsewhereAndWithoutEndAreNotFollowed(t *testing.T) {
	for to, want := range map[string]int{"https://other.example/rss?page=2": 0, "?page=%d": maxPages, "?page=1": 1, "ftp://journal.example/": 0} {
		synctest.Test(t, func(t *testing.T) {
			var pages atomic.Int64
			items := 0
			o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
				if r.URL.RawQuery != "" {
					pages.Add(1)
				}
				items += 10
				link := to
				if strings.Contains(to, "%d") {
					link = fmt.Sprintf(to, n)
				}
				_, _ = w.Write([]byte(next(numbered(items, 10, time.Now(), ""), link)))
			}}
			_, stop := running(t, o, newMemory(), &inbox{}, feedURL)
			for pages.Load() == 0 && o.count() < 2 {
				time.Sleep(time.Minute)
			}
			time.Sleep(30 * time.Second)
			stop()
			if n := int(pages.Load()); n != want {
				t.Errorf("%s: %d pages, want %d", to, n, want)
			}
		})
	}
}

// Some feeds give their items new ids each time; polling them at the floor for ever would find nothing.
func TestFeedThatIsAlwaysNewIsNotHurried(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
			began := time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC)
			_, _ = w.Write([]byte(numbered(1000*n, 10, began, "")))
		}}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(24 * time.Hour)
		stop()
		if o.count() > 150 {
			t.Errorf("%d requests in a day, health %+v", o.count(), m.health(t, feedURL))
		}
	})
}

func TestHealthOfWhatCannotBeRead(t *testing.T) {
	due := time.Now()
	h, err := HealthOf("https://desk:secret@journal.example/rss", due, []byte("{broken"))
	if err == nil || h.URL != feedURL || !h.Next.Equal(due) {
		t.Errorf("health %+v, error %v", h, err)
	}
	if h, err = HealthOf(feedURL, due, nil); err != nil || h.Polls != 0 {
		t.Errorf("of a feed that was not polled yet: %+v, %v", h, err)
	}
}

func TestStateThatCannotBeReadCostsOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			if n == 1 && r.Header.Get("If-None-Match") != "" {
				t.Error("validators out of nowhere")
			}
			feedBody(w)
		}}
		m := newMemory()
		m.kept[feedURL] = &planned{state: []byte(`{"polls":"many"}`)}
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(time.Minute)
		stop()
		if h := m.health(t, feedURL); o.count() != 1 || h.Items != 1 {
			t.Errorf("%d requests, health %+v", o.count(), h)
		}
	})
}
