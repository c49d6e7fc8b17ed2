package feed

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// titled is a feed with something in its head.
func titled(head string, items ...string) string {
	return strings.Replace(rss(items...), "</link>", "</link>"+head, 1)
}

// hourly is a feed whose next poll would be in an hour or less, with something in its head.
func hourly(now time.Time, head string) string {
	var items []string
	for i := range 40 {
		date := "<pubDate>" + now.Add(-time.Duration(i)*time.Hour).UTC().Format(time.RFC1123Z) + "</pubDate></item>"
		items = append(items, strings.Replace(rssItem(i, "Titre"), "</item>", date, 1))
	}
	return titled(head, items...)
}

func TestWhatServerAndFeedAskForIsKept(t *testing.T) {
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	const now = "Mon, 02 Mar 2026 12:00:00 GMT"
	for _, c := range []struct {
		name   string
		header http.Header
		head   string
		want   time.Duration // at least
	}{
		{"nothing", nil, "", 0},
		{"max-age", header("Cache-Control", `public, max-age="7200"`), "", 2 * time.Hour},
		{"max-age of a cached answer", header("Cache-Control", "max-age=7200", "Age", "1800"), "", 90 * time.Minute},
		{"max-age beyond reason", header("Cache-Control", "max-age=31536000"), "", 3 * time.Hour},
		{"max-age before Expires", header("Cache-Control", "max-age=0", "Expires", "Mon, 02 Mar 2026 15:00:00 GMT", "Date", now), "", 0},
		{"no-cache", header("Cache-Control", "no-cache", "Expires", "Mon, 02 Mar 2026 15:00:00 GMT", "Date", now), "", 0},
		{"Expires", header("Expires", "Mon, 02 Mar 2026 14:00:00 GMT", "Date", now), "", 2 * time.Hour},
		{"Expires: 0", header("Expires", "0", "Date", now), "", 0},
		{"Retry-After of an answer", header("Retry-After", "14400"), "", 4 * time.Hour},
		{"ttl", nil, "<ttl>120</ttl>", 2 * time.Hour},
		{"ttl beyond reason", nil, "<ttl>999999999</ttl>", 3 * time.Hour},
		{"ttl that is none", nil, "<ttl>soon</ttl>", 0},
		{"what every WordPress says", nil, "<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", 0},
		{"daily", nil, "<sy:updatePeriod>daily</sy:updatePeriod>", 3 * time.Hour},
		{"twelve times a day", nil, "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>12</sy:updateFrequency>", 2 * time.Hour},
		{"hours to skip", nil, "<skipHours><hour>0</hour><hour>1</hour><hour>2</hour><hour>24</hour></skipHours>", 3 * time.Hour},
		{"day to skip", nil, "<skipDays><day>Saturday</day></skipDays>", 24 * time.Hour},
		{"every day to skip", nil, "<skipDays>" + strings.Repeat("<day>Saturday</day><day>Sunday</day>", 4) + "</skipDays>", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // whose clock begins at midnight, on a Saturday
				o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) {
					maps.Copy(w.Header(), c.header)
					_, _ = w.Write([]byte(hourly(time.Now(), c.head)))
				}}
				_, stop := running(t, o, newMemory(), &inbox{}, feedURL)
				time.Sleep(30 * time.Hour)
				stop()
				got := o.times[1].Sub(o.times[0])
				if got < c.want || got > max(c.want+time.Minute, 115*time.Minute) { // its own rate asks for less than that
					t.Errorf("asked again after %s, want %s", got, c.want)
				}
			})
		})
	}
}

func TestRetryAfterSparesTheWholeHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, r *http.Request, w http.ResponseWriter) {
			if r.URL.Path == "/1" {
				w.Header().Set("Retry-After", "7200")
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			_, _ = w.Write([]byte(hourly(time.Now(), "")))
		}}
		_, stop := running(t, o, newMemory(), &inbox{}, "https://a.example/1", "https://a.example/2", "https://b.example/2")
		time.Sleep(100 * time.Minute)
		stop()
		asked := map[string]int{}
		for _, r := range o.requests {
			asked[r.URL.Host]++
		}
		if asked["a.example"] != 1 || asked["b.example"] < 2 {
			t.Errorf("asked %v, want the host that asked for peace once", asked)
		}
	})
}

func TestTooManyRequestsWithoutATimeSparesTheHostToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(_ int, _ *http.Request, w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) }}
		_, stop := running(t, o, newMemory(), &inbox{}, "https://a.example/1", "https://a.example/2")
		time.Sleep(4 * time.Minute)
		stop()
		if o.count() != 1 {
			t.Errorf("%d requests, want one", o.count())
		}
	})
}

func TestValidatorsAreRenewedOnEqualBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			if want := fmt.Sprintf(`"%d"`, n-1); n > 1 && r.Header.Get("If-None-Match") != want {
				t.Errorf("request %d: If-None-Match %s, want %s", n, r.Header.Get("If-None-Match"), want)
			}
			w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
			if n == 3 {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = w.Write([]byte(rss(rssItem(1, "Un"))))
		}}
		box := &inbox{}
		_, stop := running(t, o, newMemory(), box, feedURL)
		time.Sleep(12 * time.Hour)
		stop()
		if o.count() < 4 || len(box.keys()) != 1 {
			t.Errorf("%d requests, emitted %v", o.count(), box.keys())
		}
	})
}

// A server may answer with nothing but what is new since the version that we know (RFC 3229).
func TestDeltaIsReadAndNotTakenForTheFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
			w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
			if n > 1 && r.Header.Get("A-IM") == "feed" {
				w.Header().Set("IM", "feed")
				w.WriteHeader(http.StatusIMUsed)
				_, _ = w.Write([]byte(rss(rssItem(100+n, "Nouveau"))))
				return
			}
			_, _ = w.Write([]byte(hourly(time.Now(), "")))
		}}
		m, box := newMemory(), &inbox{}
		_, stop := running(t, o, m, box, feedURL)
		time.Sleep(12 * time.Hour)
		stop()
		h := m.health(t, feedURL)
		if len(box.keys()) != 40+o.count()-1 || o.count() < 4 || h.Items != 40 || h.Gaps != 0 {
			t.Errorf("%d requests, %d items emitted, health %+v", o.count(), len(box.keys()), h)
		}
	})
}

// Deltas show nothing of what the feed still holds: however many come in a row, that is not forgotten.
func TestDeltasForgetNothingThatTheFeedStillShows(t *testing.T) {
	items := []string{rssItem(1, "Un"), rssItem(2, "Deux"), rssItem(3, "Trois")}
	o := &outlet{answer: func(n int, r *http.Request, w http.ResponseWriter) {
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
		if r.Header.Get("If-None-Match") == "" {
			_, _ = w.Write([]byte(rss(items...)))
			return
		}
		items = append([]string{rssItem(100+n, fmt.Sprintf("Nouveau %d", n))}, items...)
		w.WriteHeader(http.StatusIMUsed)
		_, _ = w.Write([]byte(rss(items[0])))
	}}
	m, box := newMemory(), &inbox{}
	p := New(Default(), o, m, m, slog.New(slog.DiscardHandler))
	s := state{}
	poll := func() {
		t.Helper()
		now, _, err := p.poll(t.Context(), Feed{URL: feedURL}, s, box.emit)
		if err != nil || now.Error != "" {
			t.Fatal(err, now.Error)
		}
		s = now
	}
	const deltas = 2 * remembered
	for range 1 + deltas {
		poll()
	}
	if n := len(box.keys()); n != 3+deltas || s.Items != 3 {
		t.Fatalf("%d items emitted, state %+v; want one for each delta", n, s)
	}
	s.ETag, s.Full = "", time.Time{} // as after a while without the whole feed
	poll()
	if n := len(box.keys()); n != 3+deltas || s.Gaps != 0 || s.Items != 3+deltas {
		t.Errorf("%d items emitted after the whole feed came again, state %+v; want none of it told twice", n, s)
	}
	items = items[:5]
	for range 2 * remembered {
		s.ETag, s.BodyHash = "", ""
		poll()
	}
	if known, err := loadSeen(t.Context(), m, feedURL); err != nil || len(known.Items) != 5 {
		t.Errorf("%d items remembered of five that are left, %v", len(known.Items), err)
	}
}

func TestDeltasWithoutEndAreNotRememberedWithoutEnd(t *testing.T) {
	cfg := Default()
	cfg.MaxItems = 10
	o := &outlet{answer: func(n int, _ *http.Request, w http.ResponseWriter) {
		w.WriteHeader(http.StatusIMUsed)
		var items []string
		for i := range 10 {
			items = append(items, rssItem(10*n+i, "Nouveau"))
		}
		_, _ = w.Write([]byte(rss(items...)))
	}}
	m := newMemory()
	p := New(cfg, o, m, m, slog.New(slog.DiscardHandler))
	for range 50 {
		if _, _, err := p.poll(t.Context(), Feed{URL: feedURL}, state{}, (&inbox{}).emit); err != nil {
			t.Fatal(err)
		}
	}
	if known, err := loadSeen(t.Context(), m, feedURL); err != nil || len(known.Items) > 8*cfg.MaxItems || len(known.Items) < cfg.MaxItems {
		t.Errorf("%d items remembered (%v)", len(known.Items), err)
	}
}

func FuzzHead(f *testing.F) {
	f.Add([]byte(`<channel><ttl>5</ttl><skipHours><hour>3</hour></skipHours><atom:link rel="next" href="?p=2"/>`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		h := readHead(doc, baseOf(Origin{URL: feedURL}))
		now := time.Now()
		if later := h.asks.awake(now); later.Before(now) || later.Sub(now) > longestWait+time.Hour || h.asks.TTL < 0 || h.asks.TTL > longestWait {
			t.Errorf("asks %+v", h.asks)
		}
	})
}

func TestRetryAfterInEveryForm(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                               0,
		"120":                            2 * time.Minute,
		" 120 ":                          2 * time.Minute,
		"1.5":                            1500 * time.Millisecond,
		"0":                              0,
		"-5":                             0,
		"NaN":                            0,
		"+Inf":                           longestWait,
		"31536000":                       longestWait,
		"99999999999999999999":           longestWait,
		"soon":                           0,
		"Mon, 02 Mar 2026 12:10:00 GMT":  10 * time.Minute,
		"Monday, 02-Mar-26 12:10:00 GMT": 10 * time.Minute,
		"Mon Mar  2 12:10:00 2026":       10 * time.Minute,
		"Mon, 02 Mar 2026 11:00:00 GMT":  0,
		"Fri, 31 Dec 9999 23:59:59 GMT":  longestWait,
	} {
		if got := retryAfter(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
