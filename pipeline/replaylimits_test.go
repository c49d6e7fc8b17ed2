package pipeline

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func TestReplayLeavesRoomForNews(t *testing.T) {
	cfg := testConfig(t)
	cfg.HighWater = 100
	b := openBus(t, cfg)
	p := newPipeline(b)
	addReplayLine(p, sameTitle)
	for i := range 40 {
		put(t, b, raw(i))
	}
	stop := running(t, p)
	drained(t, p)
	stop() // nobody takes what is sent
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var waits int
	got, err := b.Replay(ctx, plan, func(p ReplayProgress) {
		if p.Waiting == "language" && p.Pending >= 10 {
			waits++
		}
		if waits == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || got.Sent < 10 || got.Sent > 20 { // the server may count the last ones late, at worst all of the first ten
		t.Errorf("sent %d, want about a tenth of the high water (%v)", got.Sent, err)
	}
}

// What stages make of replayed messages needs room further on. The replay waits until the daemon has made some.
func TestReplayWaitsForRoomFurtherOn(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	addReplayLine(p, sameTitle)
	for i := range 40 {
		put(t, b, raw(i))
	}
	stop := running(t, p)
	drained(t, p)
	stop() // the test makes the room
	s, err := b.js.Stream(t.Context(), streamArticles)
	if err != nil {
		t.Fatal(err)
	}
	cfg := s.CachedInfo().Config
	cfg.MaxBytes = int64(s.CachedInfo().State.Bytes) * 21 / 20
	if _, err := b.js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo()})
	if err != nil {
		t.Fatal(err)
	}
	waits := 0
	got, err := b.Replay(t.Context(), plan, func(p ReplayProgress) {
		if p.Full != streamArticles {
			return
		}
		if waits++; waits == 2 {
			if err := s.Purge(t.Context()); err != nil || p.Sent > 0 {
				t.Errorf("%d were sent without room (%v)", p.Sent, err)
			}
		}
	})
	if err != nil || got.Sent != 40 || waits < 2 {
		t.Errorf("sent %d after %d waits (%v)", got.Sent, waits, err)
	}
}

func TestReplaySaysWhatIsWrong(t *testing.T) {
	b, _ := replayLine(t, 10)
	refused := func(r Replay) error {
		t.Helper()
		plan, err := b.PlanReplay(t.Context(), r)
		if err == nil {
			t.Fatalf("planned %+v", plan)
		}
		return err
	}
	if err := refused(Replay{Stage: "extract-es", Since: hourAgo()}); !strings.Contains(err.Error(), "language, extract-fr, dedup, publish") {
		t.Errorf("unknown stage: %v", err)
	}
	if err := refused(Replay{Stage: "language", Since: time.Now().Add(time.Hour)}); !strings.Contains(err.Error(), "has not come yet") {
		t.Errorf("future: %v", err)
	}
	if err := refused(Replay{Stage: "language", Since: hourAgo(), Source: "corrier"}); !strings.Contains(err.Error(), "courrier") {
		t.Errorf("unknown source: %v", err)
	}
	if err := refused(Replay{Stage: "language", ID: "x"}); !strings.Contains(err.Error(), "not the id") {
		t.Errorf("bad id: %v", err)
	}
	if err := refused(Replay{Stage: "language", ID: newReplayID(time.Now())}); !strings.Contains(err.Error(), "nothing to continue") {
		t.Errorf("unknown id: %v", err)
	}
	if err := refused(Replay{Stage: "publish", Since: hourAgo()}); !errors.Is(err, errNoTell) {
		t.Errorf("publish without its stage: %v", err)
	}
	s, err := b.js.Stream(t.Context(), streamRaw)
	if err == nil {
		err = s.Purge(t.Context(), jetstream.WithPurgeSequence(3))
	}
	if err != nil {
		t.Fatal(err)
	}
	early, ok := errors.AsType[TooEarlyError](refused(Replay{Stage: "language", Since: hourAgo()}))
	if !ok || time.Since(early.Kept) > time.Minute {
		t.Errorf("too early: %+v", early)
	}
	if _, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: early.Kept.Truncate(time.Second)}); err != nil {
		t.Errorf("since the time that it names: %v", err)
	}
	cfg := s.CachedInfo().Config
	cfg.MaxBytes = int64(s.CachedInfo().State.Bytes) * 5 / 4
	if _, err := b.js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	full, ok := errors.AsType[NoRoomError](refused(Replay{Stage: "language", Since: early.Kept.Truncate(time.Second)}))
	if !ok || full.Need <= full.Free || full.Free <= 0 {
		t.Errorf("no room: %+v", full)
	}
}

// What the plan says the copies take is not less than what they take, and not much more.
func TestReplayKnowsHowMuchRoomItNeeds(t *testing.T) {
	b, p := replayLine(t, 50)
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo()})
	if err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		s, err := b.js.Stream(t.Context(), streamRaw)
		if err != nil {
			t.Fatal(err)
		}
		return int64(s.CachedInfo().State.Bytes)
	}
	before := size()
	if _, err := b.Replay(t.Context(), plan, func(ReplayProgress) {}); err != nil {
		t.Fatal(err)
	}
	drained(t, p)
	if took := size() - before; took > plan.Bytes || took < plan.Bytes*3/4 {
		t.Errorf("%d bytes were planned and %d taken", plan.Bytes, took)
	}
}

func TestReplayKeepsItsRate(t *testing.T) {
	b, _ := replayLine(t, 10)
	began := time.Now()
	replayAll(t, b, Replay{Stage: "language", Since: hourAgo(), Rate: 50})
	if took := time.Since(began); took < 9*time.Second/50 {
		t.Errorf("ten at 50 a second took %s", took)
	}
}
