package pipeline

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"rawi/pipeline/message"
)

const (
	crashAt  = "RAWI_TEST_CRASH_AT" // set in the process that is killed: its data directory, or the URL of its server
	crashAll = 300                  // articles

	crashCheckpoint = time.Second // between two checkpoints
)

// addCrashLine is the whole line in small: a source that brings everything at every start, two stages, the fold.
func addCrashLine(p *Pipeline, fold Fold[message.Article, message.State]) {
	p.tuning.ackWait = time.Second
	src := &emitter{}
	for i := range crashAll {
		src.messages = append(src.messages, raw(i))
	}
	AddSource(p, "feed", src)
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			pause(ctx, 4*time.Millisecond) // so that a kill always finds work in hand
			return label("fr")(ctx, in)
		}))
	extract := Spec{Name: "extract-fr", Subjects: []string{message.LangSubject("fr")}, Workers: 4}
	AddStage(p, extract, stageFunc[message.Detected, message.Article](
		func(_ context.Context, in message.Detected) ([]message.Article, error) {
			return []message.Article{{
				Type: message.ArticleV1, ID: in.Raw.ID, Digest: in.Raw.Digest, Language: "fr", Outlet: message.Outlet{Name: "outlet" + in.Raw.ID[1:2]},
			}}, nil
		}))
	AddFold(p, foldSpec(), fold)
}

// telling prints a line for every decision that is in the log. It stops before all are: the kill must not come too late.
type telling struct {
	*keeper

	told *int
}

const tellMost = crashAll - 50

func (f telling) Apply(s message.State) {
	f.keeper.Apply(s)
	fmt.Println("applied", s.Story.ID, s.Story.Revision)
	if *f.told++; *f.told == tellMost {
		select {}
	}
}

// crashConfig is the store at a directory or URL.
func crashConfig(at string) Config {
	cfg := Default()
	cfg.Dir, cfg.Listen, cfg.MaxStoreBytes, cfg.Checkpoint = at, "none", 256<<20, crashCheckpoint
	cfg.Heartbeat = 0 // messages are counted
	if strings.HasPrefix(at, "nats://") {
		cfg.Dir, cfg.NATS.URL = "", at
	}
	return cfg
}

// crashChild runs the line until it is killed.
func crashChild(at string) {
	cfg := crashConfig(at)
	b, err := Open(context.Background(), cfg, quiet())
	if err != nil {
		fmt.Println("error", err)
		return
	}
	p := newPipeline(b)
	addCrashLine(p, telling{newKeeper(), new(int)})
	for _, c := range p.stages {
		if w, ok := c.worker.(*foldWorker[message.Article, message.State]); ok {
			w.kept.every = 10 * time.Millisecond // while there is work
		}
	}
	if err := p.Run(context.Background()); err != nil {
		fmt.Println("error", err)
	}
}

// killAfter runs the child and kills it once it has told of some decisions.
func killAfter(t *testing.T, at string, decisions int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), forEver) // for a child that hangs
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), crashAt+"="+at)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; n < decisions && lines.Scan(); n++ {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Error(lines.Text())
		}
	}
	if err := child.Process.Kill(); err != nil {
		t.Errorf("it was gone before it was killed: %v", err)
	}
	_ = child.Wait() // it was killed
}

// Processes that are killed in the middle of everything leave a store in which nothing is lost and nothing is there twice. With the
// embedded server its memory goes as well, the last acknowledgements with it; a server of its own remembers every one of them.
func TestKilledProcessesLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	t.Run("embedded", func(t *testing.T) { killedProcesses(t, t.TempDir()) })
	t.Run("external", func(t *testing.T) { killedProcesses(t, serveNATS(t, t.TempDir(), "127.0.0.1:0").url) })
}

func killedProcesses(t *testing.T, at string) {
	t.Helper()
	for round := range 4 {
		killAfter(t, at, 35+10*round)
	}
	begun := finishCrashLine(t, at)
	if begun == 0 || begun == crashAll {
		t.Error("the kills came too early or too late to prove anything")
	}
}

// finishCrashLine runs the line to its end, after whatever happened to it, and checks that everything is there once. It returns how many
// decisions were there before.
func finishCrashLine(t *testing.T, at string) (begun int) {
	t.Helper()
	b := openBus(t, crashConfig(at))
	begun = len(stored(t, b, streamState))
	p, fold := newPipeline(b), newTally()
	addCrashLine(p, fold)
	running(t, p)
	eventually(t, "the source has brought everything again", func() bool {
		c := p.sources[0].counts.snapshot()
		return c.OK+c.Duplicate == crashAll
	})
	drained(t, p)
	closed(t, p)
	for stream, want := range map[string]int{streamRaw: crashAll, streamLang: crashAll, streamArticles: crashAll, streamDead: 0} {
		if got := len(stored(t, b, stream)); got != want {
			t.Errorf("%s holds %d messages, want %d", stream, got, want)
		}
	}
	members := 0
	for _, n := range fold.members() {
		members += n
	}
	last, err := b.lastSequence(t.Context(), streamState)
	if err != nil || members != crashAll || last != crashAll {
		t.Errorf("%d articles were decided in %d decisions, want %d in %d (%v)", members, last, crashAll, crashAll, err)
	}
	return begun
}
