package pipeline

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

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
