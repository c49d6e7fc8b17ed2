package pipeline

import (
	"context"
	"strconv"
	"strings"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// HeartbeatKind is the Rawi-Kind of a heartbeat: a message of no article, sent now and then through the queues that articles stand in.
const HeartbeatKind = "heartbeat"

// heartbeatStage is what stands in metrics, in the status and, as the reason of a drop, in the account.
const heartbeatStage = "heartbeat"

// heartbeat tells whether the stages turn, also while no outlet has news. Each stage takes it from its queue and hands it on unread to the
// stages behind it, down to the state stream. It ends there as a drop: what is in that stream is the memory of all stories, read by every
// reader and at every start, and holds nothing else. Of a stage behind it, see note. Where several stages of one stream hand it on, the first
// one's is stored and the others' are duplicates.
type heartbeat struct {
	Type string    `json:"type"` // HeartbeatKind
	ID   string    `json:"id"`   // of the interval in which it was sent: several daemons send one
	Sent time.Time `json:"sent"`
	By   string    `json:"by,omitempty"` // stage that handed it on: its copy is unlike that of another stage, which has the same id

	to *consumer
}

func (h heartbeat) Subject() string { return heartbeatSubject(h.to.Subjects[0]) }
func (h heartbeat) Key() string     { return "h:" + h.ID + ":beat:" + h.to.Name }
func (heartbeat) Schema() string    { return HeartbeatKind }

// heartbeatSubject is one that a filter lets through and that no article has.
func heartbeatSubject(filter string) string {
	return strings.NewReplacer(">", heartbeatStage, "*", heartbeatStage).Replace(filter)
}

// passed is the last heartbeat that came to the state stream.
type passed struct {
	sent  time.Time
	state uint64 // last sequence of the state stream at that time
}

// heart sends heartbeats, the first one after an interval.
type heart struct {
	src   *source
	every time.Duration
}

// addHeart gives a stage its series, and adds the source of heartbeats with the first stage that they are sent to.
func (p *Pipeline) addHeart(c *consumer) {
	every := p.bus.cfg.Heartbeat
	if every <= 0 || flowOrder(c.stream) < flowOrder(streamRaw) {
		return
	}
	p.metrics.AddHeartbeat(c.Name)
	if c.stream != streamRaw || len(p.readers(streamRaw)) > 1 {
		return
	}
	h := &heart{every: every}
	AddSource(p, heartbeatStage, h)
	h.src = p.sources[len(p.sources)-1]
}

// Run sends a heartbeat once in every interval. It does not wait while the sources pause: how long the way takes then is what it is to tell.
func (h *heart) Run(ctx context.Context, _ Emit) error {
	for pause(ctx, h.every) {
		if err := h.beat(ctx, time.Now().UTC()); err != nil && ctx.Err() == nil {
			h.src.p.log.Warn("heartbeat not sent", "err", err)
		}
	}
	return nil
}

// beat sends the heartbeat of the interval in which now lies. What another daemon has sent is a duplicate.
func (h *heart) beat(ctx context.Context, now time.Time) error {
	beat := heartbeat{Type: HeartbeatKind, ID: strconv.FormatInt(now.Truncate(h.every).UnixMilli(), 10), Sent: now}
	for _, beat.to = range h.src.p.readers(streamRaw) {
		if err := h.src.send(ctx, beat); err != nil {
			return err
		}
	}
	return nil
}

// readers are the stages that read a stream.
func (p *Pipeline) readers(stream string) []*consumer {
	var on []*consumer
	for _, c := range p.stages {
		if c.stream == stream && len(c.Subjects) > 0 {
			on = append(on, c)
		}
	}
	return on
}

// readersBehind are the stages that read what comes out of a stream, down to the state stream.
func (p *Pipeline) readersBehind(stream string) []*consumer {
	for _, l := range layouts() {
		if flowOrder(l.name) > flowOrder(stream) && flowOrder(l.name) < flowOrder(streamState) {
			if on := p.readers(l.name); len(on) > 0 {
				return on
			}
		}
	}
	return nil
}

func (j *job) heartbeat() bool { return j.msg.Headers().Get(HeaderKind) == HeartbeatKind }

// passOn hands a heartbeat to the stages behind this one. Where there is none it has come to its end, and state is the end of the state stream.
func (c *consumer) passOn(ctx context.Context, j *job, state uint64) (made, error) {
	beat, err := decodeAs[heartbeat](c.p.bus.codec, j)
	if err != nil {
		return made{}, err
	}
	behind := c.p.readersBehind(c.stream)
	beat.By = c.Name
	var m made
	for _, beat.to = range behind {
		ack, err := c.p.storeOutcome(ctx, c.counts, beat, j)
		if err != nil {
			return m, err
		}
		m.add(ack)
	}
	c.p.metrics.Heartbeat(c.Name, time.Since(beat.Sent))
	if len(behind) > 0 {
		return m, nil
	}
	c.p.passed.Store(&passed{beat.Sent, state})
	return m, fault.Dropped(heartbeatStage)
}

// heartbeat lets one through once the fold knows its state: a fold that cannot decide on articles must not look alive.
func (w *foldWorker[I, S]) heartbeat(ctx context.Context, j *job) (made, error) {
	others := j.pin() != w.pin
	w.pin = j.pin()
	if err := w.ready(ctx, others); err != nil {
		return made{}, err
	}
	return w.passOn(ctx, j, w.last)
}

// note tells that a stage on the state stream has seen a heartbeat: when it has finished everything that was decided before the heartbeat came to
// that stream, and goes on asking for more.
func (c *consumer) note(beat *passed, finished uint64, idle, asks bool) {
	if beat == nil || c.stream != streamState || !idle && finished < beat.state || idle && !asks {
		return
	}
	if old := c.noted.Swap(beat); old != beat {
		c.p.metrics.Heartbeat(c.Name, time.Since(beat.sent))
	}
}

// withoutHeartbeats keeps them from a reader.
func withoutHeartbeats(fn func(Envelope) error) func(Envelope) error {
	return func(e Envelope) error {
		if e.Kind == HeartbeatKind {
			return nil
		}
		return fn(e)
	}
}

var _ message.Message = heartbeat{}
