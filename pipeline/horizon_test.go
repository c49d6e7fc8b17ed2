package pipeline

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// A copy of a stream that lags behind has not yet what its leader has acknowledged. Here that is what the test stores later.
func TestAReadingWaitsForWhatTheLeaderKnows(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1), raw(2))
	end := &horizon{bus: b, stream: streamRaw, start: Beginning().config(nil), last: 3}
	var seen []uint64
	err := readTo(t, end, func(e Envelope) error {
		seen = append(seen, e.Sequence)
		if e.Sequence == 2 {
			put(t, b, raw(3))
		}
		return nil
	})
	if !errors.Is(err, errStop) || len(seen) != 3 {
		t.Errorf("read %v (%v), want all three", seen, err)
	}
}

func TestAReadingEndsWhereWhatTheLeaderKnewWasRemoved(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1), raw(2))
	end := &horizon{bus: b, stream: streamRaw, start: Beginning().config(nil), last: 3}
	seen := 0
	err := readTo(t, end, func(Envelope) error {
		seen++
		return nil
	})
	if !errors.Is(err, errStop) || seen != 2 || end.last != 2 {
		t.Errorf("read %d messages up to %d (%v), want the two that are there", seen, end.last, err)
	}
}

func readTo(t *testing.T, end *horizon, fn func(Envelope) error) error {
	t.Helper()
	cons, done, err := end.bus.ordered(t.Context(), end.stream, end.start)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	return end.bus.drain(t.Context(), end, cons, func(e Envelope) error {
		if err := fn(e); err != nil || !end.reached(e.Sequence, e.Pending) {
			return err
		}
		return errStop
	})
}

func TestTheLeaderKnowsTheLastMessageOfAReading(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1), raw(2), raw(3))
	behind := fromSequence(3)
	behind.FilterSubjects = []string{message.CrawledSubjects, "news.raw.feed.>"}
	for name, c := range map[string]struct {
		start jetstream.OrderedConsumerConfig
		want  uint64
	}{
		"all":                     {Beginning().config(nil), 3},
		"some subjects":           {Beginning().config([]string{"news.raw.nothing.>", raw(1).Subject()}), 3},
		"subjects of no message":  {Beginning().config([]string{"news.raw.nothing.>"}), 0},
		"since before":            {Since(hourAgo()).config(nil), 3},
		"since a time to come":    {Since(time.Now().Add(time.Hour)).config(nil), 0},
		"from the last one":       {fromSequence(3), 3},
		"from behind the last":    {fromSequence(4), 0},
		"from it, other subjects": {behind, 3},
	} {
		h := &horizon{bus: b, stream: streamRaw, start: c.start}
		if err := h.look(t.Context()); err != nil || h.last != c.want {
			t.Errorf("%s: %d (%v), want %d", name, h.last, err, c.want)
		}
	}
}
