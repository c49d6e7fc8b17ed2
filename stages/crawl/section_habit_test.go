package crawl

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// rounds teaches a section so many rounds of an hour, each with as many new links as fresh says.
func rounds(s *state, n int, fresh func(i int) int) {
	for i := range n {
		s.Last = s.Last.Add(time.Hour)
		s.Habit.learn(s.Last, fresh(i), 40, fresh(i) > 0)
	}
}

func TestSectionThatFallsSilentIsToldByItsOwnRate(t *testing.T) {
	for _, tt := range []struct {
		name         string
		every        int // hours between its links
		quiet        int // hours
		want         string
		notYetBefore int // hours
	}{
		{"one an hour", 1, 26, "nothing new for 26 hours, it used to bring 24 a day", 23},
		{"one a day", 24, 11 * 24, "nothing new for 11 days, it used to bring 1 a day", 8 * 24},
		{"never", 0, 8 * 24, "it answers, and nothing new has come for 8 days", 6 * 24},
	} {
		s := state{Last: time.Date(2021, 12, 1, 0, 0, 0, 0, time.UTC)}
		rounds(&s, 1, func(int) int { return 40 }) // the first contact
		if tt.every > 0 {
			rounds(&s, 10*24, func(i int) int {
				if (i+1)%tt.every == 0 {
					return 1
				}
				return 0
			})
		}
		if got := s.silent(); got != "" {
			t.Errorf("%s: silent while it brings something: %s", tt.name, got)
		}
		rounds(&s, tt.notYetBefore, func(int) int { return 0 })
		if got := s.silent(); got != "" {
			t.Errorf("%s: silent after %d hours: %s", tt.name, tt.notYetBefore, got)
		}
		rounds(&s, tt.quiet-tt.notYetBefore, func(int) int { return 0 })
		if got := s.silent(); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if s.Error = "status 503"; s.silent() != "" {
			t.Errorf("%s: silent beside its error", tt.name)
		}
	}
}

func TestSectionThatShowsLessThanUsualDrifts(t *testing.T) {
	var s state
	for range 10 {
		s.Last = s.Last.Add(time.Hour)
		s.Habit.learn(s.Last, 1, 40, true)
	}
	if got := s.drift(); got != "" {
		t.Errorf("drifts while it is as ever: %s", got)
	}
	s.Habit.learn(s.Last.Add(time.Hour), 0, 8, true)
	if got := s.drift(); got != "8 links instead of 40" {
		t.Errorf("got %q", got)
	}
	for range 60 {
		s.Habit.learn(s.Last.Add(time.Hour), 0, 8, true)
	}
	if got := s.drift(); got != "" {
		t.Errorf("the new way is not the usual one: %s", got)
	}
}

func TestHealthOfASectionSaysWhatItBringsAndSinceWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		headline := func(n int) string {
			return fmt.Sprintf(`<a href="/societe/un-article-de-plus-numero-%d">Un article de plus, numéro %d</a>`, n, n)
		}
		p, box, plan := newPress(map[string]string{}), &inbox{}, newCalendar()
		show := func(n int) {
			var page strings.Builder
			for i := max(0, n-20); i < n; i++ {
				page.WriteString(headline(i))
			}
			p.set("/une", "<html><body>"+page.String()+"</body></html>")
		}
		show(20)
		p.as = "text/html"
		var log bytes.Buffer
		w := NewWatcher(NewVisitor(Default(), p.outlet, newMemory()), plan, newMemory(), slog.New(slog.NewTextHandler(&log, nil)))
		stop := run(t, w, box, Section{URL: "https://journal.example/une"})
		time.Sleep(time.Hour)
		if h := w.Health()[0]; !h.Newest.IsZero() || h.Rate > 0 || h.Links != 20 || h.Source != "journal" {
			t.Errorf("after the first contact, of which no date is known: %+v", h)
		}
		for n := 21; n < 21+5*24; n++ { // one an hour
			show(n)
			time.Sleep(time.Hour)
		}
		newest := w.Health()[0]
		if newest.Rate < 20 || newest.Rate > 28 || time.Since(newest.Newest) > 2*time.Hour || newest.Silent != "" {
			t.Errorf("while it brings one an hour: %+v", newest)
		}
		time.Sleep(3 * 24 * time.Hour)
		stop()
		if n := strings.Count(log.String(), "gone silent"); n != 1 {
			t.Errorf("its silence is said %d times:\n%s", n, log.String())
		}
		h := w.Health()[0]
		if !strings.HasPrefix(h.Silent, "nothing new for 3 days, it used to bring 2") || h.Newest != newest.Newest {
			t.Errorf("three days later: %+v", h)
		}
		kept, err := HealthOf("https://journal.example/une", h.Next, plan.states["https://journal.example/une"])
		if got, want := fmt.Sprintf("%+v", kept), fmt.Sprintf("%+v", h); err != nil || got != want {
			t.Errorf("kept %s (%v)\nwant %s", got, err, want)
		}
	})
}

func TestDateOfTheNewestEntryIsThatOfASitemap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPress(map[string]string{"/sitemap.xml": urlset(entryOf("/1", "1999-12-30"), entryOf("/2", "1999-12-31T06:00:00+01:00"), entryOf("/3", "2031-01-01"))})
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), &inbox{}, Section{URL: sitemapSection})
		time.Sleep(time.Hour)
		stop()
		if got := w.Health()[0].Newest; !got.Equal(time.Date(1999, 12, 31, 5, 0, 0, 0, time.UTC)) {
			t.Errorf("newest %s", got)
		}
	})
}

func TestStateOfASectionStaysSmall(t *testing.T) {
	s := state{Docs: map[string]document{}}
	for i := range 2 * maxDocuments {
		s.Docs[fmt.Sprintf("https://journal.example/sitemap-%d.xml.gz", i)] = document{Depth: 2, Error: strings.Repeat("x", 200)}
	}
	s.forget()
	if b, err := json.Marshal(s); err != nil || len(s.Docs) != maxDocuments || len(b) > 64<<10 {
		t.Errorf("%d documents, %d bytes, %v", len(s.Docs), len(b), err)
	}
}

func TestWhatWasLeftIsNoRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, box := newPress(map[string]string{}), &inbox{}
		p.set("/sitemap.xml", urlset(entriesOf("/a", 400, time.Now())...))
		w, stop := watching(t, p.outlet, newCalendar(), newMemory(), box, Section{URL: sitemapSection, Budget: 10})
		time.Sleep(6 * time.Hour)
		if h := w.Health()[0]; h.Rate > 0 || h.Waiting == 0 {
			t.Errorf("%d links wait, %g a day have come", h.Waiting, h.Rate)
		}
		p.set("/sitemap.xml", urlset(append(entriesOf("/a", 400, time.Now()), entryOf("/neuf", time.Now().Format(time.RFC3339)))...))
		time.Sleep(time.Hour)
		stop()
		if h := w.Health()[0]; h.Rate < 0.5 || h.Rate > 1.5 {
			t.Errorf("%g a day have come, want one", h.Rate)
		}
	})
}
