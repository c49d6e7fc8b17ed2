package pipeline

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// smallDisk gives p a disk on which so many bytes are free as the returned counter says, and a log.
func smallDisk(p *Pipeline) (free *atomic.Int64, log *bytes.Buffer) {
	free, log = new(atomic.Int64), new(bytes.Buffer)
	p.disk.free = func(string) (int64, error) { return free.Load(), nil }
	p.log = slog.New(slog.NewTextHandler(log, nil))
	free.Store(1 << 40)
	return free, log
}

func TestSourcesPauseWhileTheDiskIsShortOfRoom(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := New(b, observe.New("test"), quiet())
	free, log := smallDisk(p)
	low := p.disk.low
	AddSource(p, "feed", &emitter{})
	emits := func(short bool) error {
		wait := time.Minute
		if short {
			wait = 50 * time.Millisecond
		}
		timed, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		return p.sources[0].emit(timed, raw(1))
	}
	for _, step := range []struct {
		free  int64
		short bool
	}{{low, false}, {low - 1, true}, {low, true}, {low*5/4 - 1, true}, {low * 5 / 4, false}, {low, false}} {
		free.Store(step.free)
		p.lookAtDisk(t.Context())
		if err := emits(step.short); errors.Is(err, context.DeadlineExceeded) != step.short {
			t.Errorf("%d bytes free of %d: emit returned %v", step.free, low, err)
		}
		if err := p.disk.trouble(); (err != nil) != step.short || p.paused() != step.short {
			t.Errorf("%d bytes free of %d: trouble %v, paused %t", step.free, low, err, p.paused())
		}
	}
	for _, once := range []string{"nearly full", "has room again"} {
		if n := strings.Count(log.String(), once); n != 1 {
			t.Errorf("%q said %d times, want once:\n%s", once, n, log)
		}
	}
}

func TestShortDiskIsNotReady(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	free, _ := smallDisk(p)
	running(t, p)
	eventually(t, "it is ready", func() bool { return p.Ready(t.Context()) == nil })
	free.Store(1)
	eventually(t, "it is not", func() bool {
		err := p.Ready(t.Context())
		return err != nil && strings.Contains(err.Error(), b.cfg.Dir) && strings.Contains(err.Error(), "has 1 bytes left")
	})
	free.Store(1 << 40)
	eventually(t, "it is ready again", func() bool { return p.Ready(t.Context()) == nil })
}

func TestFinishedPagesGiveWayOnAShortDisk(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	free, _ := smallDisk(p)
	AddStage(p, rawSpec("language"), label("fr"))
	AddStage(p, Spec{Name: "never", Subjects: []string{message.LangSubjects}}, stageFunc[message.Detected, message.Article](
		func(context.Context, message.Detected) ([]message.Article, error) {
			return nil, fault.After(time.Hour, errors.New("not today"))
		}))
	for i := range 40 {
		put(t, b, raw(i))
	}
	running(t, p)
	eventually(t, "pages are labelled", func() bool { return len(stored(t, b, streamLang)) == 40 && p.stages[0].counts.snapshot().ended() == 40 })
	p.makeRoom(t.Context())
	if n := len(stored(t, b, streamRaw)); n != 40 {
		t.Fatalf("%d pages while there is room, want 40", n)
	}
	free.Store(1)
	eventually(t, "finished pages go", func() bool {
		p.lookAtDisk(t.Context())
		p.makeRoom(t.Context())
		return len(stored(t, b, streamRaw)) < 10
	})
	if n := len(stored(t, b, streamLang)); n != 40 {
		t.Errorf("%d labelled pages that nobody has finished, want 40", n)
	}
}

// restarted has the server replaced by a new one at its address. Somebody else may take the port for the moment in which nobody listens there.
func restarted(t *testing.T, b *Bus) {
	t.Helper()
	eventually(t, "the server is replaced", func() bool { return b.server.restart() == nil })
}

// A server that is replaced by a new one on the same store is found by the clients of the old one, and the stages go on.
func TestServerIsReplacedInPlace(t *testing.T) {
	cfg := testConfig(t)
	cfg.Listen = "127.0.0.1:0"
	b := openBus(t, cfg)
	p := newPipeline(b)
	AddStage(p, rawSpec("language"), label("fr"))
	running(t, p)
	put(t, b, raw(1))
	drained(t, p)
	url, old := b.ClientURL(), b.server.current()
	restarted(t, b)
	if b.server.current() == old || b.ClientURL() != url {
		t.Errorf("the server is the same, or listens at %s instead of %s", b.ClientURL(), url)
	}
	put(t, b, raw(2))
	drained(t, p)
	if got := len(stored(t, b, streamLang)); got != 2 {
		t.Errorf("%d messages after the restart, want 2", got)
	}
}
