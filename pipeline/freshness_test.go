package pipeline

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// dated is a chronicle of articles that were fetched an hour ago; the stories of those that byHand names are made by a person.
type dated struct {
	chronicle
	byHand string
}

func (f dated) Process(ctx context.Context, in message.Article) ([]message.State, error) {
	states, err := f.chronicle.Process(ctx, in)
	for i := range states {
		states[i].Story.Decision.At = hourAgo()
		if in.ID == f.byHand {
			states[i].Story.Decision.Outcome, states[i].Story.Decision.Hand = message.OutcomeHand, &message.Hand{Act: message.ActMerge}
		}
	}
	return states, err
}

// freshness is the line of the metrics that counts story messages.
func freshness(t *testing.T, p *Pipeline) string {
	t.Helper()
	w := httptest.NewRecorder()
	observe.Handler(p.metrics, new(observe.Health)).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(w.Body.String()) {
		if n, ok := strings.CutPrefix(line, "rawi_story_freshness_seconds_count "); ok {
			return strings.TrimSpace(n)
		}
	}
	return "none"
}

// What a replay or a person changes is as old as its articles. Counted, it would say that the daemon is late.
func TestFreshnessIsThatOfNewsAlone(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var changed atomic.Bool
	addLineWith(p, func(id string) string {
		if changed.Load() {
			return "تفكيك خلية في سلا"
		}
		return sameTitle(id)
	}, dated{chronicle{newTally()}, raw(3).ID})
	put(t, b, raw(0), raw(1), raw(2))
	running(t, p)
	drained(t, p)
	if got := freshness(t, p); got != "3" {
		t.Fatalf("three articles are counted as %s", got)
	}

	changed.Store(true)
	replayAll(t, b, Replay{Stage: "extract-fr", Since: time.Now().Add(-time.Hour)})
	drained(t, p)
	if n := len(told(t, b)); n != 6 {
		t.Fatalf("%d story messages, want the replay to have changed all three", n)
	}
	if got := freshness(t, p); got != "3" {
		t.Errorf("with a replay: %s", got)
	}

	put(t, b, raw(3))
	drained(t, p)
	if got := freshness(t, p); got != "3" || len(told(t, b)) != 7 {
		t.Errorf("with a decision of a person: %s", got)
	}
	put(t, b, raw(4))
	drained(t, p)
	if got := freshness(t, p); got != "4" {
		t.Errorf("with another article: %s", got)
	}
}
