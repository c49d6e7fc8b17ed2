//go:build crash

package crash

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline"
)

// manyWaves spread the articles over some seconds, so that there is work before, during and after a fault.
const manyWaves = 24

// leaving is a way in which the daemon that decides goes away.
type leaving struct {
	name   string
	within time.Duration // another has to decide
	leave  func(t *testing.T, active *life)
	back   func(t *testing.T, active *life)
}

func (f form) leavings() []leaving {
	stay := func(*testing.T, *life) {}
	all := []leaving{{"killed", 10 * time.Second, func(_ *testing.T, active *life) { active.kill() }, stay}}
	if !f.long {
		return all
	}
	return append(all,
		leaving{"stopped", 2 * time.Second, func(_ *testing.T, active *life) { active.signal(syscall.SIGTERM) }, func(t *testing.T, active *life) {
			t.Helper()
			active.stop(t)
		}},
		leaving{"frozen", 10 * time.Second, func(_ *testing.T, active *life) { active.signal(syscall.SIGSTOP) }, func(t *testing.T, active *life) {
			t.Helper()
			wait(t, longerThanAckWait)
			active.signal(syscall.SIGCONT)
		}})
}

// Of two daemons on one server one decides. However it goes, the other goes on where it was.
func TestStandbyTakesOver(t *testing.T) {
	t.Parallel()
	f := theForm(t)
	for _, how := range f.leavings() {
		for seed := range f.seeds {
			t.Run(how.name+"/seed="+strconv.Itoa(seed), func(t *testing.T) {
				t.Parallel()
				s := serve(t)
				r := newRunIn(t, f.articles, manyWaves, s.url)
				first := r.start(t)
				r.cfg.Dir = t.TempDir()
				second := r.start(t)
				active, standby := r.roles(t, first, second)
				js := behind(t, s.url)
				pin := pinned(t, js)
				wait(t, time.Duration(cell{how.name, "standby", seed}.random().Int64N(int64(500*time.Millisecond))))
				if r.over(active) || r.press.Read() {
					t.Error("nothing was in flight when the active daemon left")
				}
				began := time.Now()
				how.leave(t, active)
				eventually(t, limit, "the other is given messages", func() bool {
					now := pinned(t, js)
					return standby.dead() || now != "" && now != pin
				})
				took, within := time.Since(began), r.allow(t, how.within)
				r.lives = []*life{standby} // the one to ask from now on
				r.drain(t)
				how.back(t, active)
				r.drain(t)
				r.settle(t)
				r.judge(t)
				t.Logf("taken over after %s, drained %s after the fault", round(took), round(time.Since(began)))
				if took > within {
					t.Errorf("taken over after %s, want %s at most", took, within)
				}
				for _, l := range []*life{active, standby} {
					if !l.dead() {
						l.stop(t)
					}
				}
			})
		}
	}
}

// settle waits until the daemon's account closes: it learns of another one only after a moment.
func (r *run) settle(t *testing.T) {
	t.Helper()
	l := r.lives[len(r.lives)-1]
	eventually(t, limit, "the account closes", func() bool {
		said, _ := l.report()
		return l.dead() || said.Idle && said.Sum.Closed() && said.Sum.InFlight == 0
	})
}

// roles waits until both are ready and one of them has decided.
func (r *run) roles(t *testing.T, first, second *life) (active, standby *life) {
	t.Helper()
	eventually(t, limit, "one daemon is active and the other stands by", func() bool {
		switch one, other := first.role(t), second.role(t); {
		case one == pipeline.RoleActive && other == pipeline.RoleStandby:
			active, standby = first, second
		case one == pipeline.RoleStandby && other == pipeline.RoleActive:
			active, standby = second, first
		}
		return active != nil || first.dead() || second.dead()
	})
	if active == nil {
		t.Fatalf("a daemon died early: %s %s", first.said(), second.said())
	}
	return active, standby
}

// role asks the daemon as an operator does; "" while it does not answer.
func (l *life) role(t *testing.T) string {
	t.Helper()
	said, _ := l.report()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+said.Admin+"/status", nil)
	if err != nil || !said.Ready {
		return ""
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return ""
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	var status pipeline.Report
	if json.NewDecoder(res.Body).Decode(&status) != nil {
		return ""
	}
	for _, s := range status.Stages {
		if s.Name == "dedup" {
			return s.Role
		}
	}
	return ""
}

// pinned is the server's name for the daemon that it gives the articles to; "" while there is none, or the server does not answer.
func pinned(t *testing.T, js jetstream.JetStream) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	cons, err := js.Consumer(ctx, "ARTICLES", "dedup")
	if err != nil || len(cons.CachedInfo().PriorityGroups) == 0 {
		return ""
	}
	return cons.CachedInfo().PriorityGroups[0].PinnedClientID
}
