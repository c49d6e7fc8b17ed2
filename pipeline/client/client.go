// Package client subscribes programs to stories: by kind, country and language, from a time or the last state on, at least once.
//
// It is made for programs of other modules and needs nothing of the daemon but its NATS server. Language is no part of a story's subject: what
// is asked for by language is chosen here, after it was read.
package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// stream keeps the stories.
const stream = "STORIES"

// requestTimeout bounds one question to the server where the caller's context does not.
const requestTimeout = 10 * time.Second

// decodedLimit is the longest story that is read, in bytes of JSON.
const decodedLimit = 64 << 20

// Options say where the server is and who connects. The zero value is the daemon on this host.
type Options struct {
	// URL of the server, several of them parted by commas: "nats://127.0.0.1:4222" where it is empty. "tls://", "ws://" and "wss://" work too.
	URL string
	// Name tells programs apart in the server's client list.
	Name string
	// Credentials is the path of a .creds file, NKey that of a file with an NKey seed. At most one of them is set.
	Credentials, NKey string
	// CA is the path of the PEM file that signs the server's certificate; Cert and Key are those of the program's own certificate.
	CA, Cert, Key string
	// InboxPrefix is where answers come to, for a user who may only subscribe to an inbox of its own, such as "_INBOX_desk".
	InboxPrefix string
	// InProcess connects to a server inside this process instead of URL.
	InProcess nats.InProcessConnProvider
	// Log hears of lost connections; nil for silence.
	Log *slog.Logger
}

// Client is a connection to the server of the stories. It is safe for concurrent use and connects again by itself.
type Client struct {
	log  *slog.Logger
	nc   *nats.Conn
	js   jetstream.JetStream
	dec  *zstd.Decoder
	gone chan struct{} // closed when the connection is closed for good

	refused hearers // those who ask
	over    hearers // subscriptions
	closing sync.Once
	readers sync.WaitGroup
}

// Connect reaches the server and looks whether it has stories. The error says what to change.
func Connect(ctx context.Context, o Options) (*Client, error) {
	if o.URL == "" {
		o.URL = nats.DefaultURL
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(2), zstd.WithDecoderMaxMemory(decodedLimit))
	if err != nil {
		return nil, fmt.Errorf("decompression: %w", err)
	}
	c := &Client{log: o.Log, dec: dec, gone: make(chan struct{})}
	if err := c.connect(ctx, o); err != nil {
		dec.Close()
		return nil, err
	}
	if _, err := c.stories(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Client) connect(ctx context.Context, o Options) error {
	options, err := c.options(ctx, o)
	if err != nil {
		return err
	}
	if c.nc, err = nats.Connect(o.URL, options...); err != nil {
		return fmt.Errorf("connect to NATS at %s: %w; %s", Redacted(o.URL), err, advice(o, err))
	}
	if c.js, err = jetstream.New(c.nc, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		c.nc.Close()
		return fmt.Errorf("connect to NATS at %s: %w", Redacted(o.URL), err)
	}
	return nil
}

// stories tells how much of the stream there is.
func (c *Client) stories(ctx context.Context) (info *jetstream.StreamInfo, err error) {
	err = c.ask(ctx, func(ctx context.Context) error {
		s, err := c.js.Stream(ctx, stream)
		if err == nil {
			info = s.CachedInfo()
		}
		return err
	})
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("the NATS server has no stream %s: has rawi run on it, and in this account?", stream)
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return nil, fmt.Errorf("the NATS server has JetStream off: it is not the one that rawi writes to: %w", err)
	case err != nil:
		return nil, fmt.Errorf("stream %s: %w", stream, err)
	}
	return info, nil
}

// Close ends every subscription, sends the acknowledgements that are under way, and closes the connection. It is safe to call it twice.
func (c *Client) Close() error {
	c.closing.Do(func() {
		c.over.tell(ErrClosed)
		c.readers.Wait()
		if c.nc.Drain() == nil {
			<-c.gone
		}
		c.nc.Close()
		c.dec.Close()
	})
	return nil
}
