package pipeline

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// runChild runs this test binary in the part that an environment variable names, until it ends, and returns what it printed.
func runChild(t *testing.T, environ ...string) (state *os.ProcessState, out string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), forEver) // for a child that hangs
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0])
	child.Env = append(os.Environ(), environ...)
	printed, _ := child.Output() // how it ended is in its state
	if ctx.Err() != nil {
		t.Fatalf("the child did not end; it printed:\n%s", printed)
	}
	return child.ProcessState, string(printed)
}

func killedItself(state *os.ProcessState) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// Every step kills the process where it says, and the next process makes everything right again.
func TestFailPointsKillTheProcess(t *testing.T) {
	t.Parallel()
	for _, place := range []string{
		"feed.mid-publish:7", "feed.published:9", "language.received:5", "language.processed:5", "extract-fr.mid-publish:5",
		"extract-fr.published:5", "extract-fr.acked:5", "dedup.mid-publish:5", "dedup.committed-not-applied:5",
	} {
		t.Run(place, func(t *testing.T) {
			at := t.TempDir()
			state, out := runChild(t, crashAt+"="+at, failPointEnv+"="+place)
			if !killedItself(state) || strings.Contains(out, "error") {
				t.Fatalf("the child ended with %s and printed:\n%s", state, out)
			}
			finishCrashLine(t, at)
		})
	}
}

func TestFailPointThatCannotBeReadIsToldAtTheStart(t *testing.T) {
	for text, good := range map[string]bool{
		"": true, "extract-fr.acked:3": true, "crawl.mid-publish:1": true,
		"crawl.acked": false, "crawl.acked:0": false, "crawl.later:1": false, ".acked:1": false, "acked:1": false,
	} {
		if _, err := parseFailPoint(text); (err == nil) != good {
			t.Errorf("%q gives %v", text, err)
		}
	}
	t.Setenv(failPointEnv, "crawl")
	p := newPipeline(openBus(t, testConfig(t)))
	if err := p.Run(t.Context()); err == nil || !strings.Contains(err.Error(), failPointEnv) {
		t.Errorf("it ran: %v", err)
	}
}
