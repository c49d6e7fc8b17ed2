package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Keys of a schedule's bucket are hashes: names are URLs, and those may hold what a key may not.
const (
	nameKeys  = "name."
	groupKeys = "group."
)

func nameKey(name string) string   { return nameKeys + keyHash(name) }
func groupKey(group string) string { return groupKeys + keyHash(group) }

func keyHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// turn is the record of a name, or with Name, At and Due alone of a group.
type turn struct {
	Name  string        `json:"name"`
	At    time.Time     `json:"at"`  // when this was written, by the clock of its writer
	Due   time.Time     `json:"due"` // by the same clock
	Owner string        `json:"owner,omitempty"`
	Lease time.Duration `json:"lease,omitempty"` // how long the owner's claim holds after it was last written
	Held  bool          `json:"held,omitempty"`
	State []byte        `json:"state,omitempty"`
}

// wait is how long after it was written the turn is due. Clocks of daemons differ and are set; the time between two of one clock is what its
// writer meant.
func (t turn) wait() time.Duration { return max(t.Due.Sub(t.At), 0) }

func decodeTurn(b []byte) (turn, error) {
	var t turn
	if err := json.Unmarshal(b, &t); err != nil {
		return turn{}, fmt.Errorf("read record: %w", err)
	}
	return t, nil
}

// sight is a record as it stands, or stood, in the bucket; a revision of 0 says that there is none.
type sight struct {
	key      string
	revision uint64
	record   turn
}

func (s *Schedule) get(ctx context.Context, key string) (sight, error) {
	e, err := s.kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return sight{key: key}, nil
	}
	if err != nil {
		return sight{}, fmt.Errorf("read record: %w", err)
	}
	return s.read(e), nil
}

// put writes a record where it still has the revision, and returns the new one. An error that is jetstream.ErrKeyRevisionMismatch says that
// someone else wrote it.
func (s *Schedule) put(ctx context.Context, key string, t turn, revision uint64) (uint64, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return 0, fmt.Errorf("write record: %w", err)
	}
	timed, cancel := context.WithTimeout(ctx, s.lease/2)
	defer cancel()
	if revision, err = s.kv.Update(timed, key, b, revision); err != nil {
		return 0, fmt.Errorf("write record: %w", err)
	}
	return revision, nil
}
