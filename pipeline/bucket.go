package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// answerTimeout is how long one question to a bucket waits. The client would wait as long as the caller's deadline allows, which is that of a
// whole stage: an answer that is lost on its way would cost minutes.
const answerTimeout = 5 * time.Second

// Bucket keeps values by key, as durable as the streams. It is safe for concurrent use.
type Bucket struct {
	name  string
	kv    jetstream.KeyValue
	clock storeClock
}

// Bucket opens the bucket of a name in [a-z0-9_-], and makes it where it is missing. Values are forgotten ttl after they were put; 0 keeps
// them for ever.
func (b *Bus) Bucket(ctx context.Context, name string, ttl time.Duration) (k *Bucket, err error) {
	err = b.patiently(ctx, func(ctx context.Context) error {
		k, err = b.bucket(ctx, name, ttl)
		return err
	})
	return k, err
}

// Memory opens a bucket as Bucket does, for what can be found out again: where it is full, what was put longest ago gives way to what is new.
func (b *Bus) Memory(ctx context.Context, name string, ttl time.Duration) (*Bucket, error) {
	k, err := b.Bucket(ctx, name, ttl)
	if err != nil {
		return nil, err
	}
	return k, b.patiently(ctx, func(ctx context.Context) error { return b.givesWay(ctx, name) })
}

// givesWay has a bucket drop what is oldest instead of refusing what is new, which the client's own configuration of buckets does not know.
func (b *Bus) givesWay(ctx context.Context, name string) error {
	stream, err := b.js.Stream(ctx, bucketPrefix+name)
	if err != nil {
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	cfg := stream.CachedInfo().Config
	if cfg.Discard == jetstream.DiscardOld {
		return nil
	}
	cfg.Discard = jetstream.DiscardOld
	if _, err := b.js.UpdateStream(ctx, cfg); err != nil {
		return fmt.Errorf("bucket %s: %w", name, err)
	}
	return nil
}

// FindBucket opens the bucket of a name where there is one, and returns nil and no error where there is none: it changes nothing.
func (b *Bus) FindBucket(ctx context.Context, name string) (*Bucket, error) {
	kv, err := b.find(ctx, name)
	if err != nil || kv == nil {
		return nil, err
	}
	return &Bucket{name: name, kv: kv}, nil
}

func (b *Bus) find(ctx context.Context, name string) (jetstream.KeyValue, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	kv, err := b.js.KeyValue(ctx, name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	return kv, nil
}

func (b *Bus) bucket(ctx context.Context, name string, ttl time.Duration) (*Bucket, error) {
	kv, err := b.bind(ctx, name, ttl)
	if err != nil {
		return nil, err
	}
	status, err := kv.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	if want := b.bucketConfig(name, ttl); status.TTL() != ttl || status.Config().MaxBytes != want.MaxBytes ||
		status.Config().Replicas != want.Replicas {
		if kv, err = b.js.UpdateKeyValue(ctx, want); err != nil {
			return nil, fmt.Errorf("bucket %s: %w", name, err)
		}
	}
	return &Bucket{name: name, kv: kv}, nil
}

// bind opens a bucket as it is, and makes it where it is missing.
func (b *Bus) bind(ctx context.Context, name string, ttl time.Duration) (jetstream.KeyValue, error) {
	kv, err := b.js.KeyValue(ctx, name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = b.js.CreateKeyValue(ctx, b.bucketConfig(name, ttl))
	}
	if errors.Is(err, jetstream.ErrBucketExists) { // a daemon that starts beside this one has made it meanwhile, and changed it since
		kv, err = b.js.KeyValue(ctx, name)
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	return kv, nil
}

func (b *Bus) bucketConfig(name string, ttl time.Duration) jetstream.KeyValueConfig {
	return jetstream.KeyValueConfig{
		Bucket: name, TTL: ttl, History: 1, Storage: jetstream.FileStorage, Replicas: b.cfg.Replicas,
		MaxBytes: b.cfg.MaxStoreBytes / 1000 * bucketShare,
	}
}

// Get returns the value of a key; nil without an error where there is none.
func (k *Bucket) Get(ctx context.Context, key string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	e, err := k.kv.Get(ctx, safeKey(key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("get from bucket %s: %w", k.name, err)
	}
	return e.Value(), nil
}

// Put stores the value of a key; it is durable when Put returns nil.
func (k *Bucket) Put(ctx context.Context, key string, value []byte) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if _, err := k.kv.Put(ctx, safeKey(key), value); err != nil {
		return fmt.Errorf("put into bucket %s: %w", k.name, err)
	}
	return nil
}

// safeKey is the key as the server takes it. Others, such as URLs, become a hash long enough that millions of them do not meet.
func safeKey(key string) string {
	plain := key != "" && len(key) <= 128
	for i := 0; plain && i < len(key); i++ {
		ch := key[i]
		plain = ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '-' || ch == '_' || ch == '='
	}
	if plain {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256/" + hex.EncodeToString(sum[:16])
}
