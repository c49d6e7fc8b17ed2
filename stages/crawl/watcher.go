package crawl

import (
	"cmp"
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"rawi/pipeline/message"
)

// emitFunc publishes one message, and returns nil once it is stored.
type emitFunc = func(context.Context, message.Message) error

// Watcher is a source: it visits section pages and sitemaps from time to time and emits the links to articles that are new on them.
type Watcher struct {
	visitor *Visitor
	store   Store
	log     *slog.Logger
	wake    chan struct{} // something is due sooner than was thought

	mu       sync.Mutex
	sections map[string]*watched // by URL
}

// watched is a section with what the watcher knows of it.
type watched struct {
	section Section
	state   state
	loaded  bool // state was read from the store
	running bool
	tried   bool // had its turn since the start
}

// NewWatcher returns a watcher that fetches by visitor and remembers in store.
func NewWatcher(visitor *Visitor, store Store, log *slog.Logger) *Watcher {
	return &Watcher{visitor: visitor, store: store, log: log, wake: make(chan struct{}, 1), sections: map[string]*watched{}}
}

// SetSections replaces the sections that are watched, at any time. What is known of sections that stay is kept.
func (w *Watcher) SetSections(sections []Section) {
	w.mu.Lock()
	defer w.mu.Unlock()
	next := make(map[string]*watched, len(sections))
	for _, s := range sections {
		known := w.sections[s.URL]
		if known == nil {
			known = &watched{}
		}
		known.section = s
		next[s.URL] = known
	}
	w.sections = next
	w.nudge()
}

func (w *Watcher) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run watches until ctx ends, and returns nil when the last visit in hand is over. It is called once. Emit is called from several goroutines.
func (w *Watcher) Run(ctx context.Context, emit func(context.Context, message.Message) error) error {
	var visits sync.WaitGroup
	defer visits.Wait()
	free := make(chan struct{}, w.visitor.cfg.Workers)
	for {
		due, wait := w.next(time.Now(), len(free) < cap(free))
		if due != nil {
			free <- struct{}{}
			visits.Go(func() {
				w.one(ctx, due, emit)
				<-free
				w.nudge()
			})
			continue
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-w.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// next claims a section that is due, or says how long there is nothing to do.
func (w *Watcher) next(now time.Time, free bool) (*watched, time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	wait := time.Hour
	for _, s := range w.sections {
		switch {
		case !free || s.running: // a visit that ends wakes the loop
		case s.state.Next.After(now):
			wait = min(wait, s.state.Next.Sub(now))
		default:
			s.running = true
			return s, 0
		}
	}
	return nil, wait
}

// one loads a section's state the first time, so that a restart does not visit it again before it is time, and visits it after that.
func (w *Watcher) one(ctx context.Context, s *watched, emit emitFunc) {
	w.mu.Lock()
	section, was, loaded := s.section, s.state, s.loaded
	w.mu.Unlock()
	var now state
	var err error
	if loaded {
		now = w.look(ctx, section, was, emit)
		if ctx.Err() == nil || now.Visits > was.Visits {
			err = w.save(context.WithoutCancel(ctx), section, now)
		}
	} else {
		now, err = w.load(ctx, section)
	}
	if err != nil {
		now.Error, now.Next = err.Error(), time.Now().Add(jitter(w.visitor.cfg.Interval))
	}
	if ctx.Err() == nil && now.Error != was.Error {
		w.report(section, now)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s.running = false
	if ctx.Err() == nil {
		s.tried = s.tried || loaded && now.Last.After(was.Last) || now.Next.After(time.Now()) && !loaded
		s.loaded, s.state = loaded || err == nil, now
	}
}

// report logs a change for better or worse, once.
func (w *Watcher) report(s Section, now state) {
	if now.Error == "" {
		w.log.Info("section answers again", "source", s.Outlet.Name, "section", shown(s.URL))
		return
	}
	w.log.Warn("section failed", "source", s.Outlet.Name, "section", shown(s.URL), "err", now.Error, "next", now.Next)
}

// SectionHealth is how a section is doing.
type SectionHealth struct {
	Source   string    `json:"source"` // name of the outlet
	URL      string    `json:"url"`
	Last     time.Time `json:"last,omitzero"` // visit
	Next     time.Time `json:"next,omitzero"` // visit
	Error    string    `json:"error,omitempty"`
	Failures int       `json:"failures,omitempty"` // in a row
	Links    int       `json:"links"`              // that looked like articles, at the last visit that found a changed page
}

// Health lists the sections by source and URL.
func (w *Watcher) Health() []SectionHealth {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]SectionHealth, 0, len(w.sections))
	for _, s := range w.sections {
		list = append(list, SectionHealth{
			Source: s.section.Outlet.Name, URL: shown(s.section.URL), Last: s.state.Last, Next: s.state.Next, Error: s.state.Error,
			Failures: s.state.Failures, Links: s.state.Links,
		})
	}
	slices.SortFunc(list, func(a, b SectionHealth) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.URL, b.URL))
	})
	return list
}

// Polled reports whether every section has had its turn since the start: it was visited, or its state said that it is not time yet.
func (w *Watcher) Polled() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sections {
		if !s.tried {
			return false
		}
	}
	return true
}

// jitter spreads visits that would otherwise fall together, by a tenth either way.
func jitter(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }
