package pipeline

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

func fetch(i int) message.Fetch {
	r := raw(i)
	return message.Fetch{Type: message.FetchV1, ID: r.ID, Outlet: r.Outlet, URL: r.URL, Seen: "seen"}
}

// addFetchedLine is the whole line with a crawler before it, whose pages the source links to.
func addFetchedLine(p *Pipeline, src Source) {
	AddStage(p, Spec{Name: "crawl", Subjects: []string{message.FetchSubjects}}, stageFunc[message.Fetch, message.Raw](
		func(_ context.Context, in message.Fetch) ([]message.Raw, error) {
			return []message.Raw{{
				Type: message.RawV1, ID: in.ID, Digest: message.Digest(in.ID), Outlet: in.Outlet, URL: in.URL, Status: 200, Body: []byte("<p>نص</p>"),
			}}, nil
		}))
	addReplayLine(p, sameTitle)
	p.sources[0].source = src
}

// The acknowledgement of every message of one stage was lost, and by the time they come again the server has forgotten the ids of what the stage
// made of them. Everything is stored a second time then, up to the stage that knows better: dedup by the article and what it says, the stream
// of stories by the revision that the subject carries.
func TestWhatComesAgainBeyondTheWindowHasItsEffectOnce(t *testing.T) {
	t.Parallel()
	const n = 12
	links := &emitter{}
	for i := range n {
		links.messages = append(links.messages, fetch(i))
	}
	for _, tt := range []struct {
		again, stream string
		stored        map[string]int // what the streams hold in the end
	}{
		{"feed", "", map[string]int{streamFetch: 2 * n, streamRaw: 2 * n, streamLang: 2 * n, streamArticles: 2 * n}},
		{"crawl", streamFetch, map[string]int{streamFetch: n, streamRaw: 2 * n, streamLang: 2 * n, streamArticles: 2 * n}},
		{"language", streamRaw, map[string]int{streamRaw: n, streamLang: 2 * n, streamArticles: 2 * n}},
		{"extract-fr", streamLang, map[string]int{streamLang: n, streamArticles: 2 * n}},
		{"dedup", streamArticles, map[string]int{streamArticles: n}},
		{"publish", streamState, map[string]int{streamArticles: n}},
	} {
		t.Run(tt.again, func(t *testing.T) {
			b := openBus(t, testConfig(t))
			p := newPipeline(b)
			addFetchedLine(p, links)
			stop := running(t, p)
			eventually(t, "all is brought", func() bool { return p.sources[0].counts.snapshot().OK == n })
			drained(t, p)
			stop()
			before := told(t, b)
			forget(t, b)
			p = newPipeline(b)
			if tt.again == "feed" {
				addFetchedLine(p, links)
			} else {
				addFetchedLine(p, &emitter{})
				if err := b.js.DeleteConsumer(t.Context(), tt.stream, tt.again); err != nil { // made anew, it takes everything again
					t.Fatal(err)
				}
			}
			running(t, p)
			eventually(t, "all came again", func() bool { return cameAgain(p, tt.again) == n })
			drained(t, p)
			if diff := cmp.Diff(before, told(t, b)); diff != "" || len(before) != n {
				t.Errorf("%d stories were told, and then %s", len(before), diff)
			}
			if last, err := b.lastSequence(t.Context(), streamState); err != nil || last != n {
				t.Errorf("%d states, want %d (%v)", last, n, err)
			}
			for stream, want := range tt.stored {
				if got := len(stored(t, b, stream)); got != want {
					t.Errorf("%s holds %d messages, want %d: was the window shut?", stream, got, want)
				}
			}
			closed(t, p)
			if missing, err := p.Missing(t.Context()); err != nil || len(missing) != 0 {
				t.Errorf("missing: %v, %v", missing, err)
			}
		})
	}
}

// cameAgain is the number of messages that a source or stage has been through.
func cameAgain(p *Pipeline, name string) uint64 {
	if name == p.sources[0].name {
		return p.sources[0].counts.snapshot().ended()
	}
	for _, c := range p.stages {
		if c.Name == name {
			return c.counts.snapshot().ended()
		}
	}
	return 0
}

// A message that dies a second time because its acknowledgement was lost leaves no second dead letter, for as long as it can come again.
func TestDeadLettersAreKnownAsLongAsTheirMessagesComeAgain(t *testing.T) {
	windows := map[string]layout{}
	for _, l := range layouts() {
		windows[l.name] = l
	}
	for _, stream := range []string{streamFetch, streamRaw, streamLang} {
		if dead := windows[streamDead]; dead.window < windows[stream].age {
			t.Errorf("dead letters are known for %s, and messages of %s come again for %s", dead.window, stream, windows[stream].age)
		}
	}
}
