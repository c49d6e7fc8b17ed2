package crawl

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"rawi/pipeline/message"
)

// emitFunc publishes one message, and returns nil once it is stored.
type emitFunc = func(context.Context, message.Message) error

// Schedule says when each of many names is to be looked at, and sees to it that one daemon at a time does so.
type Schedule interface {
	// Set replaces the names that this daemon looks at, at any time. It does not block.
	Set(ctx context.Context, names []string) error
	// Run calls look for each name that is due, at no more than workers names at once, until ctx ends, and returns when the last look is over.
	// Look gets the state that the last one left behind, nil at first, and returns the new one and when to look again; a zero time says that
	// it was cut short and that nothing has changed.
	Run(ctx context.Context, workers int, look func(ctx context.Context, name string, state []byte) (now []byte, next time.Time)) error
	// CaughtUp reports whether every name has had its turn since Run began.
	CaughtUp() bool
}

// Watcher is a source: it visits section pages and sitemaps from time to time and emits the links to articles that are new on them.
type Watcher struct {
	visitor  *Visitor
	schedule Schedule
	store    Store
	log      *slog.Logger

	mu       sync.Mutex
	sections map[string]Section       // by URL
	health   map[string]SectionHealth // of those that this daemon has looked at
}

// NewWatcher returns a watcher that fetches by visitor when schedule says so, and remembers in store what it has seen.
func NewWatcher(visitor *Visitor, schedule Schedule, store Store, log *slog.Logger) *Watcher {
	return &Watcher{visitor: visitor, schedule: schedule, store: store, log: log, sections: map[string]Section{}, health: map[string]SectionHealth{}}
}

// SetSections replaces the sections that are watched, at any time. What is known of sections that stay is kept.
func (w *Watcher) SetSections(sections []Section) {
	w.mu.Lock()
	next, names := make(map[string]Section, len(sections)), make([]string, 0, len(sections))
	for _, s := range sections {
		next[s.URL] = s
		names = append(names, s.URL)
	}
	w.sections = next
	for name := range w.health {
		if _, stays := next[name]; !stays {
			delete(w.health, name)
		}
	}
	w.mu.Unlock()
	_ = w.schedule.Set(context.Background(), names) // it fails only for a context that has ended
}

// Run watches until ctx ends, and returns nil when the last visit in hand is over. It is called once. Emit is called from several goroutines.
func (w *Watcher) Run(ctx context.Context, emit func(context.Context, message.Message) error) error {
	return w.schedule.Run(ctx, w.visitor.cfg.Workers, func(ctx context.Context, name string, state []byte) ([]byte, time.Time) {
		return w.visit(ctx, name, state, emit)
	})
}

// visit looks at one section, with its state as the schedule keeps it.
func (w *Watcher) visit(ctx context.Context, name string, kept []byte, emit emitFunc) ([]byte, time.Time) {
	w.mu.Lock()
	section, ok := w.sections[name]
	w.mu.Unlock()
	if !ok {
		return kept, time.Now().Add(w.visitor.cfg.Interval)
	}
	var was state
	if kept != nil && json.Unmarshal(kept, &was) != nil {
		was = state{} // costs one visit; stopping would cost the section
	}
	now, next := w.look(ctx, section, was, emit)
	if ctx.Err() != nil {
		return kept, time.Time{} // what was emitted is remembered as seen
	}
	w.report(section, was, now)
	w.note(section, now, next)
	b, err := json.Marshal(now)
	if err != nil {
		w.log.Error("state of a section cannot be written", "source", section.Outlet.Name, "section", shown(section.URL), "err", err)
		return kept, next
	}
	return b, next
}

// report logs what has begun to fail and what answers again, each once.
func (w *Watcher) report(s Section, was, now state) {
	for address, doc := range now.Docs {
		before := was.Docs[address].Error
		attrs := []any{"source", s.Outlet.Name, "section", shown(s.URL)}
		if address != s.URL {
			attrs = append(attrs, "sitemap", shown(address))
		}
		switch {
		case before == "" && doc.Error != "":
			w.log.Warn("section failed", append(attrs, "err", doc.Error)...)
		case before != "" && doc.Error == "":
			w.log.Info("section answers again", attrs...)
		}
	}
	if silent := now.silent(); silent != "" && was.silent() == "" {
		w.log.Warn("section has gone silent", "source", s.Outlet.Name, "section", shown(s.URL), "what", silent)
	}
	if drift := now.drift(); drift != "" && was.drift() == "" {
		w.log.Warn("section is not what it was", "source", s.Outlet.Name, "section", shown(s.URL), "what", drift)
	}
}

func (w *Watcher) note(s Section, now state, next time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.health[s.URL] = now.health(s.URL, next)
}

// Health lists the sections that this daemon has visited, by source and URL.
func (w *Watcher) Health() []SectionHealth {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := make([]SectionHealth, 0, len(w.health))
	for _, h := range w.health {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b SectionHealth) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.URL, b.URL))
	})
	return list
}

// Polled reports whether every section has had its turn since the start: it was visited, or its state said that it is not time yet.
func (w *Watcher) Polled() bool { return w.schedule.CaughtUp() }

// jitter spreads visits that would otherwise fall together, by a tenth either way.
func jitter(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }
