package pipeline

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

func TestStageEmitsOnceForEachMessage(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	for i := range 20 {
		put(t, b, raw(i))
	}
	running(t, p)
	drained(t, p)
	if got := len(stored(t, b, streamLang)); got != 20 {
		t.Errorf("got %d outputs of 20 messages", got)
	}
	e := stored(t, b, streamLang)[0]
	if e.Kind != message.DetectedV1 || e.Header.Get(HeaderLang) != "fr" || e.Header.Get(HeaderSource) != "courrier" {
		t.Errorf("headers are %v", e.Header)
	}
	traces := map[string]bool{}
	for _, in := range stored(t, b, streamRaw) {
		traces[observe.TraceID(in.Header.Get(HeaderTrace))] = true
	}
	if len(traces) != 20 || !traces[observe.TraceID(e.Header.Get(HeaderTrace))] {
		t.Error("the trace was not passed on")
	}
	closed(t, p)
}

// A crash between storing the output and acknowledging the input leaves exactly this behind: the output is there, the input comes again.
func TestCrashBeforeAckGivesOneOutput(t *testing.T) {
	b := openBus(t, testConfig(t))
	in := raw(1)
	put(t, b, in)
	outs, _ := label("ar")(t.Context(), in)
	put(t, b, outs[0])

	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("ar"))
	running(t, p)
	drained(t, p)
	if got := len(stored(t, b, streamLang)); got != 1 {
		t.Errorf("got %d outputs, want 1", got)
	}
	if c := p.stages[0].counts.snapshot(); c.Duplicate != 1 || c.OK != 0 {
		t.Errorf("counted as %+v, want one duplicate", c)
	}
	closed(t, p)
}

func TestLostAckDoesNotRepeatTheWork(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	p.tuning.ackWait = 300 * time.Millisecond
	var seen attempts
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			seen.add(in.ID)
			return label("fr")(ctx, in)
		}))
	c := p.stages[0]
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, b, raw(1))
	queue := make(chan *job, 1)
	take := func() *job {
		for n := 1; n == 1; {
			n, _ = c.take(1, queue)
		}
		return <-queue
	}
	j := take()
	outputs, err := c.worker.attempt(t.Context(), j)
	c.record(j, c.judge(t.Context(), j, outputs, err), 0) // and the answer is lost
	c.letGo(j)
	c.handle(t.Context(), t.Context(), take())
	if n := seen.of(raw(1).ID); n != 1 {
		t.Errorf("worked on it %d times", n)
	}
	if got := c.counts.snapshot(); got.OK != 1 || got.Repeated != 1 {
		t.Errorf("counted as %+v", got)
	}
}

func TestPermanentFaultIsADeadLetterAtOnce(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var seen attempts
	AddStage(p, rawSpec("extract-ar"), stageFunc[message.Raw, message.Detected](
		func(_ context.Context, in message.Raw) ([]message.Detected, error) {
			seen.add(in.ID)
			return nil, fmt.Errorf("extract %s: %w", in.URL, fault.Permanently("no_article", errBroken))
		}))
	in := raw(1)
	put(t, b, in)
	running(t, p)
	drained(t, p)

	letters := deadLetters(t, b)
	if len(letters) != 1 || seen.of(in.ID) != 1 {
		t.Fatalf("got %d dead letters after %d attempts", len(letters), seen.of(in.ID))
	}
	d := letters[0]
	if d.Stage != "extract-ar" || d.Reason != "no_article" || d.Of != in.Subject() || d.MsgID != in.Key() || d.Attempts != 1 || d.Stream != streamRaw {
		t.Errorf("dead letter %+v", d.Dead)
	}
	if !strings.HasPrefix(d.Errors[0], "extract https://") || d.Errors[len(d.Errors)-1] != errBroken.Error() {
		t.Errorf("errors are %q", d.Errors)
	}
	if !strings.Contains(string(d.Body), in.ID) || d.Header[HeaderKind] != message.RawV1 {
		t.Errorf("the message is not whole: %s %v", d.Body, d.Header)
	}
	if s := closed(t, p); s.Dead["no_article"] != 1 {
		t.Errorf("sum is %s", s)
	}
}

func TestPanicCostsOneMessage(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID == raw(3).ID {
				panic("index out of range")
			}
			return label("fr")(ctx, in)
		}))
	for i := range 6 {
		put(t, b, raw(i))
	}
	running(t, p)
	drained(t, p)
	letters := deadLetters(t, b)
	if len(letters) != 1 || letters[0].Reason != ReasonPanic || len(stored(t, b, streamLang)) != 5 {
		t.Fatalf("got %d dead letters, %d outputs", len(letters), len(stored(t, b, streamLang)))
	}
	if last := letters[0].Errors[len(letters[0].Errors)-1]; !strings.Contains(last, "deliver_test.go") {
		t.Errorf("no stack in %q", last)
	}
	closed(t, p)
}

func TestStageThatNeverReturnsCostsOneMessage(t *testing.T) {
	t.Parallel() // it waits for a deadline
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	p.tuning.overrun = time.Second // the other message has to be through before that, on a slow machine too
	free := make(chan struct{})
	t.Cleanup(func() { close(free) })
	spec := rawSpec("language")
	spec.Workers, spec.Deadline = 1, 2*time.Second
	AddStage(p, spec, stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID == raw(0).ID {
				<-free // deaf to its context
			}
			return label("fr")(ctx, in)
		}))
	put(t, b, raw(0), raw(1))
	running(t, p)
	drained(t, p)
	if letters := deadLetters(t, b); len(letters) != 1 || letters[0].Reason != ReasonStuck {
		t.Errorf("dead letters: %+v", letters)
	}
	if got := len(stored(t, b, streamLang)); got != 1 {
		t.Errorf("got %d outputs, want that of the other message", got)
	}
}

func TestDroppedIsCountedUnderItsReason(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(_ context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID == raw(0).ID {
				return nil, fault.Dropped("no_text")
			}
			return nil, nil
		}))
	put(t, b, raw(0), raw(1))
	running(t, p)
	drained(t, p)
	s := closed(t, p)
	if s.Dropped["no_text"] != 1 || s.Dropped["no_output"] != 1 || len(deadLetters(t, b)) != 0 {
		t.Errorf("dropped %v, %d dead letters", s.Dropped, len(deadLetters(t, b)))
	}
}

func TestFailureIsTriedAgainAndThenDead(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var seen attempts
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if n := seen.add(in.ID); in.ID == raw(0).ID || n < 3 {
				return nil, errBroken
			}
			return label("fr")(ctx, in)
		}))
	put(t, b, raw(0), raw(1))
	running(t, p)
	drained(t, p)
	if seen.of(raw(0).ID) != 7 || seen.of(raw(1).ID) != 3 {
		t.Errorf("attempts: %v", seen.n)
	}
	letters := deadLetters(t, b)
	if len(letters) != 1 || letters[0].Reason != ReasonExhausted || letters[0].Attempts != 7 {
		t.Errorf("dead letters: %+v", letters)
	}
	if len(stored(t, b, streamLang)) != 1 {
		t.Error("the message that recovered is missing")
	}
	closed(t, p)
}

func TestAfterDelaysTheNextAttempt(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var seen attempts
	began := time.Now()
	second := make(chan time.Duration, 1)
	AddStage(p, rawSpec("crawl"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if seen.add(in.ID) == 1 {
				began = time.Now()
				return nil, fault.After(400*time.Millisecond, errBroken)
			}
			second <- time.Since(began)
			return label("fr")(ctx, in)
		}))
	put(t, b, raw(0))
	running(t, p)
	if waited := <-second; waited < 400*time.Millisecond {
		t.Errorf("came again after %s", waited)
	}
}

func TestDelaysOfOneSourceDoNotHoldUpTheOthers(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	spec := rawSpec("crawl")
	spec.Workers = 1
	AddStage(p, spec, stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID != raw(99).ID {
				return nil, fault.After(time.Hour, errBroken)
			}
			return label("fr")(ctx, in)
		}))
	for i := range 50 {
		put(t, b, raw(i))
	}
	put(t, b, raw(99))
	running(t, p)
	eventually(t, "the last message gets through", func() bool { return p.stages[0].counts.snapshot().OK == 1 })
}

func TestUndecodableIsADeadLetter(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	for i, spoil := range []func(m *nats.Msg){
		func(m *nats.Msg) { m.Data = []byte("{") },
		func(m *nats.Msg) { m.Header.Set(HeaderKind, "raw.v9") },
		func(m *nats.Msg) { m.Header.Set(headerEncoding, "zstd") },
		func(m *nats.Msg) {
			m.Header.Set(headerEncoding, "zstd")
			m.Data = b.codec.enc.EncodeAll(make([]byte, decodedLimit+1), nil)
		},
	} {
		m, err := b.codec.encode(raw(i), "")
		if err != nil {
			t.Fatal(err)
		}
		spoil(m)
		if _, err := b.publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	running(t, p)
	drained(t, p)
	letters := deadLetters(t, b)
	if len(letters) != 4 {
		t.Fatalf("got %d dead letters, want 4", len(letters))
	}
	for _, d := range letters {
		if d.Reason != ReasonUndecodable {
			t.Errorf("reason %q: %v", d.Reason, d.Errors)
		}
	}
}

func TestOutputThatIsTooBigIsADeadLetter(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Raw](
		func(_ context.Context, in message.Raw) ([]message.Raw, error) {
			in.Digest, in.Body = "x", noise(5<<20)
			return []message.Raw{in}, nil
		}))
	put(t, b, raw(1))
	running(t, p)
	drained(t, p)
	if letters := deadLetters(t, b); len(letters) != 1 || letters[0].Reason != ReasonTooBig || letters[0].Attempts != 1 {
		t.Errorf("dead letters: %+v", letters)
	}
}

// noise does not compress.
func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

// A new leader of the consumer delivers again what the old one had: the second delivery must neither run nor count beside the first.
func TestSecondDeliveryOfAMessageInHandIsNotTaken(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	p.tuning.ackWait = 200 * time.Millisecond
	AddSource(p, "feed", &emitter{})
	AddStage(p, rawSpec("language"), label("fr"))
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.sources[0].emit(t.Context(), raw(1)); err != nil {
		t.Fatal(err)
	}
	c := p.stages[0]
	delivery := func() (*job, bool) {
		batch, err := (*c.cons.Load()).Fetch(1)
		if err != nil {
			t.Fatal(err)
		}
		return c.job(<-batch.Messages())
	}
	first, _ := delivery()
	if _, ok := delivery(); ok { // after the ack wait
		t.Error("taken once more")
	}
	c.handle(t.Context(), t.Context(), first)
	if n := c.counts.snapshot(); n.OK != 1 || n.Duplicate != 0 || n.Repeated != 1 {
		t.Errorf("counted as %+v", n)
	}
	if n := len(stored(t, b, streamLang)); n != 1 {
		t.Errorf("%d outputs, want 1", n)
	}
}
