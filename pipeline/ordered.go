package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	idleReader  = time.Minute     // after which the server forgets a reader that was killed or cut off
	doneTimeout = 2 * time.Second // for the server's answer that a reader is gone
)

// ordered makes a reader of a stream that acknowledges nothing. Whoever makes it calls done at the end: the client only falls silent, and the
// server keeps a silent reader for minutes, with its goroutines. The looks that are taken again and again would leave hundreds of them.
func (b *Bus) ordered(
	ctx context.Context, stream string, cfg jetstream.OrderedConsumerConfig,
) (cons jetstream.Consumer, done func(), err error) {
	cfg.InactiveThreshold = idleReader
	err = b.patiently(ctx, func(ctx context.Context) error {
		cons, err = b.js.OrderedConsumer(ctx, stream, cfg)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read stream %s: %w", stream, err)
	}
	return cons, func() {
		timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), doneTimeout)
		defer cancel()
		_ = b.js.DeleteConsumer(timed, stream, cons.CachedInfo().Name) // where that fails it is forgotten by itself
	}, nil
}
