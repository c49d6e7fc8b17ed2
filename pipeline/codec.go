package pipeline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
	"rawi/pipeline/observe"
)

// Headers of every message. Their names are a fixed list: a server obeys some headers, so foreign names are never copied.
const (
	HeaderKind     = "Rawi-Kind"     // Schema of the message
	HeaderSource   = "Rawi-Source"   // source of the article
	HeaderLang     = "Rawi-Lang"     // BCP 47 tag, from the language stage on
	HeaderFetched  = "Rawi-Fetched"  // RFC 3339: when the article that made the message was fetched
	HeaderStory    = "Rawi-Story"    // story id
	HeaderRevision = "Rawi-Revision" // story revision
	HeaderChange   = "Rawi-Change"   // what happened to the story: new, update, merge, split, retract
	HeaderAction   = "Rawi-Action"   // what the story tells of, such as "arrest"
	HeaderTrace    = "traceparent"   // W3C trace context: the trace of the article, and the span of the work that made the message

	headerEncoding = "Content-Encoding"
	headerParts    = "Rawi-Parts" // where a decision makes several states: how many, from this one on
)

const (
	compressAbove = 8 << 10  // bytes of JSON
	decodedLimit  = 64 << 20 // bytes of JSON after decompression
	headerRoom    = 32 << 10 // kept free below the server's largest payload: headers count, and so does what a dead letter adds
)

var errTooLong = errors.New("decoded message is too long")

// codec is the form on the wire: JSON, compressed where that pays.
type codec struct {
	enc     *zstd.Encoder
	dec     *zstd.Decoder
	publish Publish
}

func newCodec(p Publish) (codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(4))
	if err != nil {
		return codec{}, fmt.Errorf("compression: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(4), zstd.WithDecoderMaxMemory(decodedLimit))
	if err != nil {
		return codec{}, fmt.Errorf("decompression: %w", err)
	}
	return codec{enc: enc, dec: dec, publish: p}, nil
}

func (c codec) close() { c.dec.Close() }

// encode makes the wire form of m. trace is the traceparent of the work that made it; a new trace is begun where it is empty.
func (c codec) encode(m message.Message, trace string) (*nats.Msg, error) {
	body, err := marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode %s: %w", m.Schema(), err)
	}
	out := nats.NewMsg(m.Subject())
	out.Header.Set(nats.MsgIdHdr, m.Key())
	out.Header.Set(HeaderKind, m.Schema())
	out.Header.Set(HeaderTrace, cmp.Or(trace, observe.NextSpan("")))
	describe(m, out.Header)
	out.Data = body
	if len(body) > c.publish.compressAbove(m) {
		out.Data = c.enc.EncodeAll(body, nil)
		out.Header.Set(headerEncoding, "zstd")
	}
	if s, ok := m.(message.Story); ok && c.publish.CloudEvents {
		event(s, out.Header)
	}
	return out, nil
}

// marshal writes < and > as they are: pages are full of them, and escaped they take six bytes each.
func marshal(m message.Message) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(m)
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), err
}

// decode is the JSON of a message as it arrived.
func (c codec) decode(h nats.Header, data []byte) ([]byte, error) {
	switch encoding := h.Get(headerEncoding); encoding {
	case "":
		return data, nil
	case "zstd":
		body, err := c.dec.DecodeAll(data, nil)
		if errors.Is(err, zstd.ErrDecoderSizeExceeded) {
			return nil, errTooLong
		}
		return body, err
	default:
		return nil, fmt.Errorf("unknown content encoding %q", encoding)
	}
}

// describe sets the headers that save a reader from opening the body.
func describe(m message.Message, h nats.Header) {
	set := func(name, value string) {
		if value != "" {
			h.Set(name, value)
		}
	}
	switch m := m.(type) {
	case message.Fetch:
		set(HeaderSource, m.Outlet.Name)
	case message.Raw:
		set(HeaderSource, m.Outlet.Name)
		set(HeaderFetched, stamp(m.Fetched))
	case message.Detected:
		set(HeaderSource, m.Raw.Outlet.Name)
		set(HeaderLang, m.Language)
		set(HeaderFetched, stamp(m.Raw.Fetched))
	case message.Article:
		set(HeaderSource, m.Outlet.Name)
		set(HeaderLang, m.Language)
		set(HeaderFetched, stamp(m.Fetched))
	case message.State:
		describeStory(m.Story, set)
	case message.Story:
		describeStory(m, set)
	}
}

func describeStory(s message.Story, set func(name, value string)) {
	set(HeaderStory, s.ID)
	set(HeaderRevision, strconv.Itoa(s.Revision))
	set(HeaderChange, s.Change)
	set(HeaderAction, s.Facts.Action)
	set(HeaderFetched, stamp(s.Decision.At))
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
