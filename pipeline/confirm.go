package pipeline

import (
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// confirmSize bounds the acknowledgements that are remembered.
const confirmSize = 1 << 12

// confirm says the latest acknowledgements again when they may have been lost: they went to a leader that died, or over a connection that
// broke. Without it these messages come again, but only after the ack wait, and hold up whoever waits for the end of the flow. To the server
// an acknowledgement that it has had means nothing.
type confirm struct {
	mu         sync.Mutex
	said       []answered // oldest first
	leader     string     // of the consumer, as last seen
	reconnects uint64
}

// answered is an acknowledgement: where it went, and when.
type answered struct {
	reply string
	seq   uint64
	at    time.Time
}

// add remembers an acknowledgement for as long as the server would wait for it.
func (c *confirm) add(reply string, seq uint64, keep time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	old := 0
	for old < len(c.said) && (now.Sub(c.said[old].at) > keep || len(c.said)-old >= confirmSize) {
		old++
	}
	c.said = append(c.said[old:], answered{reply, seq, now})
}

// lost returns the acknowledgements that the server may not have had: those behind its floor, and only where the leader or the connection
// has changed since the last look.
func (c *confirm) lost(info *jetstream.ConsumerInfo, reconnects uint64, keep time.Duration) []answered {
	c.mu.Lock()
	defer c.mu.Unlock()
	leader := ""
	if info.Cluster != nil {
		leader = info.Cluster.Leader
	}
	same := leader == c.leader && reconnects == c.reconnects
	c.leader, c.reconnects = leader, reconnects
	if same {
		return nil
	}
	var again []answered
	for _, a := range c.said {
		if a.seq > info.AckFloor.Stream && time.Since(a.at) <= keep {
			again = append(again, a)
		}
	}
	return again
}

// confirmAgain repeats what may have been lost. Where that is lost too the messages come again.
func (c *consumer) confirmAgain(info *jetstream.ConsumerInfo) {
	again := c.confirm.lost(info, c.p.bus.nc.Stats().Reconnects, c.p.tuning.ackWait)
	for _, a := range again {
		if err := c.p.bus.nc.Publish(a.reply, []byte("+ACK")); err != nil {
			c.log.Debug("acknowledgement not repeated", "stream_seq", a.seq, "err", err)
			return
		}
	}
	if len(again) > 0 {
		c.log.Debug("acknowledgements repeated", "messages", len(again))
	}
}
