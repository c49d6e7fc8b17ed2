package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/cmd/internal/daemon"
	"rawi/cmd/internal/demo"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
	"rawi/stages/dedup"
	"rawi/stages/places"
	"rawi/stages/publish"
)

func TestMomentsAreTimesDaysOrHowLongAgo(t *testing.T) {
	rabat := time.FixedZone("", 3600)
	now := time.Date(2026, time.November, 22, 10, 30, 0, 0, rabat)
	for text, want := range map[string]time.Time{
		"":                          {},
		"2026-11-20T08:00:00Z":      time.Date(2026, time.November, 20, 8, 0, 0, 0, time.UTC),
		"2026-11-20T08:00:00+01:00": time.Date(2026, time.November, 20, 7, 0, 0, 0, time.UTC),
		"2026-11-20":                time.Date(2026, time.November, 20, 0, 0, 0, 0, rabat),
		"36h":                       time.Date(2026, time.November, 20, 22, 30, 0, 0, rabat),
		"3d":                        time.Date(2026, time.November, 19, 10, 30, 0, 0, rabat),
		"90m":                       time.Date(2026, time.November, 22, 9, 0, 0, 0, rabat),
	} {
		if got, err := moment(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q is %s (%v), want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"yesterday", "-3h", "-2d", "d", "3 d", "2026-13-01", "20-11-2026", "36", "3dd"} {
		if got, err := moment(text, now); err == nil || !strings.Contains(err.Error(), "2026-11-20") {
			t.Errorf("%q is %s (%v), want an error that shows how it is written", text, got, err)
		}
	}
}

func TestReplayFromDryRunToOutcome(t *testing.T) {
	s := startSmall(t)
	s.mended.Store(true) // three articles died of what has been mended since
	replay := func(want int, args ...string) (out, errs string) {
		t.Helper()
		out, errs, code := command(t, append([]string{"replay", "--server", s.url}, args...)...)
		if code != want {
			t.Fatalf("rawi replay %v gives %d: %s%s", args, code, out, errs)
		}
		return out, errs
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--from", "langage", "--since", "1h"}, exitUsage, "the stages are language"},
		{[]string{"--from", "language"}, exitUsage, "--since is missing"},
		{[]string{"--from", "language", "--since", "yesterday"}, exitUsage, "36h"},
		{[]string{"--from", "language", "--since", "1h", "--until", "2h"}, exitUsage, "before --since"},
		{[]string{"--from", "language", "--since", "1h", "--source", "corrier"}, exitFailed, "courrier"},
		{[]string{"--from", "language", "--continue", "20261122t080000-0a0a0a"}, exitFailed, "nothing to continue"},
		{[]string{"--from", "language", "--continue", "1", "--since", "1h"}, exitUsage, "leave --since"},
		{[]string{"--from", "language", "--since", "1h", "--rate=-1"}, exitUsage, "above 0"},
	} {
		if _, errs := replay(tt.code, tt.args...); !strings.Contains(errs, tt.want) {
			t.Errorf("%v says %s, want %s", tt.args, errs, tt.want)
		}
	}
	out, _ := replay(0, "--from", "language", "--since", "1h", "--dry-run")
	if !strings.Contains(out, "3  news.raw.crawl.courrier") || !strings.Contains(out, "3  messages would be sent to language") {
		t.Errorf("dry run:\n%s", out)
	}
	out, _ = replay(0, "--from", "language", "--since", "1h", "--dry-run", "--json")
	var plan pipeline.ReplayPlan
	if err := json.Unmarshal([]byte(out), &plan); err != nil || plan.Messages != 3 || plan.Bytes == 0 {
		t.Errorf("as JSON: %s (%v)", out, err)
	}
	out, errs := replay(0, "--from", "language", "--since", "1h", "--source", "courrier")
	if !strings.Contains(out, "sent 3 messages to language") || !strings.Contains(out, "rawi status") || !strings.Contains(errs, "--continue 20") {
		t.Errorf("%s%s", out, errs)
	}
	s.until(t, "three came through", func(sum pipeline.Sum) bool { return sum.Kept["fr"] == 3 && sum.Replayed == 3 })
	id := strings.TrimSuffix(strings.Fields(out)[1], ":")
	out, errs = replay(0, "--from", "language", "--continue", id)
	if !strings.Contains(out, "sent 0 messages") || !strings.Contains(out, "3 sent before") || errs != "" {
		t.Errorf("%s%s", out, errs)
	}
	out, _ = replay(0, "--from", "language", "--since", "1h", "--json")
	var done struct {
		Sent    int
		Skipped map[string]int
	}
	if err := json.Unmarshal([]byte(out), &done); err != nil || done.Sent != 3 || done.Skipped[pipeline.SkippedReplayed] != 3 {
		t.Errorf("as JSON: %s (%v)", out, err)
	}
}

func TestReplayLineFitsAndTellsOfTheStageThatIsBehind(t *testing.T) {
	line := replayLine(pipeline.ReplayProgress{Done: 5, Total: 10, Waiting: "extract-ar", Pending: 500})
	if line != "██████████░░░░░░░░░░ 5 of 10, waiting for extract-ar: 500 before it" {
		t.Error(line)
	}
}

func TestReplayErrorsSayWhatToDo(t *testing.T) {
	kept := time.Date(2026, time.November, 20, 8, 0, 0, 500, time.UTC)
	for _, tt := range []struct {
		err  error
		want string
	}{
		{pipeline.TooEarlyError{Stream: "RAW", Kept: kept}, "use --since 2026-11-20T08:00:00Z"},
		{pipeline.NoRoomError{Stream: "RAW", Need: 300 << 20, Free: 20 << 20}, "need about 300 MiB, and 20 MiB are free"},
		{pipeline.NoRoomError{Stream: "RAW", Need: 300 << 20, Free: 20 << 20}, "raise max_store_bytes"},
	} {
		if err := whatToDo(tt.err); !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v, want %s", err, tt.want)
		}
	}
}

// The real stages, all of them: what they say of the same pages does not change, so no story does.
func TestReplayThroughTheRealStagesChangesNoStory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole demo")
	}
	sites, err := demo.Start(t.Context(), demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d, err := daemon.Start(t.Context(), sites.Config(t.TempDir()), daemon.Options{Log: slog.New(slog.DiscardHandler), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Wait(); err != nil {
			t.Error(err)
		}
		if err := sites.Close(); err != nil {
			t.Error(err)
		}
	})
	before := untilIdle(t, d)
	sent := uint64(0)
	for _, stage := range []string{"crawl", "language", "extract-fr", "extract-ar", "dedup", "publish"} {
		out, errs, code := command(t, "replay", "--from", stage, "--since", "1h", "--json", "--server", d.Bus().ClientURL())
		var done pipeline.ReplayProgress
		if err := json.Unmarshal([]byte(out), &done); err != nil || code != 0 {
			t.Fatalf("%s: %d %s%s (%v)", stage, code, out, errs, err)
		}
		if done.Sent == 0 && stage != "publish" {
			t.Errorf("%s: nothing was sent", stage)
		}
		sent += uint64(done.Sent)
		if diff := cmp.Diff(before, untilIdle(t, d)); diff != "" {
			t.Errorf("a replay from %s changed stories: %s", stage, diff)
		}
	}
	for deadline := time.Now().Add(5 * time.Minute); ; { // a message is counted a moment after the server knows that it has ended
		sum, err := d.Account(t.Context())
		if err == nil && sum.Closed() && sum.Replayed == sent {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d were sent, sum is %s (%v)", sent, sum, err)
		}
	}
}

// extractor reads an article out of nothing but its number; once it is mended it knows the age of the third suspect.
type extractor struct{ mended atomic.Bool }

func (x *extractor) Process(_ context.Context, in message.Raw) ([]message.Article, error) {
	n, day := int(in.Body[0]-'0'), time.Date(2021, time.December, 1+2*int(in.Body[0]-'0'), 12, 0, 0, 0, time.UTC)
	a := message.Article{
		Type: message.ArticleV1, ID: in.ID, Digest: in.Digest, Outlet: in.Outlet, URL: in.URL, Language: "fr", Extractor: "fr/1",
		Title: fmt.Sprintf("Suspect %d interpellé", n), Published: message.Moment{Time: day}, Fetched: in.Fetched,
		Facts: message.Facts{
			Kind: message.KindOperation, Action: message.ActionArrest, Country: "MA",
			Arrested: &message.Count{N: 1}, Ages: &message.Range{Min: 40 + n, Max: 40 + n},
			Day: &message.Days{From: day.Format(time.DateOnly), To: day.Format(time.DateOnly), Precision: message.PrecisionDay},
		},
	}
	if n == 3 && x.mended.Load() {
		a.Facts.Ages = &message.Range{Min: 24, Max: 24}
	}
	return []message.Article{a}, nil
}

// numbered brings articles 0 to 5.
type numbered struct{}

func (numbered) Run(ctx context.Context, emit pipeline.Emit) error {
	for n := range 6 {
		url := fmt.Sprintf("https://courrier.example/%d", n)
		err := emit(ctx, message.Raw{
			Type: message.RawV1, ID: message.ArticleID(url), Digest: message.Digest(url), Outlet: message.Outlet{Name: "courrier"}, URL: url,
			Status: 200, Fetched: time.Date(2021, time.December, 20, 0, 0, 0, 0, time.UTC), Body: message.Body(fmt.Sprint(n)),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// The real dedup and publish stages behind an extractor that has learnt something: one story gets a revision, the others are left alone.
func TestReplayThroughABetterExtractorCorrectsTheStoryConcerned(t *testing.T) {
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes, cfg.Heartbeat = t.TempDir(), "127.0.0.1:0", 256<<20, 0 // messages are counted
	log := slog.New(slog.DiscardHandler)
	bus, err := pipeline.Open(t.Context(), cfg, log)
	if err != nil {
		t.Fatal(err)
	}
	x, s := &extractor{}, &small{url: bus.ClientURL(), bus: bus, p: pipeline.New(bus, observe.New("test"), log)}
	pipeline.AddSource(s.p, "feed", numbered{})
	pipeline.AddStage(s.p, pipeline.Spec{Name: "extract-fr", Subjects: []string{message.RawSubjects}}, x)
	pipeline.AddFold(s.p, pipeline.Spec{Name: "dedup", Subjects: []string{message.ArticleSubjects}}, dedup.New(dedup.Default(), places.Default()))
	pipeline.AddStage(s.p, pipeline.Spec{Name: "publish", Subjects: []string{message.StateSubjects}}, publish.New())
	s.run(t)
	revisions := func(want uint64) map[string]int {
		t.Helper()
		s.until(t, "all are read", func(sum pipeline.Sum) bool {
			idle, err := s.p.Drained(t.Context())
			return idle && err == nil && sum.Linked+sum.Dropped["known"] == want
		})
		stories, err := pipeline.Stories(t.Context(), bus)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]int{}
		for _, story := range stories {
			all[fmt.Sprint(story.Facts.Ages.Min)] = story.Revision
		}
		return all
	}
	before := revisions(6)
	x.mended.Store(true)
	if out, errs, code := command(t, "replay", "--from", "extract-fr", "--since", "1h", "--server", s.url); code != 0 {
		t.Fatalf("%d: %s%s", code, out, errs)
	}
	want := maps.Clone(before)
	delete(want, "43")
	want["24"] = 2
	if diff := cmp.Diff(want, revisions(12)); diff != "" || len(before) != 6 {
		t.Errorf("stories by age, and their revisions, before %v: %s", before, diff)
	}
}

// untilIdle waits until nothing is left to do and returns the stories.
func untilIdle(t *testing.T, d *daemon.Daemon) []message.Story {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if idle, err := d.Idle(t.Context()); err == nil && idle {
			stories, err := pipeline.Stories(t.Context(), d.Bus())
			if err != nil {
				t.Fatal(err)
			}
			return stories
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the daemon never came to rest")
		}
	}
}
