package feed

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rawi/pipeline/message"
)

// Poller is a source: it polls feeds, each at its own pace, and emits what is new in them.
type Poller struct {
	cfg    Config
	client *http.Client
	store  Store
	log    *slog.Logger
	wake   chan struct{} // something is due sooner than was thought

	mu    sync.Mutex
	feeds map[string]*scheduled // by URL
	hosts map[string]time.Time  // earliest next request, by host
}

// scheduled is a feed with what the poller knows of it.
type scheduled struct {
	feed    Feed
	state   state
	loaded  bool // state was read from the store
	running bool
	tried   bool // had its turn since the start
}

// New returns a poller that asks through transport, which guards addresses and sizes, and remembers in store.
func New(cfg Config, transport http.RoundTripper, store Store, log *slog.Logger) *Poller {
	return &Poller{
		cfg: cfg, client: client(transport), store: store, log: log, wake: make(chan struct{}, 1),
		feeds: map[string]*scheduled{}, hosts: map[string]time.Time{},
	}
}

// SetFeeds replaces the feeds that are polled, at any time. What is known of feeds that stay is kept, and of those that go is forgotten in
// memory only.
func (p *Poller) SetFeeds(feeds []Feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := make(map[string]*scheduled, len(feeds))
	for _, f := range feeds {
		known := p.feeds[f.URL]
		if known == nil {
			known = &scheduled{state: state{URL: f.URL}}
		}
		known.feed = f
		next[f.URL] = known
	}
	p.feeds = next
	p.nudge()
}

func (p *Poller) nudge() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Run polls until ctx ends, and returns nil when the last poll in hand is over. It is called once. Emit is called from several goroutines.
func (p *Poller) Run(ctx context.Context, emit func(context.Context, message.Message) error) error {
	var polls sync.WaitGroup
	defer polls.Wait()
	free := make(chan struct{}, p.cfg.Workers)
	for {
		due, wait := p.next(time.Now(), len(free) < cap(free))
		if due != nil {
			free <- struct{}{}
			polls.Go(func() {
				p.one(ctx, due, emit)
				<-free
				p.nudge()
			})
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-p.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// next claims a feed that is due and whose host may be asked, or says how long there is nothing to do.
func (p *Poller) next(now time.Time, free bool) (*scheduled, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := time.Hour
	if !free {
		return nil, wait // a poll that ends wakes the loop
	}
	for _, s := range p.feeds {
		if s.running {
			continue
		}
		at := s.state.Next
		if pause := p.hosts[hostOf(s.feed.URL)]; s.loaded && pause.After(at) {
			at = pause
		}
		if at.After(now) {
			wait = min(wait, at.Sub(now))
			continue
		}
		s.running = true
		if s.loaded {
			p.hosts[hostOf(s.feed.URL)] = now.Add(p.cfg.Spacing)
		}
		return s, 0
	}
	p.dropOldHosts(now)
	return nil, wait
}

func (p *Poller) dropOldHosts(now time.Time) {
	for host, at := range p.hosts {
		if at.Before(now) {
			delete(p.hosts, host)
		}
	}
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return strings.ToLower(u.Host)
}

// one loads a feed's state the first time, so that a restart does not ask again before it is time, and polls it after that.
func (p *Poller) one(ctx context.Context, s *scheduled, emit emitFunc) {
	p.mu.Lock()
	f, was, loaded := s.feed, s.state, s.loaded
	p.mu.Unlock()
	now := was
	var err error
	if loaded {
		now = p.poll(ctx, f, was, emit)
	} else {
		err = load(ctx, p.store, stateKey(f.URL), &now)
		now.URL = f.URL
	}
	if ctx.Err() == nil && loaded {
		err = save(ctx, p.store, stateKey(f.URL), now)
	}
	if err != nil {
		now.Error, now.Next = shown(err.Error()), time.Now().Add(jitter(p.cfg.Floor))
	}
	if ctx.Err() == nil {
		p.report(f, was, now)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.running = false
	if ctx.Err() == nil {
		s.tried = s.tried || loaded || now.Next.After(time.Now())
		s.loaded, s.state = loaded || err == nil, now
	}
}

// report logs each change for better or worse once; what lasts over a restart is said once more.
func (p *Poller) report(f Feed, was, now state) {
	log := p.log.With("source", f.Outlet.Name, "feed", shown(f.URL))
	switch now.Error {
	case was.Error:
	case "":
		log.Info("feed answers again")
	default:
		log.Warn("feed failed", "err", now.Error, "next", now.Next)
	}
	if now.Capped && !was.Capped {
		log.Warn("feed has more items than are looked at: raise feed.max_items to read them all", "max_items", p.cfg.MaxItems)
	}
}
