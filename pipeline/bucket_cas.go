package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// storeClock is what the server's clock shows. Values carry the time at which the server stored them: how old they are only the same clock says.
type storeClock struct {
	mu    sync.Mutex
	shows time.Time
	at    time.Time // by our clock
}

// storeClockFor is how long a look at the server's clock is good for.
const storeClockFor = time.Minute

// Load returns the value of a key, its revision, and how long ago it was stored; nil and 0 without an error where there is none. No clock but
// the server's has a part in the age. It is too low by the time that an answer of the server takes, never too high.
func (k *Bucket) Load(ctx context.Context, key string) (value []byte, revision uint64, age time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	e, err := k.kv.Get(ctx, safeKey(key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, 0, nil
	}
	if err == nil {
		age, err = k.age(ctx, e.Created())
	}
	if err != nil {
		return nil, 0, 0, fmt.Errorf("load from bucket %s: %w", k.name, err)
	}
	return e.Value(), e.Revision(), age, nil
}

// age is how long ago something was stored. Time that passed since the last look at the server's clock is counted, not read, and is not
// changed by a clock that is set.
func (k *Bucket) age(ctx context.Context, created time.Time) (time.Duration, error) {
	c := &k.clock
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() || time.Since(c.at) > storeClockFor {
		status, err := k.kv.Status(ctx)
		if err != nil {
			return 0, err
		}
		info, ok := status.(*jetstream.KeyValueBucketStatus)
		if !ok {
			return 0, errors.New("the server does not say what time it is")
		}
		c.shows, c.at = info.StreamInfo().TimeStamp, time.Now()
	}
	return max(c.shows.Add(time.Since(c.at)).Sub(created), 0), nil
}

// Swap stores the value of a key that is still at a revision, 0 for a key that is not there, and returns its new revision. Swapped is false
// without an error where somebody else has stored another value since.
func (k *Bucket) Swap(ctx context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	now, err = k.kv.Update(ctx, safeKey(key), value, revision)
	if errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("swap in bucket %s: %w", k.name, err)
	}
	return now, true, nil
}
