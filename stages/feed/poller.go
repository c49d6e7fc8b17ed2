package feed

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// Schedule says when each feed is polled, by its URL, and sees to it that one daemon at a time does so. It keeps the state of each feed.
type Schedule interface {
	// Set replaces the names that are looked at, at any time.
	Set(ctx context.Context, names []string) error
	// Group spaces the looks at names of one group over all daemons. It is called once, before Run.
	Group(of func(name string, state []byte) (group string, apart time.Duration))
	// Delay keeps a group from being looked at before a time.
	Delay(ctx context.Context, group string, until time.Time) error
	// Hasten makes a name due now.
	Hasten(ctx context.Context, name string) error
	// Run calls look with each name that is due until ctx ends, and stores the state and the time that it returns; a zero time says that
	// the look was cut short.
	Run(ctx context.Context, workers int, look func(ctx context.Context, name string, state []byte) (now []byte, next time.Time)) error
	// CaughtUp reports whether every name had its turn since Run began.
	CaughtUp() bool
}

// Poller is a source: it polls feeds, each at its own pace, and emits what is new in them.
type Poller struct {
	cfg      Config
	client   *http.Client
	schedule Schedule
	store    Store
	log      *slog.Logger
	hosts    turns // of those whose older pages are read

	mu    sync.Mutex
	feeds map[string]Feed // by URL
	byID  map[string]Feed // by what hubs call them
}

// New returns a poller that asks through transport, which guards addresses and sizes, when schedule says so, and remembers items in store. An
// error of transport that is a fault.Delayed says that it is not a host's turn: its feed comes up again after that time and has not failed.
func New(cfg Config, transport http.RoundTripper, schedule Schedule, store Store, log *slog.Logger) *Poller {
	p := &Poller{cfg: cfg, client: client(transport), schedule: schedule, store: store, log: log}
	schedule.Group(p.group)
	return p
}

// group is the host that a feed is asked for at: its feeds come up one after the other. The pace of all that is asked of a host, pages and
// redirects too, is the transport's.
func (p *Poller) group(name string, kept []byte) (string, time.Duration) {
	var s struct {
		Address string `json:"address"`
	}
	if len(kept) > 0 && json.Unmarshal(kept, &s) == nil && s.Address != "" {
		name = s.Address
	}
	return hostOf(name), p.cfg.Spacing
}

func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.") // the same machine
}

// SetFeeds replaces the feeds that are polled, at any time. What is known of feeds that go is kept for when they come back.
func (p *Poller) SetFeeds(feeds []Feed) {
	byURL := make(map[string]Feed, len(feeds))
	byID := make(map[string]Feed, len(feeds))
	names := make([]string, 0, len(feeds))
	for _, f := range feeds {
		byURL[f.URL], byID[feedID(f.URL)] = f, f
		names = append(names, f.URL)
	}
	p.mu.Lock()
	p.feeds, p.byID = byURL, byID
	p.mu.Unlock()
	if err := p.schedule.Set(context.Background(), names); err != nil { // it takes no time that could be cut short
		p.log.Error("the feeds that are polled stay as they were", "err", err)
	}
}

// Run polls until ctx ends, and returns nil when the last poll in hand is over. Emit is called from several goroutines.
func (p *Poller) Run(ctx context.Context, emit func(context.Context, message.Message) error) error {
	return p.schedule.Run(ctx, p.cfg.Workers, func(ctx context.Context, name string, kept []byte) ([]byte, time.Time) {
		return p.look(ctx, name, kept, emit)
	})
}

// Polled reports whether every feed has had its turn since the start: it was asked, or its state said that it is not time yet.
func (p *Poller) Polled() bool { return p.schedule.CaughtUp() }

// look polls one feed. A feed that is no longer among ours is left as it is.
func (p *Poller) look(ctx context.Context, name string, kept []byte, emit emitFunc) ([]byte, time.Time) {
	p.mu.Lock()
	f, ok := p.feeds[name]
	p.mu.Unlock()
	if !ok {
		return nil, time.Time{}
	}
	was, err := readState(kept)
	if err != nil {
		p.log.Warn("what is known of a feed cannot be read: it is polled as if it were new", "feed", shown(name), "err", err)
	}
	if until, soon := p.cfg.tooSoon(was, time.Now()); soon {
		return kept, until
	}
	now, next, err := p.poll(ctx, f, was, emit)
	if wait, ok := errors.AsType[*fault.Delayed](err); ok {
		return kept, time.Now().Add(wait.Delay)
	}
	if err != nil {
		return nil, time.Time{}
	}
	p.report(f, was, now, next)
	state, err := json.Marshal(now)
	if err != nil {
		p.log.Error("the state of a feed cannot be written: the one before it stays", "feed", shown(name), "err", err)
		return kept, next
	}
	return state, next
}

// report logs each change for better or worse once.
func (p *Poller) report(f Feed, was, now state, next time.Time) {
	log := p.log.With("source", f.Outlet.Name, "feed", shown(f.URL))
	switch now.Error {
	case was.Error:
	case "":
		log.Info("feed answers again")
	default:
		log.Warn("feed failed", "err", now.Error, "next", next)
	}
	if now.Capped && !was.Capped {
		log.Warn("feed has more items than are looked at: raise feed.max_items to read them all", "max_items", p.cfg.MaxItems)
	}
	if now.Empty > 0 && was.Empty == 0 {
		log.Warn("feed has items with neither a link nor a text: they are dropped", "items", now.Empty)
	}
	if now.Address != was.Address && now.Address != "" {
		log.Warn("feed has moved for good and is asked for where it went: change its URL", "to", shown(now.Address))
	}
	if silent := now.silent(); silent != "" && was.silent() == "" {
		log.Warn("feed has gone silent", "what", silent)
	}
	if drift := now.drift(); drift != "" && was.drift() == "" {
		log.Warn("feed is not what it was", "what", drift)
	}
}
