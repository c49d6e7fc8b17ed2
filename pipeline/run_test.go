package pipeline

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

func TestStopFinishesWorkInHand(t *testing.T) {
	cfg := testConfig(t)
	const all = 40
	t.Run("stopped in the middle", func(t *testing.T) {
		b := openBus(t, cfg)
		p := newPipeline(b)
		begun, free := make(chan struct{}, all), make(chan struct{})
		AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
			func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
				begun <- struct{}{}
				select {
				case <-free:
				case <-ctx.Done():
					return nil, ctx.Err()
				}
				return label("fr")(ctx, in)
			}))
		for i := range all {
			put(t, b, raw(i))
		}
		stop := running(t, p)
		for range 4 {
			<-begun
		}
		stopped := make(chan struct{})
		go func() { defer close(stopped); stop() }()
		eventually(t, "the stop is heard", func() bool { return !p.running.Load() })
		close(free)
		<-stopped
		c := p.stages[0].counts.snapshot()
		if c.OK == 0 || c.OK == all || c.Retry != 0 || total(c.Dead) != 0 {
			t.Errorf("counted as %+v", c)
		}
	})
	b := openBus(t, cfg)
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	c := p.stages[0]
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := c.look(t.Context()); err != nil || info.NumAckPending != 0 {
		t.Errorf("%d messages come a second time (%v)", info.NumAckPending, err)
	}
	running(t, p)
	drained(t, p)
	if got := len(stored(t, b, streamLang)); got != all {
		t.Errorf("got %d outputs, want %d", got, all)
	}
	if n := c.counts.snapshot().Duplicate; n != 0 {
		t.Errorf("%d messages were worked on twice", n)
	}
}

func TestWorkThatOutlivesTheGraceIsHandedBack(t *testing.T) {
	cfg := testConfig(t)
	cfg.Grace = 50 * time.Millisecond
	b := openBus(t, cfg)
	p := newPipeline(b)
	p.tuning.attempts = 1 // a failure would be a dead letter at once
	begun := make(chan struct{})
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, _ message.Raw) ([]message.Detected, error) {
			close(begun) // a second attempt would panic
			<-ctx.Done()
			return nil, ctx.Err()
		}))
	put(t, b, raw(1))
	stop := running(t, p)
	<-begun
	stop()
	if n := len(deadLetters(t, b)); n != 0 {
		t.Errorf("%d dead letters for work that was cut short", n)
	}
	eventually(t, "it is handed back at once", func() bool {
		info, err := p.stages[0].look(t.Context())
		return err == nil && info.NumPending == 0 && info.NumAckPending == 1 && info.Delivered.Consumer == 1
	})
}

func TestStopBeforeAndWhileStarting(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Run(ctx); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := b.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestConsumerThatIsDeletedIsMadeAgain(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var seen attempts
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			seen.add(in.ID)
			return label("fr")(ctx, in)
		}))
	running(t, p)
	put(t, b, raw(1))
	drained(t, p)
	eventually(t, "the watch has seen the acknowledgement", func() bool { return p.stages[0].floor.Load() == 1 })
	if err := b.js.DeleteConsumer(t.Context(), streamRaw, "language"); err != nil {
		t.Fatal(err)
	}
	put(t, b, raw(2))
	eventually(t, "the next message gets through", func() bool { return seen.of(raw(2).ID) == 1 })
	if n := seen.of(raw(1).ID); n != 1 {
		t.Errorf("the old message was worked on %d times", n)
	}
	eventually(t, "it is ready again", func() bool { return p.Ready(t.Context()) == nil })
}

// emitter is a source that emits what it is given, and fails when told to.
type emitter struct {
	messages []message.Message
	fail     bool
}

func (e *emitter) Run(ctx context.Context, emit Emit) error {
	for _, m := range e.messages {
		if err := emit(ctx, m); err != nil {
			return err
		}
	}
	if e.fail {
		e.fail = false
		return errors.New("a feed has gone")
	}
	<-ctx.Done()
	return nil
}

func TestSourceIsStartedAgainAndRepeatsHarmlessly(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddSource(p, "feed", &emitter{messages: []message.Message{raw(1), raw(2)}, fail: true})
	AddStage(p, rawSpec("language"), label("fr"))
	running(t, p)
	src := p.sources[0]
	eventually(t, "the second round", func() bool { return src.counts.snapshot().Duplicate == 2 })
	drained(t, p)
	if s := closed(t, p); s.Accepted != 2 {
		t.Errorf("sum is %s", s)
	}
}

func TestSourceMessageThatIsTooBigEndsOnce(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	huge := raw(1)
	huge.Body = noise(6 << 20)
	AddSource(p, "crawl", &emitter{messages: []message.Message{huge, raw(2)}})
	running(t, p)
	eventually(t, "the next message is stored", func() bool { return p.sources[0].counts.snapshot().OK == 1 })
	letters := deadLetters(t, b)
	if len(letters) != 1 || letters[0].Reason != ReasonTooBig || letters[0].MsgID != huge.Key() {
		t.Errorf("dead letters: %+v", letters)
	}
	closed(t, p)
}

func TestSourcesPauseWhileStagesAreBehind(t *testing.T) {
	cfg := testConfig(t)
	cfg.HighWater = 10
	b := openBus(t, cfg)
	p := newPipeline(b)
	free := make(chan struct{})
	AddStage(p, Spec{Name: "language", Subjects: []string{message.RawSubjects}}, stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			select {
			case <-free:
			case <-ctx.Done():
			}
			return label("fr")(ctx, in)
		}))
	AddSource(p, "feed", &emitter{})
	for i := range 20 {
		put(t, b, raw(1000+i))
	}
	running(t, p)
	eventually(t, "the gate is shut", func() bool {
		p.gate.mu.Lock()
		defer p.gate.mu.Unlock()
		return p.gate.shut != nil
	})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := p.sources[0].emit(ctx, raw(0)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("emit returned %v while the stages are behind", err)
	}
	close(free)
	if err := p.sources[0].emit(t.Context(), raw(0)); err != nil {
		t.Errorf("emit returned %v after they caught up", err)
	}
}

func TestOutputsThatNobodyReadsAreKeptAndCounted(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddSource(p, "feed", &emitter{messages: []message.Message{raw(1), raw(2), raw(3)}})
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID == raw(1).ID {
				return label("fr")(ctx, in)
			}
			return label("de")(ctx, in)
		}))
	AddStage(p, Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}}, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) {
			return []message.Article{{Type: message.ArticleV1, ID: in.Raw.ID, Digest: in.Raw.Digest, Language: "fr", Outlet: in.Raw.Outlet}}, nil
		}))
	fold := newTally()
	AddFold(p, foldSpec(), fold)
	running(t, p)
	eventually(t, "all three are accepted", func() bool { return p.sources[0].counts.snapshot().OK == 3 })
	drained(t, p)
	s := closed(t, p)
	if s.Accepted != 3 || s.Kept["de"] != 2 || s.Linked != 1 || s.InFlight != 0 {
		t.Errorf("sum is %s", s)
	}
	w := httptest.NewRecorder()
	observe.Handler(p.metrics, new(observe.Health)).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if body := w.Body.String(); !strings.Contains(body, `rawi_unread_articles_total{language="de"} 2`) || strings.Contains(body, `unread_articles_total{language="fr"}`) {
		t.Error("the metric does not count two articles in de and none in fr")
	}
	all, err := p.Status(t.Context())
	if err != nil || len(all) != 4 || all[1].Name != "language" || all[1].Counts.OK != 3 {
		t.Errorf("status %+v, %v", all, err)
	}
}

func TestLongWorkIsNotGivenToAnother(t *testing.T) {
	t.Parallel() // it waits for work that is long
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	p.tuning.ackWait = 6 * time.Second // a slow machine says in time that the work goes on
	var seen attempts
	spec := rawSpec("language")
	spec.Workers = 1 // so that one message waits behind the other, which has to be kept alive as well
	AddStage(p, spec, stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			seen.add(in.ID)
			pause(ctx, 7*time.Second)
			return label("fr")(ctx, in)
		}))
	put(t, b, raw(1), raw(2))
	running(t, p)
	drained(t, p)
	if seen.of(raw(1).ID) != 1 || seen.of(raw(2).ID) != 1 || p.stages[0].counts.snapshot().Repeated != 0 {
		t.Errorf("attempts %v, counts %+v", seen.n, p.stages[0].counts.snapshot())
	}
}

func TestServerThatGoesAndComesBack(t *testing.T) {
	cfg := testConfig(t)
	dir := t.TempDir()
	first := serveNATS(t, dir, "127.0.0.1:0")
	way := wayTo(t, first)
	cfg.NATS.URL = way.url()
	b := openBus(t, cfg)
	p := newPipeline(b)
	AddSource(p, "feed", &emitter{})
	AddStage(p, rawSpec("language"), label("fr"))
	stop := running(t, p)
	eventually(t, "it runs", p.running.Load)
	emit := p.sources[0].emit
	if err := emit(t.Context(), raw(1)); err != nil {
		t.Fatal(err)
	}
	drained(t, p)

	first.stop()
	eventually(t, "the loss is noticed", func() bool { return p.Ready(t.Context()) != nil })
	emitted := make(chan error, 1)
	go func() { emitted <- emit(t.Context(), raw(2)) }() // waits until the server is back
	way.lead(serveNATS(t, dir, "127.0.0.1:0"))
	if err := <-emitted; err != nil {
		t.Fatal(err)
	}
	eventually(t, "it goes on", func() bool { return p.stages[0].counts.snapshot().OK == 2 })
	eventually(t, "it is ready again", func() bool { return p.Ready(t.Context()) == nil })
	drained(t, p)
	closed(t, p)
	stop() // while the server is still there
	if err := b.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// A stream that is nearly full of finished messages makes room; what is not finished stays.
func TestFinishedMessagesMakeRoom(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	running(t, p)
	for i := range 50 {
		put(t, b, raw(i))
	}
	drained(t, p)
	s, err := b.js.Stream(t.Context(), streamRaw)
	if err != nil {
		t.Fatal(err)
	}
	tight := s.CachedInfo().Config
	tight.MaxBytes = int64(s.CachedInfo().State.Bytes)
	if s, err = b.js.UpdateStream(t.Context(), tight); err != nil {
		t.Fatal(err)
	}
	if err := b.makeRoom(t.Context(), streamRaw, false); err != nil {
		t.Fatal(err)
	}
	if n := len(stored(t, b, streamRaw)); n < 30 || n > 40 {
		t.Errorf("%d of 50 messages are left", n)
	}
	put(t, b, raw(100)) // does not wait

	if err := b.js.DeleteConsumer(t.Context(), streamRaw, "language"); err != nil {
		t.Fatal(err)
	}
	if floor, err := finished(t.Context(), s, 50); err != nil || floor != 0 {
		t.Errorf("without a consumer everything up to %d counts as finished (%v)", floor, err)
	}
}

func TestPipelineThatHasNotBegunIsNotDrained(t *testing.T) {
	p := newPipeline(openBus(t, testConfig(t)))
	AddStage(p, rawSpec("language"), label("fr"))
	if ok, err := p.Drained(t.Context()); ok || err != nil {
		t.Errorf("drained %t, %v", ok, err)
	}
	if s, err := p.Sum(t.Context()); err != nil || !s.Closed() {
		t.Errorf("the sum is %s, %v", s, err)
	}
	running(t, p)
	drained(t, p)
}
