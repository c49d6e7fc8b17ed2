package pipeline

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/observe"
)

// Reasons of dead letters that the runtime gives.
const (
	ReasonUndecodable = "undecodable" // the body is not what its stage reads
	ReasonUnencodable = "unencodable" // the stage made something that JSON cannot say
	ReasonNoStream    = "no_stream"   // the stage made something for a subject that no stream stores
	ReasonPanic       = "panic"       // the stage panicked on it
	ReasonStuck       = "stuck"       // the stage did not return after its deadline
	ReasonExhausted   = "exhausted"   // every attempt failed
	ReasonInterrupted = "interrupted" // cut short by a stop at its very last delivery
	ReasonCrash       = "crash"       // the process died each time it was at work
	ReasonExpired     = "expired"     // it waited as long as its stream keeps messages
)

// reasons are all of them: their series are there before the first death.
func reasons() []string {
	return []string{
		ReasonUndecodable, ReasonUnencodable, ReasonNoStream, ReasonPanic, ReasonStuck, ReasonExhausted, ReasonInterrupted, ReasonCrash, ReasonExpired,
	}
}

// longestDelay bounds what a stage may ask for at once. How often it may ask is bounded by the age of the stream.
const longestDelay = 6 * time.Hour

// soonest bounds how soon a message comes again that asked to wait and was delivered so often. The first waits are as short as a busy host's
// queue may make them; a stage that asks for no time at all, again and again, must not turn its messages in a circle, nor use up the deliveries
// that the server allows (maxDeliver) before the stream forgets the message: at this pace they last for three days.
func soonest(attempts int) time.Duration {
	switch {
	case attempts < 50:
		return 100 * time.Millisecond
	case attempts < 200:
		return time.Second
	case attempts < 1000:
		return 5 * time.Second
	}
	return 30 * time.Second
}

// worker is a stage as the consumer sees it.
type worker interface {
	// load reads what the stage needs before its first message.
	load(ctx context.Context) error
	// attempt does all that there is to do for a message, up to the acknowledgement.
	attempt(ctx context.Context, j *job) (made, error)
	// final says that what it stores is the end of the account.
	final() bool
}

// made counts the outputs of one attempt.
type made struct{ stored, duplicate int }

func (m *made) add(ack *jetstream.PubAck) {
	if ack.Duplicate {
		m.duplicate++
		return
	}
	m.stored++
}

// job is one delivery of one message.
type job struct {
	msg      jetstream.Msg
	meta     *jetstream.MsgMetadata
	record   record
	orphan   bool // in hand of the process before this one when it died
	recorded bool // there is a record to be removed at the end
	span     observe.Span
	parts    int // outputs that a fold is about to commit one after another
}

// trace is the traceparent of what comes out of the work on the message.
func (j *job) trace() string    { return j.span.Traceparent() }
func (j *job) id() string       { return j.msg.Headers().Get(nats.MsgIdHdr) }
func (j *job) pin() string      { return j.msg.Headers().Get(pinHeader) }
func (j *job) sequence() uint64 { return j.meta.Sequence.Stream }
func (j *job) attempts() int    { return int(min(j.meta.NumDelivered, 1<<20)) }

// job registers a message as being in hand. A message without metadata did not come from a stream and cannot be answered. One that is in hand
// already has come again because the server did not hear of it for a while: its end answers both, and it would count twice.
func (c *consumer) job(msg jetstream.Msg) (*job, bool) {
	meta, err := msg.Metadata()
	if err != nil {
		c.log.Error("message without metadata", "subject", msg.Subject(), "err", err)
		return nil, false
	}
	j := &job{msg: msg, meta: meta, orphan: c.orphans[meta.Sequence.Stream]}
	if _, again := c.inWork.LoadOrStore(j.sequence(), j); again {
		c.counts.repeated()
		return nil, false
	}
	delete(c.orphans, j.sequence()) // what happens to it from now on is known here
	if c.alone {
		c.lead.given(j.pin())
	}
	c.held.Store(j, nil)
	return j, true
}

// letGo ends what job began.
func (c *consumer) letGo(j *job) {
	c.held.Delete(j)
	c.inWork.Delete(j.sequence())
}

// verdict is what happens to a message after an attempt.
type verdict struct {
	result string
	reason string
	delay  time.Duration
	err    error
}

// final says that the message has come to its end.
func (v verdict) final() bool { return v.result != resultRetry && v.result != resultCut }

// handle works on one message and answers the server.
func (c *consumer) handle(intake, work context.Context, j *job) {
	defer c.letGo(j)
	if c.ended.has(j.sequence(), j.meta.Timestamp) {
		c.counts.repeated()
		c.answer(intake, j, verdict{result: resultOK})
		return
	}
	c.p.metrics.Begin(c.Name)
	c.beginSpan(j)
	began := time.Now()
	outputs, err := made{}, work.Err()
	if err == nil {
		err = c.recall(work, j)
	}
	if err == nil {
		c.p.fail.reach(c.Name, stepReceived)
		if ackFirst {
			c.ackFirst(j)
		}
		outputs, err = c.worker.attempt(work, j)
	}
	v := c.judge(work, j, outputs, err)
	if v.result == resultDead {
		v = c.bury(work, j, v)
	}
	if v.final() {
		c.p.fail.reach(c.Name, stepPublished)
	}
	j.span.End(v.result, v.reason, v.err)
	c.record(j, v, time.Since(began))
	c.remember(work, j, v)
	c.answer(intake, j, v)
	if v.final() && c.p.fail.due(c.Name, stepAcked) {
		_ = c.p.bus.nc.Flush()
		die()
	}
}

// ackFirst gives a message away that nothing was made of yet.
func (c *consumer) ackFirst(j *job) {
	_ = j.msg.Ack()
	_ = c.p.bus.nc.Flush()
}

// judge says what an attempt means for the message.
func (c *consumer) judge(work context.Context, j *job, outputs made, err error) verdict {
	var drop *fault.Drop
	var permanent *fault.Permanent
	switch {
	case err == nil && outputs == made{}:
		return verdict{result: resultDropped, reason: "no_output"}
	case err == nil && outputs.stored == 0:
		return verdict{result: resultDuplicate}
	case err == nil:
		return verdict{result: resultOK}
	case errors.As(err, &drop):
		return verdict{result: resultDropped, reason: drop.Reason}
	case errors.As(err, &permanent):
		return verdict{result: resultDead, reason: permanent.Reason, err: err}
	case work.Err() != nil && j.attempts() >= maxDeliver:
		return verdict{result: resultDead, reason: ReasonInterrupted, err: err}
	case work.Err() != nil:
		return verdict{result: resultCut, err: err}
	}
	return c.again(j, err)
}

// again says when a message comes back, unless it has failed too often. To be asked to wait is no failure and brings it no nearer to its
// dead letter, but the last attempt has to end before the stream forgets the message.
func (c *consumer) again(j *job, err error) verdict {
	delays := c.p.tuning.delays
	var delay time.Duration
	if wait, ok := errors.AsType[*fault.Delayed](err); ok {
		delay = max(wait.Delay, min(delays[min(j.attempts(), len(delays))-1], soonest(j.attempts())))
	} else {
		if j.record.Failures++; j.record.Failures >= c.p.tuning.attempts {
			return verdict{result: resultDead, reason: ReasonExhausted, err: err}
		}
		delay = delays[min(j.record.Failures, len(delays))-1]
	}
	delay = min(delay, longestDelay)
	if time.Since(j.meta.Timestamp)+delay > c.patience || j.attempts() >= maxDeliver-1 {
		return verdict{result: resultDead, reason: ReasonExpired, err: err}
	}
	return verdict{result: resultRetry, delay: delay, err: err}
}

// answer tells the server. Nothing is lost where that fails: the message comes again, and its outputs are recognised. While the pipeline
// stops the answer is waited for, since the server may be about to stop as well.
func (c *consumer) answer(intake context.Context, j *job, v verdict) {
	var err error
	switch {
	case v.result == resultRetry:
		err = j.msg.NakWithDelay(v.delay)
	case v.result == resultCut:
		c.handBack(j) // not yet: the request that still waits would get it, over and over
	case intake.Err() == nil:
		err = j.msg.Ack()
		c.confirm.add(j.msg.Reply(), j.sequence(), c.p.tuning.ackWait)
	default:
		timed, cancel := context.WithTimeout(context.WithoutCancel(intake), 2*time.Second)
		defer cancel()
		err = j.msg.DoubleAck(timed)
	}
	if err != nil {
		c.log.Debug("answer did not reach the server", "stream_seq", j.sequence(), "err", err)
	}
}

// record counts, and says what somebody may have to look at.
func (c *consumer) record(j *job, v verdict, took time.Duration) {
	c.counts.ended(v.result, v.reason)
	c.p.metrics.End(c.Name, v.result, v.reason, took)
	attrs := []any{
		"msg_id", j.id(), "subject", j.msg.Subject(), "stream_seq", j.sequence(), "num_delivered", j.attempts(),
		"trace_id", observe.TraceID(j.trace()), "err", v.err,
	}
	switch v.result {
	case resultRetry:
		c.log.Debug("attempt failed", append(attrs, "delay", v.delay)...)
		return
	case resultCut:
		return
	case resultDead:
		c.log.Error("message is a dead letter", append(attrs, "reason", v.reason)...)
	}
	if v.result == resultDropped {
		c.dropped.add(j.sequence(), j.meta.Timestamp)
	}
	c.ended.add(j.sequence(), j.meta.Timestamp)
}
