package pipeline

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

// asked has a fold say how many articles it knows, without its lock: the answer comes on its own goroutine, or the race detector speaks up.
func asked(t *testing.T, p *Pipeline, f *tally) (articles int, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = p.Between(ctx, "dedup", func() {
		for _, s := range f.states {
			articles += len(s.Members)
		}
	})
	return articles, err
}

func TestAFoldsMemoryIsAskedBetweenMessages(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, f := newPipeline(b), newTally()
	AddFold(p, foldSpec(), f)
	if _, err := asked(t, p, f); !errors.Is(err, ErrNotRead) {
		t.Errorf("before it runs: %v", err)
	}
	stop := running(t, p)
	eventually(t, "it runs", func() bool { return p.running.Load() })
	const articles = 50
	var putting sync.WaitGroup
	putting.Go(func() {
		for i := range articles {
			put(t, b, article(i, i%5))
		}
	})
	before := 0
	for before < articles {
		known, err := asked(t, p, f)
		if err != nil || known < before {
			t.Fatalf("%d articles after %d (%v)", known, before, err)
		}
		before = known
	}
	putting.Wait()
	if err := p.Between(t.Context(), "publish", func() {}); err == nil || !strings.Contains(err.Error(), "keeps no memory") {
		t.Errorf("of a stage that there is not: %v", err)
	}
	stop()
	if _, err := asked(t, p, f); !errors.Is(err, ErrNotRead) {
		t.Errorf("after it has run: %v", err)
	}
}

func TestAStandbyKnowsWhatWasDecidedBeforeItIsAsked(t *testing.T) {
	d := twoDaemons(t, foldSpec(), foldSpec())
	d.second.tuning.watch = time.Hour // it does not follow by itself
	running(t, d.first)
	put(t, d.bus, article(0, 0))
	drained(t, d.first)
	running(t, d.second)
	eventually(t, "the second is ready", func() bool { return d.second.Ready(t.Context()) == nil })
	put(t, d.bus, article(1, 0), article(2, 1))
	drained(t, d.first)
	if known, err := asked(t, d.second, d.secondFold); known != 3 || err != nil {
		t.Errorf("it knows %d articles (%v), want 3", known, err)
	}
}

func TestAQuestionThatPanicsCostsTheMemoryAndNotTheProcess(t *testing.T) {
	b := openBus(t, testConfig(t))
	p, f := newPipeline(b), newTally()
	AddFold(p, foldSpec(), f)
	running(t, p)
	put(t, b, article(0, 0))
	drained(t, p)
	if err := p.Between(t.Context(), "dedup", func() { panic("broken") }); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("the panic is %v", err)
	}
	if known, err := asked(t, p, f); known != 1 || err != nil || f.loads() != 2 {
		t.Errorf("it knows %d articles after %d loads (%v), want 1 after 2", known, f.loads(), err)
	}
}
