package daemon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rawi/cmd/internal/daemon"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/sink"
)

// TestSinksDeliverWhatTheDaemonPublishes runs both kinds beside the demo press, one of them from a reload on.
func TestSinksDeliverWhatTheDaemonPublishes(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	posted := map[string]bool{}
	desk := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		posted[r.Header.Get("Rawi-Story")+"."+r.Header.Get("Rawi-Revision")+r.Header.Get("Rawi-Subject")] = true
	}))
	defer desk.Close()
	archive := filepath.Join(t.TempDir(), "stories.jsonl")
	cfg := startSites(t).Config(t.TempDir())
	cfg.Sinks = []sink.Config{{Name: "archive", File: &sink.File{Path: archive}}}
	d, stop := start(t, cfg)
	cfg.Sinks = append(cfg.Sinks, sink.Config{
		Name: "desk", From: sink.FromBeginning, Webhook: &sink.Webhook{URL: desk.URL, Allow: []string{"127.0.0.0/8"}},
	})
	d.Reload(cfg, nil)
	wait(t, "the press to be read", d.Idle)
	published := uint64(0)
	err := d.Bus().Tail(t.Context(), []string{message.StorySubjects}, pipeline.Beginning(), func(e pipeline.Envelope) error {
		if published++; e.Pending == 0 {
			return context.Canceled
		}
		return nil
	})
	if err != nil && published == 0 {
		t.Fatal(err)
	}
	var report pipeline.Report
	wait(t, "both sinks to have everything", func(context.Context) (bool, error) {
		report = pipeline.Report{}
		err := json.Unmarshal([]byte(get(t, d, "/status")), &report)
		done := len(report.Sinks) == 2
		for _, s := range report.Sinks {
			done = done && s.Lag == 0 && s.Delivered == published
		}
		return done, err
	})
	metrics := get(t, d, "/metrics")
	for _, want := range []string{
		`rawi_sink_stories_total{result="delivered",sink="archive"}`, `rawi_sink_stories_total{result="delivered",sink="desk"}`, `rawi_sink_lag_messages{sink="archive"}`,
		`rawi_sink_stories_total{result="dead",sink="desk"} 0`,
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	stop()
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if lines := bytes.Count(data, []byte("\n")); uint64(lines) != published || uint64(len(posted)) != published {
		t.Errorf("%d messages are published, %d lines written, %d posted", published, lines, len(posted))
	}
}

func TestASinkThatCannotWorkIsAnErrorAtTheStart(t *testing.T) {
	cfg := config.Default()
	cfg.Dir, cfg.Listen, cfg.Admin.Listen, cfg.MaxStoreBytes = t.TempDir(), "none", "none", 256<<20
	cfg.Sinks = []sink.Config{{Name: "archive", File: &sink.File{Path: "/nonexistent/stories.jsonl"}}}
	_, err := daemon.Start(t.Context(), cfg, daemon.Options{Log: slog.New(slog.DiscardHandler)})
	if want := `sink "archive": file.path: open /nonexistent/stories.jsonl: no such file or directory`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}
