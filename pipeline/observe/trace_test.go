package observe_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"rawi/pipeline/observe"
)

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestOnlyWhatTheSpecificationAllowsGoesOn(t *testing.T) {
	for _, c := range []struct {
		parent string
		valid  bool
	}{
		{parent, true},
		{strings.TrimSuffix(parent, "01") + "ff", true},
		{"cc" + parent[2:] + "-what-comes-later", true},
		{"cc" + parent[2:] + ".", false},
		{parent + "-more", false},
		{"ff" + parent[2:], false},
		{strings.ToUpper(parent), false},
		{strings.Replace(parent, "0af7651916cd43dd8448eb211c80319c", strings.Repeat("0", 32), 1), false},
		{strings.Replace(parent, "b7ad6b7169203331", strings.Repeat("0", 16), 1), false},
		{strings.Replace(parent, "b7ad", "\n\x00\x1b\u202e"[:4], 1), false},
		{strings.ReplaceAll(parent, "-", "_"), false},
		{parent[:54], false},
		{"", false},
		{strings.Repeat("سلا", 1<<16), false},
	} {
		next := observe.NextSpan(c.parent)
		goesOn := observe.TraceID(next) == "0af7651916cd43dd8448eb211c80319c"
		if goesOn != c.valid || (observe.TraceID(c.parent) != "") != c.valid {
			t.Errorf("%.80q: goes on is %v, want %v", c.parent, goesOn, c.valid)
		}
		if observe.TraceID(next) == "" || next[36:52] == parent[36:52] {
			t.Errorf("%q is no span of its own", next)
		}
	}
}

func FuzzTraceparent(f *testing.F) {
	f.Add(parent)
	f.Add("cc" + parent[2:] + "-x")
	f.Fuzz(func(t *testing.T, text string) {
		next := observe.NextSpan(text)
		if len(next) != len(parent) || observe.TraceID(next) == "" {
			t.Errorf("%q came of %q", next, text)
		}
	})
}

// received is a collector of OpenTelemetry.
type received struct {
	mu     sync.Mutex
	spans  []*collector.Span
	header http.Header
	answer []byte
	status int
}

func (r *received) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	z, err := gzip.NewReader(req.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	body, err := io.ReadAll(z)
	var data collector.TracesData
	if err = errors.Join(err, proto.Unmarshal(body, &data)); err != nil || req.URL.Path != "/v1/traces" {
		http.Error(w, "no spans", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.header = req.Header
	for _, resource := range data.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			r.spans = append(r.spans, scope.Spans...)
		}
	}
	if r.status != 0 {
		w.WriteHeader(r.status)
	}
	_, _ = w.Write(r.answer)
}

func (r *received) all() []*collector.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spans
}

func attributes(s *collector.Span) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes {
		all[a.Key] = a.Value.GetStringValue()
	}
	return all
}

func open(t testing.TB, c observe.OTLP, m *observe.Metrics, log *slog.Logger) *observe.Tracer {
	t.Helper()
	tracer, err := observe.OpenTracer(t.Context(), c, observe.Process{Name: "desk", Version: "1"}, m, log)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

func collect(t testing.TB, handler http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestSpansReachTheCollector(t *testing.T) {
	got := &received{}
	file := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(file, []byte("# of the desk\n\nAuthorization: Bearer s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	m := observe.New("test")
	tracer := open(t, observe.OTLP{Endpoint: collect(t, got), Headers: file, Ratio: 1}, m, slog.New(slog.DiscardHandler))

	first := tracer.Emit("feed")
	first.End("ok", "", nil)
	second := tracer.Process("extract-fr", first.Traceparent())
	second.Describe(observe.Message{
		Subject: "news.lang.fr", Stream: "NEWS_LANG", Sequence: 7, Attempt: 2, Article: "a1", Source: "cour\xffrier", Language: "fr",
	})
	second.Link(parent)
	second.End("dead", "bad_html", errors.New("a page that quotes itself: \xff\xfe"+strings.Repeat("سلا", 1<<16)))
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	spans := got.all()
	if len(spans) != 2 || spans[0].Name != "emit feed" || spans[1].Name != "process extract-fr" {
		t.Fatalf("got %v", spans)
	}
	if !bytes.Equal(spans[1].ParentSpanId, spans[0].SpanId) || !bytes.Equal(spans[1].TraceId, spans[0].TraceId) {
		t.Error("the stage is no child of what the source did")
	}
	if len(spans[1].Links) != 1 || !strings.Contains(parent, hexOf(spans[1].Links[0].TraceId)) {
		t.Errorf("links are %v", spans[1].Links)
	}
	a := attributes(spans[1])
	for key, want := range map[string]string{
		"rawi.outcome": "dead", "rawi.reason": "bad_html", "rawi.article_id": "a1", "rawi.source": "cour\uFFFDrier", "rawi.stream": "NEWS_LANG",
		"messaging.destination.name": "news.lang.fr", "rawi.lang": "fr",
	} {
		if a[key] != want {
			t.Errorf("%s is %q, want %q", key, a[key], want)
		}
	}
	if s := spans[1].Status; s.Code != collector.Status_STATUS_CODE_ERROR || len(s.Message) > 2<<10 {
		t.Errorf("status %s of %d bytes", s.Code, len(s.Message))
	}
	if auth := got.header.Get("Authorization"); auth != "Bearer s3cret" {
		t.Errorf("Authorization is %q", auth)
	}
	_, text := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
	for _, want := range []string{`rawi_trace_spans_total{result="recorded"} 2`, `rawi_trace_spans_total{result="sent"} 2`} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func hexOf(id []byte) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range id {
		b.WriteByte(digits[c>>4])
		b.WriteByte(digits[c&15])
	}
	return b.String()
}

func TestAShareOfTheTracesIsTheSameAtEveryStage(t *testing.T) {
	got := &received{}
	tracer := open(t, observe.OTLP{Endpoint: collect(t, got), Ratio: 0.5}, observe.New("test"), slog.New(slog.DiscardHandler))
	for range 100 {
		first := tracer.Emit("feed")
		recorded := first.Recorded()
		trusted := strings.TrimSuffix(first.Traceparent(), "00") + "01" // whoever wrote the flag does not decide
		second := tracer.Process("language", trusted[:len(parent)-2]+"01")
		if second.Recorded() != recorded || observe.TraceID(second.Traceparent()) != observe.TraceID(first.Traceparent()) {
			t.Fatal("two stages of one trace do not agree")
		}
		if strings.HasSuffix(second.Traceparent(), "-01") != recorded {
			t.Errorf("%q, recorded is %v", second.Traceparent(), recorded)
		}
		first.End("ok", "", nil)
		second.End("ok", "", nil)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(got.all()); n < 40 || n > 160 {
		t.Errorf("%d of 200 spans at a ratio of one half", n)
	}
}

// A collector that takes connections and never answers must cost neither the line nor the stop.
func TestACollectorThatHangsHoldsNothingUp(t *testing.T) {
	hang := make(chan struct{})
	url := collect(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	t.Cleanup(func() { close(hang) }) // before the server closes
	m := observe.New("test")
	tracer := open(t, observe.OTLP{Endpoint: url, Ratio: 1}, m, slog.New(slog.DiscardHandler))
	began := time.Now()
	for range 50_000 { // far more than wait
		s := tracer.Process("language", parent)
		s.End("ok", "", nil)
	}
	if took := time.Since(began); took > 5*time.Minute { // each one that waited would cost five seconds
		t.Errorf("50,000 spans took %s", took)
	}
	began = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := tracer.Close(ctx); err == nil {
		t.Error("nothing was said of the spans that are lost")
	}
	if took := time.Since(began); took > 25*time.Second {
		t.Errorf("the stop came after %s", took)
	}
}

func TestACollectorThatFailsIsNamedOnce(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.Handler
		want    string
	}{
		"refuses":    {&received{status: http.StatusUnauthorized}, "401"},
		"takes some": {&received{answer: []byte("\x0a\x08\x08\x03\x12\x04full")}, "refuses 3 spans: full"},
		"leads away": {http.RedirectHandler("http://127.0.0.1:1/", http.StatusTemporaryRedirect), "307"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			m := observe.New("test")
			tracer := open(t, observe.OTLP{Endpoint: collect(t, c.handler), Ratio: 1}, m, slog.New(slog.NewTextHandler(&log, nil)))
			for range 1500 { // three batches
				s := tracer.Emit("feed")
				s.End("ok", "", nil)
			}
			if err := tracer.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(log.String(), "spans are lost"); n != 1 || !strings.Contains(log.String(), c.want) {
				t.Errorf("said %d times, want once with %q: %s", n, c.want, log.String())
			}
			_, text := get(t, observe.Handler(m, new(observe.Health)), "/metrics")
			if strings.Contains(text, `rawi_trace_spans_total{result="failed"} 0`) {
				t.Error("none has failed")
			}
		})
	}
}

// BenchmarkSpan is the cost of one attempt at a message with one output: without a collector, and recorded and sent to one.
func BenchmarkSpan(b *testing.B) {
	for name, endpoint := range map[string]string{"off": "", "on": collect(b, &received{})} {
		b.Run(name, func(b *testing.B) {
			tracer := open(b, observe.OTLP{Endpoint: endpoint, Ratio: 1}, observe.New("test"), slog.New(slog.DiscardHandler))
			b.ReportAllocs()
			for b.Loop() {
				s := tracer.Process("language", parent)
				if s.Recorded() {
					s.Describe(observe.Message{Subject: "news.raw.courrier.feed", Stream: "NEWS_RAW", Sequence: 7, Attempt: 1, Article: "a1", Source: "courrier"})
				}
				_ = s.Traceparent()
				s.End("ok", "", nil)
			}
			if err := tracer.Close(context.WithoutCancel(b.Context())); err != nil {
				b.Error(err)
			}
		})
	}
}
