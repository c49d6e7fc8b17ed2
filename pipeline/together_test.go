package pipeline

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// before is a server as it was: what is asked for first is not there yet.
type before struct {
	jetstream.JetStream

	mu    sync.Mutex
	asked map[string]bool
}

func (b *before) first(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.asked[name]
	b.asked[name] = true
	return !was
}

func (b *before) KeyValue(ctx context.Context, name string) (jetstream.KeyValue, error) {
	if b.first(name) {
		return nil, jetstream.ErrBucketNotFound
	}
	return b.JetStream.KeyValue(ctx, name)
}

func (b *before) Stream(ctx context.Context, name string) (jetstream.Stream, error) {
	if !strings.HasPrefix(name, bucketPrefix) && b.first(name) {
		return nil, jetstream.ErrStreamNotFound
	}
	return b.JetStream.Stream(ctx, name)
}

// Two daemons that start at once find nothing, and both make what they need. The second has other limits, and finds what the first has made of it since.
func TestDaemonsThatStartAtOnceMakeTheSame(t *testing.T) {
	first, second := twoBuses(t)
	if _, err := first.Memory(t.Context(), "pace", time.Hour); err != nil {
		t.Fatal(err)
	}
	second.js, second.cfg.MaxStoreBytes = &before{JetStream: second.js, asked: map[string]bool{}}, second.cfg.MaxStoreBytes/2
	if _, err := second.Memory(t.Context(), "pace", time.Hour); err != nil {
		t.Errorf("the bucket that is there already: %v", err)
	}
	if err := second.ensureStreams(t.Context()); err != nil {
		t.Errorf("the streams that are there already: %v", err)
	}
	for _, l := range layouts() {
		s, err := first.js.Stream(t.Context(), l.name)
		if err != nil {
			t.Fatal(err)
		}
		if is := s.CachedInfo().Config; is.MaxBytes != l.onto(is, second.cfg).MaxBytes {
			t.Errorf("the limit of stream %s is %d, want that of who came last", l.name, is.MaxBytes)
		}
	}
}
