package pipeline

import (
	"context"
	"testing"

	"rawi/pipeline/message"
)

// The server gives a state up that a newer one of its story has replaced, also while publish has it in hand: the newer one says it all.
func TestStateThatWasOvertakenIsNoDeadLetter(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	taken, free := make(chan struct{}, 10), make(chan struct{})
	AddStage(p, Spec{Name: "publish", Subjects: []string{message.StateSubjects}}, stageFunc[message.State, message.Story](
		func(ctx context.Context, s message.State) ([]message.Story, error) {
			taken <- struct{}{}
			select {
			case <-free:
			case <-ctx.Done():
			}
			return nil, nil
		}))
	state := func(revision int) message.State {
		return message.State{Type: message.StateV1, Story: message.Story{Type: message.StoryV1, ID: "s", Revision: revision}}
	}
	running(t, p)
	put(t, b, state(1))
	<-taken
	put(t, b, state(2))
	eventually(t, "the server gives the first one up", func() bool { return len(stored(t, b, streamAdvisory)) > 0 })
	eventually(t, "what the server gave up is looked at", func() bool {
		cons, err := b.js.Consumer(t.Context(), streamAdvisory, advisoryReader)
		return err == nil && cons.CachedInfo().AckFloor.Stream > 0
	})
	close(free)
	drained(t, p)
	if dead := stored(t, b, streamDead); len(dead) > 0 {
		t.Errorf("%d dead letters: %s", len(dead), dead[0].Subject)
	}
}
