package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// maxPayload is the largest message the embedded server takes, headers included.
const maxPayload = 4 << 20

// embedded is a NATS server inside this process, with the lock on its store. A server that has stopped writing is replaced by a new one on
// the same store; the lock stays.
type embedded struct {
	srv  atomic.Pointer[server.Server]
	lock *os.File
	opts *server.Options
	cfg  Config
	log  *slog.Logger

	before     manifest            // what the last process wrote down of the store
	unreadable atomic.Uint64       // states, when they were looked at, and before that what the last process knew
	counted    atomic.Bool         // they were looked at
	ends       map[string]uint64   // last sequences of streams at the last look
	had        map[string][]string // readers of streams before the server started
	past       map[string]uint64   // up to where readers had come in streams that ended before that, when the server started
	distrusted atomic.Bool
}

func (e *embedded) current() *server.Server { return e.srv.Load() }

// InProcessConn joins a client to the server of the moment: what connects again after a restart finds the new one.
func (e *embedded) InProcessConn() (net.Conn, error) { return e.current().InProcessConn() }

// frozen is the error of a write after which the server stores nothing more in a stream, whatever happens to the disk; nil while there was none.
func (e *embedded) frozen() error {
	if h := e.current().Healthz(nil); strings.Contains(h.Error, "write error") {
		return errors.New(h.Error)
	}
	return nil
}

// restart replaces the server by a new one at the same address. What was acknowledged is on the disk and is read again; what was not is sent
// again by its publisher, and clients connect again by themselves.
func (e *embedded) restart() error {
	old := e.current()
	if addr, ok := old.Addr().(*net.TCPAddr); ok {
		e.opts.Port = addr.Port // where any free port was asked for
	}
	if e.opts.Websocket.Port != 0 {
		e.opts.Websocket.Port = portOfWebSocket(old)
	}
	old.Shutdown()
	old.WaitForShutdown()
	srv, err := startServer(e.opts.Clone(), e.cfg.StartTimeout, newServerLog(e.log))
	if err != nil {
		return err
	}
	e.srv.Store(srv)
	return nil
}

// startEmbedded takes the directory's lock and starts a server on it. A listener that is taken is told before anything starts: the server
// itself would only log it and never become ready.
func startEmbedded(ctx context.Context, cfg Config, log *slog.Logger) (*embedded, error) {
	host, port, err := cfg.listen()
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	if err := beforeStart(cfg); err != nil {
		return nil, err
	}
	lock, err := lockDir(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if port >= 0 {
		if err := checkFree(ctx, cfg.Listen); err != nil {
			return nil, errors.Join(err, lock.Close())
		}
	}
	if ws := cfg.WebSocket.Listen; ws != "none" && ws != "" {
		if err := checkFree(ctx, ws); err != nil {
			return nil, errors.Join(fmt.Errorf("websocket: %w", err), lock.Close())
		}
	}
	warnOfSmallDisk(cfg, log)
	return startLocked(lock, cfg, serverOptions(cfg, host, port), log)
}

// startLocked starts a server on a directory whose lock is held, and closes the lock where that fails.
func startLocked(lock *os.File, cfg Config, opts *server.Options, log *slog.Logger) (*embedded, error) {
	e := &embedded{lock: lock, opts: opts, cfg: cfg, log: log, ends: map[string]uint64{}, had: map[string][]string{}}
	if err := e.begin(); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	began, said := time.Now(), newServerLog(log)
	srv, err := startServer(e.opts.Clone(), cfg.StartTimeout, said)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	e.past = said.past
	e.sayUnclean(time.Since(began))
	e.srv.Store(srv)
	return e, nil
}

func serverOptions(cfg Config, host string, port int) *server.Options {
	opts := &server.Options{
		ServerName:         cfg.Name,
		JetStream:          true,
		StoreDir:           cfg.Dir,
		SyncAlways:         true, // otherwise a power cut takes what was acknowledged in the last half minute
		JetStreamMaxStore:  cfg.MaxStoreBytes,
		JetStreamMaxMemory: 64 << 20,
		MaxPayload:         maxPayload,
		NoSigs:             true, // or the server takes over SIGTERM
		NoLog:              true,
		DontListen:         port < 0,
		Host:               host,
		Port:               port,
		Websocket:          cfg.WebSocket.options(),

		DisableJetStreamBanner: true,
	}
	if port == 0 {
		opts.Port = server.RANDOM_PORT
	}
	return opts
}

// startServer returns once the server takes connections. Whether it does is the only sign of success there is: a store that cannot be
// opened and a port that is taken leave a server that says it runs.
func startServer(opts *server.Options, timeout time.Duration, said *serverLog) (*server.Server, error) {
	srv, err := server.NewServer(opts)
	if err != nil {
		return nil, fmt.Errorf("embedded server: %w", err)
	}
	srv.SetLoggerV2(said, false, false, false)
	srv.Start()
	if srv.ReadyForConnections(timeout) {
		return srv, nil
	}
	srv.Shutdown()
	srv.WaitForShutdown()
	if fatal := said.fatal(); fatal != "" {
		return nil, fmt.Errorf("embedded server on %s: %s", opts.StoreDir, fatal)
	}
	return nil, fmt.Errorf("embedded server on %s not ready after %s: a large store may need a longer start_timeout", opts.StoreDir, timeout)
}

// checkFree fails when something listens on the address already.
func checkFree(ctx context.Context, address string) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf(`listen on %s: %w; stop what listens there, choose another address for listen, or set it to "none"`, address, err)
	}
	return l.Close()
}

// close stops the server, waits until its store is written, and gives the directory free.
func (e *embedded) close() error {
	e.remember(true)
	e.current().Shutdown()
	e.current().WaitForShutdown()
	return e.lock.Close()
}

// ServeNATS runs a bare server with a store in dir until ctx ends, and tells its URL once it is ready: a stand-in for an external server.
func ServeNATS(ctx context.Context, dir, listen string, log *slog.Logger, ready func(url string)) error {
	cfg := Default()
	cfg.Dir, cfg.Listen, cfg.Name = dir, listen, "rawi-nats"
	e, err := startEmbedded(ctx, cfg, log)
	if err != nil {
		return err
	}
	ready(e.current().ClientURL())
	<-ctx.Done()
	return e.close()
}
