package pipeline

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// scope is what a replay covers. Every copy carries it, so that whoever continues the replay means the same messages.
type scope struct {
	Since, Until time.Time
	Last         uint64 // sequence that was the last of the stream when the replay began
	Source       string
}

func (s scope) String() string {
	return fmt.Sprintf("%s %s %d %s", s.Since.UTC().Format(time.RFC3339Nano), s.Until.UTC().Format(time.RFC3339Nano), s.Last, s.Source)
}

func parseScope(text string) (s scope, err error) {
	parts := append(strings.SplitN(text, " ", 4), "", "", "", "")
	if s.Since, err = time.Parse(time.RFC3339Nano, parts[0]); err != nil {
		return s, err
	}
	if s.Until, err = time.Parse(time.RFC3339Nano, parts[1]); err != nil {
		return s, err
	}
	s.Source = parts[3]
	s.Last, err = strconv.ParseUint(parts[2], 10, 64)
	return s, err
}

// covers reports whether a message lies in the time and is of the source.
func (s scope) covers(h head) bool {
	return h.seq <= s.Last && !h.time.Before(s.Since) && (s.Until.IsZero() || !h.time.After(s.Until)) &&
		(s.Source == "" || s.Source == h.header.Get(HeaderSource))
}

// replayTime is the part of a replay's id that says when it was planned.
const replayTime = "20060102t150405"

func newReplayID(now time.Time) string {
	b := make([]byte, 3)
	rand.Read(b)
	return now.UTC().Format(replayTime) + "-" + hex.EncodeToString(b)
}

// What stands before the id of a message that was there before.
const (
	retryPrefix   = "dead"    // and the number of the retry
	replayPrefix  = "replay-" // and the replay and the sequence of the message that is repeated
	outcomePrefix = "again-"  // and the replay of which the message is an outcome
)

// ownID is the id that a message had before retries and replays.
func ownID(id string) string { return without(id, retryPrefix, replayPrefix, outcomePrefix) }

// without takes leading parts of an id away that have one of the prefixes.
func without(id string, prefixes ...string) string {
	for {
		first, rest, more := strings.Cut(id, ":")
		if !more || !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(first, p) }) {
			return id
		}
		id = rest
	}
}

// bounds sets the range of a replay: that of its first run where there was one, whose copies it returns.
func (b *Bus) bounds(ctx context.Context, p *ReplayPlan) (sent map[uint64]bool, err error) {
	if p.request.ID != "" {
		if sent, err = b.sentBefore(ctx, p); err != nil || len(sent) > 0 {
			return sent, err
		}
	}
	if p.request.Since.IsZero() {
		return nil, fmt.Errorf("replay %s: stream %s keeps nothing that it has sent, so there is nothing to continue: begin anew, with --since instead of --continue", p.ID, p.Stream)
	}
	s, err := b.js.Stream(ctx, p.Stream)
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", p.Stream, err)
	}
	state := s.CachedInfo().State
	switch {
	case p.request.Since.After(time.Now()):
		return nil, fmt.Errorf("%s has not come yet: nothing is stored since then", p.request.Since.Format(time.RFC3339))
	case state.Msgs == 0:
		return nil, fmt.Errorf("stream %s keeps no messages", p.Stream)
	case state.FirstSeq > 1 && p.request.Since.Before(state.FirstTime.Truncate(time.Second)):
		return nil, TooEarlyError{Stream: p.Stream, Kept: state.FirstTime}
	}
	p.scope = scope{Since: p.request.Since, Until: p.request.Until, Last: state.LastSeq, Source: p.request.Source}
	return nil, nil
}

// roomFor refuses copies for which the stream would have to give up old messages, those that are to be replayed among them.
func (b *Bus) roomFor(ctx context.Context, p *ReplayPlan) error {
	s, err := b.js.Stream(ctx, p.Stream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", p.Stream, err)
	}
	limit := s.CachedInfo().Config.MaxBytes
	if limit <= 0 {
		return nil
	}
	free := max(limit/100*roomAbove-int64(s.CachedInfo().State.Bytes), 0)
	if p.Bytes > free {
		return NoRoomError{Stream: p.Stream, Need: p.Bytes, Free: free}
	}
	return nil
}

// clockSkew is how far the clocks of who replays and of the server may lie apart.
const clockSkew = time.Hour

// sentBefore finds the copies that a replay has made and what it was asked for.
func (b *Bus) sentBefore(ctx context.Context, p *ReplayPlan) (map[uint64]bool, error) {
	first, _, _ := strings.Cut(p.ID, "-")
	began, err := time.Parse(replayTime, first)
	if err != nil {
		return nil, fmt.Errorf("%q is not the id of a replay: it looks like %s", p.ID, newReplayID(time.Now()))
	}
	sent := map[uint64]bool{}
	last, err := b.lastSequence(ctx, p.Stream)
	if err != nil {
		return nil, err
	}
	return sent, b.scan(ctx, p.Stream, Since(began.Add(-clockSkew)).config(nil), last, func(h head) error {
		if h.header.Get(HeaderReplay) != p.ID || h.header.Get(HeaderOriginal) == "" {
			return nil
		}
		of, err := strconv.ParseUint(h.header.Get(HeaderOriginal), 10, 64)
		if err == nil {
			p.scope, err = parseScope(h.header.Get(headerScope))
		}
		if err != nil {
			return fmt.Errorf("message %d of stream %s: headers of replay %s: %w", h.seq, p.Stream, p.ID, err)
		}
		sent[of] = true
		return nil
	})
}

// candidate is a message that may be sent.
type candidate struct {
	head

	out bool // something later takes its place
}

// choice picks what a replay sends: of each message the last that lies in the scope, unless something later says otherwise.
type choice struct {
	plan     *ReplayPlan
	subjects []string
	found    []candidate
	last     map[[16]byte]int // index in found, by identity
	sources  map[string]bool
}

// choose reads the heads of the stream from the scope's beginning to the very end.
func (b *Bus) choose(ctx context.Context, p *ReplayPlan, subjects []string, sent map[uint64]bool) error {
	c := choice{plan: p, subjects: subjects, last: map[[16]byte]int{}, sources: map[string]bool{}}
	last, err := b.lastSequence(ctx, p.Stream)
	if err != nil {
		return err
	}
	err = b.scan(ctx, p.Stream, Since(p.scope.Since).config(nil), last, func(h head) error {
		c.add(h)
		return nil
	})
	if err != nil {
		return err
	}
	for _, m := range c.found {
		switch {
		case m.out:
			p.Skipped[SkippedRepeated]++
		case sent[m.seq]:
			p.Already++
		default:
			p.chosen = append(p.chosen, m.seq)
			p.Subjects[m.subject]++
			p.Bytes += m.size + int64(len(m.subject)) + headerBytes(m) + copyOverhead
		}
	}
	p.Messages = len(p.chosen)
	if p.scope.Source != "" && len(c.found) == 0 && len(c.sources) > 0 {
		others := listed(slices.Sorted(maps.Keys(c.sources)))
		return fmt.Errorf("no message of source %q lies in that time: there are messages of %s", p.scope.Source, others)
	}
	return nil
}

// copyOverhead is what a copy takes beside body, subject and the headers of its original, in bytes: our headers and those of the store.
const copyOverhead = 320

func headerBytes(m candidate) (n int64) {
	for name, values := range m.header {
		n += int64(len(name) + len(values[0]) + 4)
	}
	return n
}

func (c *choice) add(h head) {
	if h.header.Get(HeaderKind) == HeartbeatKind {
		return
	}
	mine := slices.ContainsFunc(c.subjects, func(filter string) bool { return covers(filter, h.subject) })
	inside := mine && c.plan.scope.covers(h)
	if h.header.Get(HeaderOriginal) != "" {
		if inside {
			c.plan.Skipped[SkippedReplayed]++
		}
		return
	}
	if mine && h.seq <= c.plan.scope.Last {
		c.sources[cmp.Or(h.header.Get(HeaderSource), "(none)")] = true
	}
	id := identityOf(h)
	if before, ok := c.last[id]; ok {
		old := &c.found[before]
		old.out = old.out || inside || old.otherThan(h)
	}
	if inside {
		c.last[id] = len(c.found)
		c.found = append(c.found, candidate{head: h})
	}
}

// otherThan says that a later message with the same identity is another outcome: what was stored again after its id was forgotten, or was
// retried, is the same.
func (c candidate) otherThan(h head) bool {
	return c.subject != h.subject || without(c.id(), retryPrefix) != without(h.id(), retryPrefix)
}

// identityOf is what messages have in common of which the last holds: the page and what was read of it. In which language it was found to be
// and which extractor read it they may differ.
func identityOf(h head) [16]byte {
	parts := key{id: h.id()}.parts()
	id := parts[0] + ":" + parts[1] + ":" + parts[2]
	if h.id() == "" {
		id = strconv.FormatUint(h.seq, 10) // of a foreign writer: like no other
	}
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}

func listed(names []string) string {
	if more := len(names) - longestList; more > 0 {
		return strings.Join(names[:longestList], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(names, ", ")
}
