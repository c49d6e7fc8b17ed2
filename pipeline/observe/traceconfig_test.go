package observe_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rawi/pipeline/observe"
)

func TestWrongTracingIsNamedByItsKey(t *testing.T) {
	for _, c := range []struct {
		config observe.OTLP
		want   string
	}{
		{observe.OTLP{Endpoint: "127.0.0.1:4318", Ratio: 1}, "otlp.endpoint"},
		{observe.OTLP{Endpoint: "grpc://collector:4317", Ratio: 1}, "otlp.endpoint"},
		{observe.OTLP{Endpoint: "http://desk:s3cret@collector", Ratio: 1}, "otlp.headers"},
		{observe.OTLP{Endpoint: "http://collector", Ratio: 1.5}, "otlp.ratio"},
		{observe.OTLP{Headers: "headers"}, "otlp.endpoint"},
	} {
		err := observe.Config{OTLP: c.config}.Validate()
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%+v: got %v, want %s in it", c.config, err, c.want)
		}
	}
	if err := observe.Default().Validate(); err != nil {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "headers")
	if err := os.WriteFile(file, []byte("X-Team: desk\nBearer s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := observe.OpenTracer(t.Context(), observe.OTLP{Endpoint: "http://collector", Headers: file, Ratio: 1}, observe.Process{},
		observe.New("test"), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "headers:2") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func TestNothingIsRecordedWithoutACollector(t *testing.T) {
	tracer := open(t, observe.Default().OTLP, observe.New("test"), slog.New(slog.DiscardHandler))
	if tracer != nil {
		t.Fatal("there is a tracer")
	}
	if n := testing.AllocsPerRun(100, func() {
		s := tracer.Process("language", parent)
		if s.Recorded() {
			t.Error("recorded")
		}
		s.Describe(observe.Message{})
		s.End("ok", "", nil)
	}); n > 0 {
		t.Errorf("%v allocations for a span that nobody records", n)
	}
	s := tracer.Process("language", parent)
	first := s.Traceparent()
	if observe.TraceID(first) != observe.TraceID(parent) || s.Traceparent() != first {
		t.Error("the trace does not go on")
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
