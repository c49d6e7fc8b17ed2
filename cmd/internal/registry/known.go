package registry

import (
	"context"
	"errors"
	"fmt"

	"rawi/config"
	"rawi/pipeline"
	"rawi/stages/crawl"
	"rawi/stages/extract/host"
	"rawi/stages/feed"
)

// Names of the schedules in which daemons keep feeds and pages.
const (
	feedSchedule    = "feed"
	sectionSchedule = "sections"
)

// schedules names the schedule in which daemons keep what is watched, by kind of watch.
func schedules() map[string]string {
	return map[string]string{WatchFeed: feedSchedule, WatchSection: sectionSchedule}
}

// Book is what daemons keep of what they look at, on a NATS server.
type Book struct {
	bus     *pipeline.Bus
	entries map[string]map[string]Watch // by kind of watch and URL
	orphans []config.Source             // what the book alone knows of
	places  map[string]int              // of orphans, by name
	layouts map[string][]Layout         // by source

	Changed []host.Change // sites whose pages are read worse than they used to be
}

// Open reads the schedules of a daemon's server, and changes nothing there. A server on which no daemon has run yet has none.
func Open(ctx context.Context, bus *pipeline.Bus) (*Book, error) {
	b := &Book{bus: bus, entries: map[string]map[string]Watch{}, places: map[string]int{}}
	for kind, name := range schedules() {
		if err := b.read(ctx, kind, name); err != nil {
			return nil, fmt.Errorf("read schedule of %s: %w", name, err)
		}
	}
	return b, b.readLayouts(ctx, bus)
}

func (b *Book) read(ctx context.Context, kind, name string) error {
	b.entries[kind] = map[string]Watch{}
	schedule, err := b.bus.FindSchedule(ctx, name)
	if err != nil || schedule == nil {
		return err
	}
	entries, err := schedule.Entries(ctx)
	if err != nil {
		return err
	}
	for _, e := range entries {
		w, source := watchFrom(kind, e)
		b.entries[kind][e.Name] = w
		b.adopt(kind, source, e.Name)
	}
	return nil
}

// adopt notes what the book alone tells of a source.
func (b *Book) adopt(kind, source, url string) {
	if source == "" {
		source = Name(url, "", func(string) bool { return false })
	}
	i, known := b.places[source]
	if !known {
		i = len(b.orphans)
		b.orphans, b.places[source] = append(b.orphans, config.Source{Name: source}), i
	}
	if kind == WatchFeed {
		b.orphans[i].Feeds = append(b.orphans[i].Feeds, url)
		return
	}
	b.orphans[i].Sections = append(b.orphans[i].Sections, config.Section{URL: url})
}

// Sources are what the book tells of sources without their configuration: their names and what was looked at for them.
func (b *Book) Sources() []config.Source { return b.orphans }

// Known is the watch of a feed or section by its address, as Entries takes it.
func (b *Book) Known(kind, url string) Watch {
	if w, ok := b.entries[kind][url]; ok {
		return w
	}
	return Watch{State: StateNew}
}

// Change does one thing to every address of a source: Hold, Release or Hasten. An error of one does not keep the others from it.
func (b *Book) Change(ctx context.Context, s config.Source, do func(ctx context.Context, schedule *pipeline.Schedule, url string) error) error {
	var sections []string
	for _, section := range s.Sections {
		sections = append(sections, section.URL)
	}
	return errors.Join(b.change(ctx, feedSchedule, s.Feeds, do), b.change(ctx, sectionSchedule, sections, do))
}

func (b *Book) change(ctx context.Context, name string, urls []string, do func(ctx context.Context, schedule *pipeline.Schedule, url string) error) error {
	if len(urls) == 0 {
		return nil
	}
	schedule, err := b.bus.Schedule(ctx, name) // made where it is missing: what is held must be held when a daemon begins
	if err != nil {
		return err
	}
	var errs []error
	for _, url := range urls {
		errs = append(errs, do(ctx, schedule, url))
	}
	return errors.Join(errs...)
}

// Hold keeps an address from being looked at by any daemon, over restarts.
func Hold(ctx context.Context, s *pipeline.Schedule, url string) error { return s.Hold(ctx, url, true) }

// Release lets an address be looked at again.
func Release(ctx context.Context, s *pipeline.Schedule, url string) error {
	return s.Hold(ctx, url, false)
}

// Hasten makes an address due now.
func Hasten(ctx context.Context, s *pipeline.Schedule, url string) error { return s.Hasten(ctx, url) }

// watchFrom reads what a schedule keeps of an address, and the source that it belongs to.
func watchFrom(kind string, e pipeline.Entry) (w Watch, source string) {
	if kind == WatchFeed {
		w, source = feedWatch(e)
	} else {
		w, source = sectionWatch(e)
	}
	w.Running, w.Held = e.Owner, e.Held
	return w, source
}

func feedWatch(e pipeline.Entry) (Watch, string) {
	h, err := feed.HealthOf(e.Name, e.Due, e.State)
	if err != nil {
		return Watch{State: StateFailing, Error: err.Error()}, ""
	}
	w := Watch{
		Error: h.Error, Failures: h.Failures, Since: h.Since, Last: h.Last, Next: h.Next, Items: h.Items, Empty: h.Empty, PerDay: h.Rate, Newest: h.Newest,
		Damaged: h.Damaged, Cut: h.Cut, Capped: h.Capped, Gaps: h.Gaps, Moved: h.Moved, Followed: h.Followed, Pushes: h.Pushes,
		Silent: h.Silent, Drift: h.Drift,
	}
	w.State = stateOf(w)
	return w, h.Source
}

// stateOf sums up in a word what is known.
func stateOf(w Watch) string {
	switch {
	case w.Error != "":
		return StateFailing
	case w.Last.IsZero():
		return StateNew
	case w.Silent != "":
		return StateSilent
	case w.Moved != "":
		return StateMoved
	case w.Drift != "":
		return StateDrifting
	case w.Damaged:
		return StateDamaged
	}
	return StateOK
}

func sectionWatch(e pipeline.Entry) (Watch, string) {
	h, err := crawl.HealthOf(e.Name, e.Due, e.State)
	if err != nil {
		return Watch{State: StateFailing, Error: err.Error()}, ""
	}
	w := Watch{
		Error: h.Error, Failures: h.Failures, Last: h.Last, Next: h.Next, Items: h.Links, PerDay: h.Rate, Newest: h.Newest, Silent: h.Silent,
		Drift: h.Drift, Partial: h.Partial, Waiting: h.Waiting,
	}
	w.State = stateOf(w)
	return w, h.Source
}
