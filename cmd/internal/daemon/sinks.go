package daemon

import (
	"context"
	"errors"
	"sync"
	"time"

	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/observe"
	"rawi/pipeline/sink"
)

// lookAtSinks is how often their lag is measured.
const lookAtSinks = 10 * time.Second

// sinks are those that run, and their way to the stories, which is opened with the first of them.
type sinks struct {
	open func() (*client.Client, *sink.Set, error)

	mu      sync.Mutex
	stories *client.Client
	set     *sink.Set
	metrics *observe.Sinks
	known   map[string]bool
}

// newSinks makes sinks that end with ctx.
func (d *Daemon) newSinks(ctx context.Context, cfg config.Config) *sinks {
	s := &sinks{metrics: d.metrics.Sinks(), known: map[string]bool{}}
	s.open = func() (*client.Client, *sink.Set, error) {
		stories, err := d.bus.Client(ctx)
		if err != nil {
			return nil, nil, err
		}
		return stories, sink.Start(ctx, sink.Parts{
			Stories: stories, Outbound: cfg.Outbound, Bury: d.bus.Bury, Count: s.metrics.Count, Log: d.log,
		}), nil
	}
	return s
}

// apply has those sinks run, and no others. Where one of them cannot, the others do.
func (s *sinks) apply(all []sink.Config) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		if len(all) == 0 {
			return nil
		}
		if s.stories, s.set, err = s.open(); err != nil {
			return err
		}
	}
	err = s.set.Apply(all)
	gone := s.known
	s.known = map[string]bool{}
	for _, c := range all {
		s.known[c.Name] = true
		s.metrics.Begin(c.Name)
		delete(gone, c.Name)
	}
	for name := range gone {
		s.metrics.Forget(name)
	}
	return err
}

// status asks how far every sink is.
func (s *sinks) status(ctx context.Context) []pipeline.SinkStatus {
	s.mu.Lock()
	set := s.set
	s.mu.Unlock()
	if set == nil {
		return nil
	}
	var all []pipeline.SinkStatus
	for _, st := range set.Status(ctx) {
		all = append(all, pipeline.SinkStatus(st))
	}
	return all
}

// watch measures the lag of every sink until ctx ends.
func (s *sinks) watch(ctx context.Context) {
	t := time.NewTicker(lookAtSinks)
	defer t.Stop()
	for {
		for _, st := range s.status(ctx) {
			s.metrics.Lag(st.Name, st.Lag)
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// close ends every sink and the way to the stories.
func (s *sinks) close() error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set == nil {
		return nil
	}
	s.set.Close()
	return errors.Join(s.stories.Close())
}
