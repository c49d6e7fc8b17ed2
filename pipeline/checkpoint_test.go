package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rawi/pipeline/message"
)

// keeper is a tally that can be written down.
type keeper struct {
	*tally
	shape   string
	applied atomic.Int32
	saved   atomic.Int32
	fail    error // of Save
}

func newKeeper() *keeper { return &keeper{tally: newTally(), shape: "1"} }

func (k *keeper) Apply(s message.State) {
	k.applied.Add(1)
	k.tally.Apply(s)
}

func (k *keeper) Shape() string { return k.shape }

func (k *keeper) Save(w io.Writer) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.saved.Add(1)
	if k.fail != nil {
		return k.fail
	}
	return json.NewEncoder(w).Encode(k.states)
}

func (k *keeper) Load(r io.Reader) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	return json.NewDecoder(r).Decode(&k.states)
}

func (k *keeper) Retain(kept func(subject string) bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for id, s := range k.states {
		if !kept(s.Subject()) {
			delete(k.states, id)
		}
	}
}

// checkpointed is a configuration whose checkpoints are written at a stop alone.
func checkpointed(t *testing.T) Config {
	t.Helper()
	cfg := testConfig(t)
	cfg.Checkpoint = time.Hour
	return cfg
}

func fileOf(cfg Config) string { return filepath.Join(cfg.Dir, checkpointDir, "dedup") }

// life runs a daemon that decides on some articles, and stops it in an orderly way.
func life(t *testing.T, cfg Config, k *keeper, articles ...message.Article) {
	t.Helper()
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	p := newPipeline(b)
	AddFold(p, foldSpec(), k)
	for _, a := range articles {
		put(t, b, a)
	}
	stop := running(t, p)
	drained(t, p)
	stop()
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func someArticles(from, to, outlets int) []message.Article {
	var out []message.Article
	for i := from; i < to; i++ {
		out = append(out, article(i, i%outlets))
	}
	return out
}

// begin prepares a daemon and returns how its memory was filled, and what it logged.
func begin(t *testing.T, cfg Config, k *keeper) (Restored, *bytes.Buffer) {
	t.Helper()
	b := openBus(t, cfg)
	return beginOn(t, b, k)
}

func beginOn(t *testing.T, b *Bus, k *keeper) (Restored, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	p := newPipeline(b)
	p.log = slog.New(slog.NewTextHandler(log, nil))
	AddFold(p, foldSpec(), k)
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := p.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return *all[0].Restored, log
}

// replayed is what reading every state makes of a store.
func replayed(t *testing.T, cfg Config) map[string]int {
	t.Helper()
	cfg.Checkpoint = 0
	k := newKeeper()
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := beginOn(t, b, k); r.Checkpoint != 0 {
		t.Errorf("%d states are of a checkpoint although none is wanted", r.Checkpoint)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return k.members()
}

func TestRestartReadsTheCheckpointAndWhatCameAfterIt(t *testing.T) {
	cfg := checkpointed(t)
	life(t, cfg, newKeeper(), someArticles(0, 20, 8)...)
	none := cfg
	none.Checkpoint = 0
	life(t, none, newKeeper(), someArticles(20, 23, 20)...) // another daemon without checkpoints goes on: two stories have changed, one is new
	want := replayed(t, cfg)

	k := newKeeper()
	r, _ := begin(t, cfg, k)
	if r.Checkpoint != 8 || r.Replayed != 3 || r.Aside != "" || k.applied.Load() != 3 {
		t.Errorf("%+v with %d states applied, want 8 of the checkpoint and 3 of the stream", r, k.applied.Load())
	}
	if d := cmp.Diff(want, k.members()); d != "" {
		t.Errorf("what all states make (-) and the checkpoint (+):\n%s", d)
	}
}

func TestCheckpointIsWrittenWhileTheLineRuns(t *testing.T) {
	cfg := checkpointed(t)
	b := openBus(t, cfg)
	k := newKeeper()
	p := newPipeline(b)
	AddFold(p, foldSpec(), k)
	running(t, p)
	eventually(t, "it runs", p.running.Load)
	w := p.stages[0].worker.(*foldWorker[message.Article, message.State])
	if w.kept.every = time.Nanosecond; k.saved.Load() != 0 {
		t.Error("an empty memory was written down")
	}
	for round := range 3 {
		for _, a := range someArticles(10*round, 10*round+10, 5) {
			put(t, b, a)
		}
		drained(t, p)
		last := uint64(10*round + 10)
		eventually(t, "the checkpoint holds all that was decided", func() bool {
			f, err := os.Open(fileOf(cfg))
			if err != nil {
				return false
			}
			defer f.Close()
			info, err := f.Stat()
			if err != nil {
				return false
			}
			c, _, _, err := readCheckpoint(f, info.Size())
			return err == nil && c.Sequence == last
		})
	}
}

// Whatever speaks against a checkpoint, what is kept in the stream is what is known in the end, and the next stop writes one that holds.
func TestCheckpointThatDoesNotHoldIsSetAside(t *testing.T) {
	type before struct {
		cfg  Config
		copy string // of the store before the last articles
	}
	change := func(fn func([]byte) []byte) func(*testing.T, *before, *keeper) {
		return func(t *testing.T, b *before, _ *keeper) { t.Helper(); rewrite(t, fileOf(b.cfg), fn) }
	}
	restored := func(t *testing.T, b *before) {
		t.Helper()
		kept := t.TempDir()
		if err := os.CopyFS(filepath.Join(kept, checkpointDir), os.DirFS(filepath.Join(b.cfg.Dir, checkpointDir))); err != nil {
			t.Fatal(err)
		}
		remove(t, filepath.Join(b.copy, checkpointDir))
		if err := os.CopyFS(b.copy, os.DirFS(kept)); err != nil {
			t.Fatal(err)
		}
		b.cfg.Dir = b.copy
	}
	for name, c := range map[string]struct {
		spoil func(*testing.T, *before, *keeper)
		why   string
	}{
		"cut off":              {change(func(b []byte) []byte { return b[:len(b)-1] }), "damaged"},
		"cut to nothing":       {change(func(b []byte) []byte { return nil }), "cut off"},
		"a bit has fallen":     {change(func(b []byte) []byte { b[len(b)/2] ^= 4; return b }), "damaged"},
		"other rules":          {func(_ *testing.T, _ *before, k *keeper) { k.shape = "2" }, "rules"},
		"restored from a copy": {func(t *testing.T, b *before, _ *keeper) { t.Helper(); restored(t, b) }, "ahead"},
		"restored, and gone on": {func(t *testing.T, b *before, _ *keeper) {
			t.Helper()
			restored(t, b)
			b.cfg.Checkpoint = 0
			life(t, b.cfg, newKeeper(), someArticles(100, 112, 1000)...)
			b.cfg.Checkpoint = time.Hour
		}, "another one"},
		"made anew": {func(t *testing.T, b *before, _ *keeper) {
			t.Helper()
			onStream(t, b.cfg, func(bus *Bus) error {
				if err := bus.js.DeleteStream(t.Context(), streamState); err != nil {
					return err
				}
				return bus.ensureStreams(t.Context())
			})
		}, "another stream"},
		"a state was taken out": {func(t *testing.T, b *before, _ *keeper) {
			t.Helper()
			onStream(t, b.cfg, func(bus *Bus) error {
				s, err := bus.js.Stream(t.Context(), streamState)
				if err != nil {
					return err
				}
				return s.DeleteMsg(t.Context(), s.CachedInfo().State.LastSeq-2)
			})
		}, "it knows"},
	} {
		t.Run(name, func(t *testing.T) {
			b := before{cfg: checkpointed(t), copy: t.TempDir()}
			b.cfg.Accept = acceptDamage
			life(t, b.cfg, newKeeper(), someArticles(0, 10, 6)...)
			if err := os.CopyFS(b.copy, os.DirFS(b.cfg.Dir)); err != nil {
				t.Fatal(err)
			}
			life(t, b.cfg, newKeeper(), someArticles(10, 20, 6)...)
			k := newKeeper()
			c.spoil(t, &b, k)
			want := replayed(t, b.cfg)
			r, log := begin(t, b.cfg, k)
			if r.Checkpoint != 0 || !strings.Contains(r.Aside, c.why) {
				t.Errorf("%+v, want all states read and a reason with %q", r, c.why)
			}
			if d := cmp.Diff(want, k.members()); d != "" {
				t.Errorf("what all states make (-) and what is known (+):\n%s", d)
			}
			if n := strings.Count(log.String(), "set aside"); n != 1 {
				t.Errorf("said %d times, want once:\n%s", n, log)
			}
			if _, err := os.Stat(fileOf(b.cfg)); err == nil {
				t.Error("the file is in its place still")
			}
		})
	}
}

// onStream changes the streams of a store at which no daemon is.
func onStream(t *testing.T, cfg Config, fn func(*Bus) error) {
	t.Helper()
	b, err := Open(t.Context(), cfg, quiet())
	if err == nil {
		err = fn(b)
	}
	if err == nil {
		err = b.Close(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// The stream gives its oldest states up because of their age. Whoever reads all of it does not know them, and neither does the checkpoint then.
func TestCheckpointForgetsWhatTheStreamGaveUpBecauseOfItsAge(t *testing.T) {
	cfg := checkpointed(t)
	life(t, cfg, newKeeper(), someArticles(0, 8, 8)...)
	onStream(t, cfg, func(b *Bus) error {
		s, err := b.js.Stream(t.Context(), streamState)
		if err != nil {
			return err
		}
		for _, seq := range []uint64{1, 2, 3} {
			if err := s.DeleteMsg(t.Context(), seq); err != nil {
				return err
			}
		}
		return nil
	})
	cfg.Accept = acceptDamage
	k := newKeeper()
	if r, _ := begin(t, cfg, k); r.Checkpoint != 8 || r.Replayed != 0 {
		t.Errorf("%+v, want it from the checkpoint", r)
	}
	if n := k.members(); len(n) != 5 || n[message.StoryID("outlet1")] != 0 {
		t.Errorf("%v is known, want the five states that are kept", n)
	}
}

func TestCheckpointOfADaemonAtAServerElsewhere(t *testing.T) {
	cfg := checkpointed(t)
	cfg.NATS.URL = serveNATS(t, t.TempDir(), "127.0.0.1:0").url
	life(t, cfg, newKeeper(), someArticles(0, 12, 4)...)
	k := newKeeper()
	if r, _ := begin(t, cfg, k); r.Checkpoint != 4 || k.total() != 12 {
		t.Errorf("%+v and %d articles, want 4 states and 12", r, k.total())
	}
	if err := checkLayout(cfg.Dir); err != nil {
		t.Errorf("the directory is none for a store any more: %v", err)
	}
}

func TestNoCheckpointWhereNoneIsWanted(t *testing.T) {
	cfg := checkpointed(t)
	cfg.Checkpoint = 0
	k := newKeeper()
	life(t, cfg, k, someArticles(0, 4, 4)...)
	if _, err := os.Stat(filepath.Join(cfg.Dir, checkpointDir)); err == nil || k.saved.Load() > 0 {
		t.Error("there is one")
	}
}

// A disk without room is the store's first of all: the daemon goes on, says it once, and the last checkpoint stays.
func TestFullDiskLeavesTheLastCheckpointAndTheDaemon(t *testing.T) {
	cfg := checkpointed(t)
	life(t, cfg, newKeeper(), someArticles(0, 6, 3)...)
	last, err := os.ReadFile(fileOf(cfg))
	if err != nil {
		t.Fatal(err)
	}
	b, log := openBus(t, cfg), new(bytes.Buffer)
	p := newPipeline(b)
	p.log = slog.New(slog.NewTextHandler(log, nil))
	p.disk.free = func(string) (int64, error) { return p.disk.low, nil }
	k := newKeeper()
	AddFold(p, foldSpec(), k)
	stop := running(t, p)
	eventually(t, "it runs", p.running.Load)
	w := p.stages[0].worker.(*foldWorker[message.Article, message.State])
	for i := range 3 {
		put(t, b, article(10+i, 0))
		drained(t, p)
		eventually(t, "the article is decided", func() bool { return k.total() == 7+i })
	}
	stop()
	for range 3 {
		w.save(t.Context())
		w.kept.writing.Wait()
	}
	if n := strings.Count(log.String(), "no checkpoint can be written"); n != 1 {
		t.Errorf("said %d times, want once:\n%s", n, log)
	}
	if now, err := os.ReadFile(fileOf(cfg)); err != nil || !bytes.Equal(now, last) {
		t.Errorf("the last one is not what it was (%v)", err)
	}
	if _, err := os.Stat(fileOf(cfg) + newSuffix); err == nil {
		t.Error("what was begun takes room still")
	}
	p.disk.free = freeBytes
	w.save(t.Context())
	w.kept.writing.Wait()
	if !strings.Contains(log.String(), "written again") {
		t.Errorf("not said that it works again:\n%s", log)
	}
}

// Two daemons beside a server elsewhere may have one directory.
func TestOneDaemonAtATimeWritesACheckpoint(t *testing.T) {
	name := filepath.Join(t.TempDir(), "dedup"+newSuffix)
	if err := os.WriteFile(name, []byte("left by a process that was killed"), 0o600); err != nil {
		t.Fatal(err)
	}
	first, err := openNew(name)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(first, "first")
	if f, err := openNew(name); err == nil {
		t.Errorf("%s is written by two", f.Name())
	}
	if b, err := os.ReadFile(name); err != nil || string(b) != "first" {
		t.Errorf("%q is there, want what the first wrote alone (%v)", b, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := openNew(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Error(err)
	}
}

// A stream that was restored from a copy, and went on until newer states took the place of all those by whose numbers it would be known, has as many
// states as the checkpoint knows, and other ones.
func TestCheckpointOfWhatWasRestoredAndWrittenOver(t *testing.T) {
	store, copied := t.TempDir(), t.TempDir()
	cfg := checkpointed(t)
	at := func(dir string) (Config, func()) {
		s := serveNATS(t, dir, "127.0.0.1:0")
		on := cfg
		on.NATS.URL = s.url
		return on, s.stop
	}
	on, stop := at(store)
	life(t, on, newKeeper(), append(someArticles(6, 7, 7), someArticles(0, 6, 6)...)...) // the first of them is never told of again
	stop()
	if err := os.CopyFS(copied, os.DirFS(store)); err != nil {
		t.Fatal(err)
	}
	on, stop = at(store)
	life(t, on, newKeeper(), someArticles(12, 18, 6)...) // each story but the first grows
	stop()
	var again []message.Article
	for i := range 12 {
		again = append(again, article(100+i, 0))
	}
	on, _ = at(copied)
	other := on
	other.Dir = t.TempDir()
	life(t, other, newKeeper(), again...) // one story alone
	want, k := replayed(t, on), newKeeper()
	if r, _ := begin(t, on, k); r.Checkpoint != 0 || !strings.Contains(r.Aside, "restored from a copy") {
		t.Errorf("%+v, want all states read", r)
	}
	if d := cmp.Diff(want, k.members()); d != "" {
		t.Errorf("what all states make (-) and what is known (+):\n%s", d)
	}
}

// Of a stream that was made anew while the daemon ran, a checkpoint is written as of any other, however short it is.
func TestCheckpointOfAStreamThatWasMadeAnew(t *testing.T) {
	cfg := checkpointed(t)
	cfg.Accept = acceptDamage
	life(t, cfg, newKeeper(), someArticles(0, 8, 8)...)
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	p, k := newPipeline(b), newKeeper()
	AddFold(p, foldSpec(), k)
	stop := running(t, p)
	eventually(t, "it runs", p.running.Load)
	if err := errors.Join(b.js.DeleteStream(t.Context(), streamState), b.ensureStreams(t.Context())); err != nil {
		t.Fatal(err)
	}
	eventually(t, "what is gone is forgotten", func() bool { return k.total() == 0 })
	put(t, b, article(9, 1))
	drained(t, p)
	stop()
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, _ := begin(t, cfg, newKeeper()); r.Checkpoint != 1 || r.Aside != "" {
		t.Errorf("%+v, want the one state of the stream, from the checkpoint", r)
	}
}

// What a checkpoint holds may be what nothing can be applied to: the stream alone is read then, and the start after it is none that fails again.
func TestCheckpointOnWhichNothingCanBeAppliedIsSetAside(t *testing.T) {
	for _, step := range []string{"apply", "retain"} {
		t.Run(step, func(t *testing.T) {
			cfg := checkpointed(t)
			life(t, cfg, newKeeper(), someArticles(0, 8, 8)...)
			none := cfg
			none.Checkpoint, none.Accept = 0, acceptDamage
			life(t, none, newKeeper(), article(9, 4))
			cfg.Accept = acceptDamage
			onStream(t, cfg, func(b *Bus) error {
				s, err := b.js.Stream(t.Context(), streamState)
				if err != nil {
					return err
				}
				return s.DeleteMsg(t.Context(), 1)
			})
			want, k := replayed(t, cfg), newKeeper()
			spoilt := &brittle{keeper: k, at: step}
			b := openBus(t, cfg)
			p := newPipeline(b)
			AddFold(p, foldSpec(), spoilt)
			if err := p.prepare(t.Context()); err != nil {
				t.Fatal(err)
			}
			all, err := p.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r := all[0].Restored; r.Checkpoint != 0 || !strings.Contains(r.Aside, "broken memory") {
				t.Errorf("%+v, want all states read and the reason", r)
			}
			if d := cmp.Diff(want, k.members()); d != "" {
				t.Errorf("what all states make (-) and what is known (+):\n%s", d)
			}
		})
	}
}

// brittle is a keeper whose memory, once it was loaded, breaks at a step.
type brittle struct {
	*keeper
	at     string
	broken bool
}

func (b *brittle) Load(r io.Reader) error {
	b.broken = true
	return b.keeper.Load(r)
}

func (b *brittle) Reset() {
	b.broken = false
	b.keeper.Reset()
}

func (b *brittle) Apply(s message.State) {
	b.breakAt("apply")
	b.keeper.Apply(s)
}

func (b *brittle) Retain(kept func(subject string) bool) {
	b.breakAt("retain")
	b.keeper.Retain(kept)
}

func (b *brittle) breakAt(step string) {
	if b.broken && b.at == step {
		panic("broken memory")
	}
}

// A process that is killed while it writes a checkpoint leaves the one before, and the next goes on from that.
func TestKilledWhileACheckpointIsWritten(t *testing.T) {
	t.Parallel()
	cfg := crashConfig(t.TempDir())
	life(t, cfg, newKeeper(), article(1000, 1000)) // whose state stays, and by which the stream is known
	state, out := runChild(t, crashAt+"="+cfg.Dir, failPointEnv+"=dedup.checkpoint:1")
	if !killedItself(state) || strings.Contains(out, "error") {
		t.Fatalf("the child ended with %s and printed:\n%s", state, out)
	}
	if _, err := os.Stat(fileOf(cfg) + newSuffix); err != nil {
		t.Fatalf("nothing was being written: %v", err)
	}
	want, k := replayed(t, cfg), newKeeper()
	b, err := Open(t.Context(), cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := beginOn(t, b, k); r.Checkpoint == 0 || r.Aside != "" {
		t.Errorf("%+v, want it from the checkpoint before", r)
	}
	if d := cmp.Diff(want, k.members()); d != "" {
		t.Errorf("what all states make (-) and the checkpoint (+):\n%s", d)
	}
	if err := b.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// syncBuffer is a log that is read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// Reading every state, to find those that cannot be read, is left for later where a checkpoint knows what they hold; whoever has to read them looks.
func TestDamagedStatesAreFoundBehindACheckpointToo(t *testing.T) {
	cfg := checkpointed(t)
	life(t, cfg, newKeeper(), someArticles(0, 12, 12)...)
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	spoilBody(t, cfg)
	without := cfg
	without.Dir = t.TempDir()
	if err := os.CopyFS(without.Dir, os.DirFS(cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	rewrite(t, fileOf(without), func(b []byte) []byte { return b[1:] })

	t.Run("while it runs", func(t *testing.T) {
		b, log := openBus(t, cfg), new(syncBuffer)
		p, k := newPipeline(b), newKeeper()
		p.log, p.tuning.later = slog.New(slog.NewTextHandler(log, nil)), 0
		AddFold(p, foldSpec(), k)
		running(t, p)
		eventually(t, "the damage is said", func() bool { return strings.Contains(log.String(), "the store is damaged") })
		if k.total() != 12 {
			t.Errorf("%d articles are known, want all", k.total())
		}
	})
	t.Run("with an end that is lost", func(t *testing.T) {
		cut := cfg
		cut.Dir = t.TempDir()
		if err := os.CopyFS(cut.Dir, os.DirFS(copied)); err != nil {
			t.Fatal(err)
		}
		truncate(t, inStore(cut, "STATE", "msgs", "1.blk"))
		b, err := Open(t.Context(), cut, quiet())
		if err == nil {
			p := newPipeline(b)
			AddFold(p, foldSpec(), newKeeper())
			err = errors.Join(p.prepare(t.Context()), b.Close(t.Context()))
		}
		if err == nil || !strings.Contains(err.Error(), "RAWI_ACCEPT=damage") {
			t.Errorf("it starts without what is lost: %v", err)
		}
	})
	t.Run("at a start from all states", func(t *testing.T) {
		b := openBus(t, without)
		p := newPipeline(b)
		AddFold(p, foldSpec(), newKeeper())
		if err := p.prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "RAWI_ACCEPT=damage") {
			t.Errorf("it starts without what is lost: %v", err)
		}
	})
}
