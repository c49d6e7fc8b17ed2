package feed

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxPages is how many pages with older items are fetched to close a gap.
const maxPages = 5

// catchUp follows a feed's pages with older items (RFC 5005), from the address that it was asked for at, until one holds something known. A page
// that cannot be had ends it without an error: the feed itself was read.
func (p *Poller) catchUp(ctx context.Context, b *batch, s sighting, from string) error {
	free, ok := p.hosts.take(ctx, hostOf(from))
	if !ok {
		return nil
	}
	defer free()
	asked := map[string]bool{from: true}
	for next := s.result.head.next; next != "" && len(asked) <= maxPages && b.old == 0; next = s.result.head.next {
		if asked[next] || !sameHosts(next, from) || !p.myTurn(ctx, next) {
			return nil
		}
		asked[next] = true
		page, more := p.page(ctx, s.feed, next)
		if err := b.add(ctx, page); err != nil || !more {
			return err
		}
		s = page
	}
	return nil
}

// page asks for one page with older items. It reports whether the host may be asked for another one.
func (p *Poller) page(ctx context.Context, f Feed, address string) (page sighting, more bool) {
	now := time.Now().UTC()
	a, err := p.ask(ctx, address, state{})
	spared := p.spare(ctx, address, a, now, p.cfg.backOff(1)) > 0
	if err != nil || a.body == nil {
		p.log.Debug("page with older items not read", "feed", shown(address), "status", a.status, "err", err)
		return sighting{}, false
	}
	if page, err = p.read(ctx, f, state{Address: address, Last: now}, a); err != nil {
		p.log.Debug("page with older items not read", "feed", shown(address), "err", err)
		return sighting{}, false
	}
	return page, !spared
}

// myTurn waits for as long as requests to a host are kept apart, and keeps the host's feeds from being polled until that has passed once more.
func (p *Poller) myTurn(ctx context.Context, address string) bool {
	if err := p.schedule.Delay(ctx, hostOf(address), time.Now().UTC().Add(2*p.cfg.Spacing)); err != nil {
		p.log.Debug("older pages are left: the host's other feeds cannot be held", "err", err)
		return false
	}
	return pause(ctx, p.cfg.Spacing)
}

// spare keeps a host from being asked for any feed as long as an answer of it says, or for wait where it was asked too often and does not say
// for how long. It returns what was asked for, 0 for nothing.
func (p *Poller) spare(ctx context.Context, address string, a answer, now time.Time, wait time.Duration) time.Duration {
	asked := retryAfter(a.header, now)
	if a.status == http.StatusTooManyRequests && asked == 0 {
		asked = wait
	}
	if asked > 0 {
		if err := p.schedule.Delay(ctx, hostOf(address), now.Add(asked)); err != nil {
			p.log.Debug("a host's wait is kept for one feed only", "err", err)
		}
	}
	return asked
}

func sameHosts(a, b string) bool {
	u, err := url.Parse(a)
	v, err2 := url.Parse(b)
	return err == nil && err2 == nil && strings.EqualFold(u.Host, v.Host)
}

// pause waits for d, and reports false where ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// turns lets one goroutine at a time have each host. Its zero value is ready.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the host is free again
}

// take waits until a host is free, and returns what frees it again. It reports false where ctx ends first.
func (t *turns) take(ctx context.Context, host string) (free func(), ok bool) {
	for {
		t.mu.Lock()
		busy := t.taken[host]
		if busy == nil {
			if t.taken == nil {
				t.taken = map[string]chan struct{}{}
			}
			mine := make(chan struct{})
			t.taken[host] = mine
			t.mu.Unlock()
			return func() { t.free(host, mine) }, true
		}
		t.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, false
		}
	}
}

func (t *turns) free(host string, mine chan struct{}) {
	t.mu.Lock()
	delete(t.taken, host)
	t.mu.Unlock()
	close(mine)
}
