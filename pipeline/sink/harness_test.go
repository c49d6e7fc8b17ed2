package sink

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/message"
	"rawi/pipeline/outbound"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		os.Exit(child(url, os.Getenv(childPath)))
	}
	goleak.VerifyTestMain(m)
}

// stand is a server with stories, and what sinks need.
type stand struct {
	t     testing.TB
	url   string
	js    jetstream.JetStream
	parts Parts

	mu      sync.Mutex
	letters []message.Dead
}

func open(t testing.TB) *stand {
	t.Helper()
	cfg := pipeline.Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes = t.TempDir(), "127.0.0.1:0", 256<<20
	bus, err := pipeline.Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bus.Close(context.WithoutCancel(t.Context())) })
	nc, err := nats.Connect(bus.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	s := &stand{t: t, url: bus.ClientURL()}
	if s.js, err = jetstream.New(nc); err != nil {
		t.Fatal(err)
	}
	s.parts = partsOf(t, s.url)
	s.parts.Bury = func(_ context.Context, d message.Dead) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.letters = append(s.letters, d)
		return nil
	}
	return s
}

func partsOf(t testing.TB, url string) Parts {
	t.Helper()
	stories, err := client.Connect(t.Context(), client.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stories.Close() })
	return Parts{
		Stories: stories, Outbound: outbound.Default(), Log: quiet(), Count: func(string, string) {},
		Bury: func(context.Context, message.Dead) error { return nil },
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// run starts sinks that end with the test, or before it by what is returned.
func (s *stand) run(all ...Config) *Set {
	s.t.Helper()
	set := Start(context.WithoutCancel(s.t.Context()), s.parts)
	if err := set.Apply(all); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(set.Close)
	return set
}

func (s *stand) put(stories ...message.Story) {
	s.t.Helper()
	for _, st := range stories {
		body, err := json.Marshal(st)
		if err != nil {
			s.t.Fatal(err)
		}
		m := nats.NewMsg(st.Subject())
		m.Data = body
		m.Header.Set("Rawi-Kind", message.StoryV1)
		if _, err := s.js.PublishMsg(s.t.Context(), m); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *stand) dead() []message.Dead {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]message.Dead(nil), s.letters...)
}

func story(id string, revision int) message.Story {
	return message.Story{
		Type: message.StoryV1, ID: id, Revision: revision, Change: message.ChangeUpdate, Kind: message.KindOperation, Country: "MA",
		Titles: map[string]string{"ar": "توقيف مشتبه فيه بسلا"},
	}
}

func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("never happened: %s", what)
		case <-tick.C:
		}
	}
}

func status(t testing.TB, set *Set) Status {
	t.Helper()
	all := set.Status(t.Context())
	if len(all) != 1 {
		t.Fatalf("%d sinks run, want one", len(all))
	}
	return all[0]
}

func delivered(t testing.TB, set *Set, n uint64) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d stories are delivered", n), func() bool { return status(t, set).Delivered >= n })
}

// pairs are the stories and revisions of a file of lines, in their order; it fails the test at a line that is no story.
func pairs(t testing.TB, path string) []string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range bytes.Lines(data) {
		var s message.Story
		if err := json.Unmarshal(line, &s); err != nil || line[len(line)-1] != '\n' {
			t.Fatalf("line %q of %s: %v", line, path, err)
		}
		all = append(all, fmt.Sprintf("%s.%d", s.ID, s.Revision))
	}
	return all
}

func same(t testing.TB, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stories (-want +got):\n%s", diff)
	}
}

func archive(t testing.TB) Config {
	t.Helper()
	return Config{Name: "archive", From: FromBeginning, File: &File{Path: filepath.Join(t.TempDir(), "stories.jsonl")}}
}
