package observe_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/trace/v1"

	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// two brings two articles, one after the other.
type two struct{}

func (two) Run(ctx context.Context, emit pipeline.Emit) error {
	for i := range 2 {
		err := emit(ctx, message.Article{
			Type: message.ArticleV1, ID: fmt.Sprintf("a%d", i), Digest: "d", Language: "fr", Outlet: message.Outlet{Name: "courrier"}, Fetched: time.Now(),
		})
		if err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

// one puts all articles into one story.
type one struct{ revision int }

func (o *one) Process(context.Context, message.Article) ([]message.State, error) {
	return []message.State{{Type: message.StateV1, Story: message.Story{ID: "s1", Revision: o.revision + 1}}}, nil
}
func (o *one) Apply(s message.State) { o.revision = s.Story.Revision }
func (o *one) Reset()                { o.revision = 0 }

func TestAStoryLeadsFromTheTraceOfOneReportToThatOfAnother(t *testing.T) {
	got := &received{}
	log := slog.New(slog.DiscardHandler)
	metrics := observe.New("test")
	tracer := open(t, observe.OTLP{Endpoint: collect(t, got), Ratio: 1}, metrics, log)
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes, cfg.Heartbeat = t.TempDir(), "none", 256<<20, 0 // messages are counted
	bus, err := pipeline.Open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	p := pipeline.New(bus, metrics, log)
	p.Record(tracer)
	pipeline.AddSource(p, "feed", two{})
	pipeline.AddFold(p, pipeline.Spec{Name: "dedup", Subjects: []string{message.ArticleSubjects}}, &one{})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	decided := 0
	timed, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	if err := bus.Tail(timed, []string{message.StateSubjects}, pipeline.Beginning(), func(pipeline.Envelope) error {
		if decided++; decided == 2 {
			cancel()
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := bus.Close(context.WithoutCancel(t.Context())); err != nil {
		t.Error(err)
	}
	checkFamily(t, got.all())
}

// checkFamily fails unless each decision is the child of what brought its article, and the second is linked to the first.
func checkFamily(t *testing.T, spans []*collector.Span) {
	t.Helper()
	brought, decided := map[string]*collector.Span{}, []*collector.Span{}
	for _, s := range spans {
		if strings.HasPrefix(s.Name, "emit") {
			brought[hexOf(s.TraceId)] = s
			continue
		}
		decided = append(decided, s)
	}
	if len(brought) != 2 || len(decided) != 2 {
		t.Fatalf("got %d traces and %d decisions: %v", len(brought), len(decided), spans)
	}
	for i, s := range decided {
		parent := brought[hexOf(s.TraceId)]
		if parent == nil || !bytes.Equal(s.ParentSpanId, parent.SpanId) || s.Name != "process dedup" {
			t.Errorf("decision %d is no child of what brought its article: %v", i, s)
		}
		if a := attributes(s); a["rawi.outcome"] != "ok" || a["rawi.article_id"] != fmt.Sprintf("a%d", i) || a["rawi.source"] != "courrier" {
			t.Errorf("decision %d says %v", i, a)
		}
	}
	if len(decided[0].Links) != 0 || len(decided[1].Links) != 1 || !bytes.Equal(decided[1].Links[0].SpanId, decided[0].SpanId) {
		t.Errorf("links %v and %v: the second decision goes on the first", decided[0].Links, decided[1].Links)
	}
}
