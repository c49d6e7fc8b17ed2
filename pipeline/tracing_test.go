package pipeline

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// spanOf is the part of a traceparent that names the work.
func spanOf(parent string) string { return strings.Split(parent, "-")[2] }

func TestEveryHopIsAnotherSpanOfOneTrace(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	AddSource(p, "feed", &fixedSource{messages: []message.Message{raw(1)}})
	AddStage(p, rawSpec("language"), label("fr"))
	AddStage(p, Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}}, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) { return nil, errBroken }))
	running(t, p)
	eventually(t, "the dead letter", func() bool { return len(deadLetters(t, b)) == 1 })

	var hops []string
	for _, stream := range []string{streamRaw, streamLang, streamDead} {
		hops = append(hops, stored(t, b, stream)[0].Header.Get(HeaderTrace))
	}
	for i, hop := range hops {
		if observe.TraceID(hop) == "" || observe.TraceID(hop) != observe.TraceID(hops[0]) {
			t.Errorf("hop %d: %q is not of the trace of %q", i, hop, hops[0])
		}
		if slices.ContainsFunc(hops[:i], func(before string) bool { return spanOf(before) == spanOf(hop) }) {
			t.Errorf("hop %d: the span of %q is that of a hop before", i, hop)
		}
	}
	if _, err := b.Retry(t.Context(), deadLetters(t, b)[0].Sequence); err != nil {
		t.Fatal(err)
	}
	again := stored(t, b, streamLang)[1]
	if again.Header.Get(HeaderRetry) == "" || again.Header.Get(HeaderTrace) != hops[1] {
		t.Errorf("%q is tried again as %q", hops[1], again.Header.Get(HeaderTrace))
	}
}

// fixedSource brings its messages once.
type fixedSource struct {
	once     sync.Once
	messages []message.Message
}

func (s *fixedSource) Run(ctx context.Context, emit Emit) (err error) {
	s.once.Do(func() {
		for _, m := range s.messages {
			if err = emit(ctx, m); err != nil {
				return
			}
		}
	})
	return err
}

func TestAForeignTraceThatIsWrongBeginsANewOne(t *testing.T) {
	b := openBus(t, testConfig(t))
	hostile := [][]string{
		nil,
		{"00-" + strings.Repeat("0", 32) + "-b7ad6b7169203331-01"},
		{"00-ZZf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
		{strings.Repeat("-", 4000)},
		{"\u202e\x1b]0;title\x07"},
		{observe.NextSpan(""), observe.NextSpan("")}, // two are none
	}
	for i, values := range hostile {
		m, err := b.codec.encode(raw(i), "")
		if err != nil {
			t.Fatal(err)
		}
		m.Header[HeaderTrace] = values
		if _, err := b.publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	running(t, p)
	drained(t, p)
	seen := map[string]bool{}
	for _, e := range stored(t, b, streamLang) {
		id := observe.TraceID(e.Header.Get(HeaderTrace))
		if id == "" || seen[id] || slices.Contains(e.Header.Values(HeaderTrace), "") {
			t.Errorf("%q is no trace of its own", e.Header.Values(HeaderTrace))
		}
		for _, values := range hostile {
			if slices.ContainsFunc(values, func(v string) bool { return observe.TraceID(v) == id && id != "" }) {
				t.Errorf("%q goes on", id)
			}
		}
		seen[id] = true
	}
	if len(seen) != len(hostile) || len(deadLetters(t, b)) != 0 {
		t.Errorf("%d of %d messages came through", len(seen), len(hostile))
	}
}
