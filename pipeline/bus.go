package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/client"
)

// Bus is the connection to the server that keeps the messages, embedded or external. It is safe for concurrent use.
type Bus struct {
	cfg    Config
	log    *slog.Logger
	server *embedded // nil with an external server
	url    string
	nc     *nats.Conn
	js     jetstream.JetStream
	codec  codec
	store  storeHealth
	// refusals are permissions that the server refuses us
	refusals refusals
	// stories is the handle of their stream, once it was asked for
	stories atomic.Pointer[jetstream.Stream]
	gone    chan struct{} // closed when the connection is closed for good
	watch   sync.WaitGroup
	unwatch context.CancelFunc // nil where nothing is watched

	closing sync.Once
	closed  error
}

// Open starts the embedded server, or connects to the one that cfg names, and makes the streams. The error says what to change.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*Bus, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	b, err := open(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	if err := b.unlessRefused(ctx, b.ensureStreams); err != nil {
		return nil, errors.Join(b.unfit(err), b.Close(ctx))
	}
	b.say()
	if b.server == nil {
		watching, stop := context.WithCancel(context.WithoutCancel(ctx))
		b.unwatch = stop
		b.watch.Go(func() { b.watchNode(watching) })
	}
	if b.nc.MaxPayload() < maxPayload {
		log.Warn("the NATS server takes smaller messages than pages can be: set its max_payload", "max_payload", b.nc.MaxPayload(), "want", maxPayload)
	}
	return b, nil
}

// unfit says what a server lacks that answers and cannot keep streams.
func (b *Bus) unfit(err error) error {
	switch {
	case errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabled):
		return fmt.Errorf("the NATS server at %s has JetStream off: switch it on (jetstream {} in its configuration): %w", client.Redacted(b.url), err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("the NATS server at %s has JetStream off for this user's account: write jetstream: enabled into it: %w", client.Redacted(b.url), err)
	case codeOf(err) == codeNotClustered && !b.clustered():
		return fmt.Errorf("the NATS server at %s is no cluster: set replicas to 1: %w", client.Redacted(b.url), err)
	}
	return err
}

func open(ctx context.Context, cfg Config, log *slog.Logger) (*Bus, error) {
	if cfg.NATS.URL != "" {
		return connect(cfg, log, nil)
	}
	if err := checkMoved(cfg.Dir); err != nil {
		return nil, err
	}
	srv, err := startEmbedded(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	b, err := connect(cfg, log, srv)
	if err != nil {
		return nil, errors.Join(err, srv.close())
	}
	if err := b.inspect(ctx); err != nil {
		return nil, errors.Join(err, b.Close(ctx))
	}
	return b, nil
}

// Dial connects to the server of a running daemon, or to the external one, to read from it. It makes no streams and starts nothing.
func Dial(ctx context.Context, cfg Config, log *slog.Logger) (*Bus, error) {
	local := cfg.NATS.URL == ""
	if local {
		if _, port, err := cfg.listen(); err != nil || port <= 0 {
			return nil, fmt.Errorf("no daemon can be reached: listen is %q", cfg.Listen)
		}
		cfg.NATS.URL = "nats://" + cfg.Listen
	}
	b, err := connect(cfg, log, nil)
	if local && errors.Is(err, nats.ErrNoServers) {
		return nil, fmt.Errorf("no daemon answers at %s: is it running, with this configuration?", cfg.Listen)
	}
	if err != nil {
		return nil, err
	}
	answers := func(ctx context.Context) error { return b.patiently(ctx, b.Ready) }
	if err := b.unlessRefused(ctx, answers); err != nil {
		return nil, errors.Join(b.unfit(err), b.Close(ctx))
	}
	return b, nil
}

// connect joins the client to srv, or to cfg.NATS where srv is nil.
func connect(cfg Config, log *slog.Logger, srv *embedded) (*Bus, error) {
	coding, err := newCodec(cfg.Publish)
	if err != nil {
		return nil, err
	}
	b := &Bus{cfg: cfg, log: log, server: srv, url: cfg.NATS.URL, codec: coding, gone: make(chan struct{})}
	options, err := b.options()
	if err != nil {
		return nil, err
	}
	if srv != nil {
		b.url = srv.current().ClientURL()
		options = append(options, nats.InProcessServer(srv))
	}
	if b.nc, err = nats.Connect(b.url, options...); err != nil {
		return nil, fmt.Errorf("connect to NATS at %s: %w; %s", client.Redacted(b.url), err, cfg.NATS.advice(err))
	}
	if b.js, err = jetstream.New(b.nc, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		b.nc.Close()
		return nil, fmt.Errorf("connect to NATS at %s: %w", client.Redacted(b.url), err)
	}
	return b, nil
}

// options never gives a connection up: only Close does. A black hole is noticed after 20 s instead of the default 4 minutes.
func (b *Bus) options() ([]nats.Option, error) {
	options := []nats.Option{
		nats.Name(b.cfg.Name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(500 * time.Millisecond),
		nats.ReconnectJitter(200*time.Millisecond, time.Second), // so that the clients of a node that went do not come to the next all at once
		nats.PingInterval(10 * time.Second),
		nats.MaxPingsOutstanding(2),
		nats.Timeout(min(b.cfg.StartTimeout, 10*time.Second)),
		nats.DrainTimeout(5 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) { b.disconnected(err) }),
		nats.ReconnectHandler(func(c *nats.Conn) { b.log.Info("connected to NATS again", "url", c.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(b.asyncError),
		nats.ClosedHandler(func(*nats.Conn) { close(b.gone) }),
	}
	secrets, err := b.cfg.NATS.options()
	return append(options, secrets...), err
}

func (b *Bus) disconnected(err error) {
	if err != nil {
		b.log.Warn("connection to NATS lost, connecting again", "err", err)
	}
}

// ClientURL is where other clients reach the server; empty when the embedded server does not listen.
func (b *Bus) ClientURL() string {
	if b.server != nil && b.server.current().Addr() == nil {
		return ""
	}
	return b.url
}

// Ready returns nil while messages can be stored, and otherwise why not.
func (b *Bus) Ready(ctx context.Context) error {
	if !b.nc.IsConnected() {
		return fmt.Errorf("not connected to NATS at %s: %s", client.Redacted(b.url), b.nc.Status())
	}
	if err := b.store.trouble(); err != nil {
		return err
	}
	if b.server != nil {
		if h := b.server.current().Healthz(nil); h.Error != "" {
			return fmt.Errorf("embedded server: %s", h.Error)
		}
	}
	if _, err := b.js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("JetStream at %s does not answer: %w", client.Redacted(b.url), err)
	}
	return nil
}

// Close sends what is under way, closes the connection and stops the embedded server; ctx bounds the first. It is safe to call it twice.
func (b *Bus) Close(ctx context.Context) error {
	b.closing.Do(func() {
		if b.unwatch != nil {
			b.unwatch()
			b.watch.Wait()
		}
		if b.nc.Drain() == nil {
			select {
			case <-b.gone:
			case <-ctx.Done():
			}
		}
		b.nc.Close()
		b.codec.close()
		if b.server != nil {
			b.closed = b.server.close()
		}
	})
	return b.closed
}
