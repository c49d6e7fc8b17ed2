package pipeline

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Load returns the value of a key and its revision; nil and 0 without an error where there is none.
func (k *Bucket) Load(ctx context.Context, key string) (value []byte, revision uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	e, err := k.kv.Get(ctx, safeKey(key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("load from bucket %s: %w", k.name, err)
	}
	return e.Value(), e.Revision(), nil
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
