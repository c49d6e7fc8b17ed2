package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"rawi/pipeline/message"
)

// NoLettersError says that no dead letter is kept of what a filter names.
type NoLettersError struct {
	Filter  DeadFilter
	Stages  []string // of which letters are kept
	Reasons []string // of the letters that are kept, of the filter's stage where it names one
}

func (e NoLettersError) Error() string {
	switch {
	case len(e.Stages) == 0:
		return "no dead letters are kept"
	case e.Filter.Stage != "" && !slices.Contains(e.Stages, message.Token(e.Filter.Stage)):
		return fmt.Sprintf("no dead letters of stage %q are kept, only of %s", e.Filter.Stage, strings.Join(e.Stages, ", "))
	}
	return fmt.Sprintf("no dead letters with reason %q are kept, only with %s", e.Filter.Reason, strings.Join(e.Reasons, ", "))
}

// CheckDead says what is wrong with a filter that chooses nothing: UnknownStageError where no stage has the name, nor any of the sources, and
// NoLettersError where letters of that stage or with that reason could be kept and are not. It is nil where some are kept, whenever they died.
func (b *Bus) CheckDead(ctx context.Context, f DeadFilter, sources ...string) error {
	stages, reasons, err := b.lettersKept(ctx, f.Stage)
	if err != nil {
		return err
	}
	if f.Stage != "" && !slices.Contains(stages, message.Token(f.Stage)) {
		if err := b.checkStage(ctx, f.Stage, sources); err != nil {
			return err
		}
		return NoLettersError{f, stages, nil}
	}
	if len(stages) == 0 || f.Reason != "" && !slices.Contains(reasons, message.Token(f.Reason)) {
		return NoLettersError{f, stages, reasons}
	}
	return nil
}

// lettersKept are the stages of all dead letters, and the reasons of those of one stage, or of all where it is empty.
func (b *Bus) lettersKept(ctx context.Context, stage string) (stages, reasons []string, err error) {
	s, err := b.js.Stream(ctx, streamDead)
	if err != nil {
		return nil, nil, fmt.Errorf("stream %s: %w", streamDead, err)
	}
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(message.DeadSubjects))
	if err != nil {
		return nil, nil, fmt.Errorf("stream %s: %w", streamDead, err)
	}
	of, with := map[string]bool{}, map[string]bool{}
	for subject := range info.State.Subjects {
		if token := strings.Split(subject, "."); len(token) == 4 {
			of[token[2]] = true
			with[token[3]] = with[token[3]] || stage == "" || token[2] == message.Token(stage)
		}
	}
	maps.DeleteFunc(with, func(_ string, wanted bool) bool { return !wanted })
	return slices.Sorted(maps.Keys(of)), slices.Sorted(maps.Keys(with)), nil
}

// sinkPrefix begins the name under which what a sink could not deliver is kept.
const sinkPrefix = "sink-"

// checkStage says whether dead letters could have a stage: one that has run on this server, a source of messages, or a sink.
func (b *Bus) checkStage(ctx context.Context, name string, sources []string) error {
	unknown := UnknownStageError{Name: name}
	all, err := b.stages(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		unknown.Known = append(unknown.Known, s.Name)
	}
	if strings.HasPrefix(name, sinkPrefix) || slices.Contains(unknown.Known, name) || slices.Contains(sources, name) {
		return nil
	}
	return unknown
}
