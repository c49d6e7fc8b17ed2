package observe

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

const (
	spanQueue   = 4096 // spans that wait for the collector; what comes on top is lost
	spanBatch   = 512
	spanPause   = 2 * time.Second // between two requests while few spans come
	longestTold = 1 << 10         // bytes of one attribute: an error may quote its whole input
)

// Tracer records what stages do with messages and sends it to a collector of OpenTelemetry. It never waits for the collector. A nil Tracer
// records nothing: its spans only carry the trace on. It is safe for concurrent use.
type Tracer struct {
	provider *trace.TracerProvider
	tracer   api.Tracer
	client   *collectorClient
	recorded prometheus.Counter
}

// Process says whose spans they are.
type Process struct{ Name, Version string }

// OpenTracer returns the tracer of a process, nil where no endpoint is set. It does not ask whether the collector
// is there: one that comes later is used from then on.
func OpenTracer(ctx context.Context, c OTLP, p Process, m *Metrics, log *slog.Logger) (*Tracer, error) {
	address, err := c.address()
	if err != nil || address == "" {
		return nil, err
	}
	header, err := c.headers()
	if err != nil {
		return nil, err
	}
	spans := factory{m.registry}.counter("rawi_trace_spans_total",
		"Spans by what became of them: those recorded that were neither sent nor failed wait, or found the queue full.", "result")
	stopped, stop := context.WithCancel(context.WithoutCancel(ctx))
	client := &collectorClient{
		address: address, header: header, log: log.With("collector", address), stopped: stopped, stop: stop,
		sent: spans.WithLabelValues("sent"), failed: spans.WithLabelValues("failed"),
		http: &http.Client{
			Transport:     &http.Transport{MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // headers hold secrets
		},
	}
	exporter, err := otlptrace.New(ctx, client)
	if err != nil {
		stop()
		return nil, fmt.Errorf("open the way to the collector: %w", err)
	}
	provider := trace.NewTracerProvider(
		trace.WithSampler(trace.TraceIDRatioBased(c.Ratio)), // whatever a parent says: anybody may have written that
		trace.WithResource(resource.NewSchemaless(attribute.String("service.name", "rawi"),
			attribute.String("service.instance.id", p.Name), attribute.String("service.version", p.Version))),
		trace.WithBatcher(exporter, trace.WithMaxQueueSize(spanQueue), trace.WithMaxExportBatchSize(spanBatch),
			trace.WithBatchTimeout(spanPause), trace.WithExportTimeout(2*collectorTimeout)))
	return &Tracer{provider: provider, tracer: provider.Tracer("rawi/pipeline"), client: client, recorded: spans.WithLabelValues("recorded")}, nil
}

// Close sends what waits, until ctx ends, and leaves nothing running.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	err := t.provider.Shutdown(ctx)
	t.client.stop()
	if err != nil {
		return fmt.Errorf("the last spans may be lost: %w", err)
	}
	return nil
}

// Span is what one stage does with one message, or one message that a source brings. Its zero value begins a trace that nobody records. One
// goroutine uses it at a time.
type Span struct {
	tracer *Tracer
	parent string
	own    string
	span   api.Span // nil where nothing is recorded
}

// Process begins the span of a stage at work on a message with the given traceparent. One that is not valid begins a new trace.
func (t *Tracer) Process(stage, parent string) Span {
	return t.start("process", stage, parent, api.SpanKindConsumer)
}

// Emit begins the trace of a message that a source brings.
func (t *Tracer) Emit(source string) Span {
	return t.start("emit", source, "", api.SpanKindProducer)
}

func (t *Tracer) start(operation, stage, parent string, kind api.SpanKind) Span {
	s := Span{parent: parent}
	if t == nil {
		return s
	}
	ctx := context.Background() // a span lives on when work is cut short
	if c, ok := contextOf(parent); ok {
		ctx = api.ContextWithRemoteSpanContext(ctx, c)
	}
	_, span := t.tracer.Start(ctx, operation+" "+stage, api.WithSpanKind(kind))
	c := span.SpanContext()
	s.own = "00-" + c.TraceID().String() + "-" + c.SpanID().String() + "-00"
	if span.IsRecording() {
		s.own = strings.TrimSuffix(s.own, "00") + sampled
		s.tracer, s.span = t, span
	}
	return s
}

// contextOf reads a traceparent for OpenTelemetry.
func contextOf(parent string) (api.SpanContext, bool) {
	if !validTraceparent(parent) {
		return api.SpanContext{}, false
	}
	id, err := api.TraceIDFromHex(parent[traceAt : spanAt-1])
	if err != nil {
		return api.SpanContext{}, false
	}
	span, err := api.SpanIDFromHex(parent[spanAt : flagsAt-1])
	return api.NewSpanContext(api.SpanContextConfig{TraceID: id, SpanID: span, Remote: true}), err == nil
}

// Traceparent is what every message that comes out of the span carries.
func (s *Span) Traceparent() string {
	if s.own == "" {
		s.own = NextSpan(s.parent)
	}
	return s.own
}

// Recorded says whether there is any use in describing the span.
func (s *Span) Recorded() bool { return s.span != nil }

// Message is what a span tells of the message that it is about. Empty fields are left out.
type Message struct {
	Subject  string
	Stream   string
	Sequence uint64
	Attempt  int
	Article  string
	Source   string
	Language string
	Story    string
}

// Describe says what the span is about.
func (s *Span) Describe(m Message) {
	if s.span == nil {
		return
	}
	attributes := []attribute.KeyValue{attribute.String("messaging.system", "nats")}
	for _, a := range [][2]string{
		{"messaging.destination.name", m.Subject},
		{"rawi.stream", m.Stream},
		{"rawi.article_id", m.Article},
		{"rawi.source", m.Source},
		{"rawi.lang", m.Language},
		{"rawi.story_id", m.Story},
	} {
		if a[1] != "" {
			attributes = append(attributes, attribute.String(a[0], told(a[1])))
		}
	}
	if m.Sequence > 0 {
		attributes = append(attributes, attribute.Int64("rawi.stream_seq", int64(min(m.Sequence, 1<<62)))) //nolint:gosec // bounded
	}
	if m.Attempt > 0 {
		attributes = append(attributes, attribute.Int("rawi.num_delivered", m.Attempt))
	}
	s.span.SetAttributes(attributes...)
}

// Link says that the span also goes on what another one did, of which the traceparent is given.
func (s *Span) Link(other string) {
	if s.span == nil {
		return
	}
	if c, ok := contextOf(other); ok {
		s.span.AddLink(api.Link{SpanContext: c})
	}
}

// End ends the span with what became of the message. An error that the message does not get over at once makes the span one that failed.
func (s *Span) End(outcome, reason string, err error) {
	if s.span == nil {
		return
	}
	s.span.SetAttributes(attribute.String("rawi.outcome", outcome))
	if reason != "" {
		s.span.SetAttributes(attribute.String("rawi.reason", told(reason)))
	}
	if err != nil && (outcome == "retry" || outcome == "dead") {
		text := told(err.Error())
		s.span.AddEvent("exception", api.WithAttributes(attribute.String("exception.message", text)))
		s.span.SetStatus(codes.Error, text)
	}
	s.span.End()
	s.tracer.recorded.Inc()
	s.span = nil
}

// told is foreign text as an attribute takes it: one that is not UTF-8 would keep its whole batch from being encoded.
func told(text string) string {
	if len(text) > longestTold {
		text = text[:longestTold] + " ..."
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
