package pipeline

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var errKilled = errors.New("killed")

// A replay that is cut short goes on under its id, whatever is still remembered of the first run's ids.
func TestContinuedReplaySendsNothingTwice(t *testing.T) {
	b, p := replayLine(t, 30)
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo(), Source: "courrier"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancelCause(t.Context())
	s := &sender{bus: b, plan: plan, told: func(ReplayProgress) {}, patience: serverPatience, began: time.Now(), progress: ReplayProgress{Skipped: plan.Skipped}}
	err = s.run(ctx, func(ctx context.Context, seq uint64) error {
		if s.progress.Sent == 11 {
			kill(errKilled)
			return context.Cause(ctx)
		}
		return s.copy(ctx, seq)
	})
	if !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	if err := p.sources[0].emit(t.Context(), raw(99)); err != nil { // news, which are not part of the replay
		t.Fatal(err)
	}
	drained(t, p)
	closed(t, p)
	forget(t, b)
	plan, err = b.PlanReplay(t.Context(), Replay{Stage: "language", ID: plan.ID})
	if err != nil || plan.Already != 11 || plan.Messages != 19 {
		t.Fatalf("plan %+v, %v", plan, err)
	}
	if got, err := b.Replay(t.Context(), plan, func(ReplayProgress) {}); err != nil || got.Sent != 19 {
		t.Fatalf("%+v, %v", got, err)
	}
	drained(t, p)
	copies := map[string]int{}
	for _, e := range stored(t, b, streamRaw) {
		if e.Header.Get(HeaderOriginal) != "" {
			copies[ownID(e.ID)]++
		}
	}
	for i := range 30 {
		if n := copies[raw(i).Key()]; n != 1 {
			t.Errorf("article %d was sent %d times", i, n)
		}
	}
	if s := closed(t, p); s.Replayed != 30 || len(copies) != 30 {
		t.Errorf("%d copies, sum is %s", len(copies), s)
	}
	if plan, err = b.PlanReplay(t.Context(), Replay{Stage: "language", ID: plan.ID}); err != nil || plan.Messages != 0 {
		t.Errorf("once more: %+v, %v", plan, err)
	}
}

// A replay that was running before the daemon, and goes on while it starts, is in the account from its first moment.
func TestAccountClosesWhenTheReplayWasThereFirst(t *testing.T) {
	b := openBus(t, testConfig(t))
	first := newPipeline(b)
	addReplayLine(first, sameTitle)
	for i := range 400 {
		put(t, b, raw(i))
	}
	stop := running(t, first)
	drained(t, first)
	stop()
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo(), Rate: 300})
	if err != nil {
		t.Fatal(err)
	}
	replayed := make(chan error, 1)
	begun, runs := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(begun) })
	go func() {
		s := &sender{bus: b, plan: plan, told: func(ReplayProgress) {}, patience: forEver, began: time.Now(), progress: ReplayProgress{Skipped: plan.Skipped}}
		replayed <- s.run(t.Context(), func(ctx context.Context, seq uint64) error {
			switch s.progress.Sent {
			case 1:
				once()
			case 200: // the daemon may need longer to start than the replay to its end
				<-runs
			}
			return s.copy(ctx, seq)
		})
	}()
	<-begun
	p := newPipeline(b)
	addReplayLine(p, sameTitle)
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	close(runs)
	for done := false; !done; {
		closed(t, p)
		select {
		case err := <-replayed:
			if err != nil {
				t.Fatal(err)
			}
			done = true
		default:
		}
	}
	drained(t, p)
	if s := closed(t, p); s.Start == 0 || s.Replayed == 0 || s.Start+s.Replayed != 400 {
		t.Errorf("sum is %s", s)
	}
}

// The server is restarted under a running replay, as it is with a daemon that has it inside.
func TestReplayOutlivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := serveNATS(t, dir, "127.0.0.1:0")
	cfg := testConfig(t)
	way := wayTo(t, first)
	cfg.NATS.URL = way.url()
	b := openBus(t, cfg)
	p := newPipeline(b)
	p.tuning.ackWait = time.Second
	addReplayLine(p, sameTitle)
	for i := range 60 {
		put(t, b, raw(i))
	}
	running(t, p)
	drained(t, p)
	before := told(t, b)
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo()})
	if err != nil {
		t.Fatal(err)
	}
	stopped := false
	s := &sender{bus: b, plan: plan, told: func(ReplayProgress) {}, patience: serverPatience, began: time.Now(), progress: ReplayProgress{Skipped: plan.Skipped}}
	err = s.run(t.Context(), func(ctx context.Context, seq uint64) error {
		if s.progress.Sent != 20 || stopped {
			return s.copy(ctx, seq)
		}
		first.stop()
		stopped = true
		timed, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		err := s.copy(timed, seq)
		if err == nil {
			t.Error("sent while there was no server")
		}
		way.lead(serveNATS(t, dir, "127.0.0.1:0"))
		return err
	})
	if err != nil || s.progress.Sent != 60 {
		t.Errorf("sent %d (%v)", s.progress.Sent, err)
	}
	drained(t, p)
	eventually(t, "the account closes", func() bool {
		s, err := p.Sum(t.Context())
		return err == nil && s.Closed() && s.Replayed == 60
	})
	if diff := cmp.Diff(before, told(t, b)); diff != "" {
		t.Error(diff)
	}
}

// Somebody has started it and waits for its end.
func TestReplayEndsWhereTheServerIsGoneForGood(t *testing.T) {
	first := serveNATS(t, t.TempDir(), "127.0.0.1:0")
	cfg := testConfig(t)
	cfg.NATS.URL = first.url
	b := openBus(t, cfg)
	put(t, b, raw(1))
	plan := &ReplayPlan{Stream: streamRaw, Skipped: map[string]uint64{}, chosen: []uint64{1}}
	s := &sender{bus: b, plan: plan, told: func(ReplayProgress) {}, patience: 500 * time.Millisecond, began: time.Now()}
	first.stop()
	if err := s.run(t.Context(), s.copy); err == nil {
		t.Error("sent to nobody")
	}
}
