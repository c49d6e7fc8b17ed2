package crawl

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"rawi/pipeline/fault"
	"rawi/pipeline/message"
)

// outlet answers requests without a network, so that a test owns the clock. Its robots.txt is not there unless pages has one.
type outlet struct {
	mu     sync.Mutex
	asked  []asked
	robots int // requests for robots.txt
	pages  func(w http.ResponseWriter, r *http.Request)
}

type asked struct {
	host, path string
	at         time.Time
	header     http.Header
}

func (o *outlet) RoundTrip(r *http.Request) (*http.Response, error) {
	o.mu.Lock()
	if r.URL.Path == "/robots.txt" {
		o.robots++
	} else {
		o.asked = append(o.asked, asked{r.URL.Host, r.URL.Path, time.Now(), r.Header})
	}
	o.mu.Unlock()
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	o.pages(w, r)
	res := w.Result()
	res.Request = r
	return res, r.Context().Err()
}

// requests are those that were made so far, but for robots.txt.
func (o *outlet) requests() []asked {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.asked)
}

// site serves paths; what is not there is 404.
func site(pages map[string]string) *outlet {
	return &outlet{pages: func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(body))
	}}
}

func (o *outlet) fetcher() *Fetcher { return NewFetcher(NewVisitor(Default(), o, newMemory())) }

const articlePage = "<!DOCTYPE html><html><body><article><h1>Un homme arrêté à Salé</h1><p>Rabat - …</p></article></body></html>"

func fetchFor(address string) message.Fetch {
	return message.Fetch{Type: message.FetchV1, ID: message.ArticleID(address), URL: address, Outlet: message.Outlet{Name: "journal"}}
}

func wantPermanent(t *testing.T, err error, reason string) {
	t.Helper()
	if p, ok := errors.AsType[*fault.Permanent](err); !ok || p.Reason != reason {
		t.Errorf("got error %v, want reason %q", err, reason)
	}
}

func wantDelay(t *testing.T, err error, least time.Duration) {
	t.Helper()
	if d, ok := errors.AsType[*fault.Delayed](err); !ok || d.Delay < least {
		t.Errorf("got error %v, want to be told to wait %s", err, least)
	}
}

// memory is a store, of one daemon or shared by several, that counts what is swapped.
type memory struct {
	Shared
	writes atomic.Int64
}

func newMemory() *memory { return &memory{Shared: Alone()} }

func (m *memory) Swap(ctx context.Context, key string, value []byte, revision uint64) (now uint64, swapped bool, err error) {
	now, swapped, err = m.Shared.Swap(ctx, key, value, revision)
	if swapped {
		m.writes.Add(1)
	}
	return now, swapped, err
}

// calendar is a schedule of one process. What it knows outlives its runs, as the daemon's does.
type calendar struct {
	mu     sync.Mutex
	wake   chan struct{}
	names  map[string]bool
	states map[string][]byte
	due    map[string]time.Time
	inHand map[string]bool
}

func newCalendar() *calendar {
	return &calendar{wake: make(chan struct{}, 1), names: map[string]bool{}, states: map[string][]byte{}, due: map[string]time.Time{}, inHand: map[string]bool{}}
}

func (c *calendar) Set(_ context.Context, names []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.names = map[string]bool{}
	for _, name := range names {
		c.names[name] = true
	}
	c.nudge()
	return nil
}

func (c *calendar) nudge() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *calendar) Run(ctx context.Context, workers int, look func(context.Context, string, []byte) ([]byte, time.Time)) error {
	var looks sync.WaitGroup
	defer looks.Wait()
	for ctx.Err() == nil {
		name, wait := c.next(workers)
		if name == "" {
			select {
			case <-ctx.Done():
			case <-c.wake:
			case <-time.After(wait):
			}
			continue
		}
		looks.Go(func() {
			c.mu.Lock()
			was := c.states[name]
			c.mu.Unlock()
			now, next := look(ctx, name, was)
			c.mu.Lock()
			defer c.mu.Unlock()
			if delete(c.inHand, name); !next.IsZero() {
				c.states[name], c.due[name] = now, next
			}
			c.nudge()
		})
	}
	return nil
}

func (c *calendar) next(workers int) (name string, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wait = time.Hour
	for name := range c.names {
		if left := time.Until(c.due[name]); c.inHand[name] || len(c.inHand) >= workers {
			continue
		} else if left > 0 {
			wait = min(wait, left)
			continue
		}
		c.inHand[name] = true
		return name, 0
	}
	return "", wait
}

func (c *calendar) CaughtUp() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for name := range c.names {
		if c.due[name].IsZero() {
			return false
		}
	}
	return true
}

// inbox collects what a source emits.
type inbox struct {
	mu   sync.Mutex
	got  []message.Fetch
	fail int // so many emits fail first
}

func (b *inbox) emit(_ context.Context, m message.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail > 0 {
		b.fail--
		return errors.New("bus is away")
	}
	b.got = append(b.got, m.(message.Fetch))
	return nil
}

func (b *inbox) urls() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var urls []string
	for _, f := range b.got {
		urls = append(urls, f.URL)
	}
	return urls
}
