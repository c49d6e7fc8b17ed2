package pipeline

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
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
	addLineWith(p, titled, chronicle{newTally()})
}

func addLineWith(p *Pipeline, titled func(id string) string, dedup Fold[message.Article, message.State]) {
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
	AddFold(p, foldSpec(), dedup)
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
		shorten(t, b, l.name, 2*window)
		// Once more: the server may count the first change of a window against the old one, and not look again before that is over.
		shorten(t, b, l.name, window)
	}
	for _, l := range layouts() {
		all := stored(t, b, l.name)
		if len(all) == 0 {
			continue
		}
		eventually(t, "stream "+l.name+" forgets its last id", func() bool { return forgotten(t, b, all[len(all)-1]) })
	}
}

// forgotten asks for a message to be stored again behind one that there is not: a stream that knows its id takes it for a repetition all the same.
func forgotten(t *testing.T, b *Bus, e Envelope) bool {
	t.Helper()
	again := nats.NewMsg(e.Subject)
	again.Header.Set(nats.MsgIdHdr, e.ID)
	ack, err := b.js.PublishMsg(t.Context(), again, jetstream.WithExpectLastMsgID("none"))
	if err == nil && !ack.Duplicate {
		t.Fatalf("%s was stored at message %d", e.ID, ack.Sequence)
	}
	return err != nil && strings.Contains(err.Error(), "wrong last msg ID")
}

// shorten sets the time for which a stream knows the ids of its messages.
func shorten(t *testing.T, b *Bus, stream string, window time.Duration) {
	t.Helper()
	s, err := b.js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	cfg := s.CachedInfo().Config
	cfg.Duplicates = window
	if _, err := b.js.UpdateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
}

func TestReplayOfUnchangedCodeChangesNoStory(t *testing.T) {
	t.Parallel()
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
