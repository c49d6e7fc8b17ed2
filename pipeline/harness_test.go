package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

func TestMain(m *testing.M) {
	if at := os.Getenv(crashAt); at != "" {
		crashChild(at)
		os.Exit(1)
	}
	if at := os.Getenv(poisonAt); at != "" {
		poisonChild(at)
	}
	goleak.VerifyTestMain(m)
}

// forEver is how long a test waits for what has to happen: only a test that fails waits as long, so that it may be many times as long as it takes.
const forEver = 5 * time.Minute

// quiet discards logs; a failing test is run again with them.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// testConfig is an embedded server in a directory of its own that nobody else reaches.
func testConfig(t testing.TB) Config {
	t.Helper()
	cfg := Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "none", 256<<20
	cfg.Heartbeat = 0                                        // but for the tests of them
	cfg.StartTimeout, cfg.Grace = 2*time.Minute, time.Minute // of a machine that has much else to do
	return cfg
}

func openBus(t testing.TB, cfg Config) *Bus {
	t.Helper()
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return b
}

// newPipeline has delays that a test can wait for.
func newPipeline(b *Bus) *Pipeline {
	p := New(b, observe.New("test"), quiet())
	p.tuning.delays = []time.Duration{5 * time.Millisecond}
	p.tuning.pull = 200 * time.Millisecond
	p.tuning.watch = 20 * time.Millisecond
	return p
}

// running starts p and returns what stops it and waits for the end. A test that does not call it has it called at its end.
func running(t testing.TB, p *Pipeline) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// eventually waits until cond holds.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(forEver)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}

func drained(t testing.TB, p *Pipeline) {
	t.Helper()
	eventually(t, "the pipeline is drained", func() bool {
		ok, err := p.Drained(t.Context())
		return err == nil && ok && p.running.Load()
	})
}

func raw(i int) message.Raw {
	id := message.ArticleID(fmt.Sprintf("https://outlet.example/%d", i))
	return message.Raw{
		Type: message.RawV1, ID: id, Digest: message.Digest(id), Outlet: message.Outlet{Name: "courrier"}, Status: 200,
		URL: fmt.Sprintf("https://outlet.example/%d", i), Body: []byte("<p>نص</p>"), Fetched: time.Now(),
	}
}

// put stores messages as a source would.
func put(t testing.TB, b *Bus, messages ...message.Message) {
	t.Helper()
	for _, m := range messages {
		out, err := b.codec.encode(m, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.publish(t.Context(), out); err != nil {
			t.Fatal(err)
		}
	}
}

// stored is what a stream holds.
func stored(t testing.TB, b *Bus, stream string) []Envelope {
	t.Helper()
	var all []Envelope
	err := b.read(t.Context(), stream, nil, Beginning(), func(e Envelope) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func deadLetters(t testing.TB, b *Bus) []DeadLetter {
	t.Helper()
	var all []DeadLetter
	err := b.Dead(t.Context(), Beginning(), func(d DeadLetter) error {
		all = append(all, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// stageFunc makes a stage of a function.
type stageFunc[I any, O message.Message] func(ctx context.Context, in I) ([]O, error)

func (f stageFunc[I, O]) Process(ctx context.Context, in I) ([]O, error) { return f(ctx, in) }

// label is the simplest language stage.
func label(tag string) stageFunc[message.Raw, message.Detected] {
	return func(_ context.Context, in message.Raw) ([]message.Detected, error) {
		return []message.Detected{{Type: message.DetectedV1, Raw: in, Language: tag}}, nil
	}
}

func rawSpec(name string) Spec {
	return Spec{Name: name, Subjects: []string{message.RawSubjects}, Workers: 4}
}

// attempts counts the attempts at each article.
type attempts struct {
	mu sync.Mutex
	n  map[string]int
}

func (a *attempts) add(id string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.n == nil {
		a.n = map[string]int{}
	}
	a.n[id]++
	return a.n[id]
}

func (a *attempts) of(id string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.n[id]
}

var errBroken = errors.New("the parser is in a bad mood")

// closed fails the test unless the account closes. It cannot be taken while a cluster looks for a leader, and a message is counted a moment after the
// server knows that it has ended.
func closed(t testing.TB, p *Pipeline) Sum {
	t.Helper()
	for began := time.Now(); ; pause(t.Context(), 5*time.Millisecond) {
		s, err := p.Sum(t.Context())
		if err == nil && s.Closed() {
			return s
		}
		if time.Since(began) > forEver {
			t.Fatalf("not closed: %s (%v)", s, err)
		}
	}
}

// served is a server beside the pipeline, as an external one is.
type served struct {
	url  string
	stop func()
}

func serveNATS(t testing.TB, dir, listen string) served { //nolint:unparam // where it listens is to be read where it is started
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended, ready := make(chan error, 1), make(chan string, 1)
	go func() { ended <- ServeNATS(ctx, dir, listen, quiet(), func(url string) { ready <- url }) }()
	s := served{stop: sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})}
	select {
	case s.url = <-ready:
	case err := <-ended:
		t.Fatal(err)
	}
	t.Cleanup(s.stop)
	return s
}

// way is an address that stays the same while one server follows another: the port of one that has ended may be anybody's.
type way struct{ relay *relay }

func wayTo(t *testing.T, s served) way {
	t.Helper()
	w := way{newRelay(t)}
	w.lead(s)
	return w
}

func (w way) url() string { return "nats://" + w.relay.l.Addr().String() }

func (w way) lead(s served) { w.relay.to(strings.TrimPrefix(s.url, "nats://")) }
