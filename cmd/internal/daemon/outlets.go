package daemon

import (
	"context"
	"fmt"
	"sync/atomic"

	"rawi/config"
	"rawi/pipeline"
)

// outlets knows which of them are paused: by the configuration, or at run time, where all addresses of an outlet are held in their schedules.
type outlets struct {
	feeds, sections *pipeline.Schedule
	sources         atomic.Pointer[map[string]config.Source] // by name
}

// set replaces the sources of the configuration.
func (o *outlets) set(sources []config.Source) {
	byName := make(map[string]config.Source, len(sources))
	for _, s := range sources {
		byName[s.Name] = s
	}
	o.sources.Store(&byName)
}

// paused reports whether an outlet is to be left alone. One that is not configured any more is not paused: what was brought of it is read.
func (o *outlets) paused(ctx context.Context, name string) (bool, error) {
	byName := o.sources.Load()
	if byName == nil {
		return false, nil
	}
	s, ok := (*byName)[name]
	if !ok || s.Paused {
		return s.Paused, nil
	}
	for _, url := range s.Feeds {
		if held, err := o.feeds.Held(ctx, url); !held || err != nil {
			return false, wrapped(name, err)
		}
	}
	for _, section := range s.Sections {
		if held, err := o.sections.Held(ctx, section.URL); !held || err != nil {
			return false, wrapped(name, err)
		}
	}
	return len(s.Feeds)+len(s.Sections) > 0, nil
}

func wrapped(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ask whether source %s is paused: %w", name, err)
}
