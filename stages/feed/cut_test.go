package feed

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// cutFeed is a feed of so many items that ends within the item after them.
func cutFeed(items int) string {
	var all []string
	for n := range items + 1 {
		all = append(all, rssItem(n+1, fmt.Sprintf("Titre %d", n+1)))
	}
	head, _, _ := strings.Cut(rss(all...), fmt.Sprintf("</title><link>https://journal.example/article-%d<", items+1))
	return head
}

func gzipped(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// polledOnce polls the feed of a server that is known by an older version.
func polledOnce(t *testing.T, s *httptest.Server, cfg Config) (state, *inbox) {
	t.Helper()
	m, box := newMemory(), &inbox{}
	p := New(cfg, s.Client().Transport, m, m, slog.New(slog.DiscardHandler))
	was := state{ETag: `"older"`, LastModified: "Fri, 17 Dec 2021 10:00:00 GMT", BodyHash: "older", Full: time.Now()}
	now, _, err := p.poll(t.Context(), Feed{URL: s.URL, Outlet: message.Outlet{Name: "journal"}}, was, box.emit)
	if err != nil {
		t.Fatal(err)
	}
	return now, box
}

func TestBodyThatBreaksOffKeepsItsCompleteItems(t *testing.T) {
	text := cutFeed(3)
	zipped := gzipped(t, rss(rssItem(1, "Un"), rssItem(2, "Deux"), rssItem(3, "Trois")))
	flush := func(w http.ResponseWriter, b []byte) {
		_, _ = w.Write(b)
		w.(http.Flusher).Flush()
	}
	asGzip := func(b []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(b)
		}
	}
	for _, tt := range []struct {
		name  string
		http2 bool
		serve http.HandlerFunc
	}{
		{"shorter than its Content-Length", false, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100000")
			_, _ = io.WriteString(w, text)
		}},
		{"without its last chunk", false, func(w http.ResponseWriter, _ *http.Request) {
			flush(w, []byte(text))
			panic(http.ErrAbortHandler)
		}},
		{"HTTP/2 stream reset", true, func(w http.ResponseWriter, _ *http.Request) {
			flush(w, []byte(text))
			panic(http.ErrAbortHandler)
		}},
		{"gzip without its trailer", false, asGzip(zipped[:len(zipped)-8])},
		{"gzip with half a trailer", false, asGzip(zipped[:len(zipped)-3])},
		{"gzip with a bad trailer", false, asGzip(append(bytes.Clone(zipped[:len(zipped)-8]), 1, 2, 3, 4, 5, 6, 7, 8))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"new"`)
				w.Header().Set("Last-Modified", "Sat, 18 Dec 2021 10:00:00 GMT")
				tt.serve(w, r)
			}))
			if s.EnableHTTP2 = tt.http2; tt.http2 {
				s.StartTLS()
			} else {
				s.Start()
			}
			defer s.Close()
			now, box := polledOnce(t, s, Default())
			if now.Error != "" || len(box.got) != 3 || now.Items != 3 || !now.Damaged {
				t.Errorf("emitted %d items, state %+v; want three of a damaged document", len(box.got), now)
			}
			for _, m := range box.got {
				if f := m.(message.Fetch); !f.Found.Entry.Damaged || !strings.HasPrefix(f.URL, "https://journal.example/article-") {
					t.Errorf("emitted %+v", f)
				}
			}
			if now.ETag+now.LastModified+now.BodyHash != "" {
				t.Errorf("remembered of a document that is not whole: %q, %q, %q", now.ETag, now.LastModified, now.BodyHash)
			}
			if h := healthOf(t, now); !h.Damaged || !strings.HasPrefix(h.Cut, "its last answer broke off after ") {
				t.Errorf("health %+v", h)
			}
		})
	}
}

// broken is a body that ends with an error.
type broken struct {
	io.Reader
	err error
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.err
	}
	return n, err
}

func (broken) Close() error { return nil }

// breaking answers the n-th request with a body and the error that it ends with.
type breaking struct {
	answer func(n int) (body string, err error)
	mu     sync.Mutex
	asked  []*http.Request
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	b.asked = append(b.asked, r)
	n := len(b.asked)
	b.mu.Unlock()
	body, err := b.answer(n)
	res := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Etag": {`"1"`}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}
	if err != nil {
		res.Body = broken{strings.NewReader(body), err}
	}
	return res, nil
}

func (b *breaking) requests() []*http.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.asked)
}

func TestBrokenOffDocumentIsAskedForWholeNextTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := rss(rssItem(1, "Un"), rssItem(2, "Deux"), rssItem(3, "Trois"))
		o := &breaking{answer: func(n int) (string, error) {
			if n <= 2 {
				return cutFeed(n), fmt.Errorf("read body: %w", io.ErrUnexpectedEOF)
			}
			return all, nil
		}}
		cfg := Default()
		m, box := newMemory(), &inbox{}
		p := New(cfg, o, m, m, slog.New(slog.DiscardHandler))
		p.SetFeeds([]Feed{{URL: feedURL, Outlet: message.Outlet{Name: "journal"}}})
		stop := pollUntil(t, p, box)
		defer stop()
		for want := 1; want <= 3; want++ {
			for len(o.requests()) < want {
				time.Sleep(time.Minute)
			}
			synctest.Wait()
			if h := m.health(t, feedURL); h.Error != "" || h.Items != want || h.Damaged != (want < 3) || strings.Contains(h.Cut, "its last 2 answers") != (want == 2) ||
				(h.Cut == "") != (want == 3) || want < 3 && !strings.HasSuffix(h.Cut, "bytes: unexpected EOF") {
				t.Errorf("after %d polls: %+v", want, h)
			}
			if r := o.requests()[want-1]; r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since") != "" {
				t.Errorf("request %d asks for a change of what was not read to its end: %v", want, r.Header)
			}
		}
		if len(o.requests()) != 3 || len(box.keys()) < 3 {
			t.Fatalf("%d requests, emitted %v", len(o.requests()), box.keys())
		}
	})
}

func TestWhatBreaksOffBeforeItsFirstItemIsAFailure(t *testing.T) {
	for _, body := range []string{"", "<rs", `<rss version="2.0"><channel><title>Le Journal</title>`, cutFeed(0), `{"version":"https://jsonfeed.org/version/1.1","items":[{"id"`} {
		o := &breaking{answer: func(int) (string, error) { return body, io.ErrUnexpectedEOF }}
		m, box := newMemory(), &inbox{}
		p := New(Default(), o, m, m, slog.New(slog.DiscardHandler))
		now, _, err := p.poll(t.Context(), Feed{URL: feedURL}, state{ETag: `"0"`, BodyHash: "older"}, box.emit)
		if err != nil || now.Failures != 1 || !strings.Contains(now.Error, "broke off") || now.ETag != `"0"` || now.BodyHash != "older" || len(box.got) > 0 {
			t.Errorf("%q: state %+v, %v", body, now, err)
		}
	}
}

func TestLimitsAreNotTakenForABrokenConnection(t *testing.T) {
	for name, tt := range map[string]struct {
		most int64
		err  error
	}{
		"our cap":         {int64(len(cutFeed(3))) - 1, nil},
		"cap, then cut":   {int64(len(cutFeed(3))) - 1, io.ErrUnexpectedEOF},
		"transport's cap": {1 << 20, fault.Permanently("too_big", fmt.Errorf("more than 10 bytes: %w", io.ErrUnexpectedEOF))},
		"too late":        {1 << 20, context.DeadlineExceeded},
		"another error":   {1 << 20, errors.New("the answer comes too slowly")},
	} {
		o := &breaking{answer: func(int) (string, error) { return cutFeed(3), tt.err }}
		m, box := newMemory(), &inbox{}
		cfg := Default()
		cfg.MaxBody = tt.most
		p := New(cfg, o, m, m, slog.New(slog.DiscardHandler))
		now, _, err := p.poll(t.Context(), Feed{URL: feedURL}, state{}, box.emit)
		if err != nil || now.Failures != 1 || len(box.got) > 0 {
			t.Errorf("%s: state %+v, %v; want a failure", name, now, err)
		}
	}
}

func TestBrokenOffDocumentIsNoSignOfDriftOrHaste(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		o := &breaking{answer: func(n int) (string, error) {
			all := numbered(40+n, 30, began, "")
			if n > settled+2 {
				end := strings.LastIndex(all[:len(all)/8], "</item>")
				return all[:end+len("</item>")], io.ErrUnexpectedEOF
			}
			return all, nil
		}}
		m := newMemory()
		p := New(Default(), o, m, m, slog.New(slog.DiscardHandler))
		p.SetFeeds([]Feed{{URL: feedURL, Outlet: message.Outlet{Name: "journal"}}})
		stop := pollUntil(t, p, &inbox{})
		defer stop()
		for len(o.requests()) < settled+4 {
			time.Sleep(time.Minute)
		}
		synctest.Wait()
		if h := m.health(t, feedURL); h.Drift != "" || h.Gaps != 0 || h.Cut == "" || h.Items >= 30 || h.Items == 0 {
			t.Errorf("health %+v", h)
		}
	})
}
