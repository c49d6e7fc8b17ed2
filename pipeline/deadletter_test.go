package pipeline

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// fragile is a stage that refuses everything until it is mended.
func fragile(mended *atomic.Bool) stageFunc[message.Raw, message.Detected] {
	return func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
		if !mended.Load() {
			return nil, fault.Permanently("no_article", errBroken)
		}
		return label("fr")(ctx, in)
	}
}

func TestRetriedDeadLetterComesThroughAndTheAccountStaysClosed(t *testing.T) {
	cfg := testConfig(t)
	cfg.NATS.URL = serveNATS(t, t.TempDir(), "127.0.0.1:0").url
	b := openBus(t, cfg)
	p := newPipeline(b)
	var mended atomic.Bool
	AddStage(p, rawSpec("language"), fragile(&mended))
	put(t, b, raw(0), raw(1), raw(2))
	running(t, p)
	drained(t, p)
	letters := deadLetters(t, b)
	if len(letters) != 3 {
		t.Fatalf("%d dead letters", len(letters))
	}
	reader, err := Dial(t.Context(), cfg, quiet()) // as the command line does it
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close(t.Context()) //nolint:errcheck // a reader has nothing to lose

	if _, err := reader.Retry(t.Context(), letters[0].Sequence); err != nil { // too early: it dies again
		t.Fatal(err)
	}
	eventually(t, "it is a dead letter again", func() bool {
		return len(deadLetters(t, b)) == 3 && p.stages[0].counts.snapshot().Dead["no_article"] == 4
	})
	closed(t, p)
	mended.Store(true)
	for _, d := range deadLetters(t, b) {
		if _, err := reader.Retry(t.Context(), d.Sequence); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all three came through", func() bool { return len(stored(t, b, streamLang)) == 3 })
	drained(t, p)
	if s := closed(t, p); s.Replayed != 4 || s.Dead["no_article"] != 4 {
		t.Errorf("sum is %s", s)
	}
	if left := deadLetters(t, b); len(left) != 0 {
		t.Errorf("%d dead letters are left", len(left))
	}
	all := stored(t, b, streamRaw)
	last := all[len(all)-1]
	deaths := strings.Split(last.Header.Get(HeaderHistory), ";")
	if last.ID != "dead2:"+letters[0].MsgID || last.Header.Get(HeaderRetry) != "2" || len(deaths) != 2 || !strings.HasPrefix(deaths[0], "language no_article 20") {
		t.Errorf("%s carries %v", last.ID, last.Header)
	}
	if _, err := reader.Retry(t.Context(), letters[0].Sequence); !errors.Is(err, ErrNoDeadLetter) {
		t.Errorf("a second retry gives %v", err)
	}
}

// A retry that was cut off between its steps is finished by the next one: one message, one entry in the account.
func TestRetryTwiceCountsOnce(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var mended atomic.Bool
	AddStage(p, rawSpec("language"), fragile(&mended))
	put(t, b, raw(0))
	running(t, p)
	drained(t, p)
	mended.Store(true)
	d := deadLetters(t, b)[0]
	m, err := b.revive(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the letter itself stays
		if _, err := b.publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Retry(t.Context(), d.Sequence); err != nil {
		t.Fatal(err)
	}
	drained(t, p)
	if s := closed(t, p); s.Replayed != 1 || len(stored(t, b, streamRaw)) != 2 {
		t.Errorf("sum is %s", s)
	}
}

func TestDeadLettersAreChosenByStageAndReason(t *testing.T) {
	b := openBus(t, testConfig(t))
	began := time.Now()
	for i, d := range []message.Dead{
		{Stage: "crawl", Reason: "gone"}, {Stage: "crawl", Reason: "too_big"}, {Stage: "extract-fr", Reason: "gone"},
	} {
		d.Type, d.Stream, d.Sequence, d.Body = message.DeadV1, streamRaw, uint64(i+1), []byte("{}")
		put(t, b, d)
	}
	for want, f := range map[string]DeadFilter{
		"1 2 3": {Since: began.Add(-time.Minute)}, "1 2": {Stage: "crawl"}, "1 3": {Reason: "gone"},
		"3": {Stage: "extract-fr", Reason: "gone"}, "": {Stage: "dedup"},
	} {
		var got []string
		err := b.DeadLetters(t.Context(), f, func(d DeadLetter) error {
			got = append(got, string(rune('0'+d.Sequence)))
			return nil
		})
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%+v chooses %q, want %q (%v)", f, got, want, err)
		}
	}
	if err := b.Drop(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if _, err := b.DeadLetter(t.Context(), 2); !errors.Is(err, ErrNoDeadLetter) {
		t.Errorf("a dropped letter gives %v", err)
	}
	if err := b.Drop(t.Context(), 2); !errors.Is(err, ErrNoDeadLetter) {
		t.Errorf("dropping it twice gives %v", err)
	}
}

// A state is the truth of its story: an older one must not come back over a newer one.
func TestRetryOfAnOldStateChangesNothing(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	state := func(revision int) message.State {
		return message.State{Type: message.StateV1, Story: message.Story{ID: "s1", Revision: revision}}
	}
	for revision := range 2 {
		s := state(revision + 1)
		put(t, b, s)
		body, err := marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		put(t, b, message.Dead{
			Type: message.DeadV1, Stage: "publish", Reason: "panic", Stream: streamState, Sequence: uint64(revision + 1),
			Of: s.Subject(), MsgID: s.Key(), Header: map[string]string{HeaderKind: message.StateV1}, Body: body,
		})
	}
	for i, want := range []uint64{2, 3} { // the first is out of date, the second stands again
		seq := uint64(i + 1)
		if _, err := b.Retry(t.Context(), seq); err != nil {
			t.Fatal(err)
		}
		if last, err := b.lastSequence(t.Context(), streamState); err != nil || last < want {
			t.Errorf("after the retry of %d the last state is %d (%v)", seq, last, err)
		}
	}
	all := stored(t, b, streamState)
	if last, err := b.lastSequence(t.Context(), streamState); len(all) != 1 || all[0].ID != "dead1:"+state(2).Key() || last != 3 || err != nil {
		t.Errorf("the state is %+v, sequence %d (%v)", all, last, err)
	}
}

func TestLetterWithoutABodyIsReadFromItsStream(t *testing.T) {
	b := openBus(t, testConfig(t))
	in := raw(7)
	put(t, b, in)
	d := DeadLetter{Dead: message.Dead{Stream: streamRaw, Sequence: 1, Of: in.Subject(), MsgID: in.Key()}}
	if body, err := b.Message(t.Context(), d); err != nil || !strings.Contains(string(body), "نص") {
		t.Errorf("got %+q, %v", body, err)
	}
	d.Dead.Sequence = 99
	if _, err := b.Message(t.Context(), d); !errors.Is(err, jetstream.ErrMsgNotFound) {
		t.Errorf("got %v", err)
	}
	d.Dead.Sequence = 0
	if _, err := b.Message(t.Context(), d); err == nil || !strings.Contains(err.Error(), "its source never stored it") {
		t.Errorf("got %v", err)
	}
}

// What the server gives up by itself is a dead letter all the same, once.
func TestAdvisoriesBecomeDeadLetters(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg := (*p.stages[0].cons.Load()).CachedInfo().Config
	cfg.MaxDeliver, cfg.AckWait = 1, time.Minute
	cons, err := b.js.UpdateConsumer(t.Context(), streamRaw, cfg)
	if err != nil {
		t.Fatal(err)
	}
	put(t, b, raw(0), raw(1))
	give := func(cons jetstream.Consumer, f func(jetstream.Msg) error) {
		t.Helper()
		msg, err := cons.Next(jetstream.FetchMaxWait(time.Minute))
		if err == nil {
			err = f(msg)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	give(cons, func(jetstream.Msg) error { return nil }) // is silent, and this was its last delivery
	give(cons, func(m jetstream.Msg) error { return m.TermWithReason("by hand") })
	desk, err := b.js.CreateConsumer(t.Context(), streamRaw, jetstream.ConsumerConfig{Durable: "desk", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	give(desk, jetstream.Msg.Term) // a subscriber's own affair
	cfg.AckWait = 50 * time.Millisecond
	if cons, err = b.js.UpdateConsumer(t.Context(), streamRaw, cfg); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server has said so of all three", func() bool {
		_, _ = cons.Next(jetstream.FetchMaxWait(10 * time.Millisecond)) // the server looks when it is asked
		return len(stored(t, b, streamAdvisory)) == 3
	})
	for range 2 {
		if err := p.readAdvisories(t.Context()); err != nil {
			t.Fatal(err)
		}
		letters := deadLetters(t, b)
		reasons := map[string]string{}
		for _, d := range letters {
			reasons[d.Reason] = d.MsgID
		}
		if len(letters) != 2 || reasons[ReasonMaxDeliveries] != raw(0).Key() || reasons[ReasonTerminated] != raw(1).Key() {
			t.Fatalf("dead letters %v", reasons)
		}
		if d := letters[0]; d.Stage != "language" || !strings.Contains(string(d.Body), "outlet.example") || d.Header[HeaderKind] != message.RawV1 {
			t.Errorf("dead letter %+v", d.Dead)
		}
		if err := b.js.DeleteConsumer(t.Context(), streamAdvisory, advisoryReader); err != nil { // and all is read once more
			t.Fatal(err)
		}
	}
	if _, err := b.original(t.Context(), streamRaw, 99); !errors.Is(err, jetstream.ErrMsgNotFound) {
		t.Errorf("got %v", err)
	}
	d, _, err := b.letterOf(t.Context(), advisory{Stream: streamRaw, Consumer: "language", Sequence: 99})
	if err != nil || len(d.Errors) != 2 {
		t.Errorf("letter of a message that is gone: %+v, %v", d, err)
	}
}

// TestAStoryThatASinkGaveUpIsPublishedOnceMore does so while it is the newest of its subject: an older one must not come after a newer one.
func TestAStoryThatASinkGaveUpIsPublishedOnceMore(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, story("s1", "MA", 1, message.ChangeNew), story("s1", "MA", 2, message.ChangeUpdate))
	for i, e := range stored(t, b, streamStories) {
		err := b.Bury(t.Context(), message.Dead{
			Type: message.DeadV1, Stage: "sink-desk", Reason: "http_410", Errors: []string{"gone"}, Stream: streamStories, Sequence: e.Sequence,
			Of: e.Subject, MsgID: e.ID, Header: map[string]string{HeaderKind: message.StoryV1}, Body: e.Body,
		})
		if err != nil {
			t.Fatal(err)
		}
		if letters := deadLetters(t, b); len(letters) != i+1 || letters[i].Stage != "sink-desk" {
			t.Fatalf("dead letters are %+v", letters)
		}
	}
	for _, d := range deadLetters(t, b) {
		if _, err := b.Retry(t.Context(), d.Sequence); err != nil {
			t.Fatal(err)
		}
	}
	all := stored(t, b, streamStories)
	if len(all) != 3 || all[2].ID != "dead1:s1:2" || len(deadLetters(t, b)) != 0 {
		t.Errorf("%d stories are stored, the last is %s", len(all), all[len(all)-1].ID)
	}
}
