package pipeline

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// liveOn runs the whole flow on a bus until it has done what sources give it, and returns how often the first stage saw each article.
func liveOn(t *testing.T, b *Bus, fold *tally, articles int) *attempts {
	t.Helper()
	seen := &attempts{}
	source := &emitter{}
	for i := range articles {
		source.messages = append(source.messages, raw(i))
	}
	p := flow(b, source, fold)
	p.stages[0].worker = &stageWorker[message.Raw, message.Detected]{consumer: p.stages[0], stage: stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			seen.add(in.ID)
			return label("fr")(ctx, in)
		})}
	stop := running(t, p)
	eventually(t, "the source has told everything", func() bool {
		c := p.sources[0].counts.snapshot()
		return int(c.OK+c.Duplicate) == articles
	})
	drained(t, p)
	closed(t, p)
	stop()
	return seen
}

// filled is the directory of a store in which 30 articles went all the way and 20 more wait for the first stage.
func filled(t *testing.T) string {
	t.Helper()
	cfg := testConfig(t)
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	liveOn(t, b, newTally(), 30)
	for i := 30; i < 50; i++ {
		put(t, b, raw(i))
	}
	if _, err := b.Bucket(t.Context(), "news_sources", 0); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return cfg.Dir
}

// goesOn fails unless a pipeline on a bus continues where the one that left filled ended.
func goesOn(t *testing.T, b *Bus) {
	t.Helper()
	fold := newTally()
	seen := liveOn(t, b, fold, 60) // the source tells everything again, and ten more
	for i := range 60 {
		want := 1
		if i < 30 {
			want = 0
		}
		if n := seen.of(raw(i).ID); n != want {
			t.Errorf("article %d was worked on %d times after the move, want %d", i, n, want)
		}
	}
	for _, stream := range []string{streamRaw, streamLang, streamArticles} {
		if n := len(stored(t, b, stream)); n != 60 {
			t.Errorf("stream %s has %d messages, want 60", stream, n)
		}
	}
	linked := 0
	for id, n := range fold.members() {
		linked += n
		if r := fold.states[id].Story.Revision; r != n {
			t.Errorf("story %s has revision %d with %d reports: each report makes one", id, r, n)
		}
	}
	if linked != 60 {
		t.Errorf("%d articles are in stories, want 60", linked)
	}
	told := map[string]int{}
	for _, e := range stored(t, b, streamStories) {
		told[e.ID]++
	}
	for id, n := range told {
		if n > 1 {
			t.Errorf("%s was told %d times", id, n)
		}
	}
}

func TestMigrationLosesNothingAndDoublesNothing(t *testing.T) {
	dir := filled(t)
	cfg, _, _ := secured(t)
	moved, c := map[string]Moved{}, copying{}
	if err := Migrate(t.Context(), dir, cfg, quiet(), Watch{Moved: func(m Moved) { moved[m.Stream] = m }, Copying: c.take}); err != nil {
		t.Fatal(err)
	}
	if m := moved[streamRaw]; m.Messages != 50 || m.LastSeq != 50 || m.Consumers != 1 {
		t.Errorf("pages: %+v", m)
	}
	c.check(t, moved)
	if _, ok := moved["KV_news_sources"]; !ok {
		t.Errorf("the buckets were left behind: %v", moved)
	}
	again := 0
	if err := Migrate(t.Context(), dir, cfg, quiet(), Watch{Moved: func(m Moved) {
		if m.Already {
			again++
		}
	}}); err != nil || again != len(moved) {
		t.Errorf("the second time %d of %d were there (%v)", again, len(moved), err)
	}
	old := testConfig(t)
	old.Dir = dir
	openFails(t, old, "was moved to", "set nats.url", movedFile)
	goesOn(t, openBus(t, cfg))

	err := Migrate(t.Context(), dir, cfg, quiet(), Watch{})
	if err == nil || !strings.Contains(err.Error(), "of its own (") {
		t.Errorf("onto a target that has gone on: %v", err)
	}
}

// copying is what a migration tells of each stream on its way.
type copying map[string][]int64

func (c copying) take(stream string, done, total int64) {
	c[stream] = append(c[stream], done, total)
}

// check fails unless every stream that was moved grew up to its end.
func (c copying) check(t *testing.T, moved map[string]Moved) {
	t.Helper()
	for stream := range moved {
		told := c[stream]
		if len(told) < 2 {
			t.Errorf("nothing was told of the way of stream %s", stream)
			continue
		}
		for i := 2; i < len(told); i += 2 {
			if told[i] < told[i-2] || told[i] > told[i+1] {
				t.Errorf("stream %s: %v is no way", stream, told)
			}
		}
		if told[len(told)-2] != told[len(told)-1] {
			t.Errorf("stream %s ends at %d of %d bytes", stream, told[len(told)-2], told[len(told)-1])
		}
	}
}

func TestMigrationThatWasCutShortIsRepeated(t *testing.T) {
	dir := filled(t)
	cfg, _, _ := secured(t)
	copyOnly(t, dir, cfg, 3)
	if _, err := os.Stat(dir + "/" + movedFile); err == nil {
		t.Error("the store counts as moved")
	}
	abandonRestore(t, cfg)
	already := 0
	if err := Migrate(t.Context(), dir, cfg, quiet(), Watch{Moved: func(m Moved) {
		if m.Already {
			already++
		}
	}}); err != nil || already != 3 {
		t.Fatalf("%d streams were there the second time (%v)", already, err)
	}
	goesOn(t, openBus(t, cfg))
}

// copyOnly brings the first streams over and no more, as a process does that is killed there.
func copyOnly(t *testing.T, dir string, cfg Config, streams int) {
	t.Helper()
	b, err := connect(cfg, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close(t.Context()) //nolint:errcheck // everything was answered
	lock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close() //nolint:errcheck // a lock of the test
	if err := b.patiently(t.Context(), b.Ready); err != nil {
		t.Fatal(err)
	}
	m := migration{dir: dir, lock: lock, to: b, log: quiet()}
	var all []*jetstream.StreamInfo
	err = m.reading(t.Context(), func(from *Bus) (err error) {
		all, err = m.survey(t.Context(), from)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all[:streams] {
		if err := b.restore(t.Context(), filepath.Join(dir, streamsFolder, s.Config.Name), restoring{m.wanted(s.Config), s.State, func(int) {}}); err != nil {
			t.Fatal(err)
		}
	}
}

// abandonRestore begins to restore the stream of articles and says no more, as a process does that is killed there.
func abandonRestore(t *testing.T, cfg Config) {
	t.Helper()
	b, err := connect(cfg, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	c := migration{to: b}.wanted(jetstream.StreamConfig{Name: streamArticles})
	deliver, err := b.beginRestore(t.Context(), c, jetstream.StreamState{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.hand(t.Context(), deliver, []byte("half of a snapshot")); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestMigrationToACluster(t *testing.T) {
	dir := filled(t)
	c := startCluster(t)
	if err := Migrate(t.Context(), dir, c.cfg, quiet(), Watch{}); err != nil {
		t.Fatal(err)
	}
	b := openBus(t, c.cfg)
	c.whole(b)
	goesOn(t, b)
}

func TestMigrationToAClusterThatWasCutShortSaysWhatToRemove(t *testing.T) {
	dir := filled(t)
	c := startCluster(t)
	copyOnly(t, dir, c.cfg, 1)
	abandonRestore(t, c.cfg)
	err := Migrate(t.Context(), dir, c.cfg, quiet(), Watch{})
	if err == nil || !strings.Contains(err.Error(), "nats stream rm "+streamArticles) {
		t.Fatalf("got %v", err)
	}
	operator := c.cfg
	operator.NATS.NKey = c.operator
	b, err := connect(operator, quiet(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.js.DeleteStream(t.Context(), streamArticles), b.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), dir, c.cfg, quiet(), Watch{}); err != nil {
		t.Fatal(err)
	}
	b = openBus(t, c.cfg)
	c.whole(b)
	goesOn(t, b)
}

func TestMigrationSaysWhatIsWrong(t *testing.T) {
	cfg, _, _ := secured(t)
	fails := func(dir string, cfg Config, want string) {
		t.Helper()
		err := Migrate(t.Context(), dir, cfg, quiet(), Watch{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	fails(t.TempDir(), testConfig(t), "nats.url is empty")
	fails(t.TempDir(), cfg, "holds no store")
	in := testConfig(t)
	openBus(t, in)
	fails(in.Dir, cfg, "in use by another rawi")

	dir := filled(t)
	small := cfg
	small.MaxStoreBytes = 1000
	store := openBus(t, func() Config { c := testConfig(t); c.Dir = dir; return c }())
	if _, err := (migration{to: &Bus{cfg: small}}).survey(t.Context(), store); err == nil || !strings.Contains(err.Error(), "max_store_bytes 1000") {
		t.Errorf("a limit below what the store has: %v", err)
	}
	if err := store.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), dir, cfg, quiet(), Watch{}); err != nil {
		t.Error(err)
	}
	fails(filled(t), cfg, "of its own")
}
