package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// Headers that say what a message holds, and how.
const (
	headerKind     = "Rawi-Kind"
	headerEncoding = "Content-Encoding"
	headerTrace    = "traceparent"
)

// Delivery is one revision of one story. Story.Change says what happened to it: new, update, merge, split, or retract, which means that the
// story has left Subject, for another kind or country, for the story MergedInto, or for good. A retraction comes before the story does on
// its new subject; a program keeps the subject beside each story, and takes a retraction of another subject than that for old.
type Delivery struct {
	Story    message.Story
	Subject  string
	Sequence uint64    // of the message in its stream
	Stored   time.Time // when the server stored it
	Again    bool      // the server has given it out before, perhaps to another program
	Trace    string    // W3C traceparent of the article that made the revision; empty where there is none

	sub  *Subscription
	bad  error
	body []byte
}

// JSON is the story as it was published, decompressed. It holds fields that this version of the package does not know, too.
func (d *Delivery) JSON() []byte { return d.body }

// Retracted reports whether the story has left the subject.
func (d *Delivery) Retracted() bool { return d.Story.Change == message.ChangeRetract }

// Ack says that the story is dealt with: it and older revisions are not given out again. Calling it twice is harmless.
func (d *Delivery) Ack() error { return d.finish(kept, jetstream.Msg.Ack) }

// Discard says that the story cannot be dealt with and is not wanted again, unless somebody publishes it again.
func (d *Delivery) Discard() error { return d.finish(discarded, jetstream.Msg.Ack) }

// PutOff hands the story back: it is given out again after a while, perhaps to another program. Later stories do not wait for it.
func (d *Delivery) PutOff(wait time.Duration) error {
	return d.finish(waiting, func(m jetstream.Msg) error { return m.NakWithDelay(wait) })
}

func (d *Delivery) finish(how state, say func(jetstream.Msg) error) error {
	if d.sub == nil {
		return nil
	}
	msg := d.sub.finish(d, how)
	if msg == nil {
		return nil
	}
	if err := say(msg); err != nil {
		return fmt.Errorf("answer for story %s: %w", d.Story.ID, err)
	}
	return nil
}

// Unreadable is the error of a message that is no story this program knows, such as one of a later version. It is acknowledged.
type Unreadable struct {
	Subject  string
	Sequence uint64
	Err      error
}

// Error says which message, and why.
func (u *Unreadable) Error() string {
	return fmt.Sprintf("message %d on %s cannot be read: %v", u.Sequence, u.Subject, u.Err)
}

// Unwrap is the reason.
func (u *Unreadable) Unwrap() error { return u.Err }

// unreadable acknowledges what cannot be read and returns why.
func (d *Delivery) unreadable() error {
	if d.bad == nil {
		return nil
	}
	return errors.Join(&Unreadable{Subject: d.Subject, Sequence: d.Sequence, Err: d.bad}, d.Discard())
}

// read makes a delivery of a message.
func (c *Client) read(msg jetstream.Msg, meta *jetstream.MsgMetadata) *Delivery {
	d := &Delivery{
		Subject: msg.Subject(), Sequence: meta.Sequence.Stream, Stored: meta.Timestamp, Again: meta.NumDelivered > 1,
		Trace: msg.Headers().Get(headerTrace),
	}
	d.body, d.bad = c.decode(msg.Headers(), msg.Data())
	if d.bad == nil {
		d.bad = json.Unmarshal(d.body, &d.Story)
	}
	return d
}

// decode is the JSON of a message as it arrived.
func (c *Client) decode(h nats.Header, data []byte) ([]byte, error) {
	if kind := h.Get(headerKind); kind != message.StoryV1 {
		return nil, fmt.Errorf("it is a %q, and not a %s", kind, message.StoryV1)
	}
	switch encoding := h.Get(headerEncoding); encoding {
	case "":
		return data, nil
	case "zstd":
		body, err := c.dec.DecodeAll(data, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
			return nil, fmt.Errorf("it is longer than %d bytes", decodedLimit)
		}
		return body, err
	default:
		return nil, fmt.Errorf("its content encoding %q is unknown", encoding)
	}
}

// NewDelivery makes a delivery of a story that no server has given out, for tests of programs: to acknowledge it is harmless.
func NewDelivery(s message.Story, body []byte) *Delivery {
	return &Delivery{Story: s, Subject: s.Subject(), Stored: s.LastChanged, body: body}
}
