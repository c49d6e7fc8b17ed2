package feed

import (
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"

	"golang.org/x/net/http2"

	"rawi/pipeline/fault"
)

// BrokeOff reports whether a body ended before its time: the connection or the stream did, or its compression does not add up. Limits, of ours
// or of the transport, and time that ran out are other matters: what passes them stays unread.
func BrokeOff(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() != nil {
		return false
	}
	if _, limit := errors.AsType[*fault.Permanent](err); limit {
		return false
	}
	if _, reset := errors.AsType[http2.StreamError](err); reset {
		return true
	}
	if _, corrupt := errors.AsType[flate.CorruptInputError](err); corrupt {
		return true
	}
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, syscall.ECONNRESET)
}

// cut is how a body broke off.
type cut struct {
	after int // bytes
	err   error
}

func (c *cut) Error() string { return "the answer broke off " + c.words() }

// words say how, by what ended the body and not by who met it.
func (c *cut) words() string {
	err := c.err
	for under := errors.Unwrap(err); under != nil; under = errors.Unwrap(err) {
		err = under
	}
	return fmt.Sprintf("after %d bytes: %v", c.after, err)
}

func (c *cut) Unwrap() error { return c.err }

// noteCut counts answers that broke off in a row, and forgets the version that the last one was of: the next poll asks for the whole.
func (s *state) noteCut(c *cut) {
	if c == nil {
		s.Cuts, s.Cut = 0, ""
		return
	}
	s.ETag, s.LastModified, s.BodyHash = "", "", ""
	s.Cuts++
	s.Cut = shown(c.words())
}

// cutWords say how the last answers broke off, and nothing where they did not.
func (s state) cutWords() string {
	switch s.Cuts {
	case 0:
		return ""
	case 1:
		return "its last answer broke off " + s.Cut
	}
	return fmt.Sprintf("its last %d answers broke off, the last one %s", s.Cuts, s.Cut)
}
