package pipeline

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Roles of a daemon at a stage that one daemon at a time runs.
const (
	RoleActive  = "active"  // it is given the messages
	RoleStandby = "standby" // another one is; this one follows what that one decides, and takes over
)

const (
	// pinGroup is the one group of such a consumer: all daemons are in it, and the server pins one of them.
	pinGroup = "daemons"
	// pinHeader stands in every message of such a consumer and says for whom it is.
	pinHeader = "Nats-Pin-Id"
	// pinTTL is how long the server waits for a silent daemon before it gives the messages to another. Requests come once a second; a
	// machine that is busy may be late with one of them.
	pinTTL = 5 * time.Second
)

// lead is what a consumer that one daemon at a time reads knows of its pin. A pin is no lock: who has lost it may still be at work, so that
// whatever it decides has to pass the fence of the state stream.
type lead struct {
	mu   sync.Mutex
	pin  string // under which this daemon was last given a message
	role string // "" while no daemon has been given any
}

// given notes the pin of a message that has come.
func (l *lead) given(pin string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pin = pin
}

// had reports whether this daemon was ever given a message.
func (l *lead) had() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pin != ""
}

// has reports whether the server's answer names our pin.
func (l *lead) has(info *jetstream.ConsumerInfo) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pin != "" && l.pin == pinned(info)
}

func (l *lead) get() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.role
}

// set reports whether the role is a new one.
func (l *lead) set(role string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	changed := l.role != role
	l.role = role
	return changed
}

// pinned is the pin that the server knows of, "" where it has given none.
func pinned(info *jetstream.ConsumerInfo) string {
	for _, g := range info.PriorityGroups {
		if g.Group == pinGroup {
			return g.PinnedClientID
		}
	}
	return ""
}

// onePin sets in a consumer's configuration that one daemon at a time gets its messages.
func (c *consumer) onePin(cfg jetstream.ConsumerConfig) jetstream.ConsumerConfig {
	cfg.PriorityPolicy, cfg.PriorityGroups, cfg.PinnedTTL = jetstream.PriorityPolicyNone, nil, 0
	if c.alone {
		cfg.PriorityPolicy, cfg.PriorityGroups, cfg.PinnedTTL = jetstream.PriorityPolicyPinned, []string{pinGroup}, c.p.tuning.pin
	}
	return cfg
}

// requests are the options of one request for messages.
func (c *consumer) requests() []jetstream.FetchOpt {
	options := []jetstream.FetchOpt{jetstream.FetchMaxWait(c.p.tuning.pull)}
	if c.alone {
		options = append(options, jetstream.FetchPriorityGroup(pinGroup))
	}
	return options
}

// seeRole keeps the role up to date. While nobody is pinned, as before the first message after a start, it stays what it was, the next message may
// come to the same daemon; a daemon that is alone is the active one.
func (c *consumer) seeRole(info *jetstream.ConsumerInfo) {
	if !c.alone {
		return
	}
	role := RoleStandby
	switch pin := pinned(info); {
	case pin == "" && !c.p.peers.alone():
		return
	case pin == "", c.lead.has(info):
		role = RoleActive
	}
	if c.lead.set(role) {
		c.log.Info("role of this daemon", "role", role)
	}
	c.p.metrics.Active(c.Name, role == RoleActive)
}

// release gives the pin up where this daemon has it, so that another one need not wait until it times out.
func (c *consumer) release() {
	if !c.alone || !c.lead.had() {
		return
	}
	timed, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	info, err := c.look(timed)
	if err == nil && c.lead.has(info) {
		var s jetstream.Stream
		if s, err = c.p.bus.js.Stream(timed, c.stream); err == nil {
			err = s.UnpinConsumer(timed, c.Name, pinGroup)
		}
	}
	if err != nil {
		c.log.Debug("pin not given up, it times out", "err", err)
	}
}
