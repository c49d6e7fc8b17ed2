//go:build crash

package crash

import (
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// The checks are worth nothing unless they fail where something is wrong: both tests plant a loss, and look for its number.

func TestPlantedArticleThatWasNeverOffered(t *testing.T) {
	t.Parallel()
	r := newRun(t, 40, "")
	l := r.start(t)
	r.drain(t)
	var err error
	if r.issued, err = Issue(41); err != nil { // the press knows nothing of the last one
		t.Fatal(err)
	}
	lost := r.lost(t)
	if !slices.Equal(lost, []int{40}) {
		t.Errorf("lost: %v, want number 40 alone", lost)
	}
	l.stop(t)
}

// The same runtime, built once as it is and once to acknowledge before it publishes, dies between the two at the same place. Only the second
// may lose anything, of any stage that was at work, and the suite has to say so.
func TestPlantedAcknowledgementBeforePublishing(t *testing.T) {
	t.Parallel()
	for name, binary := range map[string]string{"as it is": "", "planted": mutant(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t) // a server that lives on: what was acknowledged is acknowledged
			r := newRun(t, 120, s.url)
			r.binary = binary
			first := r.start(t, "RAWI_FAILPOINT=extract-fr.processed:8")
			eventually(t, limit, "the process kills itself", first.dead)
			if !first.killed() {
				t.Fatalf("the process was not killed, it ended: %s\n%s", first.cmd.ProcessState, first.said())
			}
			l := r.start(t)
			r.drain(t)
			var tolerated []string
			if binary != "" {
				tolerated = []string{"untold"} // a revision that publish gave away
			}
			lost := r.lost(t, tolerated...)
			if (len(lost) > 0) != (binary != "") {
				t.Errorf("lost: %v", lost)
			}
			french := func(n int) bool { return r.issued[n].Language == "fr" }
			if binary != "" && !slices.ContainsFunc(lost, french) {
				t.Errorf("lost: %v, among them not the French article at which it died", lost)
			}
			t.Logf("lost: %v", lost)
			l.stop(t)
		})
	}
}

// mutant builds this test binary with the planted fault in it.
func mutant(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "mutant")
	out, err := exec.CommandContext(t.Context(), "go", "test", "-c", "-tags", "crash,mutant", "-o", binary, "rawi/cmd/internal/crash").CombinedOutput()
	if err != nil {
		t.Fatalf("build the mutant: %v\n%s", err, out)
	}
	return binary
}

// lost are the numbers that the checks miss. Problems of other kinds are only tolerated where they are named.
func (r *run) lost(t *testing.T, tolerated ...string) []int {
	t.Helper()
	var numbers []int
	for _, p := range Check(r.issued, r.collect(t)) {
		switch {
		case p.Kind == "lost":
			numbers = append(numbers, p.Number)
		case !slices.Contains(tolerated, p.Kind):
			t.Errorf("beside the loss: %s", p)
		}
	}
	return numbers
}
