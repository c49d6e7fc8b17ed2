package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Start is where a subscription begins. Its zero value is Now.
type Start struct {
	policy policy
	since  time.Time
	cursor Cursor
}

type policy int

const (
	fromNow policy = iota
	fromBeginning
	fromTime
	fromCurrent
	fromCursor
)

// Now begins with what is published from now on.
func Now() Start { return Start{} }

// Beginning begins with the oldest revision that is kept: the last 20 of each story, for 90 days.
func Beginning() Start { return Start{policy: fromBeginning} }

// Since begins with what was published at t.
func Since(t time.Time) Start { return Start{policy: fromTime, since: t} }

// Current begins with the last revision of every story, retractions included, and goes on with what is published.
func Current() Start { return Start{policy: fromCurrent} }

// After goes on behind a cursor; behind the zero cursor is the beginning.
func After(c Cursor) Start { return Start{policy: fromCursor, cursor: c} }

func (s Start) validate() error {
	if s.policy == fromTime && s.since.IsZero() {
		return errors.New("start: Since wants a time; use Beginning for all that is kept")
	}
	return nil
}

// Cursor is a place in the stories: everything up to it was acknowledged. It is a plain value for the program to keep, as JSON or as text.
type Cursor struct {
	Sequence uint64    `json:"sequence"`        // of the message in its stream
	Stored   time.Time `json:"stored,omitzero"` // when the server stored it
	Story    string    `json:"story,omitempty"`
	Revision int       `json:"revision,omitempty"`
}

// IsZero reports whether nothing was acknowledged yet.
func (c Cursor) IsZero() bool { return c.Sequence == 0 && c.Stored.IsZero() }

// String is the cursor as JSON on one line; ParseCursor reads it.
func (c Cursor) String() string {
	body, err := json.Marshal(c)
	if err != nil { // a year that RFC 3339 has no digits for
		return ""
	}
	return string(body)
}

// ParseCursor reads what String wrote. Empty text is the zero cursor.
func ParseCursor(text string) (Cursor, error) {
	var c Cursor
	if text == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return Cursor{}, fmt.Errorf(`cursor %.80q: wants what Cursor.String wrote, such as {"sequence":7}: %w`, text, err)
	}
	return c, nil
}

// onto sets where a consumer begins. A stream that was made anew since the cursor was taken has other sequences: there its time counts.
func (s Start) onto(cfg jetstream.ConsumerConfig, info *jetstream.StreamInfo) jetstream.ConsumerConfig {
	switch s.policy {
	case fromNow:
		cfg.DeliverPolicy = jetstream.DeliverNewPolicy
	case fromBeginning:
		cfg.DeliverPolicy = jetstream.DeliverAllPolicy
	case fromTime:
		cfg.DeliverPolicy, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, &s.since
	case fromCurrent:
		cfg.DeliverPolicy = jetstream.DeliverLastPerSubjectPolicy
	case fromCursor:
		return s.cursor.onto(cfg, info)
	}
	return cfg
}

func (c Cursor) onto(cfg jetstream.ConsumerConfig, info *jetstream.StreamInfo) jetstream.ConsumerConfig {
	anew := c.Sequence > info.State.LastSeq || !c.Stored.IsZero() && info.Created.After(c.Stored)
	switch {
	case c.IsZero():
		cfg.DeliverPolicy = jetstream.DeliverAllPolicy
	case anew && !c.Stored.IsZero():
		cfg.DeliverPolicy, cfg.OptStartTime = jetstream.DeliverByStartTimePolicy, &c.Stored
	case anew:
		cfg.DeliverPolicy = jetstream.DeliverAllPolicy
	default:
		cfg.DeliverPolicy, cfg.OptStartSeq = jetstream.DeliverByStartSequencePolicy, c.Sequence+1
	}
	return cfg
}
