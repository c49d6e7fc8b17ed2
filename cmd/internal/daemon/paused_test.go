package daemon_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"rawi/cmd/internal/daemon"
	"rawi/cmd/internal/registry"
	"rawi/config"
	"rawi/pipeline"
)

const linkedPages = 16

// serveLinks is an outlet whose feed gives links alone, to pages that it wants to be asked for slowly.
func serveLinks(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/robots.txt":
		_, _ = io.WriteString(w, "User-agent: *\nCrawl-delay: 0.2\n")
	case "/feed":
		_, _ = io.WriteString(w, `<rss version="2.0"><channel><title>Journal</title>`)
		for i := range linkedPages {
			_, _ = fmt.Fprintf(w, `<item><title>Le titre numéro %d du jour</title><link>http://%s/page/%d</link></item>`, i, r.Host, i)
		}
		_, _ = io.WriteString(w, "</channel></rss>")
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprintf(w, "<html><head><title>%[1]s</title></head><body><article><h1>Le titre %[1]s du jour</h1>%[2]s</article></body></html>", r.URL.Path,
			strings.Repeat("<p>La commune a ouvert jeudi une bibliothèque dans la rue du marché, a indiqué son maire à la presse ("+r.URL.Path+").</p>", 6))
	}
}

// pages is how many pages of a host were asked for.
func (h *hosts) pages(url string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for path := range h.paths {
		if strings.HasPrefix("http://"+path, url+"/page/") {
			n++
		}
	}
	return n
}

// change does something to a source as rawi sources pause and resume do.
func change(t *testing.T, d *daemon.Daemon, s config.Source, do func(context.Context, *pipeline.Schedule, string) error) {
	t.Helper()
	book, err := registry.Open(t.Context(), d.Bus())
	if err == nil {
		err = book.Change(t.Context(), s, do)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Pages that were queued before their outlet was paused wait for it, over a restart, while those of others are read.
func TestQueuedPagesOfAPausedOutletWait(t *testing.T) {
	t.Parallel()
	paused := make(chan struct{}) // until then no page of an outlet is answered but its first two: else a slow machine pauses one that was read whole
	var h *hosts
	h = startHosts(t, 2, func(w http.ResponseWriter, r *http.Request) {
		if outlet := "http://" + r.Host; strings.HasPrefix(r.URL.Path, "/page/") && h.pages(outlet) > 2 {
			select {
			case <-paused:
			case <-r.Context().Done():
			}
		}
		serveLinks(w, r)
	})
	cfg := config.Default()
	cfg.Dir, cfg.Listen, cfg.Admin.Listen, cfg.MaxStoreBytes, cfg.HighWater = t.TempDir(), "none", "127.0.0.1:0", 1<<28, 10
	cfg.Feed.Spacing, cfg.Crawl.Spacing, cfg.Crawl.Revisit = 10*time.Millisecond, 10*time.Millisecond, nil
	one := config.Source{Name: "one", Feeds: []string{h.urls[0] + "/feed"}, Allow: []string{"127.0.0.0/8"}}
	other := config.Source{Name: "other", Feeds: []string{h.urls[1] + "/feed"}, Allow: []string{"127.0.0.0/8"}}
	cfg.Sources = []config.Source{one}
	d, stop := start(t, cfg)
	wait(t, "pages of the first outlet", func(context.Context) (bool, error) { return h.pages(h.urls[0]) > 1, nil })
	change(t, d, one, registry.Hold)
	cfg.Sources = []config.Source{one, other}
	d.Reload(cfg, nil)
	before := h.pages(h.urls[0])
	close(paused)
	wait(t, "the pages of the other outlet", func(context.Context) (bool, error) { return h.pages(h.urls[1]) == linkedPages, nil })
	if got := h.pages(h.urls[0]); got == linkedPages || got > before+cfg.Crawl.PerHost {
		t.Errorf("%d pages of the paused outlet were asked for, %d of them while it was paused", got, got-before)
	}
	wait(t, "the sources to go on: what waits for a paused outlet must not keep them waiting", func(context.Context) (bool, error) {
		return strings.Contains(get(t, d, "/metrics"), "rawi_intake_paused 0"), nil
	})

	stop()
	before = h.pages(h.urls[0])
	cfg.Crawl.PerHost, cfg.Crawl.Hold = linkedPages, 10*time.Second
	d, _ = start(t, cfg)
	wait(t, "the queue to be looked at", func(context.Context) (bool, error) {
		return !strings.Contains(get(t, d, "/metrics"), `rawi_stage_messages_total{result="retry",stage="crawl"} 0`), nil
	})
	if got := h.pages(h.urls[0]); got != before {
		t.Errorf("%d pages of the paused outlet were asked for after the restart", got-before)
	}
	change(t, d, one, registry.Release)
	wait(t, "the first page that waited", func(context.Context) (bool, error) { return h.pages(h.urls[0]) > before, nil })
	wait(t, "all pages that waited", func(context.Context) (bool, error) { return h.pages(h.urls[0]) == linkedPages, nil })
	wait(t, "everything to be read", d.Idle)
	closedAccount(t, d)
	dead := 0
	if err := d.Bus().Dead(t.Context(), pipeline.Beginning(), func(l pipeline.DeadLetter) error { dead++; return nil }); err != nil || dead > 0 {
		t.Errorf("%d dead letters, %v", dead, err)
	}
}
