package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// chronicle is a dedup that takes an article in again when its title has changed, and a story for each article.
type chronicle struct{ *tally }

func (f chronicle) Process(_ context.Context, in message.Article) ([]message.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := message.StoryID(in.ID)
	old, known := f.states[id]
	if known && old.Story.Titles["fr"] == in.Title {
		return nil, fault.Dropped("known")
	}
	return []message.State{{
		Type: message.StateV1, Members: []message.Member{{Article: in.ID}},
		Story: message.Story{
			Type: message.StoryV1, ID: id, Revision: old.Story.Revision + 1, Titles: map[string]string{"fr": in.Title},
			Reports: []message.Report{{Article: in.ID}},
		},
	}}, nil
}

// telling of states as they are.
func tellStory(_ context.Context, s message.State) ([]message.Story, error) {
	return []message.Story{s.Story}, nil
}

// addReplayLine is the whole line in small; titled is what its extractor makes of an article.
func addReplayLine(p *Pipeline, titled func(id string) string) {
	AddSource(p, "feed", &emitter{})
	AddStage(p, rawSpec("language"), label("fr"))
	extract := Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}, Workers: 4}
	AddStage(p, extract, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) {
			return []message.Article{{
				Type: message.ArticleV1, ID: in.Raw.ID, Digest: in.Raw.Digest, Language: "fr", Outlet: in.Raw.Outlet, Extractor: "fr/1",
				Title: titled(in.Raw.ID),
			}}, nil
		}))
	AddFold(p, foldSpec(), Fold[message.Article, message.State](chronicle{newTally()}))
	AddStage(p, Spec{Name: "publish", Subjects: []string{message.StateSubjects}}, stageFunc[message.State, message.Story](tellStory))
}

func sameTitle(string) string { return "Salé : un suspect interpellé" }

// replayLine is a line that has read n articles, and runs.
func replayLine(t *testing.T, n int) (*Bus, *Pipeline) {
	t.Helper()
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	addReplayLine(p, sameTitle)
	for i := range n {
		put(t, b, raw(i))
	}
	running(t, p)
	drained(t, p)
	return b, p
}

func hourAgo() time.Time { return time.Now().Add(-time.Hour) }

// replayAll plans and runs a replay.
func replayAll(t *testing.T, b *Bus, r Replay) ReplayProgress {
	t.Helper()
	plan, err := b.PlanReplay(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Replay(t.Context(), plan, func(ReplayProgress) {})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// told is every story message, by its id, in order.
func told(t *testing.T, b *Bus) (ids []string) {
	t.Helper()
	for _, e := range stored(t, b, streamStories) {
		ids = append(ids, e.ID)
	}
	return ids
}

// forget shortens the time for which message ids are remembered, and waits until all of them are forgotten.
func forget(t *testing.T, b *Bus) {
	t.Helper()
	const window = 100 * time.Millisecond
	for _, l := range layouts() {
		s, err := b.js.Stream(t.Context(), l.name)
		if err != nil {
			t.Fatal(err)
		}
		cfg := s.CachedInfo().Config
		cfg.Duplicates = window
		if _, err := b.js.UpdateStream(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	eventually(t, "the window has passed", func() bool { return time.Since(began) > 3*window })
}

func TestReplayOfUnchangedCodeChangesNoStory(t *testing.T) {
	for _, stage := range []string{"language", "extract-fr", "dedup"} {
		for _, window := range []string{"ids known", "ids forgotten"} {
			t.Run(stage+", "+window, func(t *testing.T) {
				b, p := replayLine(t, 30)
				before := told(t, b)
				if window == "ids forgotten" {
					forget(t, b)
				}
				got := replayAll(t, b, Replay{Stage: stage, Since: hourAgo()})
				drained(t, p)
				if s := closed(t, p); got.Sent != 30 || s.Replayed != 30 || s.Dropped["known"] != 30 {
					t.Errorf("sent %d, sum is %s", got.Sent, s)
				}
				if diff := cmp.Diff(before, told(t, b)); diff != "" {
					t.Errorf("stories changed: %s", diff)
				}
				if last, err := b.lastSequence(t.Context(), streamState); err != nil || last != 30 {
					t.Errorf("%d states, want 30 (%v)", last, err)
				}
				if missing, err := p.Missing(t.Context()); err != nil || len(missing) != 0 {
					t.Errorf("missing: %v, %v", missing, err)
				}
			})
		}
	}
}

// The version of the extractor stays the same, and the ids of its earlier outcomes are still known: what counts is what it says. A rollback is
// a change as well.
func TestReplayThroughAChangedStageChangesTheStoriesConcerned(t *testing.T) {
	b := openBus(t, testConfig(t))
	var changed atomic.Bool
	p := newPipeline(b)
	addReplayLine(p, func(id string) string {
		if changed.Load() && slices.Contains([]string{raw(3).ID, raw(4).ID}, id) {
			return "تفكيك خلية في سلا"
		}
		return sameTitle(id)
	})
	for i := range 20 {
		put(t, b, raw(i))
	}
	running(t, p)
	drained(t, p)
	revisions := func() map[string]int {
		t.Helper()
		drained(t, p)
		closed(t, p)
		all, err := Stories(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		for _, s := range all {
			n[s.ID] = s.Revision
		}
		return n
	}
	want := revisions()
	for round, code := range []bool{true, false} {
		changed.Store(code)
		from := []string{"language", "extract-fr"}[round]
		replayAll(t, b, Replay{Stage: from, Since: hourAgo()})
		want[message.StoryID(raw(3).ID)]++
		want[message.StoryID(raw(4).ID)]++
		if diff := cmp.Diff(want, revisions()); diff != "" {
			t.Errorf("round %d from %s: %s", round, from, diff)
		}
	}
	// of each article there are three outcomes now, and only the last is what stands
	if got := replayAll(t, b, Replay{Stage: "dedup", Since: hourAgo()}); got.Sent != 20 || got.Skipped[SkippedRepeated] == 0 {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff(want, revisions()); diff != "" {
		t.Errorf("from dedup: %s", diff)
	}
}

var errKilled = errors.New("killed")

// A replay that is cut short goes on under its id, whatever is still remembered of the first run's ids.
func TestContinuedReplaySendsNothingTwice(t *testing.T) {
	b, p := replayLine(t, 30)
	plan, err := b.PlanReplay(t.Context(), Replay{Stage: "language", Since: hourAgo(), Source: "courrier"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, kill := context.WithCancelCause(t.Context())
	s := &sender{bus: b, plan: plan, told: func(ReplayProgress) {}, began: time.Now(), progress: ReplayProgress{Skipped: plan.Skipped}}
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

func TestReplayRepeatsOriginalsOnly(t *testing.T) {
	b, p := replayLine(t, 5)
	replayAll(t, b, Replay{Stage: "language", Since: hourAgo()})
	drained(t, p)
	retried := raw(7) // its original has expired
	out, err := b.codec.encode(retried, "")
	if err != nil {
		t.Fatal(err)
	}
	out.Header.Set("Nats-Msg-Id", "dead1:"+retried.Key())
	out.Header.Set(HeaderRetry, "1")
	if _, err := b.publish(t.Context(), out); err != nil {
		t.Fatal(err)
	}
	drained(t, p)
	got := replayAll(t, b, Replay{Stage: "language", Since: hourAgo()})
	if got.Sent != 6 || got.Skipped[SkippedReplayed] != 5 {
		t.Errorf("got %+v", got)
	}
	drained(t, p)
	if s := closed(t, p); s.Replayed != 12 { // five, the retry, six
		t.Errorf("sum is %s", s)
	}
	all := stored(t, b, streamRaw)
	if last := all[len(all)-1]; ownID(last.ID) != retried.Key() || strings.Contains(last.ID, "dead") || last.Header.Get(HeaderRetry) != "" {
		t.Errorf("%s carries %v", last.ID, last.Header)
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
	begun := make(chan struct{})
	once := sync.OnceFunc(func() { close(begun) })
	go func() {
		_, err := b.Replay(t.Context(), plan, func(p ReplayProgress) {
			if p.Sent > 0 {
				once()
			}
		})
		replayed <- err
	}()
	<-begun
	p := newPipeline(b)
	addReplayLine(p, sameTitle)
	running(t, p)
	eventually(t, "it runs", p.running.Load)
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
		if p.Waiting == "language" && p.Pending == 10 {
			waits++
		}
		if waits == 3 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || got.Sent != 10 {
		t.Errorf("sent %d, want a tenth of the high water (%v)", got.Sent, err)
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

func TestReplayFromPublishRestoresStories(t *testing.T) {
	b, p := replayLine(t, 10)
	before := told(t, b)
	tell := stageFunc[message.State, message.Story](tellStory)
	if got := replayAll(t, b, Replay{Stage: "publish", Since: hourAgo(), Tell: tell}); got.Sent != 0 {
		t.Errorf("nothing was lacking, and %d were sent", got.Sent)
	}
	s, err := b.js.Stream(t.Context(), streamStories)
	if err == nil {
		err = s.Purge(t.Context()) // the server still knows the ids
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{10, 0} {
		if got := replayAll(t, b, Replay{Stage: "publish", Since: hourAgo(), Tell: tell}); got.Sent != want {
			t.Errorf("round %d sent %d, want %d", i, got.Sent, want)
		}
	}
	var after []string
	for _, id := range told(t, b) {
		after = append(after, ownID(id))
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	if last, err := b.lastSequence(t.Context(), streamState); err != nil || last != 10 {
		t.Errorf("the state stream was written to: %d (%v)", last, err)
	}
	drained(t, p)
	closed(t, p)
}

func TestReplayKeepsItsRate(t *testing.T) {
	b, _ := replayLine(t, 10)
	began := time.Now()
	replayAll(t, b, Replay{Stage: "language", Since: hourAgo(), Rate: 50})
	if took := time.Since(began); took < 9*time.Second/50 {
		t.Errorf("ten at 50 a second took %s", took)
	}
}

// The server is restarted under a running replay, as it is with a daemon that has it inside.
func TestReplayOutlivesARestartOfTheServer(t *testing.T) {
	dir := t.TempDir()
	first := serveNATS(t, dir, "127.0.0.1:0")
	cfg := testConfig(t)
	cfg.NATS.URL = first.url
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
	start := sync.OnceFunc(func() { serveNATS(t, dir, strings.TrimPrefix(first.url, "nats://")) })
	s := &sender{bus: b, plan: plan, told: func(ReplayProgress) {}, began: time.Now(), progress: ReplayProgress{Skipped: plan.Skipped}}
	err = s.run(t.Context(), func(ctx context.Context, seq uint64) error {
		if s.progress.Sent == 20 {
			first.stop()
		}
		timed, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		defer cancel()
		err := s.copy(timed, seq)
		if err != nil {
			start()
		}
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
