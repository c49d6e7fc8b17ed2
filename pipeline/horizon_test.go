package pipeline

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// A copy of a stream that lags behind has not what its leader has acknowledged, and may not have it for long. Here the reader of the copy is made for
// other subjects, so that it says of nothing that it is there.
func TestTheRestOfALaggingCopyIsAskedOfTheLeader(t *testing.T) {
	b := openBus(t, testConfig(t))
	put(t, b, raw(1), raw(2), raw(3), raw(4))
	for name, c := range map[string]struct {
		start jetstream.OrderedConsumerConfig
		seen  uint64
		want  []uint64
	}{
		"nothing has come":           {Beginning().config(nil), 0, []uint64{1, 2, 3, 4}},
		"some have come":             {Beginning().config(nil), 2, []uint64{3, 4}},
		"from a sequence":            {fromSequence(3), 0, []uint64{3, 4}},
		"since a time":               {Since(hourAgo()).config(nil), 0, []uint64{1, 2, 3, 4}},
		"what is wanted was removed": {Beginning().config([]string{"news.raw.nothing.>"}), 0, nil},
	} {
		nothing := c.start
		nothing.FilterSubjects = []string{"news.raw.nothing.>"}
		cons, done, err := b.ordered(t.Context(), streamRaw, nothing)
		if err != nil {
			t.Fatal(err)
		}
		end := &horizon{bus: b, stream: streamRaw, start: c.start, last: 4, seen: c.seen}
		if err := b.drain(t.Context(), end, cons, func(Envelope) error { return nil }); !errors.Is(err, errLags) {
			t.Errorf("%s: a copy without the last message ends with %v", name, err)
		}
		done()
		var got []uint64
		err = end.rest(t.Context(), func(m *keptMessage) error {
			e, err := b.envelopeOf(streamRaw, m)
			got = append(got, e.Sequence)
			if err == nil && (e.Kind != message.RawV1 || e.ID == "") {
				t.Errorf("%s: message %d is %+v", name, e.Sequence, e)
			}
			return err
		})
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: the leader gives %v (%v), want %v", name, got, err, c.want)
		}
	}
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

// A message that somebody else has put into a stream may have no headers. It is told by the leader as by any other server.
func TestLeaderTellsOfAMessageWithoutHeaders(t *testing.T) {
	b := openBus(t, testConfig(t))
	ack, err := b.js.Publish(t.Context(), "news.raw.elsewhere", []byte(`{"a":1}`))
	if err != nil {
		t.Fatal(err)
	}
	e, ok, err := b.next(t.Context(), streamOf("news.raw.elsewhere"), ack.Sequence)
	if err != nil || !ok || string(e.Body) != `{"a":1}` {
		t.Errorf("%q, %v (%v), want the message", e.Body, ok, err)
	}
}
