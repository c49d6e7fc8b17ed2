package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

// tally is a small dedup: reports of one outlet are one story, and every report makes a revision.
type tally struct {
	mu     sync.Mutex // for the test, which looks in from outside
	states map[string]message.State
	resets int
}

func newTally() *tally { return &tally{states: map[string]message.State{}} }

func (f *tally) Process(_ context.Context, in message.Article) ([]message.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	id := message.StoryID(in.Outlet.Name)
	old := f.states[id]
	for _, m := range old.Members {
		if m.Article == in.ID {
			return nil, nil
		}
	}
	return []message.State{{
		Type:    message.StateV1,
		Story:   message.Story{Type: message.StoryV1, ID: id, Revision: old.Story.Revision + 1},
		Members: append(slices.Clone(old.Members), message.Member{Article: in.ID}),
	}}, nil
}

func (f *tally) Apply(s message.State) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.states[s.Story.ID] = s
}

func (f *tally) Reset() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.states = map[string]message.State{}
	f.resets++
}

// members of each story.
func (f *tally) members() map[string]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := map[string]int{}
	for id, s := range f.states {
		n[id] = len(s.Members)
	}
	return n
}

func article(i, outlet int) message.Article {
	return message.Article{
		Type: message.ArticleV1, ID: message.ArticleID(fmt.Sprint("https://outlet.example/", i)), Digest: "d", Language: "fr", Extractor: "fr/1",
		Outlet: message.Outlet{Name: fmt.Sprint("outlet", outlet)},
	}
}

func foldSpec() Spec { return Spec{Name: "dedup", Subjects: []string{message.ArticleSubjects}} }

func TestFoldCommitsOneStateForEachDecision(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	for i := range 30 {
		put(t, b, article(i, i%3))
	}
	running(t, p)
	drained(t, p)
	for id, n := range fold.members() {
		if n != 10 {
			t.Errorf("story %s has %d members, want 10", id, n)
		}
	}
	if last, err := b.lastSequence(t.Context(), streamState); err != nil || last != 30 {
		t.Errorf("%d states for 30 decisions (%v)", last, err)
	}
	if s := closed(t, p); s.Linked != 30 {
		t.Errorf("sum is %s", s)
	}
}

func TestFoldIsRebuiltByReplay(t *testing.T) {
	cfg := testConfig(t)
	var want map[string]int
	t.Run("first life", func(t *testing.T) {
		b := openBus(t, cfg)
		p, fold := newPipeline(b), newTally()
		AddFold(p, foldSpec(), fold)
		for i := range 9 {
			put(t, b, article(i, i%2))
		}
		running(t, p)
		drained(t, p)
		want = fold.members()
	})
	b := openBus(t, cfg)
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, fold.members()); diff != "" {
		t.Error(diff)
	}
}

// The commit was stored and the process died before the acknowledgement: the article comes again and must not count twice.
func TestFoldKnowsWhatItHasCommitted(t *testing.T) {
	b := openBus(t, testConfig(t))
	in := article(1, 1)
	states, _ := newTally().Process(t.Context(), in)
	put(t, b, states[0], in)
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	running(t, p)
	drained(t, p)
	if n := fold.members()[message.StoryID("outlet1")]; n != 1 {
		t.Errorf("the article counts %d times", n)
	}
	if s := closed(t, p); s.Duplicate != 1 || s.Linked != 0 {
		t.Errorf("sum is %s", s)
	}
}

func TestSecondWriterIsDetected(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	running(t, p)
	put(t, b, article(1, 1))
	drained(t, p)

	other := newTally()
	other.Apply(fold.states[message.StoryID("outlet1")])
	states, _ := other.Process(t.Context(), article(2, 1))
	put(t, b, states[0]) // behind the back of the first
	put(t, b, article(3, 1), article(2, 1))
	drained(t, p)
	if n := fold.members()[message.StoryID("outlet1")]; n != 3 {
		t.Errorf("the story has %d members, want 3: nothing lost, nothing twice", n)
	}
	if fold.resets != 1 {
		t.Errorf("everything was read %d times, want once: what the other wrote is read on from there", fold.resets)
	}
}

// The other writer has used the very message id that our decision would get.
func TestSecondWriterWithTheSameKeyIsDetected(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, fold := newPipeline(b), newTally()
	AddFold(p, foldSpec(), fold)
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	states, _ := newTally().Process(t.Context(), article(7, 1))
	put(t, b, states[0], article(8, 1))
	drained(t, p)
	if n := fold.members()[message.StoryID("outlet1")]; n != 2 {
		t.Errorf("the story has %d members, want both", n)
	}
}
