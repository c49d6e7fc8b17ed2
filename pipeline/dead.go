package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// bury stores the dead letter of a message. Until it is stored the message stays where it is: a stop in between only puts it off.
func (c *consumer) bury(ctx context.Context, j *job, v verdict) verdict {
	if v.reason == ReasonInterrupted { // its context is over, and there will be no other delivery
		timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		ctx = timed
	}
	d := message.Dead{
		Type:     message.DeadV1,
		Stage:    c.Name,
		Reason:   v.reason,
		Errors:   chain(v.err),
		Attempts: j.attempts(),
		First:    j.meta.Timestamp.UTC(),
		Last:     time.Now().UTC(),
		Stream:   j.meta.Stream,
		Sequence: j.sequence(),
		Of:       j.msg.Subject(),
		MsgID:    j.id(),
		Header:   ownHeaders(j.msg.Headers()),
		Body:     j.msg.Data(),
	}
	if err := c.p.bury(ctx, d, j.trace()); err != nil {
		c.log.Warn("dead letter not stored, the message stays", "reason", v.reason, "stream_seq", j.sequence(), "err", err)
		return verdict{result: resultCut, err: err}
	}
	return v
}

// bury stores a dead letter, without the body where there is no room for it: the stream it came from still has it.
func (p *Pipeline) bury(ctx context.Context, d message.Dead, trace string) error {
	out, err := p.bus.codec.encode(d, trace)
	if err != nil {
		return err
	}
	_, err = p.bus.publish(ctx, out)
	var tooBig *fault.Permanent
	if !errors.As(err, &tooBig) || d.Body == nil {
		return err
	}
	left := fmt.Sprintf("the body of %d bytes is left out, it is message %d of stream %s", len(d.Body), d.Sequence, d.Stream)
	d.Body, d.Errors = nil, append(d.Errors, left)
	return p.bury(ctx, d, trace)
}

// carried are the headers that we set ourselves, and that go with a message wherever it is published again.
func carried() []string {
	return []string{
		HeaderKind, HeaderSource, HeaderLang, HeaderFetched, HeaderStory, HeaderRevision, HeaderChange, HeaderAction, HeaderTrace,
		HeaderRetry, HeaderHistory, HeaderReplay, headerEncoding,
	}
}

// ownHeaders keeps what we set ourselves; a server obeys other headers, and a retry must not repeat them.
func ownHeaders(h nats.Header) map[string]string {
	kept := map[string]string{}
	for _, name := range carried() {
		if v := h.Get(name); v != "" {
			kept[name] = v
		}
	}
	return kept
}

// longestError keeps a dead letter readable: a parser may quote its whole input.
const longestError = 8 << 10

// chain is the error and its causes, outermost first, with the stack of a panic last.
func chain(err error) []string {
	var texts []string
	for e := err; e != nil && len(texts) < 20; e = errors.Unwrap(e) {
		texts = append(texts, cut(e.Error()))
	}
	if p, ok := errors.AsType[*panicked](err); ok {
		texts = append(texts, cut(string(p.stack)))
	}
	return texts
}

func cut(s string) string {
	if len(s) > longestError {
		return s[:longestError] + " ..."
	}
	return s
}
