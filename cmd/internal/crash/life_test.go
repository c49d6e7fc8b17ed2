//go:build crash

package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"
)

// life is one run of a child process.
type life struct {
	cmd   *exec.Cmd
	began time.Time
	died  chan struct{}

	mu    sync.Mutex
	last  report
	heard time.Time // when it last said something
	ready time.Time
	ended time.Time
	log   bytes.Buffer
}

// start runs the test binary as a child with more environment. It is killed at the end of the test where it still lives then.
func start(t *testing.T, env ...string) *life {
	t.Helper()
	return startOf(t, os.Args[0], env...)
}

// startOf is start with another binary in the place of this one.
func startOf(t *testing.T, binary string, env ...string) *life {
	t.Helper()
	l := &life{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), binary), began: time.Now(), died: make(chan struct{})}
	l.cmd.Env = append(os.Environ(), env...)
	l.cmd.Stderr = logTo{l}
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // nothing outlives a test that is killed itself
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(l.died)
		for d := json.NewDecoder(out); ; {
			var r report
			if d.Decode(&r) != nil {
				break
			}
			l.hear(r)
		}
		_ = l.cmd.Wait() // how it ended stands in its state
		l.mu.Lock()
		defer l.mu.Unlock()
		l.ended = time.Now()
	}()
	t.Cleanup(l.kill)
	return l
}

func (l *life) hear(r report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last, l.heard = r, time.Now()
	if r.Ready && l.ready.IsZero() {
		l.ready = l.heard
	}
}

// logTo keeps the beginning of what a child logs.
type logTo struct{ l *life }

func (w logTo) Write(p []byte) (int, error) {
	w.l.mu.Lock()
	defer w.l.mu.Unlock()
	if w.l.log.Len() < 1<<16 {
		w.l.log.Write(p)
	}
	return len(p), nil
}

func (l *life) said() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

// report is the last one, and when it came.
func (l *life) report() (report, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last, l.heard
}

// untilReady is the time from the start to the first answer of readiness, or to the end of one that never gave it; 0 before either.
func (l *life) untilReady() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.ready.IsZero() && l.ended.IsZero():
		return 0
	case l.ready.IsZero():
		return l.ended.Sub(l.began)
	}
	return l.ready.Sub(l.began)
}

func (l *life) signal(s syscall.Signal) { _ = l.cmd.Process.Signal(s) } // it may be gone already

// kill ends the child if it still lives, and waits for it.
func (l *life) kill() {
	l.signal(syscall.SIGKILL)
	<-l.died
}

func (l *life) dead() bool {
	select {
	case <-l.died:
		return true
	default:
		return false
	}
}

// killed reports whether the child has ended by SIGKILL.
func (l *life) killed() bool {
	status, ok := l.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// stop sends SIGTERM and returns how long the child took to leave.
func (l *life) stop(t *testing.T) time.Duration {
	t.Helper()
	began := time.Now()
	l.signal(syscall.SIGTERM)
	eventually(t, limit, "the process leaves", l.dead)
	if !l.cmd.ProcessState.Success() {
		t.Errorf("after SIGTERM: %s\n%s", l.cmd.ProcessState, l.said())
	}
	return time.Since(began)
}

// eventually waits until cond holds.
func eventually(t *testing.T, limit time.Duration, what string, cond func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-deadline:
			t.Fatalf("did not happen within %s: %s", limit, what)
		case <-tick.C:
		}
	}
}
