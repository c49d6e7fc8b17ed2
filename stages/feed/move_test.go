package feed

import (
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// moving is a server whose /rss has moved to a path for good.
func moving(to string, at func(w http.ResponseWriter)) *outlet {
	return &outlet{answer: func(_ int, r *http.Request, w http.ResponseWriter) {
		if r.URL.Path == "/rss" {
			http.Redirect(w, r, to, http.StatusPermanentRedirect)
			return
		}
		at(w)
	}}
}

func feedBody(w http.ResponseWriter) { _, _ = w.Write([]byte(rss(rssItem(1, "Un")))) }

func TestLastingMoveIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := moving("https://www.journal.example/feed", feedBody)
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(2 * 24 * time.Hour)
		if h := m.health(t, feedURL); h.Followed || h.Moved != "https://www.journal.example/feed" {
			t.Errorf("after two days: %+v", h)
		}
		time.Sleep(2 * 24 * time.Hour)
		before := o.count()
		time.Sleep(24 * time.Hour)
		stop()
		for _, r := range o.requests[before:] {
			if r.URL.Path == "/rss" {
				t.Error("still asked where it was")
				break
			}
		}
		h := m.health(t, feedURL)
		if !h.Followed || h.URL != feedURL || h.Moved != "https://www.journal.example/feed" {
			t.Errorf("health %+v, want the configured URL and where it is asked for", h)
		}
		if group, _ := (&Poller{}).group("https://ancien.example/rss", m.kept[feedURL].state); group != "journal.example" {
			t.Errorf("spaced as a feed of %s", group)
		}
	})
}

func TestMoveToSomethingElseIsNotFollowed(t *testing.T) {
	for name, o := range map[string]*outlet{
		"the home page": moving("https://journal.example/", feedBody),
		"a maintenance page": moving("/maintenance.html", func(w http.ResponseWriter) {
			_, _ = w.Write([]byte("<html><body>De retour bientôt</body></html>"))
		}),
		"an error": moving("/feed", func(w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }),
		"a move for the time being": {answer: func(_ int, r *http.Request, w http.ResponseWriter) {
			switch r.URL.Path {
			case "/rss":
				http.Redirect(w, r, "/middle", http.StatusMovedPermanently)
			case "/middle":
				http.Redirect(w, r, "/feed", http.StatusFound)
			default:
				feedBody(w)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newMemory()
				_, stop := running(t, o, m, &inbox{}, feedURL)
				time.Sleep(30 * 24 * time.Hour)
				stop()
				if h := m.health(t, feedURL); h.Followed {
					t.Errorf("followed: %+v", h)
				}
			})
		})
	}
}

func TestFollowedMoveThatLeadsNowhereIsTakenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var gone atomic.Bool
		o := &outlet{answer: func(_ int, r *http.Request, w http.ResponseWriter) {
			switch {
			case r.URL.Path == "/rss" && !gone.Load():
				http.Redirect(w, r, "/feed", http.StatusMovedPermanently)
			case r.URL.Path == "/feed" && gone.Load():
				w.WriteHeader(http.StatusNotFound)
			default:
				feedBody(w)
			}
		}}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		time.Sleep(5 * 24 * time.Hour)
		if !m.health(t, feedURL).Followed {
			t.Error("not followed")
		}
		gone.Store(true)
		time.Sleep(24 * time.Hour)
		stop()
		if h := m.health(t, feedURL); h.Followed || h.Error != "" {
			t.Errorf("health %+v, want it back where it is configured", h)
		}
	})
}

func TestFollowedMoveKeepsTheUser(t *testing.T) {
	if got := withUser("https://journal.example/feed", "https://desk:secret@journal.example/rss"); got != "https://desk:secret@journal.example/feed" {
		t.Errorf("got %s", got)
	}
	if got := withUser("https://elsewhere.example/feed", "https://desk:secret@journal.example/rss"); got != "https://elsewhere.example/feed" {
		t.Errorf("a password went to another host: %s", got)
	}
}
