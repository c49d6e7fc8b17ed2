package pipeline

import (
	"context"
	"errors"
	"sync"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// source runs one Source.
type source struct {
	p      *Pipeline
	name   string
	source Source
	counts *counter
}

// run starts the source again, ever later, when it fails before ctx ends. One that returns nil has nothing more to bring.
func (s *source) run(ctx context.Context) {
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		_, err := guard(ctx, s.p.bus.cfg.Grace+s.p.tuning.overrun, func() (struct{}, error) { return struct{}{}, s.source.Run(ctx, s.emit) })
		if ctx.Err() != nil {
			s.stopped(err)
			return
		}
		if err == nil {
			s.p.log.Info("source has ended", "source", s.name)
			return
		}
		s.p.log.Error("source failed, starting it again", "source", s.name, "in", wait, "err", err)
		if !pause(ctx, wait) {
			return
		}
	}
}

// stopped says when the source did not hear the stop.
func (s *source) stopped(err error) {
	if _, ok := errors.AsType[*fault.Permanent](err); ok {
		s.p.log.Error("source did not end well", "source", s.name, "err", err)
	}
}

// emit stores one message. It waits while nothing may be taken in.
func (s *source) emit(ctx context.Context, m message.Message) error {
	if err := s.p.hold(ctx); err != nil {
		return err
	}
	return s.send(ctx, m)
}

// send stores one message, whether or not the stages are behind.
func (s *source) send(ctx context.Context, m message.Message) error {
	s.p.metrics.Received(s.name)
	s.p.fail.reach(s.name, stepReceived)
	span := s.beginSpan(m)
	ack, err := s.p.store(ctx, s.counts, m, span.Traceparent())
	var permanent *fault.Permanent
	switch {
	case errors.As(err, &permanent):
		span.End(resultDead, permanent.Reason, err)
		return s.bury(ctx, m, permanent, span.Traceparent())
	case err != nil:
		span.End(resultRetry, "", err)
		return err
	case ack.Duplicate:
		s.p.fail.reach(s.name, stepPublished)
		span.End(resultDuplicate, "", nil)
		s.counted(resultDuplicate, "")
	default:
		s.p.fail.reach(s.name, stepPublished)
		span.End(resultOK, "", nil)
		s.counted(resultOK, "")
	}
	return nil
}

// bury ends a message that no stream takes as a dead letter without a body, so that its source does not bring it for ever.
func (s *source) bury(ctx context.Context, m message.Message, why *fault.Permanent, trace string) error {
	now := time.Now().UTC()
	d := message.Dead{
		Type: message.DeadV1, Stage: s.name, Reason: why.Reason, Errors: chain(why), Attempts: 1, First: now, Last: now,
		Stream: m.Key(), Of: m.Subject(), MsgID: m.Key(), Header: map[string]string{HeaderKind: m.Schema()},
	}
	if err := s.p.bury(ctx, d, trace); err != nil {
		return err
	}
	s.counted(resultDead, why.Reason)
	s.p.log.Error("message is a dead letter", "source", s.name, "msg_id", m.Key(), "subject", m.Subject(), "reason", why.Reason, "err", why)
	return nil
}

func (s *source) counted(result, reason string) {
	s.counts.ended(result, reason)
	s.p.metrics.Count(s.name, result, reason)
}

// gate holds sources back while it is shut. Its zero value is open.
type gate struct {
	mu   sync.Mutex
	shut chan struct{} // nil while open; closed when it opens
}

func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	shut := g.shut
	g.mu.Unlock()
	if shut == nil {
		return nil
	}
	select {
	case <-shut:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut != nil
}

// set shuts or opens the gate and reports whether that changed anything.
func (g *gate) set(shut bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if shut == (g.shut != nil) {
		return false
	}
	if shut {
		g.shut = make(chan struct{})
		return true
	}
	close(g.shut)
	g.shut = nil
	return true
}
