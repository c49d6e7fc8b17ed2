package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/stages"
)

type deadCommand struct {
	List  deadListCommand  `cmd:"" default:"withargs" help:"List the messages that no stage could read."`
	Show  deadShowCommand  `cmd:"" help:"Show one dead letter: why it died, and the message."`
	Retry deadRetryCommand `cmd:"" help:"Give dead letters to their stages once more, after the cause is gone."`
	Drop  deadDropCommand  `cmd:"" help:"Remove dead letters for good."`
}

// choice says which dead letters a listing shows.
type choice struct {
	Stage  string `help:"Only those of one stage, such as extract-fr." placeholder:"STAGE"`
	Reason string `help:"Only those with one reason, such as panic." placeholder:"REASON"`
	Since  past   `help:"Only those that died then or later: a time, a day (2026-11-20), or how long ago (36h, 3d)." placeholder:"TIME"`
}

// check refuses a stage that there is not, and says on the error output what is kept where nothing is that was asked for.
func (c choice) check(ctx context.Context, env environment, bus *pipeline.Bus) error {
	err := bus.CheckDead(ctx, c.filter(), stages.Sources()...)
	if none, ok := errors.AsType[pipeline.NoLettersError](err); ok {
		fmt.Fprintln(env.err, none)
		return nil
	}
	if unknown, ok := errors.AsType[pipeline.UnknownStageError](err); ok {
		return usageError{fmt.Errorf("--stage: %w", unknown)}
	}
	return err
}

func (c choice) filter() pipeline.DeadFilter {
	return pipeline.DeadFilter{Stage: c.Stage, Reason: c.Reason, Since: c.Since.Time}
}

// selection says which dead letters are changed; to change all of them has to be said.
type selection struct {
	choice

	Sequence []uint64 `arg:"" optional:"" help:"Numbers of dead letters, as rawi dead list shows them." placeholder:"NUMBER"`
	All      bool     `help:"All dead letters."`
}

func (s selection) chosen() error {
	chosen := s.Stage != "" || s.Reason != "" || !s.Since.IsZero()
	switch {
	case len(s.Sequence) > 0 && (chosen || s.All):
		return usageError{errors.New("name dead letters by their numbers or choose them by --stage, --reason, --since or --all, not both")}
	case len(s.Sequence) == 0 && !chosen && !s.All:
		return usageError{errors.New("which dead letters? Give their numbers, --stage, --reason, --since, or --all; rawi dead list shows them")}
	}
	return nil
}

// numbers lists the chosen letters before any of them is changed: one that dies again gets a new number and is not met twice.
func (s selection) numbers(ctx context.Context, env environment, bus *pipeline.Bus) ([]uint64, error) {
	if len(s.Sequence) > 0 {
		return s.Sequence, nil
	}
	if err := s.check(ctx, env, bus); err != nil {
		return nil, err
	}
	var all []uint64
	err := bus.DeadLetters(ctx, s.filter(), func(d pipeline.DeadLetter) error {
		all = append(all, d.Sequence)
		return nil
	})
	return all, err
}

type deadListCommand struct {
	reader
	choice

	JSON bool `help:"Print one dead letter a line as JSON, whole."`
}

func (c deadListCommand) Run(ctx context.Context, env environment) error {
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	if err := c.check(ctx, env, bus); err != nil {
		return closing(ctx, bus, err)
	}
	n := 0
	err = bus.DeadLetters(ctx, c.filter(), func(d pipeline.DeadLetter) error {
		n++
		if c.JSON {
			return printJSON(env.out, d)
		}
		if n == 1 {
			fmt.Fprintf(env.out, "%8s  %-16s  %-12s  %-14s  %s\n", "NUMBER", "DIED", "STAGE", "REASON", "WHY")
		}
		_, err := fmt.Fprintln(env.out, deadLine(d, width(env.out)))
		return err
	})
	if n == 0 && err == nil && !c.Since.IsZero() && !c.JSON {
		fmt.Fprintf(env.err, "no such dead letters since %s\n", c.Since.Local().Format("2006-01-02 15:04"))
	}
	return closing(ctx, bus, err)
}

func deadLine(d pipeline.DeadLetter, cells int) string {
	return show.Cut(fmt.Sprintf("%8d  %-16s  %-12s  %-14s  %s", d.Sequence, d.Last.Local().Format("2006-01-02 15:04"), d.Stage, d.Reason, why(d)), cells)
}

func why(d pipeline.DeadLetter) string {
	if len(d.Errors) == 0 {
		return ""
	}
	return d.Errors[0]
}

type deadShowCommand struct {
	reader

	Sequence uint64 `arg:"" help:"Number of the dead letter, as rawi dead list shows it." placeholder:"NUMBER"`
	Full     bool   `help:"Print long lines of the message to their end."`
	JSON     bool   `help:"Print JSON."`
}

func (c deadShowCommand) Run(ctx context.Context, env environment) error {
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	d, err := bus.DeadLetter(ctx, c.Sequence)
	if err != nil {
		return closing(ctx, bus, advised(err))
	}
	body, lost := bus.Message(ctx, d)
	if err := closing(ctx, bus, nil); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, struct {
			pipeline.DeadLetter
			Message json.RawMessage `json:"message,omitempty"`
		}{d, readable(body)})
	}
	if err := show.Dead(env.out, d.Sequence, d.Dead); err != nil {
		return err
	}
	if lost != nil {
		_, err = fmt.Fprintf(env.out, "message: %s\n", show.Line(lost.Error()))
		return err
	}
	return show.Body(env.out, body, c.Full)
}

// readable is body where it is JSON, and a JSON string of it where it is not.
func readable(body []byte) json.RawMessage {
	if len(body) == 0 || json.Valid(body) {
		return body
	}
	quoted, _ := json.Marshal(string(body)) // a string always can
	return quoted
}

// advised says what to do about a number that names nothing.
func advised(err error) error {
	if errors.Is(err, pipeline.ErrNoDeadLetter) {
		return fmt.Errorf("%w; it was retried, dropped or has expired: rawi dead list shows those that are kept", err)
	}
	return err
}

type deadRetryCommand struct {
	reader
	selection

	JSON bool `help:"Print the numbers that were retried as JSON."`
}

func (c deadRetryCommand) Run(ctx context.Context, env environment) error {
	return c.change(ctx, env, c.reader, "retried", c.JSON, func(bus *pipeline.Bus, seq uint64) error {
		_, err := bus.Retry(ctx, seq)
		return err
	})
}

type deadDropCommand struct {
	reader
	selection

	JSON bool `help:"Print the numbers that were dropped as JSON."`
}

func (c deadDropCommand) Run(ctx context.Context, env environment) error {
	return c.change(ctx, env, c.reader, "dropped", c.JSON, func(bus *pipeline.Bus, seq uint64) error { return bus.Drop(ctx, seq) })
}

// change does one thing to every chosen letter. One that fails does not keep the others from it; its error is told at the end.
func (s selection) change(
	ctx context.Context, env environment, from reader, done string, asJSON bool, do func(*pipeline.Bus, uint64) error,
) error {
	if err := s.chosen(); err != nil {
		return err
	}
	bus, err := from.dial(ctx, env)
	if err != nil {
		return err
	}
	numbers, err := s.numbers(ctx, env, bus)
	if err != nil {
		return closing(ctx, bus, err)
	}
	changed, errs := []uint64{}, []error{}
	for _, seq := range numbers {
		if err := do(bus, seq); err != nil {
			errs = append(errs, advised(err))
			if ctx.Err() != nil {
				break
			}
			continue
		}
		changed = append(changed, seq)
	}
	if asJSON {
		err = printJSON(env.out, map[string]any{done: changed, "failed": len(errs)})
	} else {
		_, err = fmt.Fprintf(env.out, "%s %d of %d dead letters\n", done, len(changed), len(numbers))
	}
	return closing(ctx, bus, errors.Join(firstFew(errs), err))
}

// firstFew keeps an error that concerns a thousand letters on one line.
func firstFew(errs []error) error {
	const few = 3
	if len(errs) <= few {
		return errors.Join(errs...)
	}
	var texts []string
	for _, err := range errs[:few] {
		texts = append(texts, err.Error())
	}
	return fmt.Errorf("%s; and %d more like these", strings.Join(texts, "; "), len(errs)-few)
}
