package pipeline

import (
	"testing"
	"time"

	"rawi/pipeline/message"
)

func TestLooksAtAStreamLeaveNoReaderBehind(t *testing.T) {
	b := openBus(t, testConfig(t))
	look := func(stream, subjects string) {
		t.Helper()
		if err := b.read(t.Context(), stream, []string{subjects}, Beginning(), func(Envelope) error { return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := b.keys(t.Context(), stream, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if n := readers(t, b, stream); n != 0 {
			t.Errorf("%d readers of %s are left", n, stream)
		}
	}
	put(t, b, story("s1", "MA", 1, message.ChangeNew), story("s2", "DZ", 1, message.ChangeNew))
	look(streamStories, message.StorySubjects)
	look(streamRaw, message.RawSubjects) // which is empty
}

// readers counts the consumers of a stream.
func readers(t *testing.T, b *Bus, stream string) (n int) {
	t.Helper()
	s, err := b.js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	list := s.ListConsumers(t.Context())
	for range list.Info() {
		n++
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
