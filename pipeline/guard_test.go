package pipeline

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

const (
	poisonAt  = "RAWI_TEST_POISON_AT" // set in the process that meets the killers: its data directory
	poisonAll = 600                   // articles
)

// killers are spread so that they meet in one process as well as apart.
var killers = map[string]bool{raw(40).ID: true, raw(44).ID: true, raw(400).ID: true}

// poisonChild runs one stage until everything has ended, or until a message kills it.
func poisonChild(at string) {
	b, err := Open(context.Background(), crashConfig(at), quiet())
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	p := newPipeline(b)
	p.tuning.ackWait = time.Second
	spec := rawSpec("extract")
	spec.Workers = 8
	AddStage(p, spec, stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if killers[in.ID] {
				die() // as a fatal error of the runtime or the end of all memory would
			}
			pause(ctx, 2*time.Millisecond) // so that a killer has neighbours
			return label("fr")(ctx, in)
		}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	for {
		if ok, err := p.Drained(ctx); err == nil && ok && p.running.Load() {
			break
		}
		pause(ctx, 20*time.Millisecond)
	}
	stop()
	if err := <-ended; err != nil {
		fmt.Println("error", err)
	}
	_ = b.Close(context.Background()) // the parent looks at what is stored
	os.Exit(0)
}

func TestMessagesThatKillTheProcessTakeNobodyAlong(t *testing.T) {
	at := t.TempDir()
	b := openBus(t, crashConfig(at))
	for i := range poisonAll {
		put(t, b, raw(i))
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	kills := 0
	for {
		state, out := runChild(t, poisonAt+"="+at)
		if strings.Contains(out, "error") {
			t.Fatal(out)
		}
		if !killedItself(state) {
			break
		}
		if kills++; kills > 4*len(killers) {
			t.Fatalf("the process died %d times", kills)
		}
	}
	t.Logf("%d processes were killed", kills)
	b = openBus(t, crashConfig(at))
	letters := deadLetters(t, b)
	if len(letters) != len(killers) || kills < len(killers) {
		t.Errorf("%d dead letters after %d kills, want %d", len(letters), kills, len(killers))
	}
	for _, d := range letters {
		if d.Reason != ReasonCrash || d.Stage != "extract" || len(d.Body) == 0 {
			t.Errorf("dead letter %s of %s: %q", d.Subject(), d.MsgID, d.Errors)
		}
	}
	if got := len(stored(t, b, streamLang)); got != poisonAll-len(killers) {
		t.Errorf("%d articles came through, want %d", got, poisonAll-len(killers))
	}
}

func TestWaitingBringsNoMessageNearerToItsDeadLetter(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var seen attempts
	AddStage(p, rawSpec("crawl"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			n := seen.add(in.ID)
			switch {
			case in.ID == raw(1).ID && n%2 == 0: // every second attempt is a failure of its own
				return nil, errBroken
			case n <= 50:
				return nil, fault.After(0, errBroken)
			}
			return label("fr")(ctx, in)
		}))
	put(t, b, raw(0), raw(1))
	running(t, p)
	drained(t, p)
	if got := len(stored(t, b, streamLang)); got != 1 || seen.of(raw(0).ID) != 51 {
		t.Errorf("%d outputs, %d attempts at the patient one", got, seen.of(raw(0).ID))
	}
	letters := deadLetters(t, b)
	if len(letters) != 1 || letters[0].Reason != ReasonExhausted || seen.of(raw(1).ID) != 14 {
		t.Errorf("after %d attempts, 7 of them failures: %+v", seen.of(raw(1).ID), letters)
	}
	closed(t, p)
}

func TestFailuresAreRememberedAcrossARestart(t *testing.T) {
	b := openBus(t, testConfig(t))
	var seen attempts
	broken := stageFunc[message.Raw, message.Detected](func(_ context.Context, in message.Raw) ([]message.Detected, error) {
		seen.add(in.ID)
		return nil, errBroken
	})
	put(t, b, raw(0))
	first := newPipeline(b)
	first.tuning.delays = []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond, 500 * time.Millisecond}
	AddStage(first, rawSpec("crawl"), broken)
	stop := running(t, first)
	eventually(t, "four attempts have failed", func() bool { return first.stages[0].counts.snapshot().Retry >= 4 })
	stop()
	second := newPipeline(b)
	AddStage(second, rawSpec("crawl"), broken)
	running(t, second)
	drained(t, second)
	if letters := deadLetters(t, b); len(letters) != 1 || seen.of(raw(0).ID) != 7 {
		t.Errorf("%d dead letters after %d attempts, want 1 after 7", len(letters), seen.of(raw(0).ID))
	}
}

func TestWaitingEndsBeforeTheStreamForgets(t *testing.T) {
	t.Parallel() // it waits for the end of patience
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("crawl"), stageFunc[message.Raw, message.Detected](
		func(context.Context, message.Raw) ([]message.Detected, error) {
			return nil, fault.After(500*time.Millisecond, errBroken)
		}))
	p.stages[0].patience = 8 * time.Second // for two attempts on a slow machine
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	put(t, b, raw(0))
	drained(t, p)
	if letters := deadLetters(t, b); len(letters) != 1 || letters[0].Reason != ReasonExpired || letters[0].Attempts < 2 {
		t.Errorf("dead letters: %+v", letters)
	}
}

// Retries that we delayed ourselves are no suspects: they run side by side, also in the process after the one that delayed them.
func TestOrdinaryRetriesRunSideBySide(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(0), raw(1))
	p := newPipeline(b)
	p.tuning.delays = []time.Duration{300 * time.Millisecond}
	AddStage(p, rawSpec("crawl"), stageFunc[message.Raw, message.Detected](
		func(context.Context, message.Raw) ([]message.Detected, error) { return nil, errBroken }))
	stop := running(t, p)
	eventually(t, "both have failed", func() bool { return p.stages[0].counts.snapshot().Retry >= 2 })
	stop()

	p = newPipeline(b)
	meet := make(chan struct{})
	AddStage(p, rawSpec("crawl"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			select { // each waits for the other
			case meet <- struct{}{}:
			case <-meet:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			return label("fr")(ctx, in)
		}))
	running(t, p)
	drained(t, p)
	if got := p.stages[0].counts.snapshot(); got.OK != 2 || got.Retry != 0 {
		t.Errorf("counted as %+v", got)
	}
}
