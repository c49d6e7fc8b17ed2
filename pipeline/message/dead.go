package message

import (
	"strconv"
	"time"
)

// Dead is a dead letter: a message that no retry will cure, whole, with why.
type Dead struct {
	Type     string            `json:"type"` // DeadV1
	Stage    string            `json:"stage"`
	Reason   string            `json:"reason"`
	Errors   []string          `json:"errors"`   // outermost first
	Attempts int               `json:"attempts"` // how often the stage was given the message
	First    time.Time         `json:"first"`    // when the message was stored
	Last     time.Time         `json:"last"`     // when the stage gave up
	Stream   string            `json:"stream"`
	Sequence uint64            `json:"sequence"`
	Of       string            `json:"of"`     // subject of the message
	MsgID    string            `json:"msg_id"` // its idempotency key
	Header   map[string]string `json:"header,omitempty"`
	Body     []byte            `json:"body"`
}

// Subject is news.dead.<stage>.<reason>.
func (d Dead) Subject() string { return "news.dead." + Token(d.Stage) + "." + Token(d.Reason) }

// Key is one for each message and stage that gave it up; a retried message has a sequence of its own.
func (d Dead) Key() string {
	return "d:" + d.Stage + ":" + d.Stream + ":" + strconv.FormatUint(d.Sequence, 10)
}

// Schema is DeadV1.
func (Dead) Schema() string { return DeadV1 }
