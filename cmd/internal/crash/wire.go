package crash

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"rawi/config"
)

// Wire serves articles that keep coming at a steady rate, every outlet on a port of its own, until Stop. A feed shows what is new since the
// last one that its reader has kept, and a little of what was before. All methods are safe for concurrent use.
type Wire struct {
	ground
	writer *writer
	rate   float64 // articles a second
	began  time.Time
	sites  []*wireSite

	mu      sync.Mutex
	stopped bool
	issued  int // final once stopped
	closed  int // articles closed by robots.txt that were fetched all the same
}

// wireSite is one outlet of a Wire.
type wireSite struct {
	wire   *Wire
	outlet int
	base   string
	kept   int  // articles of this outlet that the reader has
	read   bool // the reader has come back with the mark of the last one
}

// overlap is how many articles a feed shows again, as feeds do.
const overlap = 20

// OpenWire starts to issue so many articles a second. It fails when no port can be had.
func OpenWire(ctx context.Context, rate float64) (*Wire, error) {
	writer, err := newWriter()
	if err != nil {
		return nil, err
	}
	w := &Wire{writer: writer, rate: rate, began: time.Now()}
	for number := range outlets {
		s := &wireSite{wire: w, outlet: number}
		w.sites = append(w.sites, s)
		if err := w.open(ctx, func(base string) outlet { s.base = base; return s }); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Stop issues no more articles.
func (w *Wire) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.issued, w.stopped = w.count(), true
}

// Issued are the articles so far.
func (w *Wire) Issued() ([]Article, error) {
	w.mu.Lock()
	n := w.count()
	w.mu.Unlock()
	return Issue(n)
}

// Read reports whether the wire has stopped and a reader has come back to each feed with the mark of its last article.
func (w *Wire) Read() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stopped && !slices.ContainsFunc(w.sites, func(s *wireSite) bool { return !s.read })
}

// Trespasses is how often an article was fetched that robots.txt closes.
func (w *Wire) Trespasses() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.closed
}

// Config is that of a daemon which reads the wire, with its store in dir. It polls at the pace of the wire.
func (w *Wire) Config(dir string) config.Config {
	return w.config(dir, "", time.Second)
}

// count is how many articles there are by now. The caller holds the lock.
func (w *Wire) count() int {
	if w.stopped {
		return w.issued
	}
	return int(w.rate * time.Since(w.began).Seconds())
}

func (s *wireSite) feed(w http.ResponseWriter, r *http.Request) {
	from, to := s.next(r.Header.Get("If-None-Match"))
	if from == to {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	window := &site{base: s.base, waves: 1}
	for k := max(from-overlap, 0); k < to; k++ {
		a, err := s.wire.writer.write(k*outlets + s.outlet)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		window.articles = append(window.articles, a)
	}
	window.rss(1).show(w, mark(to))
}

// next are the articles of the outlet that a reader with a mark does not have: from and to by their order in it, equal where he has all.
func (s *wireSite) next(kept string) (from, to int) {
	w := s.wire
	w.mu.Lock()
	defer w.mu.Unlock()
	to = (w.count() + outlets - 1 - s.outlet) / outlets
	for k := to; k > s.kept; k-- {
		if kept == mark(k) {
			s.kept = k
		}
	}
	if kept != mark(s.kept) {
		return min(s.kept, max(to-1, 0)), to // he has lost what he had: what he kept last is shown again
	}
	s.read = w.stopped && s.kept == to
	return s.kept, to
}

func (s *wireSite) page(w http.ResponseWriter, r *http.Request) {
	n, ok := NumberOf(r.URL.Path)
	s.wire.mu.Lock()
	ok = ok && n < s.wire.count() && n%outlets == s.outlet
	s.wire.mu.Unlock()
	a, err := Article{}, error(nil)
	if ok {
		a, err = s.wire.writer.write(n)
	}
	if !ok || err != nil || a.Path() != r.URL.Path {
		http.NotFound(w, r)
		return
	}
	if a.Fate == Dropped {
		s.wire.mu.Lock()
		s.wire.closed++
		s.wire.mu.Unlock()
	}
	show(w, a)
}
