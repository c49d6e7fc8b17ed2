package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// Headers of a message that was a dead letter and is tried again.
const (
	HeaderRetry   = "Rawi-Retry"   // how many times it was taken up again
	HeaderHistory = "Rawi-History" // of what it died, newest last: stage, reason and time of each death, parted by ";"
)

// ErrNoDeadLetter says that there is no such dead letter: it was retried, dropped, or kept long enough.
var ErrNoDeadLetter = errors.New("no such dead letter")

// retryTimeout bounds the storing of one message: a person waits for it.
const retryTimeout = 20 * time.Second

// DeadFilter chooses dead letters; its zero value chooses all of them.
type DeadFilter struct {
	Stage  string
	Reason string
	Since  time.Time // when the stage gave up
}

func (f DeadFilter) subject() string {
	token := func(s string) string {
		if s == "" {
			return "*"
		}
		return message.Token(s)
	}
	return "news.dead." + token(f.Stage) + "." + token(f.Reason)
}

// DeadLetters gives fn every dead letter that the filter chooses, oldest first.
func (b *Bus) DeadLetters(ctx context.Context, f DeadFilter, fn func(DeadLetter) error) error {
	start := Beginning()
	if !f.Since.IsZero() {
		start = Since(f.Since)
	}
	return b.dead(ctx, f.subject(), start, fn)
}

// DeadLetter returns one dead letter by its sequence; errors.Is(err, ErrNoDeadLetter) where it is not kept.
func (b *Bus) DeadLetter(ctx context.Context, seq uint64) (DeadLetter, error) {
	m, err := b.original(ctx, streamDead, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return DeadLetter{}, fmt.Errorf("%d: %w", seq, ErrNoDeadLetter)
	}
	if err != nil {
		return DeadLetter{}, err
	}
	body, err := b.codec.decode(m.Header, m.Data)
	d := DeadLetter{Sequence: seq}
	if err == nil {
		err = json.Unmarshal(body, &d.Dead)
	}
	if err != nil {
		return DeadLetter{}, fmt.Errorf("dead letter %d cannot be read: %w", seq, err)
	}
	return d, nil
}

// Message returns the body of the message that died, decompressed: JSON, unless it died of not being any. It is read from the stream it
// came from where the dead letter had no room for it.
func (b *Bus) Message(ctx context.Context, d DeadLetter) ([]byte, error) {
	m, err := b.revive(ctx, d)
	if err != nil {
		return nil, err
	}
	return b.codec.decode(m.Header, m.Data)
}

// Retry publishes the message that died once more, unchanged, where its stage will find it, and then removes the dead letter. The message
// has a new id and carries its history; doing it twice is harmless. What the process of a retry left undone another one completes.
func (b *Bus) Retry(ctx context.Context, seq uint64) (DeadLetter, error) {
	d, err := b.DeadLetter(ctx, seq)
	if err != nil {
		return d, err
	}
	timed, cancel := context.WithTimeout(ctx, retryTimeout)
	defer cancel()
	m, err := b.revive(timed, d)
	if err != nil {
		return d, fmt.Errorf("dead letter %d: %w", seq, err)
	}
	if s := streamOf(d.Of); s == streamState || s == streamStories {
		err = b.retryNewest(timed, d, m)
	} else {
		_, err = b.publish(timed, m)
	}
	if err != nil {
		return d, fmt.Errorf("dead letter %d: %w", seq, err)
	}
	return d, b.Drop(timed, seq)
}

// retryNewest publishes a state, or a story that a sink could not deliver, again only while it is the last one of its subject: a newer one has
// made it needless, and must not be undone.
func (b *Bus) retryNewest(ctx context.Context, d DeadLetter, m *nats.Msg) error {
	_, err := b.publish(ctx, m, jetstream.WithExpectLastSequencePerSubject(d.Dead.Sequence))
	if errors.Is(err, errFenced) {
		return nil
	}
	return err
}

// Drop removes a dead letter for good.
func (b *Bus) Drop(ctx context.Context, seq uint64) error {
	s, err := b.js.Stream(ctx, streamDead)
	if err != nil {
		return fmt.Errorf("stream %s: %w", streamDead, err)
	}
	err = s.DeleteMsg(ctx, seq)
	if errors.Is(err, jetstream.ErrMsgNotFound) || errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful) {
		return fmt.Errorf("%d: %w", seq, ErrNoDeadLetter)
	}
	if err != nil {
		return fmt.Errorf("remove dead letter %d: %w", seq, err)
	}
	return nil
}

// revive makes the message that died, as it is published again.
func (b *Bus) revive(ctx context.Context, d DeadLetter) (*nats.Msg, error) {
	if streamOf(d.Of) == "" { // a subject such as $JS.API... would be an order to the server
		return nil, fmt.Errorf("it was never a message of ours: no stream stores %q; drop it", cut(d.Of))
	}
	data := d.Body
	if len(data) == 0 {
		if d.Dead.Sequence == 0 {
			return nil, errors.New("its source never stored it, so there is nothing to try again: drop it, the source brings it again when it changes")
		}
		m, err := b.original(ctx, d.Stream, d.Dead.Sequence)
		if err != nil {
			return nil, fmt.Errorf("its body is not kept here, nor where it came from: %w", err)
		}
		data = m.Data
	}
	tries, _ := strconv.Atoi(d.Header[HeaderRetry]) // absent the first time
	id := strings.TrimPrefix(d.MsgID, fmt.Sprintf("dead%d:", tries))
	m := nats.NewMsg(d.Of)
	for _, name := range carried() { // whoever wrote the dead letter: a server obeys other headers
		if value := d.Header[name]; value != "" {
			m.Header.Set(name, value)
		}
	}
	m.Header.Set(nats.MsgIdHdr, fmt.Sprintf("dead%d:%s", tries+1, id))
	m.Header.Set(HeaderRetry, strconv.Itoa(tries+1))
	m.Header.Set(HeaderHistory, history(d))
	m.Data = data
	if body, err := b.codec.decode(m.Header, data); err == nil && b.codec.publish.CloudEvents && streamOf(d.Of) == streamStories {
		var s message.Story
		if json.Unmarshal(body, &s) == nil { // what is no story is none on the wire either
			event(s, m.Header)
		}
	}
	return m, nil
}

// Bury stores the dead letter of a reader that runs beside the stages, such as a sink.
func (b *Bus) Bury(ctx context.Context, d message.Dead) error {
	out, err := b.codec.encode(d, d.Header[HeaderTrace])
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, retryTimeout)
	defer cancel()
	_, err = b.publish(timed, out)
	return err
}

// longestHistory is the number of deaths that a message carries with it.
const longestHistory = 10

func history(d DeadLetter) string {
	var deaths []string
	if before := d.Header[HeaderHistory]; before != "" {
		deaths = strings.Split(before, ";")
	}
	deaths = append(deaths, fmt.Sprintf("%s %s %s", message.Token(d.Stage), message.Token(d.Reason), d.Last.UTC().Format(time.RFC3339)))
	return strings.Join(deaths[max(0, len(deaths)-longestHistory):], ";")
}
