package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// Reasons of dead letters for messages that the server gave up: the net below our own count.
const (
	ReasonMaxDeliveries = "max_deliveries" // delivered as often as the consumer allows
	ReasonTerminated    = "terminated"     // somebody told the server to deliver it no more
)

// advisoryReader is the durable consumer by which all daemons together read the advisories.
const advisoryReader = "advisories"

// stageMark stands in the metadata of every consumer that belongs to a stage, so that those of subscribers are told apart from them.
const stageMark = "rawi-stage"

// advisory is what the server says of a message that it delivers no more.
type advisory struct {
	Type       string    `json:"type"`
	Time       time.Time `json:"timestamp"`
	Stream     string    `json:"stream"`
	Consumer   string    `json:"consumer"`
	Sequence   uint64    `json:"stream_seq"`
	Deliveries int       `json:"deliveries"`
	Reason     string    `json:"reason"`
}

func (a advisory) reason() string {
	if strings.HasSuffix(a.Type, ".terminated") {
		return ReasonTerminated
	}
	return ReasonMaxDeliveries
}

// replaced reports whether the message went because a newer state of its story took its place: the stage reads that one, and nothing is lost.
func (a advisory) replaced(d message.Dead) bool {
	return a.Stream == streamState && a.reason() == ReasonTerminated && len(d.Body) == 0
}

// readAdvisories makes dead letters of what the server has given up since it was last asked.
func (p *Pipeline) readAdvisories(ctx context.Context) error {
	timed, cancel := context.WithTimeout(ctx, 10*time.Second) // the watch has other things to do
	defer cancel()
	cons, err := p.bus.js.CreateOrUpdateConsumer(timed, streamAdvisory, jetstream.ConsumerConfig{
		Durable: advisoryReader, AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Minute, MaxDeliver: -1,
	})
	if err != nil {
		return err
	}
	batch, err := cons.FetchNoWait(100)
	if err != nil {
		return err
	}
	var errs []error
	letters := &knownLetters{bus: p.bus}
	for msg := range batch.Messages() {
		if err := p.buryGivenUp(timed, msg.Data(), letters); err != nil {
			errs = append(errs, err) // it comes again
			continue
		}
		errs = append(errs, msg.Ack())
	}
	return errors.Join(append(errs, batch.Error())...)
}

// buryGivenUp makes the dead letter of one advisory, unless there is one already or the message has nothing to do with a stage.
func (p *Pipeline) buryGivenUp(ctx context.Context, body []byte, letters *knownLetters) error {
	var a advisory
	if err := json.Unmarshal(body, &a); err != nil {
		p.log.Warn("advisory not read", "err", err)
		return nil // it will not become readable
	}
	ours, err := p.bus.ofStage(ctx, a)
	if err != nil || !ours || p.hasEnded(a) {
		return err
	}
	d, trace, err := p.bus.letterOf(ctx, a)
	if err != nil || a.replaced(d) {
		return err
	}
	if has, err := letters.has(ctx, d); has || err != nil {
		return err
	}
	if err := p.bury(ctx, d, trace); err != nil {
		return err
	}
	p.log.Error("message is a dead letter", "stage", d.Stage, "reason", d.Reason, "msg_id", d.MsgID, "subject", d.Of,
		"stream_seq", d.Sequence, "num_delivered", d.Attempts, "err", strings.Join(d.Errors, "; "))
	for _, c := range p.stages {
		if c.Name == a.Consumer {
			c.counts.ended(resultDead, d.Reason)
			p.metrics.Count(c.Name, resultDead, d.Reason)
		}
	}
	return nil
}

// hasEnded says that a stage here has finished the message, although the server did not hear of it.
func (p *Pipeline) hasEnded(a advisory) bool {
	for _, c := range p.stages {
		if c.Name == a.Consumer && c.stream == a.Stream {
			return c.ended.hasSequence(a.Sequence)
		}
	}
	return false
}

// ofStage says whether an advisory is about the consumer of a stage, in this process or another. A consumer that is gone tells nothing.
func (b *Bus) ofStage(ctx context.Context, a advisory) (bool, error) {
	cons, err := b.js.Consumer(ctx, a.Stream, a.Consumer)
	if errors.Is(err, jetstream.ErrConsumerNotFound) || errors.Is(err, jetstream.ErrStreamNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, ours := cons.CachedInfo().Config.Metadata[stageMark]
	return ours, nil
}

// letterOf is the dead letter of an advisory, with the original message where the stream still has it.
func (b *Bus) letterOf(ctx context.Context, a advisory) (d message.Dead, trace string, err error) {
	why := fmt.Sprintf("the server delivers it no more after %d deliveries", a.Deliveries)
	if a.Reason != "" {
		why += ": " + cut(a.Reason)
	}
	d = message.Dead{
		Type: message.DeadV1, Stage: a.Consumer, Reason: a.reason(), Errors: []string{why}, Attempts: a.Deliveries,
		First: a.Time.UTC(), Last: a.Time.UTC(), Stream: a.Stream, Sequence: a.Sequence,
	}
	m, err := b.original(ctx, a.Stream, a.Sequence)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		d.Errors = append(d.Errors, "the message itself is gone from its stream")
		return d, "", nil
	}
	if err != nil {
		return d, "", err
	}
	d.First, d.Of, d.MsgID, d.Header, d.Body = m.Time.UTC(), m.Subject, m.Header.Get(nats.MsgIdHdr), ownHeaders(m.Header), m.Data
	return d, observe.NextSpan(m.Header.Get(HeaderTrace)), nil
}

// original is a message of a stream as it was stored.
func (b *Bus) original(ctx context.Context, stream string, seq uint64) (*jetstream.RawStreamMsg, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", stream, err)
	}
	m, err := s.GetMsg(ctx, seq)
	if err != nil {
		return nil, fmt.Errorf("message %d of stream %s: %w", seq, stream, err)
	}
	return m, nil
}

// knownLetters are the keys of all dead letters, read once for a batch of advisories and without their bodies: there may be months of them. The
// server's own memory of keys is shorter.
type knownLetters struct {
	bus  *Bus
	keys map[string]bool
}

func (k *knownLetters) has(ctx context.Context, d message.Dead) (bool, error) {
	if k.keys == nil {
		stored, err := k.bus.keys(ctx, streamDead, time.Time{})
		if err != nil {
			return false, fmt.Errorf("read the keys of dead letters: %w", err)
		}
		k.keys = make(map[string]bool, len(stored))
		for _, letter := range stored {
			k.keys[letter.id] = true
		}
	}
	return k.keys[d.Key()], nil
}
