//go:build crash

package crash

import (
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

// A stage that acknowledges before it publishes, and dies in between, leaves a message that nobody will make again.
func TestPlantedAcknowledgementBeforePublishing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := newRun(t, 120, s.url)
	first := r.start(t, "RAWI_FAILPOINT=extract-fr.received:8")
	eventually(t, limit, "the process kills itself", first.dead)
	remove(t, s.url)
	l := r.start(t)
	r.drain(t)
	lost := r.lost(t)
	if len(lost) != 1 || r.issued[lost[0]].Language != "fr" {
		t.Errorf("lost: %v, want one French article", lost)
	}
	l.stop(t)
}

// lost are the numbers that the checks miss.
func (r *run) lost(t *testing.T) []int {
	t.Helper()
	var numbers []int
	for _, p := range Check(r.issued, r.collect(t)) {
		switch p.Kind {
		case "lost":
			numbers = append(numbers, p.Number)
		case "stray": // the server tells of a message that was taken from under a reader
		default:
			t.Errorf("beside the loss: %s", p)
		}
	}
	return numbers
}
