package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// ReplayProgress says how far a replay is.
type ReplayProgress struct {
	Sent    int               `json:"sent"`
	Already int               `json:"already"` // were there: sent by an earlier run, or by who ran beside this one
	Skipped map[string]uint64 `json:"skipped"` // by reason
	Done    int               `json:"-"`       // of Total, whatever came of them
	Total   int               `json:"-"`       // to be sent in this run, or looked at
	Waiting string            `json:"-"`       // stage that has as much to do as a replay may give it; empty while it goes on
	Pending uint64            `json:"-"`       // messages that wait for that stage
	Full    string            `json:"-"`       // stream further on that is too full for what stages make of more; empty while it goes on
}

const (
	replayShare = 10  // a replay leaves a stage with at most one in so many messages of high_water waiting: news stand in line behind them
	replayBatch = 100 // messages sent between two looks at the stages
	replayPause = 200 * time.Millisecond
)

// Replay sends what was planned and returns when all of it is stored; told hears of its progress now and then. Running daemons take the copies
// as they take all messages. When it is cut short, a plan with the same id goes on where it ended and sends nothing twice.
func (b *Bus) Replay(ctx context.Context, p *ReplayPlan, told func(ReplayProgress)) (ReplayProgress, error) {
	s := &sender{bus: b, plan: p, told: told, patience: serverPatience, began: time.Now(), moved: time.Now()}
	s.progress = ReplayProgress{Total: len(p.chosen), Already: p.Already, Skipped: p.Skipped}
	send := s.copy
	if p.Stream == streamState {
		send = s.tell
	}
	err := s.run(ctx, send)
	return s.progress, err
}

// sender is one run of a replay.
type sender struct {
	bus      *Bus
	plan     *ReplayPlan
	told     func(ReplayProgress)
	patience time.Duration // for a server that does not answer
	began    time.Time
	said     time.Time
	moved    time.Time // when a message was last sent, or the standstill last told of
	stream   jetstream.Stream
	progress ReplayProgress
}

// say tells of the progress, but not of every message.
func (s *sender) say() {
	if time.Since(s.said) < replayPause {
		return
	}
	s.said = time.Now()
	s.told(s.progress)
}

// standstill is how long a replay waits before it says so: by then a stage that runs has made some way.
const standstill = 30 * time.Second

// warn says what a replay waits for where nobody may be looking at its progress.
func (s *sender) warn() {
	if time.Since(s.moved) < standstill {
		return
	}
	s.moved = time.Now()
	attrs := []any{"stage", s.progress.Waiting, "pending", s.progress.Pending}
	if s.progress.Full != "" {
		attrs = append(attrs, "full", s.progress.Full)
	}
	s.bus.log.Warn("the replay waits for a running daemon to make way", attrs...)
}

func (s *sender) run(ctx context.Context, send func(context.Context, uint64) error) error {
	for left := s.plan.chosen; len(left) > 0; {
		var n int
		err := s.patiently(ctx, func(ctx context.Context) (err error) {
			n, err = s.allowed(ctx)
			return err
		})
		if err != nil {
			return err
		}
		s.say()
		if n = min(n, len(left)); n == 0 {
			s.warn()
			if !pause(ctx, replayPause) {
				return ctx.Err()
			}
		}
		for _, seq := range left[:n] {
			if err := s.keepRate(ctx); err != nil {
				return err
			}
			if err := s.patiently(ctx, func(ctx context.Context) error { return send(ctx, seq) }); err != nil {
				return err
			}
			s.progress.Done++
			s.moved = time.Now()
			s.say()
		}
		left = left[n:]
	}
	s.told(s.progress)
	return nil
}

// serverPatience is how long a replay tries again while the server does not answer: a restart of the daemon takes less.
const serverPatience = 2 * time.Minute

// patiently calls f until it succeeds. To send a message again is harmless. A command that a person has started must come to an end, so f is
// cut short as well.
func (s *sender) patiently(ctx context.Context, f func(context.Context) error) error {
	timed, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for {
		err := f(timed)
		if err == nil || timed.Err() != nil {
			return err
		}
		s.bus.log.Debug("replay waits for the server", "err", err)
		if !pause(timed, time.Second) {
			return err
		}
	}
}

// allowed is how many messages may be sent before the stages are looked at again.
func (s *sender) allowed(ctx context.Context) (int, error) {
	stages, err := s.bus.stages(ctx)
	if err != nil {
		return 0, err
	}
	share := max(s.bus.cfg.HighWater/replayShare, 1)
	s.progress.Waiting, s.progress.Pending = "", 0
	for _, stage := range stages {
		if stage.Name != s.plan.Stage && flowOrder(streamOf(stage.Subjects[0])) <= flowOrder(s.plan.Stream) {
			continue // none of it comes there
		}
		if stage.Pending >= s.progress.Pending {
			s.progress.Waiting, s.progress.Pending = stage.Name, stage.Pending
		}
	}
	free := share - int(min(s.progress.Pending, uint64(share)))
	if free > 0 {
		s.progress.Waiting = ""
	}
	if s.progress.Full, err = s.bus.nearlyFull(ctx, s.plan.Stream); s.progress.Full != "" {
		free = 0
	}
	return min(free, replayBatch), err
}

// nearlyFull is a stream after the given one in which old messages are about to make room, up to the state stream; "" where there is none. What
// a replay brings about must not take the room of news, for which publishers would have to wait.
func (b *Bus) nearlyFull(ctx context.Context, after string) (string, error) {
	for _, l := range layouts() {
		if flowOrder(l.name) <= flowOrder(after) || flowOrder(l.name) >= flowOrder(streamState) {
			continue
		}
		s, err := b.js.Stream(ctx, l.name)
		if err != nil {
			return "", fmt.Errorf("stream %s: %w", l.name, err)
		}
		limit := s.CachedInfo().Config.MaxBytes
		if limit > 0 && s.CachedInfo().State.Bytes >= uint64(limit)/100*roomAbove {
			return l.name, nil
		}
	}
	return "", nil
}

// keepRate waits until the next message may go.
func (s *sender) keepRate(ctx context.Context) error {
	rate := s.plan.request.Rate
	if rate <= 0 {
		return ctx.Err()
	}
	due := s.began.Add(time.Duration(s.progress.Done) * time.Second / time.Duration(rate))
	if wait := time.Until(due); wait > 0 && !pause(ctx, wait) {
		return ctx.Err()
	}
	return nil
}

// copy sends one message once more.
func (s *sender) copy(ctx context.Context, seq uint64) error {
	m, err := s.message(ctx, seq)
	if m == nil {
		return err
	}
	ack, err := s.bus.publish(ctx, s.plan.copyOf(m))
	var tooBig *fault.Permanent
	switch {
	case errors.As(err, &tooBig):
		s.progress.Skipped[SkippedTooBig]++
	case err != nil:
		return err
	case ack.Duplicate:
		s.progress.Already++
	default:
		s.progress.Sent++
	}
	return nil
}

// message is a stored message as it is; nil without an error where it is gone.
func (s *sender) message(ctx context.Context, seq uint64) (m *jetstream.RawStreamMsg, err error) {
	if s.stream == nil { // asked for once: it costs as much as the message
		if s.stream, err = s.bus.js.Stream(ctx, s.plan.Stream); err != nil {
			return nil, fmt.Errorf("stream %s: %w", s.plan.Stream, err)
		}
	}
	m, err = s.stream.GetMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		s.progress.Skipped[SkippedGone]++
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("message %d of stream %s: %w", seq, s.plan.Stream, err)
	}
	return m, nil
}

// copyOf is a stored message as the replay sends it: its own headers, without the history of its deaths, and an id that is the same however
// often the replay is repeated.
func (p *ReplayPlan) copyOf(m *jetstream.RawStreamMsg) *nats.Msg {
	out := nats.NewMsg(m.Subject)
	for name, value := range ownHeaders(m.Header) {
		out.Header.Set(name, value)
	}
	out.Header.Del(HeaderRetry)
	out.Header.Del(HeaderHistory)
	of := strconv.FormatUint(m.Sequence, 10)
	out.Header.Set(nats.MsgIdHdr, p.prefix(of)+ownID(m.Header.Get(nats.MsgIdHdr)))
	out.Header.Set(HeaderReplay, p.ID)
	out.Header.Set(HeaderOriginal, of)
	out.Header.Set(headerScope, p.scope.String())
	out.Data = m.Data
	return out
}

func (p *ReplayPlan) prefix(of string) string { return fmt.Sprintf("%s%s-%s:", replayPrefix, p.ID, of) }

// storeOutcome stores what a stage made of a message. What it makes of a replayed message has an id of that replay, so
// that a changed outcome is not taken for the old one while its id is still known: the code may have changed without its version, or
// may have gone back to an older one. Whether anything has changed is for the next stage to say, as it is when the id is forgotten. From the
// state stream on it has been said: there the id names a revision, and stays.
func (p *Pipeline) storeOutcome(
	ctx context.Context, n *counter, m message.Message, of *job, o ...jetstream.PublishOpt,
) (*jetstream.PubAck, error) {
	out, err := p.bus.codec.encode(m, of.trace())
	if err != nil {
		return nil, fault.Permanently(ReasonUnencodable, err)
	}
	if of.parts > 1 {
		out.Header.Set(headerParts, strconv.Itoa(of.parts))
	}
	replay := of.msg.Headers().Get(HeaderReplay)
	if replay == "" {
		return p.storeEncoded(ctx, n, m, out, o...)
	}
	out.Header.Set(HeaderReplay, replay)
	if flowOrder(streamOf(out.Subject)) < flowOrder(streamState) {
		out.Header.Set(nats.MsgIdHdr, outcomePrefix+replay+":"+m.Key())
	}
	return p.storeEncoded(ctx, n, m, out, o...)
}
