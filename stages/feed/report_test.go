package feed

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/message"
)

// logging starts a poller of one feed, lets it run for a while, and returns its health with what it logged.
func logging(t *testing.T, cfg Config, transport http.RoundTripper, url string, d time.Duration) (Health, string, *inbox) {
	t.Helper()
	var log bytes.Buffer
	box := &inbox{}
	m := newMemory()
	p := New(cfg, transport, m, m, slog.New(slog.NewTextHandler(&log, nil)))
	p.SetFeeds([]Feed{{URL: url, Outlet: message.Outlet{Name: "journal"}}})
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := p.Run(ctx, box.emit); err != nil {
		t.Error(err)
	}
	return m.health(t, url), log.String(), box
}

func TestFeedWithMoreItemsThanAreReadIsSaidOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
			_, _ = w.Write([]byte(rss(rssItem(n+2, "Trois"), rssItem(2, "Deux"), rssItem(1, "Un"))))
		}}
		cfg := Default()
		cfg.MaxItems = 2
		h, log, _ := logging(t, cfg, o, feedURL, 24*time.Hour)
		if n := strings.Count(log, "raise feed.max_items"); n != 1 || !strings.Contains(log, "level=WARN") || !strings.Contains(log, "feed="+feedURL) {
			t.Errorf("said %d times, want one warning with the feed:\n%s", n, log)
		}
		if !h.Capped || h.Items != 2 || o.count() < 3 {
			t.Errorf("health %+v after %d polls", h, o.count())
		}
	})
}

func TestPasswordOfAFeedIsSentAndNeverShown(t *testing.T) {
	const address = "https://desk:s3cret@journal.example/rss"
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			if user, password, _ := r.BasicAuth(); user != "desk" || password != "s3cret" {
				t.Errorf("request %d: user %q, password %q", n, user, password)
			}
			switch n {
			case 1:
				_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
			case 2:
				http.Redirect(w, r, "https://desk:s3cret@journal.example/feed", http.StatusMovedPermanently)
			default:
				w.WriteHeader(http.StatusBadGateway)
			}
		}}
		h, log, box := logging(t, Default(), o, address, 6*time.Hour)
		if h.URL != "https://journal.example/rss" || h.Error == "" || o.count() < 3 {
			t.Errorf("health %+v after %d requests", h, o.count())
		}
		if where := box.got[0].(message.Fetch).Found.Where; where != h.URL {
			t.Errorf("found at %s", where)
		}
		if strings.Contains(log, "s3cret") || !strings.Contains(log, "https://journal.example/rss") {
			t.Errorf("logged:\n%s", log)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		away := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to " + address) })
		h, log, _ := logging(t, Default(), away, address, time.Hour)
		if h.Error == "" || strings.Contains(h.Error+log, "s3cret") || strings.Contains(h.Error+log, "desk") {
			t.Errorf("health %+v, logged:\n%s", h, log)
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
