package pipeline

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// The message has ended and its acknowledgement was lost. Once the connection was made anew the server hears it again.
func TestLostAcknowledgementIsRepeatedAfterAReconnection(t *testing.T) {
	server := serveNATS(t, t.TempDir(), "127.0.0.1:0")
	cfg := testConfig(t)
	cfg.NATS.URL = server.url
	b := openBus(t, cfg)
	p := newPipeline(b)
	p.tuning.ackWait = time.Minute
	AddStage(p, rawSpec("language"), label("fr"))
	if err := p.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	put(t, b, raw(1))
	c := p.stages[0]
	msg, err := (*c.cons.Load()).Next()
	if err != nil {
		t.Fatal(err)
	}
	c.confirm.add(msg.Reply(), 1, c.p.tuning.ackWait)
	pending := func() uint64 {
		if err := c.refresh(t.Context()); err != nil {
			return 1
		}
		_, inFlight, _ := c.back.get()
		return inFlight
	}
	for range 2 {
		if pending() != 1 {
			t.Error("acknowledged although nothing has changed")
		}
	}
	if err := b.nc.ForceReconnect(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the acknowledgement is heard", func() bool { return pending() == 0 })
}

func TestAcknowledgementsAreRepeatedOnceAndOnlyBehindTheFloor(t *testing.T) {
	var c confirm
	for seq := range uint64(4) {
		c.add("reply", 1+seq, time.Minute)
	}
	at := func(leader string, floor uint64) *jetstream.ConsumerInfo {
		return &jetstream.ConsumerInfo{Cluster: &jetstream.ClusterInfo{Leader: leader}, AckFloor: jetstream.SequenceInfo{Stream: floor}}
	}
	c.lost(at("a", 0), 0, time.Minute)
	for _, step := range []struct {
		leader     string
		reconnects uint64
		keep       time.Duration
		want       int
	}{
		{"a", 0, time.Minute, 0}, {"b", 0, time.Minute, 2}, {"b", 0, time.Minute, 0}, {"b", 1, time.Minute, 2}, {"a", 1, 0, 0},
	} {
		if got := c.lost(at(step.leader, 2), step.reconnects, step.keep); len(got) != step.want {
			t.Errorf("leader %s, %d reconnections: %d repeated, want %d", step.leader, step.reconnects, len(got), step.want)
		}
	}
}

// The server takes a worker for dead that is not, and gives the message out again.
func TestMessageThatIsInHandIsNotTakenAgain(t *testing.T) {
	b := openBus(t, testConfig(t))
	p := newPipeline(b)
	var runs attempts
	release := make(chan struct{})
	AddStage(p, rawSpec("language"), stageFunc[message.Raw, message.Detected](
		func(ctx context.Context, in message.Raw) ([]message.Detected, error) {
			runs.add(in.ID)
			<-release
			return label("fr")(ctx, in)
		}))
	running(t, p)
	put(t, b, raw(1))
	eventually(t, "it is in work", func() bool { return runs.of(raw(1).ID) == 1 })
	c := p.stages[0]
	c.held.Range(func(j, _ any) bool {
		return b.nc.Publish(j.(*job).msg.Reply(), []byte("-NAK")) == nil
	})
	eventually(t, "it has come again", func() bool { return c.counts.snapshot().Repeated >= 1 })
	close(release)
	drained(t, p)
	if n := c.counts.snapshot(); runs.of(raw(1).ID) != 1 || n.OK != 1 || n.Duplicate != 0 {
		t.Errorf("%d runs, %+v", runs.of(raw(1).ID), n)
	}
}

func TestRememberedAcknowledgementsAreBounded(t *testing.T) {
	var c confirm
	for seq := range uint64(2 * confirmSize) {
		c.add("reply", seq, time.Hour)
	}
	if len(c.said) > confirmSize || c.said[len(c.said)-1].seq != 2*confirmSize-1 {
		t.Errorf("%d are remembered", len(c.said))
	}
	if c.add("reply", 1, 0); len(c.said) > 2 {
		t.Errorf("%d are remembered although all are old", len(c.said))
	}
}

func BenchmarkConfirm(b *testing.B) {
	var c confirm
	for b.Loop() {
		c.add(message.RawSubjects, 1, time.Minute)
	}
}
