package pipeline

import (
	"strings"
	"testing"
)

// Two daemons count each for itself, so that neither account can close. That must not look as if messages were missing.
func TestAccountIsNotCheckedWhileOthersAreThere(t *testing.T) {
	d := twoDaemons(t, foldSpec(), foldSpec())
	running(t, d.first)
	put(t, d.bus, article(1, 1))
	drained(t, d.first)
	stop := running(t, d.second)
	for _, p := range []*Pipeline{d.first, d.second} {
		eventually(t, "each knows of the other", func() bool { others, _, _ := p.peers.get(); return others == 1 })
	}
	for i := range 10 { // no source has brought them: one daemon alone would miss them
		put(t, d.bus, article(10+i, 1))
	}
	drained(t, d.first)
	for _, p := range []*Pipeline{d.first, d.second} {
		if s := closed(t, p); s.Daemons != 2 || !strings.Contains(s.String(), "not checked: 2 daemons") {
			t.Errorf("sum is %s", s)
		}
	}

	stop()
	eventually(t, "the other has left and the account has begun anew", func() bool {
		others, anew, _ := d.first.peers.get()
		return others == 0 && !anew
	})
	if s := closed(t, d.first); s.Daemons != 0 || s.Linked != 0 {
		t.Errorf("the account does not begin anew: %s", s)
	}
	put(t, d.bus, article(30, 1))
	drained(t, d.first)
	if s, err := d.first.Sum(t.Context()); err != nil || s.Difference != -1 || s.Linked != 1 {
		t.Errorf("a message that nobody brought is not seen by who is alone: %s, %v", s, err)
	}
}

// A process that was killed has left its note, and the next one must not take it for a neighbour.
func TestNoteOfAKilledDaemonCountsForNothing(t *testing.T) {
	b := openBus(t, testConfig(t))
	for range 2 {
		p := newPipeline(b)
		AddFold(p, foldSpec(), newTally())
		if err := p.prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, err := p.meet(t.Context()); n != 0 || err != nil {
			t.Errorf("%d others, %v", n, err)
		}
	}
}
