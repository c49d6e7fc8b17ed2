package client

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// taken puts a message of a sequence on the desk.
func (k *desk) taken(sequence uint64) *Delivery {
	d := &Delivery{
		Story: message.Story{ID: "s1", Revision: int(sequence)}, Subject: "news.story.other.ma.s1", //nolint:gosec // small
		Sequence: sequence, Stored: time.Unix(int64(sequence), 0), //nolint:gosec // small
	}
	k.take(d, answer{})
	return d
}

// answer stands for a message that nobody sent.
type answer struct{ jetstream.Msg }

// TestTheDeskIsBoundedBehindAStoryPutOff has a program put one story off and go on with very many others.
func TestTheDeskIsBoundedBehindAStoryPutOff(t *testing.T) {
	k := newDesk(Query{})
	off := k.taken(1)
	k.finish(off, waiting)
	const last = 100_000
	for i := uint64(2); i <= last; i++ {
		k.finish(k.taken(i), kept)
	}
	if len(k.order) > 2*mostApart || len(k.entries) > 2*mostApart {
		t.Errorf("%d entries in order, %d to be found, want %d at most", len(k.order), len(k.entries), 2*mostApart)
	}
	if !k.cursor.IsZero() {
		t.Errorf("the cursor is behind a story that was put off: %s", k.cursor)
	}
	k.finish(k.taken(1), kept)
	if k.cursor.Sequence != last || len(k.order) > 0 || len(k.entries) > 0 {
		t.Errorf("cursor %s and %d entries once everything is answered, want %d and none", k.cursor, len(k.order), last)
	}
}

// TestEveryOtherStoryHeldKeepsTheCursor mixes stories in hand among those that are put together.
func TestEveryOtherStoryHeldKeepsTheCursor(t *testing.T) {
	k := newDesk(Query{})
	var held []*Delivery
	const all = 5 * mostApart
	for i := uint64(1); i <= all; i++ {
		if d := k.taken(i); i%10 == 1 {
			held = append(held, d)
		} else {
			k.finish(d, kept)
		}
	}
	for i, d := range held {
		if want := uint64(10 * i); k.cursor.Sequence != want {
			t.Fatalf("the cursor is %d before %d is answered, want %d", k.cursor.Sequence, d.Sequence, want)
		}
		if k.finish(d, kept) == nil {
			t.Fatalf("message %d cannot be answered any more", d.Sequence)
		}
	}
	if k.cursor.Sequence != all || len(k.entries) > 0 {
		t.Errorf("cursor %d and %d entries, want %d and none", k.cursor.Sequence, len(k.entries), all)
	}
}

func TestTheCursorNeverGoesBack(t *testing.T) {
	k := newDesk(Query{})
	for i := uint64(1); i <= 3; i++ {
		k.finish(k.taken(i), kept)
	}
	k.finish(k.taken(1), discarded) // its answer was lost
	if k.cursor.Sequence != 3 {
		t.Errorf("cursor %s, want 3", k.cursor)
	}
}

// TestASequenceOfAnotherStreamIsAnotherMessage has a stream made anew while a message of the old one is in hand.
func TestASequenceOfAnotherStreamIsAnotherMessage(t *testing.T) {
	k := newDesk(Query{})
	k.finish(k.taken(1), kept)
	old := k.taken(2)
	anew := &Delivery{Story: message.Story{ID: "s2", Revision: 1}, Sequence: 2, Stored: time.Unix(100, 0)}
	if !k.take(anew, answer{}) {
		t.Fatal("a message of the new stream is taken for one of the old")
	}
	if k.finish(old, kept) == nil || k.finish(anew, kept) == nil {
		t.Error("one of the two cannot be answered")
	}
	if k.cursor.Story != "s2" {
		t.Errorf("cursor %s, want behind s2", k.cursor)
	}
}
