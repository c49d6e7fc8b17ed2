//go:build crash

package crash

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"testing"
	"time"

	"rawi/config"
	"rawi/pipeline"
)

// run is one daemon with its press, over any number of lives.
type run struct {
	issued []Article
	press  *Press
	cfg    config.Config
	binary string // of the daemon; this one where it is empty
	lives  []*life
}

// waves of articles that the feeds bring one after another.
const waves = 4

// newRun opens a press. An empty url means the embedded server.
func newRun(t *testing.T, articles int, url string) *run {
	t.Helper()
	return newRunIn(t, articles, waves, url)
}

// newRunIn opens a press that shows its articles in so many waves.
func newRunIn(t *testing.T, articles, waves int, url string) *run {
	t.Helper()
	issued, err := Issue(articles)
	if err != nil {
		t.Fatal(err)
	}
	r := &run{issued: issued}
	if r.press, err = Open(t.Context(), issued, waves); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.press.Close(); err != nil {
			t.Error(err)
		}
	})
	r.cfg = r.press.Config(t.TempDir(), url)
	return r
}

// start runs the daemon once more.
func (r *run) start(t *testing.T, env ...string) *life {
	t.Helper()
	cfg, err := json.Marshal(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	l := startOf(t, cmp.Or(r.binary, os.Args[0]), append(env, childConfig+"="+string(cfg))...)
	r.lives = append(r.lives, l)
	return l
}

// allow is how long something may take that takes no longer than d where the first daemon is ready within two seconds: on a machine that is slower, or has as
// much else to do, as much longer. In the short form, whose tests run beside each other, it may take four times as long: the others may have the machine
// just then.
func (r *run) allow(t *testing.T, d time.Duration) time.Duration {
	t.Helper()
	slow := max(1, r.lives[0].untilReady().Seconds()/2)
	if !theForm(t).long {
		slow *= 4
	}
	return time.Duration(slow * float64(d))
}

// drain waits until everything that was issued has come to an end, and returns the time that took since the last start.
func (r *run) drain(t *testing.T) time.Duration {
	t.Helper()
	l := r.lives[len(r.lives)-1]
	eventually(t, limit, "every article is offered and taken", func() bool { return l.dead() || r.press.Read() })
	read := time.Now()
	eventually(t, limit, "nothing is in flight", func() bool {
		said, _ := l.report()
		return l.dead() || said.Idle && said.Looked.After(read)
	})
	if l.dead() {
		t.Fatalf("the daemon ended by itself: %s\n%s", l.cmd.ProcessState, l.said())
	}
	return time.Since(l.began)
}

// collect reads what the run left behind, from the daemon that still lives.
func (r *run) collect(t *testing.T) Found {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	said, _ := r.lives[len(r.lives)-1].report()
	cfg := r.cfg.Config
	cfg.NATS.URL = said.URL
	b, err := pipeline.Dial(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	found, err := Collect(ctx, b)
	if err != nil {
		t.Error(err)
	}
	if err := b.Close(ctx); err != nil {
		t.Error(err)
	}
	return found
}

// account is what the last daemon says of its account once that closes, or after a minute: a message is counted a moment after it has ended.
func (r *run) account() report {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); ; <-tick.C {
		said, _ := r.lives[len(r.lives)-1].report()
		if said.Sum.Closed() && said.Sum.InFlight == 0 || time.Since(began) > time.Minute {
			return said
		}
	}
}

// problems holds what is found against what was issued and against the stories of a run without faults.
func (r *run) problems(f Found, baseline [][]int) []Problem {
	all := append(Check(r.issued, f), Compare(f.Groups(), baseline)...)
	for _, a := range r.issued {
		if a.Fate == Dropped && r.press.Fetched(a) {
			all = append(all, Problem{Kind: "fate", Number: a.Number, Detail: a.Path() + " was fetched although robots.txt closes it"})
		}
	}
	if said := r.account(); !said.Sum.Closed() || said.Sum.InFlight != 0 {
		all = append(all, Problem{Kind: "open", Detail: "the account of the last process does not close: " + said.Sum.String()})
	}
	return all
}
