package crash

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// Relay stands between a client and a server and can come between them. All methods are safe for concurrent use.
type Relay struct {
	listener net.Listener
	target   atomic.Pointer[string]
	cut      atomic.Bool // new connections are closed at once
	mute     atomic.Bool // what clients say is swallowed
	deaf     atomic.Bool // what the server says is swallowed
	served   sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// NewRelay listens on a free port of loopback for the server at target, until Close.
func NewRelay(ctx context.Context, target string) (*Relay, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{listener: l, conns: map[net.Conn]struct{}{}}
	r.Aim(target)
	r.served.Go(r.accept)
	return r, nil
}

// Address is where clients connect.
func (r *Relay) Address() string { return r.listener.Addr().String() }

// Aim changes where new connections go: a server that comes back may listen elsewhere.
func (r *Relay) Aim(target string) { r.target.Store(&target) }

// Cut closes every connection and refuses new ones until Heal.
func (r *Relay) Cut() {
	r.cut.Store(true)
	r.hangUp()
}

// Mute swallows what clients say, while they still hear the server: their acknowledgements are lost, and they do not know.
func (r *Relay) Mute() { r.mute.Store(true) }

// Part swallows what either side says, and closes nothing: neither is told that the other is out of reach.
func (r *Relay) Part() {
	r.mute.Store(true)
	r.deaf.Store(true)
}

// Heal lets everything pass again. Connections of which something was swallowed are closed, those made meanwhile too: what they carry has a
// hole, and nothing may pass behind it.
func (r *Relay) Heal() {
	if r.mute.Load() {
		r.hangUp()
		r.mute.Store(false)
		r.deaf.Store(false)
		r.hangUp()
	}
	r.cut.Store(false)
}

// Close ends everything and waits for it.
func (r *Relay) Close() error {
	err := r.listener.Close()
	r.Cut()
	r.served.Wait()
	return err
}

func (r *Relay) hangUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.conns {
		_ = c.Close() // it goes either way
	}
}

func (r *Relay) accept() {
	for {
		client, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			r.served.Go(func() { r.serve(client) })
		}
	}
}

func (r *Relay) serve(client net.Conn) {
	defer r.forget(client)
	if !r.keep(client) {
		return
	}
	server, err := new(net.Dialer).DialContext(context.Background(), "tcp", *r.target.Load())
	if err != nil {
		return
	}
	defer r.forget(server)
	if !r.keep(server) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(gag{client, &r.deaf}, server) // ends with either connection
		_ = client.Close()
	})
	_, _ = io.Copy(gag{server, &r.mute}, client)
	_ = server.Close()
	back.Wait()
}

// keep remembers a connection, and reports false where it has to go at once.
func (r *Relay) keep(c net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conns[c] = struct{}{}
	return !r.cut.Load()
}

func (r *Relay) forget(c net.Conn) {
	_ = c.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.conns, c)
}

// gag is a writer that swallows while mute is set.
type gag struct {
	io.Writer
	mute *atomic.Bool
}

func (g gag) Write(p []byte) (int, error) {
	if g.mute.Load() {
		return len(p), nil
	}
	return g.Writer.Write(p)
}
