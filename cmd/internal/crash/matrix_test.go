//go:build crash

package crash

import (
	"math/rand/v2"
	"testing"
	"time"
)

// limit of one wait: far beyond what any of them needs on a slow machine.
const limit = 5 * time.Minute

// Without faults the stories are those that the articles were made for: what every other run is held against.
func TestWithoutFaultsEveryArticleIsInItsStory(t *testing.T) {
	t.Parallel()
	r := newRun(t, theForm(t).articles, "")
	l := r.start(t)
	took := r.drain(t)
	r.judge(t)
	t.Logf("ready after %s, drained after %s", round(l.untilReady()), round(took))
	l.stop(t)
}

// judge fails the test for every promise that was not kept.
func (r *run) judge(t *testing.T) {
	t.Helper()
	found := r.collect(t)
	for _, p := range r.problems(found, Expected(r.issued)) {
		t.Error(p)
	}
	linked := 0
	for _, group := range found.Groups() {
		linked += len(group)
	}
	t.Logf("%d issued, %d linked in %d stories, %d dead, %d decisions, %d revisions overtaken",
		len(r.issued), linked, len(found.Groups()), len(found.Dead), found.Decisions, found.Overtaken())
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }

// A process that is killed at any point of any stage leaves a store from which the next one makes the same stories.
func TestKilledAtEachPointOfEachStage(t *testing.T) {
	t.Parallel()
	f := theForm(t)
	for _, c := range f.cells() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			r, chance := newRun(t, f.articles, ""), c.random()
			deaths := 1
			if f.long {
				deaths = 2
			}
			for range deaths {
				r.die(t, c, chance)
			}
			last := r.start(t)
			took := r.drain(t)
			r.judge(t)
			t.Logf("ready %s after the kill, drained after %s", round(last.untilReady()), round(took))
			if most := r.allow(t, 10*time.Second); last.untilReady() > most {
				t.Errorf("ready only %s after the kill, want %s at most", last.untilReady(), most)
			}
			last.stop(t)
		})
	}
}

// die runs the daemon until it is killed in the middle of its work.
func (r *run) die(t *testing.T, c cell, chance *rand.Rand) {
	t.Helper()
	var l *life
	if c.stage == anywhere {
		l = r.start(t)
		r.busy(t, l)
		moment := time.Now().Add(time.Duration(chance.Int64N(int64(700 * time.Millisecond))))
		eventually(t, limit, "the moment has come", func() bool { return time.Now().After(moment) })
		l.kill()
	} else {
		l = r.start(t, c.failPoint(chance, len(r.issued)))
		eventually(t, limit, "the process kills itself at "+c.String(), func() bool { return l.dead() || r.over(l) })
	}
	switch {
	case !l.dead():
		t.Fatalf("everything was done before the process came to %s", c)
	case !l.killed():
		t.Fatalf("the process was not killed, it ended: %s\n%s", l.cmd.ProcessState, l.said())
	case r.over(l):
		t.Errorf("nothing was in flight when the process was killed at %s", c)
	}
}

// busy waits until the daemon has work in hand.
func (r *run) busy(t *testing.T, l *life) {
	t.Helper()
	eventually(t, limit, "the daemon is busy", func() bool {
		said, _ := l.report()
		return l.dead() || said.Sum.Accepted > 0 && !said.Idle || r.press.Read()
	})
}

// over reports whether everything that was issued is at its end, as far as the daemon last knew.
func (r *run) over(l *life) bool {
	said, at := l.report()
	return r.press.Read() && said.Idle && time.Since(at) < time.Second
}
