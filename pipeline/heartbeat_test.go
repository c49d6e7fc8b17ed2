package pipeline

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

func beatingConfig(t *testing.T) Config {
	t.Helper()
	cfg := testConfig(t)
	cfg.Heartbeat = Default().Heartbeat
	return cfg
}

// beatingLine is the whole line in small, with an extractor for a second language.
func beatingLine(t *testing.T, b *Bus) (*Pipeline, *observe.Metrics, *heart) {
	t.Helper()
	m := observe.New("test")
	p := newPipeline(b)
	p.metrics = m
	addReplayLine(p, sameTitle)
	AddStage(p, Spec{Name: "extract-ar", Subjects: []string{message.LangSubject("ar")}}, stageFunc[message.Detected, message.Article](
		func(context.Context, message.Detected) ([]message.Article, error) { return nil, errBroken }))
	i := slices.IndexFunc(p.sources, func(s *source) bool { return s.name == heartbeatStage })
	if i < 0 {
		t.Fatal("nobody sends heartbeats")
	}
	return p, m, p.sources[i].source.(*heart)
}

// beating are the stages that a heartbeat came through.
func beating(t *testing.T, m *observe.Metrics) (stages []string) {
	t.Helper()
	w := httptest.NewRecorder()
	observe.Handler(m, new(observe.Health)).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if rest, ok := strings.CutPrefix(line, `rawi_heartbeat_seen_timestamp_seconds{stage="`); ok {
			if stage, value, _ := strings.Cut(rest, `"} `); value != "0\n" {
				stages = append(stages, stage)
			}
		}
	}
	return stages
}

func throughAll(t *testing.T, m *observe.Metrics) {
	t.Helper()
	eventually(t, "a heartbeat came through every stage", func() bool {
		return slices.Equal(beating(t, m), []string{"dedup", "extract-ar", "extract-fr", "language", "publish"})
	})
}

func TestAHeartbeatGoesThroughEveryStageAndIsNoStory(t *testing.T) {
	cfg := beatingConfig(t)
	t.Run("first life", func(t *testing.T) {
		b := openBus(t, cfg)
		p, m, h := beatingLine(t, b)
		put(t, b, raw(0), raw(1))
		running(t, p)
		drained(t, p)
		if got := beating(t, m); len(got) != 0 {
			t.Errorf("heartbeats came through %v before one was sent", got)
		}
		if err := h.beat(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
		throughAll(t, m)
		if s := closed(t, p); s.Accepted != 1 || s.Linked != 2 || s.Duplicate != 1 || s.Dropped[heartbeatStage] != 1 || s.InFlight != 0 {
			t.Errorf("sum is %s, dropped %v; want one heartbeat accepted, and of those of the two languages one dropped and one a duplicate", s, s.Dropped)
		}
	})
	b := openBus(t, cfg)
	for _, stream := range []string{streamState, streamStories, streamDead} {
		for _, e := range stored(t, b, stream) {
			if e.Kind == HeartbeatKind || stream == streamDead {
				t.Errorf("stream %s holds %s: %s", stream, e.Subject, e.Body)
			}
		}
	}
	var read []string
	err := Articles(t.Context(), b, Beginning(), func(e Envelope) error {
		read = append(read, e.Kind)
		return nil
	})
	if want := []string{message.ArticleV1, message.ArticleV1}; err != nil || !slices.Equal(read, want) {
		t.Errorf("a reader of articles is given %v (%v), want %v", read, err, want)
	}
	p, _, _ := beatingLine(t, b)
	running(t, p)
	drained(t, p)
	closed(t, p)
}

func TestDaemonsOnOneServerSendOneHeartbeatTogether(t *testing.T) {
	b := openBus(t, beatingConfig(t))
	_, _, one := beatingLine(t, b)
	_, _, two := beatingLine(t, b)
	now := time.Date(2026, 11, 22, 10, 0, 7, 0, time.UTC)
	for _, err := range []error{one.beat(t.Context(), now), two.beat(t.Context(), now.Add(50*time.Second)), one.beat(t.Context(), now.Add(time.Minute))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if a, b := one.src.counts.snapshot(), two.src.counts.snapshot(); a.OK != 2 || b.OK != 0 || b.Duplicate != 1 {
		t.Errorf("sent %d and %d, %d of them twice; want the second daemon's taken for the first's", a.OK, b.OK, b.Duplicate)
	}
}

// On a cluster that loses its leader a stage tries again to store its copy. That another stage has stored its own meanwhile makes it a duplicate.
func TestTheCopyOfAnotherStageIsNotTakenForOnesOwn(t *testing.T) {
	b := openBus(t, beatingConfig(t))
	p, _, h := beatingLine(t, b)
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	if err := h.beat(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	drained(t, p)
	var copies []*nats.Msg
	for _, e := range stored(t, b, streamArticles) {
		var beat heartbeat
		if err := e.Decode(&beat); err != nil {
			t.Fatal(err)
		}
		stages := []string{"extract-fr", "extract-ar"}
		if !slices.Contains(stages, beat.By) {
			t.Errorf("handed on by %q", beat.By)
		}
		beat.to = p.readers(streamArticles)[0]
		for _, beat.By = range stages {
			m, err := b.codec.encode(beat, "")
			if err != nil {
				t.Fatal(err)
			}
			copies = append(copies, m)
		}
	}
	own := 0
	for _, m := range copies {
		ack, err := b.publish(t.Context(), m)
		if err != nil || !ack.Duplicate {
			t.Fatalf("stored once more: %+v, %v", ack, err)
		}
		is, err := b.ours(t.Context(), m, ack)
		if err != nil {
			t.Fatal(err)
		}
		if is {
			own++
		}
	}
	if len(copies) != 2 || own != 1 {
		t.Errorf("%d of %d copies are taken for what is stored, want that of one stage", own, len(copies))
	}
}

func TestAHeartbeatIsNotSeenByAStageThatStandsStill(t *testing.T) {
	b := openBus(t, beatingConfig(t))
	p, m, h := beatingLine(t, b)
	release := make(chan struct{})
	i := slices.IndexFunc(p.stages, func(c *consumer) bool { return c.Name == "publish" })
	publish := p.stages[i]
	publish.worker = &stageWorker[message.State, message.Story]{publish, stageFunc[message.State, message.Story](
		func(ctx context.Context, s message.State) ([]message.Story, error) {
			<-release
			return tellStory(ctx, s)
		})}
	put(t, b, raw(0))
	running(t, p)
	eventually(t, "publish is at work", func() bool {
		_, busy, _ := publish.back.get()
		return busy > 0
	})
	if err := h.beat(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the heartbeat came to the state stream", func() bool { return slices.Contains(beating(t, m), "dedup") })
	for range 3 { // looks of the watch, which would tell of it
		if err := publish.refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := beating(t, m); slices.Contains(got, "publish") {
		t.Errorf("publish stands still, and counts among %v", got)
	}
	close(release)
	throughAll(t, m)
}

func TestHeartbeatsAreNotReplayed(t *testing.T) {
	b := openBus(t, beatingConfig(t))
	p, m, h := beatingLine(t, b)
	put(t, b, raw(0), raw(1), raw(2))
	running(t, p)
	drained(t, p)
	if err := h.beat(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	throughAll(t, m)
	for _, stage := range []string{"language", "extract-fr", "dedup"} {
		plan, err := b.PlanReplay(t.Context(), Replay{Stage: stage, Since: hourAgo()})
		if err != nil {
			t.Fatal(err)
		}
		if plan.Messages != 3 {
			t.Errorf("a replay from %s would send %d messages, want the 3 of articles", stage, plan.Messages)
		}
	}
}

func TestNoHeartbeatIsSentWhereNoneIsWanted(t *testing.T) {
	cfg := testConfig(t)
	cfg.Heartbeat = 0
	p := newPipeline(openBus(t, cfg))
	addReplayLine(p, sameTitle)
	if slices.ContainsFunc(p.sources, func(s *source) bool { return s.name == heartbeatStage }) {
		t.Error("there is a source of heartbeats")
	}
	cfg.Heartbeat = time.Millisecond
	if err := cfg.Validate(); err == nil || !strings.Contains(err.Error(), "heartbeat: 1ms is below 1s") {
		t.Errorf("got %v", err)
	}
}

func TestHeartbeatsComeByThemselves(t *testing.T) {
	t.Parallel()
	cfg := testConfig(t)
	cfg.Heartbeat = time.Second
	p, m, _ := beatingLine(t, openBus(t, cfg))
	running(t, p)
	throughAll(t, m)
}

func TestHeartbeatsGoOnWhileSourcesPause(t *testing.T) {
	p, _, h := beatingLine(t, openBus(t, beatingConfig(t)))
	p.gate.set(true)
	timed, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := h.beat(timed, time.Now()); err != nil {
		t.Errorf("a pause of the sources holds up heartbeats: %v", err)
	}
}

// A stage behind the state stream is given no heartbeat. What it is seen to do stands for one.
func TestAStageOnTheStateStreamHasToFinishWhatWasDecidedAndAskForMore(t *testing.T) {
	p, m, _ := beatingLine(t, openBus(t, beatingConfig(t)))
	publish := p.stages[slices.IndexFunc(p.stages, func(c *consumer) bool { return c.Name == "publish" })]
	at := &passed{sent: time.Now(), state: 10}
	for _, c := range []struct {
		name       string
		finished   uint64
		idle, asks bool
		seen       bool
	}{
		{"states before the heartbeat are not finished", 9, false, true, false},
		{"there is nothing to do and nobody asks", 10, true, false, false},
		{"what came before is finished, newer states are in work", 10, false, false, true},
		{"there is nothing to do and it asks for more", 3, true, true, true}, // the last states gave way to newer ones of their stories
	} {
		before := publish.noted.Load()
		publish.note(at, c.finished, c.idle, c.asks)
		if seen := publish.noted.Load() != before; seen != c.seen {
			t.Errorf("%s: seen is %v, want %v", c.name, seen, c.seen)
		}
		at = &passed{sent: time.Now(), state: 10}
	}
	if got := beating(t, m); !slices.Equal(got, []string{"publish"}) {
		t.Errorf("seen at %v, want publish", got)
	}
}
