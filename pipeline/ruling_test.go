package pipeline

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// ruled is a tally that follows rulings: each makes one more revision of a story, once.
type ruled struct{ *tally }

func (f ruled) Rule(_ context.Context, r message.Ruling) ([]message.State, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	old, ok := f.states[r.Story]
	if !ok {
		return nil, fault.Permanently("refused", errors.New("no story "+r.Story))
	}
	if h := old.Story.Decision.Hand; h != nil && h.Ruling == r.ID {
		return nil, fault.Dropped("overruled")
	}
	next := old
	next.Members = slices.Clone(old.Members)
	next.Story.Revision++
	next.Story.Decision = message.Decision{Outcome: message.OutcomeHand, Hand: r.Hand()}
	return []message.State{next}, nil
}

func rulingSpec() Spec {
	return Spec{Name: "dedup", Subjects: []string{message.ArticleSubjects, message.RulingSubjects}}
}

func retraction(story string) message.Ruling {
	r := message.Ruling{Type: message.RulingV1, Act: message.ActRetract, Story: story, By: "Samira", At: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	r.ID = message.RulingID(r)
	return r
}

func TestARulingIsFollowedInLineWithTheArticles(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, fold := newPipeline(b), ruled{newTally()}
	AddFold(p, rulingSpec(), fold)
	story := message.StoryID("outlet1")
	put(t, b, article(1, 1), article(2, 1))
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	states, err := b.Rule(t.Context(), retraction(story), time.Minute)
	if err != nil || len(states) != 1 || states[0].Story.ID != story || len(states[0].Members) != 2 {
		t.Fatalf("got %+v, %v; want the story with both articles, ruled", states, err)
	}
	put(t, b, retraction(story)) // stored again under the same id
	drained(t, p)
	if s := closed(t, p); s.Linked != 3 || s.Replayed != 1 || total(s.Dead) != 0 {
		t.Errorf("sum is %s, want three decisions, one of which nobody brought as an article", s)
	}
}

func TestAPageThatItsOutletTookAwayIsAccountedForOnce(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, fold := newPipeline(b), ruled{newTally()}
	story := message.StoryID("outlet1")
	AddStage(p, Spec{Name: "crawl", Subjects: []string{message.FetchSubjects}}, stageFunc[message.Fetch, message.Message](
		func(_ context.Context, in message.Fetch) ([]message.Message, error) {
			r := message.Withdrawal(in, "status 410", time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC))
			r.Story = story
			return []message.Message{r}, nil
		}))
	AddFold(p, rulingSpec(), fold)
	AddSource(p, "feed", &emitter{messages: []message.Message{
		message.Fetch{Type: message.FetchV1, ID: article(1, 1).ID, Outlet: message.Outlet{Name: "outlet1"}, Known: &message.Known{}},
	}})
	put(t, b, article(1, 1))
	running(t, p)
	eventually(t, "the page's ruling to be followed", func() bool {
		fold.mu.Lock()
		defer fold.mu.Unlock()
		return fold.states[story].Story.Revision == 2
	})
	drained(t, p)
	if h := fold.states[story].Story.Decision.Hand; h == nil || h.By != "" || h.Reason != "status 410" {
		t.Fatalf("decision %+v, want that of the outlet", fold.states[story].Story.Decision)
	}
	if s := closed(t, p); s.Start != 1 || s.Accepted != 1 || s.Linked != 2 || s.Replayed != 0 {
		t.Errorf("sum is %s, want an article that was there, a page that was asked for, and a decision on each", s)
	}
}

// parting is a fold whose rulings make a story of their own beside the one that they are on.
type parting struct{ ruled }

func (f parting) Rule(ctx context.Context, r message.Ruling) ([]message.State, error) {
	states, err := f.ruled.Rule(ctx, r)
	if err != nil {
		return nil, err
	}
	own := states[0]
	own.Story.ID, own.Story.Revision = message.StoryID(r.ID), 1
	return []message.State{own, states[0]}, nil
}

func TestTheAnswerToARulingHasEveryStateThatItMakes(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddFold(p, rulingSpec(), parting{ruled{newTally()}})
	put(t, b, article(1, 1))
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	r := retraction(message.StoryID("outlet1"))
	states, err := b.Rule(t.Context(), r, forEver)
	if err != nil || len(states) != 2 || states[0].Story.ID != message.StoryID(r.ID) {
		t.Fatalf("got %+v, %v; want two states", states, err)
	}

	all := stored(t, b, streamState)
	made := all[len(all)-2:]
	second := openBus(t, testConfig(t)) // here they are stored with a pause between them
	a := answer{bus: second, ruling: r}
	for i, e := range made {
		m := nats.NewMsg(e.Subject)
		m.Header, m.Data = e.Header, e.Body
		m.Header.Del("Nats-Expected-Last-Sequence") // it has another place here
		if _, err := second.publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		if err := a.look(t.Context()); err != nil || len(a.found) != i+1 || a.whole() != (i == 1) {
			t.Errorf("after state %d: %d found, whole is %t (%v)", i+1, len(a.found), a.whole(), err)
		}
	}
}

func TestARulingThatIsRefusedSaysWhy(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddFold(p, rulingSpec(), ruled{newTally()})
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	_, err := b.Rule(t.Context(), retraction("s9"), time.Minute)
	var refused RefusedError
	if !errors.As(err, &refused) || refused.Why != "no story s9" {
		t.Errorf("got %v, want it refused since there is no such story", err)
	}
	drained(t, p)
	if s := closed(t, p); s.Dead["refused"] != 1 {
		t.Errorf("sum is %s, want a dead letter", s)
	}
}

func TestARulingWaitsForADaemon(t *testing.T) {
	b := openBus(t, testConfig(t))
	story := message.StoryID("outlet1")
	put(t, b, article(1, 1))
	_, err := b.Rule(t.Context(), retraction(story), time.Millisecond)
	if !errors.As(err, new(NoAnswerError)) || !strings.Contains(err.Error(), "rawi status") {
		t.Fatalf("got %v, want an error that no daemon answers", err)
	}
	p, fold := newPipeline(b), ruled{newTally()}
	AddFold(p, rulingSpec(), fold)
	running(t, p)
	drained(t, p)
	if h := fold.states[story].Story.Decision.Hand; h == nil || h.By != "Samira" {
		t.Errorf("the ruling that waited was not followed: %+v", fold.states[story].Story.Decision)
	}
	if s := closed(t, p); s.Start != 2 || s.Linked != 2 || s.Replayed != 0 {
		t.Errorf("sum is %s, want what waited at the start and no more", s)
	}
}

// A consumer that was made before there were rulings reads them after the update.
func TestAnOlderStoreTakesRulings(t *testing.T) {
	t.Run("embedded", func(t *testing.T) { takesRulings(t, testConfig(t)) })
	t.Run("external", func(t *testing.T) {
		cfg := testConfig(t)
		cfg.NATS.URL = serveNATS(t, t.TempDir(), "127.0.0.1:0").url
		takesRulings(t, cfg)
	})
}

func takesRulings(t *testing.T, cfg Config) {
	t.Helper()
	t.Run("before", func(t *testing.T) {
		b := openBus(t, cfg)
		s, err := b.js.Stream(t.Context(), streamArticles)
		if err != nil {
			t.Fatal(err)
		}
		older := s.CachedInfo().Config
		older.Subjects = []string{message.ArticleSubjects}
		if _, err := b.js.UpdateStream(t.Context(), older); err != nil {
			t.Fatal(err)
		}
		p := newPipeline(b)
		AddFold(p, foldSpec(), newTally())
		put(t, b, article(1, 1))
		running(t, p)
		drained(t, p)
	})
	b := openBus(t, cfg)
	p := newPipeline(b)
	AddFold(p, rulingSpec(), ruled{newTally()})
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	if _, err := b.Rule(t.Context(), retraction(message.StoryID("outlet1")), time.Minute); err != nil {
		t.Error(err)
	}
	drained(t, p)
	if s := closed(t, p); s.Linked != 1 {
		t.Errorf("sum is %s", s)
	}
}
