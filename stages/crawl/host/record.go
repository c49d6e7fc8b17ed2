package host

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"rawi/pipeline/message"
)

// Store keeps the records that daemons share. It is called from several goroutines at once.
type Store interface {
	// Load returns the value of a key, its revision, and how long ago it was stored by the store's own clock; nil and 0 without an error where
	// there is none.
	Load(ctx context.Context, key string) (value []byte, revision uint64, age time.Duration, err error)
	// Swap stores a value if the key is still at a revision, 0 for none, and returns the new one. Swapped is false without an error where
	// somebody else was faster.
	Swap(ctx context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error)
}

// record is what daemons know of a host together.
type record struct {
	Next   time.Time     // first start that nobody has claimed
	Tail   time.Time     // up to then messages have been told when to come back
	Open   time.Time     // the host is left alone until then
	Shut   time.Time     // no page is asked for until then
	Level  int           // of its displeasure: each doubles the time between requests
	Moved  time.Time     // when Level last grew
	Failed int           // connections in a row that did not come about
	Took   time.Duration // of an answer, smoothed
	By     string        // who wrote this
	Who    string        // of an owner: the host that refused last, at Moved
}

// stored is a record as it is written: every time is how far it lies from the moment of writing. How long ago that was the store knows, so that
// no daemon has to believe the clock of another one, or its own of before it was set.
type stored struct {
	Next   *time.Duration `json:"next,omitempty"`
	Tail   *time.Duration `json:"tail,omitempty"`
	Open   *time.Duration `json:"open,omitempty"`
	Shut   *time.Duration `json:"shut,omitempty"`
	Level  int            `json:"level,omitempty"`
	Moved  *time.Duration `json:"moved,omitempty"`
	Failed int            `json:"failed,omitempty"`
	Took   time.Duration  `json:"took,omitempty"`
	By     string         `json:"by,omitempty"`
	Who    string         `json:"who,omitempty"`
}

// encode writes a record down at a moment.
func (r record) encode(now time.Time) ([]byte, error) {
	from := func(t time.Time) *time.Duration {
		if t.IsZero() {
			return nil
		}
		return new(t.Sub(now))
	}
	return json.Marshal(stored{
		Next: from(r.Next), Tail: from(r.Tail), Open: from(r.Open), Shut: from(r.Shut), Level: r.Level, Moved: from(r.Moved),
		Failed: r.Failed, Took: r.Took, By: r.By, Who: r.Who,
	})
}

// decode reads a record that was written at a moment. One that cannot be read is begun anew: it holds nothing that does not come back.
func decode(value []byte, written time.Time) record {
	var s stored
	if value == nil || json.Unmarshal(value, &s) != nil {
		return record{}
	}
	at := func(d *time.Duration) time.Time {
		if d == nil {
			return time.Time{}
		}
		return written.Add(*d)
	}
	return record{
		Next: at(s.Next), Tail: at(s.Tail), Open: at(s.Open), Shut: at(s.Shut), Level: s.Level, Moved: at(s.Moved),
		Failed: s.Failed, Took: s.Took, By: s.By, Who: s.Who,
	}
}

// level is what is left of the displeasure: it fades by one each decay.
func (r record) level(now time.Time) int {
	return max(r.Level-int(now.Sub(r.Moved)/decay), 0)
}

// interval is the least time between the starts of two requests; 0 where nobody asks for any.
func (l Limits) interval(r record, delay time.Duration, now time.Time) time.Duration {
	level := r.level(now)
	d := max(l.Spacing, min(delay, l.MaxDelay))
	if d == 0 && level == 0 {
		return 0
	}
	d = max(d, min(r.Took/time.Duration(l.Parallel), l.MaxDelay))
	if level > 0 {
		d = max(d, 100*time.Millisecond) << min(level, maxDoublings)
	}
	return d
}

// key is the host that others share its schedule with: itself, or the domain of a platform. With "www." it is the same machine, and on the
// ports of http and https too.
func (l Limits) key(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(fetched(name), ":80"), ":443")
	name = strings.TrimPrefix(name, "www.")
	bare, _, _ := strings.Cut(name, ":")
	for _, domain := range l.Platforms {
		if bare == domain || strings.HasSuffix(bare, "."+domain) {
			return domain
		}
	}
	return name
}

// fetched is a host as it is asked for, however it is spelled.
func fetched(name string) string {
	plain := !strings.HasSuffix(name, ".") && !strings.Contains(name, ".:")
	for i := 0; plain && i < len(name); i++ {
		plain = name[i] < utf8.RuneSelf && (name[i] < 'A' || name[i] > 'Z')
	}
	if plain {
		return name
	}
	address, ok := message.Address("http://" + name)
	u, err := url.Parse(address)
	if !ok || err != nil {
		return strings.ToLower(name)
	}
	return u.Host
}

// tries is how often a change is attempted that other daemons come before.
const tries = 20

// change applies one to a host's record, here and in the store. It is applied again to what another daemon has stored meanwhile, written
// unless apply says that it has become pointless, and settled under the lock once it is stored.
func (s *Schedule) change(ctx context.Context, h *known, apply func(*record) bool, settle func()) error {
	for range tries {
		s.mu.Lock()
		next, revision := h.record, h.revision
		s.mu.Unlock()
		if !apply(&next) {
			return nil
		}
		alone := next.By == s.name || next.By == ""
		next.By = s.name
		now, swapped, err := s.swap(ctx, h.name, next, revision)
		if err != nil {
			return err
		}
		if swapped {
			s.mu.Lock()
			next.Tail = latest(next.Tail, h.record.Tail)
			h.record, h.revision, h.alone = next, now, alone
			settle()
			s.mu.Unlock()
			return nil
		}
		if err := s.load(ctx, h); err != nil {
			return err
		}
	}
	return fmt.Errorf("schedule of %s: others were faster %d times in a row", h.name, tries)
}

func (s *Schedule) swap(ctx context.Context, name string, r record, revision uint64) (uint64, bool, error) {
	value, err := r.encode(time.Now())
	if err != nil {
		return 0, false, fmt.Errorf("write schedule of %s: %w", name, err)
	}
	now, swapped, err := s.store.Swap(ctx, keyPrefix+name, value, revision)
	if err != nil {
		return 0, false, fmt.Errorf("write schedule of %s: %w", name, err)
	}
	return now, swapped, nil
}

// load reads what other daemons have stored of a host.
func (s *Schedule) load(ctx context.Context, h *known) error {
	value, revision, age, err := s.store.Load(ctx, keyPrefix+h.name)
	if err != nil {
		return fmt.Errorf("read schedule of %s: %w", h.name, err)
	}
	r := decode(value, time.Now().Add(-age))
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Tail = latest(r.Tail, h.record.Tail)
	h.record, h.revision, h.loaded = r, revision, true
	return nil
}

func latest(first time.Time, others ...time.Time) time.Time {
	for _, t := range others {
		if t.After(first) {
			first = t
		}
	}
	return first
}
