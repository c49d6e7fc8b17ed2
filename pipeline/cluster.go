package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Answers of a cluster that has no leader, or not enough nodes, at the moment.
const (
	codeIncomplete    jetstream.ErrorCode = 10004
	codeNoPeers       jetstream.ErrorCode = 10005
	codeNoLeader      jetstream.ErrorCode = 10008
	codeNotLeader     jetstream.ErrorCode = 10009
	codeNoStoreYet    jetstream.ErrorCode = 10049 // also while what was deleted under the same name is being removed
	codeNotClustered  jetstream.ErrorCode = 10074
	codeOffline       jetstream.ErrorCode = 10118
	requestTimeout                        = 5 * time.Second // of one question to the server
	nodeCheckInterval                     = 3 * time.Second
)

// clustered says whether the server that we are connected to belongs to a cluster.
func (b *Bus) clustered() bool { return b.nc.ConnectedClusterName() != "" }

// settling says that an error is one of a cluster which has yet to find its leaders. A server of its own answers at once or not at all.
func (b *Bus) settling(err error) bool {
	if errors.Is(err, nats.ErrDisconnected) || errors.Is(err, nats.ErrReconnectBufExceeded) {
		return true
	}
	if !b.clustered() && b.nc.IsConnected() {
		return false
	}
	switch codeOf(err) {
	case codeIncomplete, codeNoPeers, codeNoLeader, codeNotLeader, codeNoStoreYet, codeNotClustered, codeOffline:
		return true
	}
	for _, silent := range []error{context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrNoStreamResponse} {
		if errors.Is(err, silent) {
			return true
		}
	}
	return false
}

// patiently repeats f while the cluster finds its leaders, for the time that the configuration gives a start. f must not mind being repeated.
func (b *Bus) patiently(ctx context.Context, f func(context.Context) error) error {
	began := time.Now()
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := f(ctx)
		if err == nil || ctx.Err() != nil || !b.settling(err) {
			return err
		}
		if time.Since(began)+wait > b.cfg.StartTimeout {
			return fmt.Errorf("%w; the cluster did not settle within start_timeout %s: are %d of its nodes up, with JetStream?",
				err, b.cfg.StartTimeout, b.cfg.Replicas)
		}
		if wait == 250*time.Millisecond {
			b.log.Info("waiting for the NATS cluster", "err", err)
		}
		if !pause(ctx, wait) {
			return err
		}
	}
}

// watchNode leaves a node of a cluster that has lost the others, until ctx ends. Such a node keeps its clients and cannot serve them.
func (b *Bus) watchNode(ctx context.Context) {
	failed, patience := 0, 2
	for pause(ctx, nodeCheckInterval) {
		err := b.served(ctx)
		if err == nil {
			failed, patience = 0, 2
			continue
		}
		if failed++; failed < patience || !b.nc.IsConnected() || len(b.nc.Servers()) < 2 {
			continue
		}
		b.log.Warn("this node of the NATS cluster does not serve, trying another", "url", b.nc.ConnectedUrlRedacted(), "err", err)
		failed, patience = 0, min(2*patience, 16) // where none serves there is no use in going round
		if err := b.nc.ForceReconnect(); err != nil {
			return // closed for good
		}
	}
}

// served says why the server does not serve. One that led the cluster believes so for some time after it has lost it, and answers questions:
// what it cannot do is to store.
func (b *Bus) served(ctx context.Context) error {
	timed, cancel := context.WithTimeout(ctx, nodeCheckInterval)
	defer cancel()
	if _, err := b.js.AccountInfo(timed); err != nil {
		return err
	}
	return b.store.unheard(requestTimeout)
}

// say tells once what the server's own settings decide. How often it writes to disk cannot be asked by a client.
func (b *Bus) say() {
	if b.server != nil {
		return
	}
	b.log.Info("messages are kept by the NATS server", "server", b.nc.ConnectedServerName(), "cluster", b.nc.ConnectedClusterName(),
		"version", b.nc.ConnectedServerVersion(), "replicas", b.cfg.Replicas,
		"note", "unless it is set to sync_interval: always, a power cut takes what was acknowledged last")
	if b.clustered() && b.cfg.Replicas == 1 {
		b.log.Warn("there is one copy of each stream on a cluster: while its node is away nothing can be stored; set replicas to 3")
	}
}
