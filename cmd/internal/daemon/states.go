package daemon

import (
	"context"
	"time"

	"rawi/cmd/internal/registry"
	"rawi/pipeline/observe"
)

const (
	// firstCount is when sources are counted first: those of a daemon that has just begun are all new.
	firstCount = 5 * time.Second
	// countEvery is how often they are counted after that. It reads the record of every feed and page, some kilobytes each.
	countEvery = time.Minute
)

// countSources keeps the metric of how sources are doing, until ctx ends.
func (d *Daemon) countSources(ctx context.Context) {
	timer := time.NewTimer(firstCount)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if err := d.countOnce(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("sources cannot be counted", "err", err)
		}
		timer.Reset(countEvery)
	}
}

func (d *Daemon) countOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, statusTimeout)
	defer cancel()
	book, err := registry.Open(ctx, d.bus)
	if err != nil {
		return err
	}
	d.reloading.Lock()
	sources := d.running.Sources
	d.reloading.Unlock()
	entries := book.Mark(registry.Entries(sources, book.Known))
	d.metrics.Outlets(healthOf(entries))
	counts := registry.Counts(entries)
	for _, state := range registry.States() {
		if state != registry.StateUnknown { // of sources that nobody was asked about
			d.metrics.Sources(state, counts[state])
		}
	}
	d.countLayouts(book.Changed)
	return nil
}

// healthOf is how single sources are doing. One that is paused or new is not ill.
func healthOf(entries []registry.Entry) []observe.Outlet {
	all := make([]observe.Outlet, 0, len(entries))
	for _, e := range entries {
		ill := e.State == registry.StateFailing || e.State == registry.StateSilent
		all = append(all, observe.Outlet{Name: e.Name, Healthy: !ill, Look: e.Last(), Newest: e.Newest()})
	}
	return all
}
