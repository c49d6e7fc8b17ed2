package feed

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"syscall"
	"testing"
	"time"

	"rawi/pipeline/message"
)

// BenchmarkPoll is the cost of one poll without network and disk: of a feed of 50 whole articles of which one is new each time, and of one
// that has not changed. gofeed alone parses the same document, with its scan for images, as it comes. CPU is that of the whole process.
func BenchmarkPoll(b *testing.B) {
	body := benchFeed()
	b.Run("changed", func(b *testing.B) {
		n := 0
		polling(b, func() *http.Response {
			n++
			return replied(http.StatusOK, bytes.Replace(body, []byte("https://s.example/7<"), fmt.Appendf(nil, "https://s.example/new-%d<", n), 1))
		})
	})
	b.Run("unchanged", func(b *testing.B) { polling(b, func() *http.Response { return replied(http.StatusNotModified, nil) }) })
	b.Run("gofeed-alone", func(b *testing.B) {
		measured(b, func() {
			if _, err := parse(b.Context(), body); err != nil {
				b.Fatal(err)
			}
		})
	})
}

func replied(status int, body []byte) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Etag": {`"1"`}}, Body: io.NopCloser(bytes.NewReader(body))}
}

func polling(b *testing.B, reply func() *http.Response) {
	b.Helper()
	m := newMemory()
	p := New(Default(), roundTrip(func(r *http.Request) (*http.Response, error) {
		res := reply()
		res.Request = r
		return res, nil
	}), m, m, slog.New(slog.DiscardHandler))
	p.SetFeeds([]Feed{{URL: feedURL, Outlet: message.Outlet{Name: "journal"}}})
	var kept []byte
	measured(b, func() {
		kept, _ = p.look(b.Context(), feedURL, kept, func(context.Context, message.Message) error { return nil })
	})
	if s, err := readState(kept); err != nil || s.Error != "" {
		b.Fatalf("state %+v, %v", s, err)
	}
	b.ReportMetric(float64(len(kept)), "state-bytes")
}

func measured(b *testing.B, f func()) {
	b.Helper()
	before := cpu(b)
	n := 0
	for b.Loop() {
		f()
		n++
	}
	spent := cpu(b) - before
	b.ReportMetric(float64(spent.Microseconds())/float64(n), "cpu-us/feed")
	b.ReportMetric(float64(n)/spent.Seconds(), "feeds/cpu-s")
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
