package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// codeNoMessage is the server's answer where a stream has no such message.
const codeNoMessage jetstream.ErrorCode = 10037

// tail is the end of a stream, as its leader knows it.
type tail struct {
	made     time.Time // when the stream was made: one that was made anew begins again at 1
	first    uint64    // that is kept
	last     uint64
	messages uint64 // that are kept
}

func (b *Bus) tail(ctx context.Context, stream string) (tail, error) {
	s, err := b.js.Stream(ctx, stream)
	if err != nil {
		return tail{}, fmt.Errorf("stream %s: %w", stream, err)
	}
	info := s.CachedInfo()
	return tail{made: info.Created, first: info.State.FirstSeq, last: info.State.LastSeq, messages: info.State.Msgs}, nil
}

// next is the first message of a stream from a sequence on; ok is false where there is none. Its leader is asked: another server of a
// cluster may not have the newest messages yet, and would say with the same certainty that there are no more.
func (b *Bus) next(ctx context.Context, stream string, from uint64) (e Envelope, ok bool, err error) {
	m, err := b.askLeader(ctx, stream, map[string]any{"seq": from, "next_by_subj": ">"})
	if err != nil {
		return e, false, fmt.Errorf("read stream %s from %d: %w", stream, from, err)
	}
	if m == nil {
		return e, false, nil
	}
	e, err = b.envelopeOf(stream, m)
	return e, err == nil, err
}

// envelopeOf is a message as a reader sees it.
func (b *Bus) envelopeOf(stream string, m *keptMessage) (e Envelope, err error) {
	header, err := m.header()
	if err == nil {
		e.Body, err = b.codec.decode(header, m.Data)
	}
	if err != nil {
		return e, fmt.Errorf("message %d of stream %s: %w", m.Sequence, stream, err)
	}
	e.Subject, e.Stream, e.Sequence, e.Time, e.Header = m.Subject, stream, m.Sequence, m.Time, header
	e.Kind, e.ID = header.Get(HeaderKind), header.Get(nats.MsgIdHdr)
	return e, nil
}

// keptMessage is a message as a stream's leader gives it.
type keptMessage struct {
	Subject  string    `json:"subject"`
	Sequence uint64    `json:"seq"`
	Header   []byte    `json:"hdrs"`
	Data     []byte    `json:"data"`
	Time     time.Time `json:"time"`
}

// header of the message; nil where it has none, as one that somebody else has stored.
func (m *keptMessage) header() (nats.Header, error) {
	if len(m.Header) == 0 {
		return nil, nil
	}
	return nats.DecodeHeadersMsg(m.Header)
}

// askLeader asks the leader of a stream for a message; nil without an error where there is none.
func (b *Bus) askLeader(ctx context.Context, stream string, which map[string]any) (*keptMessage, error) {
	question, err := json.Marshal(which)
	if err != nil {
		return nil, err
	}
	answer, err := b.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+stream, question)
	if err != nil {
		return nil, err
	}
	var said struct {
		Error   *jetstream.APIError `json:"error"`
		Message keptMessage         `json:"message"`
	}
	if err := json.Unmarshal(answer.Data, &said); err != nil {
		return nil, err
	}
	switch {
	case said.Error == nil:
		return &said.Message, nil
	case said.Error.ErrorCode == codeNoMessage:
		return nil, nil
	}
	return nil, said.Error
}

// catchUp applies what was written to the state stream after the last state that the fold knows. Everything is read again only where the
// difference would not be the truth: the fold's memory cannot be trusted, or the stream is not the one it was or has lost its end.
func (w *foldWorker[I, S]) catchUp(ctx context.Context) error {
	if w.stale {
		return w.load(ctx)
	}
	end, err := w.p.bus.tail(ctx, streamState)
	if err != nil {
		return err
	}
	if !end.made.Equal(w.made) || end.last < w.last {
		w.log.Warn("the state stream is another one, or has lost its end: reading all of it", "stream_seq", end.last, "known", w.last)
		w.stale = true
		return w.load(ctx)
	}
	return w.advance(ctx, end)
}

// advance applies what comes after w.last up to the end. A stream keeps the newest state of each story, and its sequences only grow, so
// that whoever knows everything up to a sequence misses nothing by reading on from there.
func (w *foldWorker[I, S]) advance(ctx context.Context, end tail) error {
	for w.last < end.last {
		e, ok, err := w.p.bus.next(ctx, streamState, w.last+1)
		if err != nil {
			return err
		}
		if !ok { // somebody took the last states out
			w.last = end.last
			return nil
		}
		if err := w.replay(e); err != nil {
			w.stale = true
			return err
		}
		w.last = e.Sequence
	}
	return nil
}

// followTimeout bounds one look at the state stream: a message may be waiting behind it.
const followTimeout = 5 * time.Second

// follow keeps the fold of an idle daemon at the end of the stream, so that it can go on at once when it is given messages.
func (w *foldWorker[I, S]) follow(ctx context.Context) {
	timed, cancel := context.WithTimeout(ctx, followTimeout)
	defer cancel()
	err := w.catchUp(timed)
	switch {
	case err == nil:
		w.stalled.Store(nil)
		w.saveInTime(ctx)
	case ctx.Err() == nil && w.stalled.Swap(&err) == nil:
		w.log.Warn("the state stream cannot be followed, trying again", "err", err)
	}
}
