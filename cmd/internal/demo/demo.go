// Package demo serves a bundled press on loopback: invented outlets, each a site of its own with feeds, pages and the bad habits of real ones.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Options are the choices of a caller of [Start]. The zero value is ready to use.
type Options struct {
	Log *slog.Logger // of requests, at debug level; nil for none
}

// Sites are running outlet sites. All methods are safe for concurrent use.
type Sites struct {
	sites  []*site
	counts *counts
	unhook func() bool
	served sync.WaitGroup
	close  func() error
}

// Start serves every bundled outlet on a port of its own of 127.0.0.1 until ctx is done or [Sites.Close] is called.
// It fails when the bundled files are damaged or no port can be had; nothing is left running then.
func Start(ctx context.Context, opts Options) (*Sites, error) {
	press, err := loadPress()
	if err != nil {
		return nil, fmt.Errorf("reading the bundled press: %w", err)
	}
	s := &Sites{counts: newCounts()}
	s.close = sync.OnceValue(s.stop)
	for _, o := range press.outlets {
		if err := s.open(ctx, press, o, opts.Log); err != nil {
			return nil, errors.Join(fmt.Errorf("starting the site of %s: %w", o.Name, err), s.Close())
		}
	}
	s.unhook = context.AfterFunc(ctx, func() { _ = s.close() })
	return s, nil
}

// open listens first, because pages and feeds carry the address that only the listener knows.
func (s *Sites) open(ctx context.Context, p *press, o *outlet, log *slog.Logger) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	resources, err := p.build(o, "http://"+l.Addr().String())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	st := &site{outlet: o, base: "http://" + l.Addr().String(), resources: resources, counts: s.counts, log: log}
	st.server = &http.Server{Handler: st, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	s.sites = append(s.sites, st)
	s.served.Go(func() { _ = st.server.Serve(l) }) // always ends with ErrServerClosed: the listener is ours alone
	return nil
}

// Close stops all sites, drops their connections and waits for the servers to end. Later calls return what the first did.
func (s *Sites) Close() error {
	if s.unhook != nil {
		s.unhook()
	}
	return s.close()
}

func (s *Sites) stop() error {
	var errs []error
	for _, st := range s.sites {
		errs = append(errs, st.server.Close())
	}
	s.served.Wait()
	return errors.Join(errs...)
}

// Outlets are the running outlets, in the order of the bundled list, with the addresses they have now.
func (s *Sites) Outlets() []Outlet {
	outlets := make([]Outlet, len(s.sites))
	for i, st := range s.sites {
		outlets[i] = st.outlet.public(st.base)
	}
	return outlets
}

// Requests says how often each path was asked for, as "<outlet><path>": "casa-matin/robots.txt". Parameters that only say how a
// reader came are left out. At most 10,000 paths are kept apart; what comes after is counted together under "(more)".
func (s *Sites) Requests() map[string]int { return s.counts.copy() }

// counts are bounded, so that a crawler that goes astray cannot fill the memory of a demo that stays up.
type counts struct {
	mu sync.Mutex
	of map[string]int
}

const maxCounted = 10_000

func newCounts() *counts { return &counts{of: map[string]int{}} }

func (c *counts) add(path string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.of[path]; !known && len(c.of) >= maxCounted {
		path = "(more)"
	}
	c.of[path]++
}

func (c *counts) copy() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.of)
}

// press is everything bundled: who publishes, what was published, and what surrounds it.
type press struct {
	outlets   []*outlet
	articles  []*article
	furniture *furniture
}

func loadPress() (*press, error) {
	outlets, err := loadOutlets()
	if err != nil {
		return nil, err
	}
	articles, err := loadArticles()
	if err != nil {
		return nil, err
	}
	f, err := loadFurniture()
	if err != nil {
		return nil, err
	}
	return &press{outlets: outlets, articles: articles, furniture: f}, nil
}

// of are an outlet's articles, newest first, as its feed and front page give them.
func (p *press) of(o *outlet) []*article {
	var own []*article
	for _, a := range p.articles {
		if a.outlet == o.Name {
			own = append(own, a)
		}
	}
	slices.SortFunc(own, func(a, b *article) int { return b.published.Compare(a.published) })
	return own
}
