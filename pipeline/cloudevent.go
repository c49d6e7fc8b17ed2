package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"rawi/pipeline/message"
)

// Publish is the form of stories on the wire.
type Publish struct {
	Compress    bool `yaml:"compress"`    // bodies above 8 KiB by zstd; otherwise only those above 1 MiB
	CloudEvents bool `yaml:"cloudevents"` // as events of CloudEvents 1.0, in binary mode
}

func (p Publish) validate() error {
	if p.Compress && p.CloudEvents {
		return errors.New("publish.cloudevents: readers of CloudEvents know no compression: set publish.compress to false")
	}
	return nil
}

// plainLimit is how long a body may be that is not to be compressed, in bytes: servers take messages of 1 MiB where nobody has set more.
const plainLimit = 1 << 20

// compressAbove says from which length on a message is compressed, in bytes.
func (p Publish) compressAbove(m message.Message) int {
	if _, story := m.(message.Story); story && !p.Compress {
		return plainLimit - headerRoom
	}
	return compressAbove
}

// Attributes of an event, as headers. https://github.com/cloudevents/spec/blob/main/cloudevents/bindings/nats-protocol-binding.md
const (
	eventVersion = "ce-specversion"
	eventID      = "ce-id"
	eventSource  = "ce-source"
	eventType    = "ce-type"
	eventSubject = "ce-subject"
	eventTime    = "ce-time"
	eventContent = "ce-datacontenttype"
	contentType  = "content-type" // the binding tells by it that the mode is binary; some readers take the attribute from it
)

// eventOrigin is the source of all events: with the id it is unique.
const eventOrigin = "/rawi/stories"

// event makes a story an event. Its id is the key of the message: one for each revision, and for each retraction of a revision from a subject.
func event(s message.Story, h nats.Header) {
	set := func(name, value string) { h[name] = []string{escaped(value)} } // in lower case, as the binding writes them
	set(eventVersion, "1.0")
	set(eventID, s.Key())
	set(eventSource, eventOrigin)
	set(eventType, "rawi."+s.Schema()+"."+s.Change)
	set(eventSubject, s.Subject())
	if !s.Decision.At.IsZero() {
		set(eventTime, s.Decision.At.UTC().Format(time.RFC3339Nano))
	}
	content := "application/json"
	if h.Get(headerEncoding) != "" {
		content = "application/zstd" // of a body that no server would take plain
	}
	set(eventContent, content)
	set(contentType, content)
}

// escaped is text as it may stand in a header: of printable ASCII all but space, quote and percent, of anything else its UTF-8 by percents.
func escaped(text string) string {
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		if c > 0x20 && c < 0x7f && c != '"' && c != '%' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
