package observe_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawi/pipeline/observe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, h http.Handler, path string) (int, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

func TestSeriesExistBeforeTheFirstMessage(t *testing.T) {
	m := observe.New("1.2.3")
	m.Stage("language")
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	for _, want := range []string{
		`rawi_stage_messages_total{result="dead",stage="language"} 0`,
		`rawi_stage_messages_total{result="duplicate",stage="language"} 0`,
		`rawi_stage_in_flight{stage="language"} 0`,
		`rawi_stage_lag_messages{stage="language"} 0`,
		`rawi_stage_duration_seconds_count{stage="language"} 0`,
		`rawi_story_freshness_seconds_bucket{le="300"} 0`,
		`rawi_dead_letters{stage="language"} 0`,
		`rawi_conservation_difference 0`,
		`rawi_build_info{go="` + runtime.Version() + `",version="1.2.3"} 1`,
		"go_goroutines", "process_cpu_seconds_total",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestHowPagesAreReadIsCounted(t *testing.T) {
	m := observe.New("test")
	m.PageQuality("agreement", 0.4)
	m.Layouts("empty", 2)
	m.LayoutChange("changed", 1)
	m.LayoutChange("recovered", 0)
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	for _, want := range []string{
		`rawi_page_quality_bucket{signal="agreement",le="0.5"} 1`, `rawi_page_quality_bucket{signal="agreement",le="0.25"} 0`,
		`rawi_layouts_changed{sign="empty"} 2`, `rawi_layout_changes_total{state="changed"} 1`, `rawi_layout_changes_total{state="recovered"} 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestArticlesThatNoStageReadsAreCountedByLanguage(t *testing.T) {
	m := observe.New("test")
	m.Unread("es")
	m.Unread("es")
	for i := range 100 {
		m.Unread("x-" + strconv.Itoa(i)) // a publisher that puts anything into its tags
	}
	m.Unread("es")
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	if !strings.Contains(body, `rawi_unread_articles_total{language="es"} 3`) {
		t.Errorf("the articles in es are not counted:\n%s", body)
	}
	if n := strings.Count(body, "rawi_unread_articles_total{"); n > 2 {
		t.Errorf("%d series of languages", n)
	}
}

func TestMessagesAreCountedByResultAndReason(t *testing.T) {
	m := observe.New("test")
	m.Stage("dedup")
	m.Begin("dedup")
	m.End("dedup", "dropped", "no_text", time.Second)
	m.Count("feed", "ok", "")
	for i := range 100 {
		m.Count("dedup", "dead", "reason"+strconv.Itoa(i)) // a stage that puts input into its reasons
	}
	_, body := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	for _, want := range []string{
		`rawi_stage_dropped_total{reason="no_text",stage="dedup"} 1`,
		`rawi_stage_messages_total{result="ok",stage="feed"} 1`,
		`rawi_stage_dead_total{reason="other",stage="dedup"} 51`,
		`rawi_stage_in_flight{stage="dedup"} 0`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestReadinessNamesWhatFails(t *testing.T) {
	h := new(observe.Health)
	var trouble error
	h.Live("loop", func(context.Context) error { return nil })
	h.Ready("bus", func(context.Context) error { return trouble })
	h.Ready("config", func(context.Context) error { return nil })
	mux := observe.Handler(observe.New("test"), h)

	if code, body := get(t, mux, "/readyz?verbose"); code != 200 || body != "bus: ok\nconfig: ok\nok\n" {
		t.Errorf("got %d %q", code, body)
	}
	trouble = errors.New("the store is full")
	if code, body := get(t, mux, "/readyz"); code != 503 || body != "bus: the store is full\n" {
		t.Errorf("got %d %q", code, body)
	}
	for _, path := range []string{"/healthz", "/livez"} {
		if code, body := get(t, mux, path); code != 200 || body != "ok\n" {
			t.Errorf("%s: got %d %q: a full store is no reason to restart", path, code, body)
		}
	}
	if code, _ := get(t, mux, "/"); code != 404 {
		t.Errorf("got %d for an unknown path", code)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	mux := observe.Handler(observe.New("test"), new(observe.Health))
	go func() { ended <- observe.Serve(ctx, l, mux, slog.New(slog.DiscardHandler)) }()

	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+"/livez", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != "ok\n" {
		t.Errorf("got %q, %v", body, err)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
