package pipeline

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// lines collects what is logged.
type lines struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// A message that somebody acknowledges without doing anything is a loss: the account opens and the log names the article.
func TestLossOpensTheAccountAndIsNamed(t *testing.T) {
	b := openBus(t, testConfig(t))
	var said lines
	p := New(b, observe.New("test"), slog.New(slog.NewTextHandler(&said, nil)))
	p.tuning.pull = 50 * time.Millisecond
	src := &emitter{messages: []message.Message{raw(0), raw(1), raw(2), raw(3)}}
	AddSource(p, "feed", src)
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			switch in.ID {
			case raw(1).ID:
				return nil, fault.Dropped("no_text")
			case raw(2).ID:
				return nil, fault.Permanently("no_article", errBroken)
			}
			return label("de")(ctx, in)
		}))
	running(t, p)
	eventually(t, "all are accepted", func() bool { return p.sources[0].counts.snapshot().OK == 4 })
	drained(t, p)
	closed(t, p)
	if missing, err := p.Missing(t.Context()); err != nil || len(missing) != 0 {
		t.Errorf("missing: %v, %v", missing, err)
	}

	thief, err := b.js.Consumer(t.Context(), streamRaw, "language")
	if err != nil {
		t.Fatal(err)
	}
	stolen := 0
	for i := 10; stolen == 0; i++ { // until the thief is quicker than the stage
		if err := p.sources[0].emit(t.Context(), raw(i)); err != nil {
			t.Fatal(err)
		}
		if msg, err := thief.Next(jetstream.FetchMaxWait(10 * time.Millisecond)); err == nil {
			stolen = i
			if err := msg.DoubleAck(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	drained(t, p)
	sum, err := p.Sum(t.Context())
	if err != nil || sum.Difference != 1 {
		t.Fatalf("sum is %s (%v)", sum, err)
	}
	p.sayMissing(t.Context(), sum)
	if out := said.String(); !strings.Contains(out, "messages are not accounted for") || !strings.Contains(out, "missing=1 ") ||
		!strings.Contains(out, raw(stolen).ID) {
		t.Errorf("said:\n%s", out)
	}
}

func TestReportWithAndWithoutTheDaemon(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(context.Context, message.Raw) ([]message.Detected, error) {
			return nil, fault.After(time.Hour, errBroken)
		}))
	put(t, b, raw(0), raw(1), message.Dead{Type: message.DeadV1, Stage: "crawl", Reason: "gone"})
	if _, err := b.js.CreateConsumer(t.Context(), streamRaw, jetstream.ConsumerConfig{Durable: "desk"}); err != nil {
		t.Fatal(err)
	}
	running(t, p)
	eventually(t, "both wait", func() bool { return p.stages[0].counts.snapshot().Retry == 2 })
	inside, err := p.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	outside, err := b.Report(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]Report{"inside": inside, "outside": outside} {
		if len(r.Stages) != 1 || r.Dead["crawl"] != 1 {
			t.Fatalf("%s: %+v", name, r)
		}
		if s := r.Stages[0]; s.Name != "language" || s.InFlight != 2 || s.Oldest <= 0 || s.Subjects[0] != message.RawSubjects {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if inside.Sum == nil || !inside.Sum.Closed() || inside.Stages[0].Counts.Retry != 2 || outside.Sum != nil {
		t.Errorf("inside %+v, outside %+v", inside, outside)
	}
}
