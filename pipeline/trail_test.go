package pipeline

import (
	"context"
	"errors"
	"slices"
	"testing"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

func trail(t *testing.T, b *Bus, article string) (Trail, []string) {
	t.Helper()
	got, err := b.Trail(t.Context(), article)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, h := range got.Hops {
		kinds = append(kinds, h.Kind)
	}
	return got, kinds
}

func TestTrailOfAnArticleIsItsWayThroughAllStages(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	addFetchedLine(p, &emitter{messages: []message.Message{fetch(0), fetch(1), fetch(2)}})
	running(t, p)
	eventually(t, "all is brought", func() bool { return p.sources[0].counts.snapshot().OK == 3 })
	drained(t, p)
	got, kinds := trail(t, b, fetch(1).ID)
	want := []string{message.FetchV1, message.RawV1, message.DetectedV1, message.ArticleV1, message.StateV1, message.StoryV1}
	if !slices.Equal(kinds, want) {
		t.Errorf("hops %v, want %v", kinds, want)
	}
	for i, h := range got.Hops {
		if h.Trace == "" || h.Trace != got.Hops[0].Trace || i > 0 && h.Time.Before(got.Hops[i-1].Time) {
			t.Errorf("hop %d: %+v", i, h)
		}
	}
	last := got.Hops[len(got.Hops)-1]
	if len(got.Stories) != 1 || last.Story != got.Stories[0] || last.Revision != "1" || len(got.Waits) != 0 {
		t.Errorf("stories %v, waits %v, last hop %+v", got.Stories, got.Waits, last)
	}
	if none, kinds := trail(t, b, "unknown"); len(kinds)+len(none.Stories)+len(none.Waits) != 0 {
		t.Errorf("an article that nobody brought has a trail: %+v", none)
	}
}

func TestTrailSaysWhereAnArticleWaitsAndWhereItDied(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	held := make(chan struct{})
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			if in.ID == raw(0).ID {
				return nil, fault.Permanently("no_text", errors.New("nothing to read"))
			}
			select {
			case <-held:
			case <-ctx.Done():
			}
			return nil, fault.Dropped("enough")
		}))
	put(t, b, raw(0), raw(1))
	running(t, p)
	eventually(t, "one article is dead and one in work", func() bool {
		_, dead := trail(t, b, raw(0).ID)
		waiting, _ := trail(t, b, raw(1).ID)
		return slices.Equal(dead, []string{message.RawV1, message.DeadV1}) && slices.Equal(waiting.Waits, []Wait{{Stage: "language", Started: true}})
	})
	close(held)
	drained(t, p)
	if got, kinds := trail(t, b, raw(1).ID); len(got.Waits) != 0 || !slices.Equal(kinds, []string{message.RawV1}) {
		t.Errorf("of a dropped article the trail is %+v", got)
	}
}
