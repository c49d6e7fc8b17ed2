//go:build crash

package crash

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"rawi/pipeline"
)

// server is a NATS server in a process of its own.
type server struct {
	dir, url string
	life     *life
}

func serve(t *testing.T) *server {
	t.Helper()
	s := &server{dir: t.TempDir()}
	s.start(t, "127.0.0.1:0")
	return s
}

func (s *server) start(t *testing.T, listen string) {
	t.Helper()
	s.life = start(t, childNATS+"="+s.dir+" "+listen)
	eventually(t, limit, "the NATS server is ready", func() bool {
		said, _ := s.life.report()
		s.url = said.URL
		return said.Ready || s.life.dead()
	})
	if s.life.dead() {
		t.Fatalf("the NATS server did not start: %s", s.life.said())
	}
}

// address is host and port.
func (s *server) address() string { return strings.TrimPrefix(s.url, "nats://") }

// crash kills the server and starts it again after a while.
func (s *server) crash(t *testing.T, away time.Duration) {
	t.Helper()
	address := s.address()
	s.life.kill()
	wait(t, away)
	s.start(t, address)
}

// freeze stops the server's clock for a while: nobody is told, nothing is closed.
func (s *server) freeze(t *testing.T, away time.Duration) {
	t.Helper()
	s.life.signal(syscall.SIGSTOP)
	wait(t, away)
	s.life.signal(syscall.SIGCONT)
}

// wait is how long a fault lasts, not how long a condition takes.
func wait(t *testing.T, d time.Duration) {
	t.Helper()
	over := time.Now().Add(d)
	eventually(t, d+time.Minute, "time passes", func() bool { return time.Now().After(over) })
}

const longerThanAckWait = 23 * time.Second

// serverFault is what can happen to a server, or between it and the daemon.
type serverFault struct {
	name   string
	strike func(t *testing.T, s *server, relay *Relay)
}

// serverFaults of the short form are those that take little time.
func (f form) serverFaults() []serverFault {
	faults := []serverFault{
		{"cut off", func(t *testing.T, _ *server, relay *Relay) {
			t.Helper()
			relay.Cut()
			wait(t, 3*time.Second)
			relay.Heal()
		}},
		{"acknowledgements lost", func(t *testing.T, _ *server, relay *Relay) {
			t.Helper()
			relay.Mute()
			wait(t, time.Second)
			relay.Heal()
		}},
	}
	if !f.long {
		return faults
	}
	return append(faults,
		serverFault{"killed", func(t *testing.T, s *server, _ *Relay) {
			t.Helper()
			s.crash(t, 2*time.Second)
		}},
		serverFault{"frozen longer than the ack wait", func(t *testing.T, s *server, _ *Relay) {
			t.Helper()
			s.freeze(t, longerThanAckWait)
		}})
}

// Whatever happens to a server that runs by itself, the daemon goes on behind it.
func TestFaultsOfTheServer(t *testing.T) {
	t.Parallel()
	f := theForm(t)
	for _, fault := range f.serverFaults() {
		for seed := range f.seeds {
			t.Run(fault.name+"/seed="+strconv.Itoa(seed), func(t *testing.T) {
				t.Parallel()
				s, chance := serve(t), cell{fault.name, "server", seed}.random()
				relay, err := NewRelay(t.Context(), s.address())
				if err != nil {
					t.Fatal(err)
				}
				r := newRun(t, f.articles, "nats://"+relay.Address())
				l := r.start(t)
				for range 2 {
					r.strike(t, l, chance, func() { fault.strike(t, s, relay) })
				}
				began := time.Now()
				r.drain(t)
				r.judge(t)
				t.Logf("drained %s after the last fault; given again: %v", round(time.Since(began)), redelivered(t, s.url))
				l.stop(t)
				if err := relay.Close(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// strike calls fault at a random moment while the daemon is busy.
func (r *run) strike(t *testing.T, l *life, chance *rand.Rand, fault func()) {
	t.Helper()
	r.busy(t, l)
	wait(t, time.Duration(chance.Int64N(int64(300*time.Millisecond))))
	if l.dead() || r.over(l) {
		t.Errorf("nothing was in flight when the fault came (dead: %v)", l.dead())
	}
	fault()
}

// A stop under load is short, and the next process is given nothing twice.
func TestStoppedUnderLoad(t *testing.T) {
	t.Parallel()
	f := theForm(t)
	for seed := range f.seeds {
		t.Run("seed="+strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			r, chance := newRun(t, f.articles, ""), cell{"sigterm", "load", seed}.random()
			var took time.Duration
			for range 2 {
				l := r.start(t)
				r.strike(t, l, chance, func() { took = max(took, l.stop(t)) })
			}
			l := r.start(t)
			drained := r.drain(t)
			r.judge(t)
			said, _ := l.report()
			again := redelivered(t, said.URL)
			t.Logf("left within %s, ready %s and drained %s after the start; given again: %v", round(took), round(l.untilReady()), round(drained), again)
			if most := r.allow(t, 30*time.Second); took > most || len(again) > 0 {
				t.Errorf("left within %s, want %s at most; given again %v, want nothing", took, most, again)
			}
			l.stop(t)
		})
	}
}

// A daemon that was frozen past the ack wait comes back while another has done its work: its answers are stale, its decisions are refused.
func TestFrozenDaemonComesBackToAnotherInItsPlace(t *testing.T) {
	t.Parallel()
	f := theForm(t)
	s := serve(t)
	r := newRun(t, f.articles, s.url)
	zombie := r.start(t)
	r.strike(t, zombie, cell{"zombie", "daemon", 0}.random(), func() { zombie.signal(syscall.SIGSTOP) })
	r.cfg.Dir = t.TempDir()
	l := r.start(t)
	wait(t, longerThanAckWait)
	zombie.signal(syscall.SIGCONT)
	r.drain(t)
	zombie.stop(t)
	r.drain(t)
	for _, p := range r.problems(r.collect(t), Expected(r.issued)) {
		if p.Kind != "open" { // the account of one process cannot close where two work
			t.Error(p)
		}
	}
	l.stop(t)
}

// Readers that are slow, and readers that are dead, are nobody's trouble but their own.
func TestSlowAndDeadReaders(t *testing.T) {
	t.Parallel()
	r := newRun(t, theForm(t).articles, "")
	l := r.start(t)
	eventually(t, limit, "the daemon is ready", func() bool { said, _ := l.report(); return said.Ready || l.dead() })
	said, _ := l.report()
	neglect(t, said.URL)
	ctx, cancel := context.WithCancel(t.Context())
	slow, dead := r.reader(ctx, t, said.URL, time.Second), r.reader(ctx, t, said.URL, time.Hour)
	took := r.drain(t)
	r.judge(t)
	t.Logf("drained after %s", round(took))
	cancel()
	for _, ended := range []<-chan error{slow, dead} {
		if err := <-ended; err != nil {
			t.Errorf("reader: %v", err)
		}
	}
	l.stop(t)
}

// reader follows everything, and takes its time over each message.
func (r *run) reader(ctx context.Context, t *testing.T, url string, pause time.Duration) <-chan error {
	t.Helper()
	cfg := r.cfg.Config
	cfg.NATS.URL = url
	b, err := pipeline.Dial(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		err := b.Tail(ctx, []string{"news.raw.>", "news.article.>", "news.story.>"}, pipeline.Beginning(), func(pipeline.Envelope) error {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
			}
			return nil
		})
		timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		_ = b.Close(timed) // a reader that leaves
		ended <- err
	}()
	return ended
}
