package pipeline

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// peerPrefix stands before the key of a daemon in the bucket of attempts, which has room and is forgotten by itself.
	peerPrefix = "daemon."
	// peerTTL is how long a daemon counts as being there after its last note. It notes every third turn of the watch.
	peerTTL = 10 * time.Second
)

// peers knows whether other daemons work on the same streams. The account of one process cannot close then: it does not know what they
// count, and what a killed one has counted nobody knows.
type peers struct {
	mu     sync.Mutex
	met    bool   // they were counted once
	key    string // of this daemon
	first  uint64 // revision of its first note
	others int
	anew   bool // alone again, and the account has not begun anew yet
	base   *Sum // the account at the moment from which this daemon was alone again; nil where it always was
}

func (p *peers) get() (others int, anew bool, base *Sum) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.others, p.anew, p.base
}

// set notes how many others there are, and reports whether the account has to begin anew because they have gone.
func (p *peers) set(others int) (anew bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.anew = others == 0 && (p.anew || p.others > 0)
	p.met, p.others = true, others
	return p.anew
}

// alone reports whether there is no other daemon, as far as is known.
func (p *peers) alone() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.met && p.others == 0
}

// begin sets the account from which on this daemon is alone; nil while it is not.
func (p *peers) begin(base *Sum) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.base = base
	if base != nil {
		p.anew = false
	}
}

// lookAtPeers notes that this daemon is there, and counts the others. Where the server does not answer, what was known stands.
func (p *Pipeline) lookAtPeers(ctx context.Context) {
	timed, cancel := context.WithTimeout(ctx, recordTimeout)
	defer cancel()
	before, _, _ := p.peers.get()
	others, err := p.meet(timed)
	if err == nil && p.peers.set(others) {
		err = p.beginAlone(timed)
	}
	if err != nil {
		if ctx.Err() == nil {
			p.log.Debug("other daemons not counted", "err", err)
		}
		return
	}
	if others != before {
		p.log.Info("daemons on these streams", "others", others)
	}
}

// meet returns the number of other daemons, by notes that are young by the server's clock. One that was killed counts for a while. Where the
// server is our own it was killed with it: whatever is older than our first note is left over.
func (p *Pipeline) meet(ctx context.Context) (int, error) {
	kv := p.records.kv
	if p.peers.key == "" {
		p.peers.key = peerPrefix + rand.Text()
	}
	revision, err := kv.Put(ctx, p.peers.key, []byte(p.bus.cfg.Name))
	if err != nil {
		return 0, err
	}
	if p.peers.first == 0 {
		p.peers.first = revision
	}
	now, err := kv.Get(ctx, p.peers.key)
	if err != nil {
		return 0, err
	}
	keys, err := p.bus.peerKeys(ctx)
	others := 0
	for _, key := range keys {
		e, err := kv.Get(ctx, key)
		if err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
			return 0, err
		}
		over := p.bus.server != nil && err == nil && e.Revision() < p.peers.first
		if err == nil && !over && key != p.peers.key && now.Created().Sub(e.Created()) < peerTTL {
			others++
		}
	}
	return others, err
}

// peerKeys are the keys of all daemons that have noted themselves.
func (b *Bus) peerKeys(ctx context.Context) ([]string, error) {
	const space = "$KV." + attemptsBucket + "."
	s, err := b.js.Stream(ctx, "KV_"+attemptsBucket)
	if err != nil {
		return nil, err
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(space+peerPrefix+"*"))
	if err != nil {
		return nil, err
	}
	var keys []string
	for subject := range info.State.Subjects {
		keys = append(keys, strings.TrimPrefix(subject, space))
	}
	return keys, nil
}

var errBusy = errors.New("the account cannot begin anew, too much is moving")

// beginAlone starts the account anew, at a moment at which nothing moves: an acknowledgement on its way would be missing for ever.
func (p *Pipeline) beginAlone(ctx context.Context) error {
	p.peers.begin(nil)
	var base Sum
	for still := 0; still < 3; {
		moves := p.moves()
		l, err := p.lookInFlight(ctx)
		if err != nil {
			return err
		}
		now := p.account(l.inFlight, l.replayed)
		if still++; p.moves() != moves || l.meanwhile > 0 || now.String() != base.String() {
			base, still = now, 0
		}
		if !pause(ctx, 50*time.Millisecond) {
			return errBusy
		}
	}
	p.peers.begin(&base)
	return nil
}

// leave takes this daemon's note away.
func (p *Pipeline) leave(ctx context.Context) {
	if p.peers.key == "" {
		return
	}
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTimeout)
	defer cancel()
	if err := p.records.kv.Purge(timed, p.peers.key); err != nil {
		p.log.Debug("this daemon counts as being there for a while", "err", err)
	}
}

// unchecked says how many daemons there are where the account of one cannot close: because others count too, or did a moment ago.
func (s Sum) unchecked(others int, anew bool) Sum {
	if others > 0 || anew {
		s.Daemons, s.Difference = others+1, 0
	}
	return s
}

// since takes out of the account what was in it before this daemon was alone.
func (s Sum) since(base *Sum) Sum {
	if base == nil {
		return s
	}
	s.Start = base.InFlight
	s.Accepted -= base.Accepted
	s.Replayed -= base.Replayed
	s.Split -= base.Split
	s.Linked -= base.Linked
	s.Duplicate -= base.Duplicate
	for _, m := range []struct{ of, before map[string]uint64 }{{s.Kept, base.Kept}, {s.Dropped, base.Dropped}, {s.Dead, base.Dead}} {
		for k, n := range m.before {
			if m.of[k] -= n; m.of[k] == 0 {
				delete(m.of, k)
			}
		}
	}
	return s
}
