package pipeline

import (
	"testing"
	"time"
)

// Sequences begin again in a stream that was made anew: what ended under one of them says nothing of the message that has it now.
func TestStreamThatWasMadeAnewIsReadFromItsBeginning(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	put(t, b, raw(1), raw(2), raw(3))
	running(t, p)
	drained(t, p)
	eventually(t, "the watch has seen the acknowledgements", func() bool { return p.stages[0].floor.Load() == 3 })
	if err := b.js.DeleteStream(t.Context(), streamRaw); err != nil {
		t.Fatal(err)
	}
	if err := b.ensureStreams(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, b, raw(11), raw(12), raw(13), raw(14))
	eventually(t, "all messages of the new stream went through", func() bool {
		ids := map[string]bool{}
		for _, e := range stored(t, b, streamLang) {
			ids[key{id: e.ID}.article()] = true
		}
		return ids[raw(11).ID] && ids[raw(12).ID] && ids[raw(13).ID] && ids[raw(14).ID]
	})
}

// A server that lost its last messages, or was set back to a copy, gives their sequences to others.
func TestWhatEndedIsKnownBySequenceAndTime(t *testing.T) {
	var r recent
	first := time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	second := first.Add(time.Minute)
	r.add(7, first)
	if !r.has(7, first) || r.has(7, second) || r.has(8, first) {
		t.Error("another message is taken for the one that ended")
	}
	r.add(7, second)
	if r.has(7, first) || !r.has(7, second) {
		t.Error("the newer message of the sequence is the one that counts")
	}
	for i := range uint64(recentSize) {
		r.add(100+i, first)
	}
	if r.hasSequence(7) || !r.hasSequence(100) || len(r.set) != recentSize {
		t.Errorf("%d are remembered, 7 among them: %t; want the last %d", len(r.set), r.hasSequence(7), recentSize)
	}
}
