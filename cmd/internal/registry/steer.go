package registry

import (
	"context"
	"fmt"
	"slices"

	"rawi/config"
	"rawi/pipeline"
)

// Step is what can be done to a source at run time.
type Step struct {
	Done   string // in words
	do     func(ctx context.Context, schedule *pipeline.Schedule, url string) error
	paused bool // it can be done to a source that is paused
}

// Pause leaves a source alone until Resume.
func Pause() Step { return Step{Done: "paused", do: Hold, paused: true} }

// Resume ends the pause of a source.
func Resume() Step { return Step{Done: "resumed", do: Release, paused: true} }

// Poll makes a source due now.
func Poll() Step { return Step{Done: "due", do: Hasten} }

// WrongSourceError says why a step cannot be done to a source.
type WrongSourceError struct {
	what string

	Unknown bool // there is no source of that name
}

func (e WrongSourceError) Error() string { return e.what }

// Steer does one step to every address of every source that is named. Nothing is done where a name is none of the sources', or a source cannot be
// steered so: the error is a WrongSourceError then.
func (b *Book) Steer(ctx context.Context, sources []config.Source, names []string, step Step) error {
	chosen, err := named(Entries(sources, b.Known), names, step)
	if err != nil {
		return err
	}
	for _, s := range chosen {
		if err := b.Change(ctx, s, step.do); err != nil {
			return fmt.Errorf("source %s: %w", s.Name, err)
		}
	}
	return nil
}

func named(all []Entry, names []string, step Step) ([]config.Source, error) {
	var found []config.Source
	wrong := func(unknown bool, format string, args ...any) error {
		return WrongSourceError{fmt.Sprintf(format, args...), unknown}
	}
	for _, name := range names {
		i := slices.IndexFunc(all, func(e Entry) bool { return e.Name == name })
		switch {
		case i < 0:
			return nil, wrong(true, "there is no source %q among %d: rawi sources list shows them", name, len(all))
		case all[i].Paused:
			return nil, wrong(false, "source %q is paused by its configuration: take out paused: true there and reload", name)
		case all[i].State == StatePaused && !step.paused:
			return nil, wrong(false, "source %q is paused: rawi sources resume %s first", name, name)
		}
		found = append(found, all[i].Source)
	}
	return found, nil
}
