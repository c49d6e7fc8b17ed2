package feed

import (
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/message"
)

func TestIntervalOfASourceIsKept(t *testing.T) {
	for name, tt := range map[string]struct {
		interval time.Duration
		answer   func(n int, r *http.Request, w http.ResponseWriter)
	}{
		"shorter than its pace": {10 * time.Minute, func(_ int, _ *http.Request, w http.ResponseWriter) { _, _ = w.Write([]byte(rss(rssItem(1, "Un")))) }},
		"longer than its pace": {12 * time.Hour, func(n int, _ *http.Request, w http.ResponseWriter) {
			_, _ = w.Write([]byte(numbered(100*n, 10, time.Now().Add(-time.Hour), "")))
		}},
		"longer than failures are waited for": {12 * time.Hour, func(_ int, _ *http.Request, w http.ResponseWriter) { w.WriteHeader(http.StatusBadGateway) }},
	} {
		synctest.Test(t, func(t *testing.T) {
			o, m := &outlet{answer: tt.answer}, newMemory()
			p := New(Default(), o, m, m, slog.New(slog.DiscardHandler))
			p.SetFeeds([]Feed{{URL: feedURL, Interval: tt.interval, Outlet: message.Outlet{Name: "journal"}}})
			stop := pollUntil(t, p, &inbox{})
			time.Sleep(10 * tt.interval)
			stop()
			for i := 1; i < len(o.times); i++ {
				if apart := o.times[i].Sub(o.times[i-1]); apart < tt.interval*9/10 || apart > tt.interval*11/10+time.Second {
					t.Errorf("%s: polled after %s, want %s", name, apart, tt.interval)
				}
			}
			if len(o.times) < 8 {
				t.Errorf("%s: %d polls in ten intervals", name, len(o.times))
			}
		})
	}
}

func TestFailingFeedSaysSinceWhen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
			if n == 1 || n > 6 {
				_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
				return
			}
			w.WriteHeader(http.StatusBadGateway)
		}}
		m := newMemory()
		_, stop := running(t, o, m, &inbox{}, feedURL)
		defer stop()
		for o.count() < 5 {
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		o.mu.Lock()
		first := o.times[1]
		o.mu.Unlock()
		if h := m.health(t, feedURL); !h.Since.Equal(first) || h.Failures != 4 {
			t.Errorf("health %+v, failing since %s", h, first)
		}
		for o.count() < 7 {
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		if h := m.health(t, feedURL); !h.Since.IsZero() || h.Failures != 0 {
			t.Errorf("health %+v of a feed that answers again", h)
		}
	})
}
