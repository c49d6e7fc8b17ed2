package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/stages/publish"
)

type replayCommand struct {
	reader

	From     string `help:"Stage from which on kept messages are run again: crawl, language, extract-fr, extract-ar, dedup or publish." placeholder:"STAGE"`
	Since    string `help:"From when on: a time (2026-11-20T08:00:00Z), a day (2026-11-20), or how long ago (36h, 3d)." placeholder:"TIME"`
	Until    string `help:"Until when, in the same forms; until now without it." placeholder:"TIME"`
	Source   string `help:"Only messages of one source." placeholder:"NAME"`
	Rate     int    `help:"At most so many messages a second; without it as fast as the stages keep up." placeholder:"N"`
	Continue string `help:"Go on with a replay that was cut short, by its id." placeholder:"ID"`
	WhatIf   string `name:"what-if" help:"Say which stories would merge or split under these changed rules of dedup, over the articles that are kept; send nothing." placeholder:"RULES"`
	DryRun   bool   `help:"Say what would be sent, and send nothing."`
	JSON     bool   `help:"Print the outcome as JSON."`
}

// request is what was asked for, read at the given time.
func (c replayCommand) request(now time.Time) (r pipeline.Replay, err error) {
	r = pipeline.Replay{Stage: c.From, Source: c.Source, Rate: c.Rate, ID: c.Continue, Tell: publish.New()}
	switch {
	case c.From == "":
		return r, errors.New("--from is missing: from which stage on? language, extract-fr, extract-ar, dedup, or --help")
	case c.Since == "" && c.Continue == "":
		return r, errors.New("--since is missing: from when on? A time, a day, or how long ago, such as 36h")
	case c.Continue != "" && (c.Since != "" || c.Until != "" || c.Source != ""):
		return r, errors.New("--continue knows what the replay was asked for: leave --since, --until and --source out")
	case c.Rate < 0:
		return r, fmt.Errorf("--rate %d: want a number above 0", c.Rate)
	}
	if r.Since, err = moment(c.Since, now); err != nil {
		return r, fmt.Errorf("--since %w", err)
	}
	if r.Until, err = moment(c.Until, now); err != nil {
		return r, fmt.Errorf("--until %w", err)
	}
	if !r.Until.IsZero() && r.Until.Before(r.Since) {
		return r, fmt.Errorf("--until %s is before --since %s", c.Until, c.Since)
	}
	return r, nil
}

func (c replayCommand) Run(ctx context.Context, env environment) error {
	if c.WhatIf != "" {
		return c.lookOnly(ctx, env)
	}
	request, err := c.request(time.Now())
	if err != nil {
		return usageError{err}
	}
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	plan, err := bus.PlanReplay(ctx, request)
	switch {
	case err != nil:
		err = whatToDo(err)
	case c.DryRun:
		err = c.printPlan(env, plan)
	default:
		err = c.send(ctx, env, bus, plan)
	}
	return closing(ctx, bus, err)
}

// lookOnly answers --what-if, which takes --since alone beside it.
func (c replayCommand) lookOnly(ctx context.Context, env environment) error {
	if c.From != "" && c.From != "dedup" || c.Until != "" || c.Source != "" || c.Continue != "" {
		return usageError{errors.New("--what-if looks at all articles since a time: leave --from, --until, --source and --continue out")}
	}
	start := pipeline.Beginning()
	since, err := moment(c.Since, time.Now())
	if err != nil {
		return usageError{fmt.Errorf("--since %w", err)}
	}
	if !since.IsZero() {
		start = pipeline.Since(since)
	}
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	return closing(ctx, bus, c.whatIf(ctx, env, bus, start))
}

// whatToDo adds what cures an error that only the command line knows.
func whatToDo(err error) error {
	if _, ok := errors.AsType[pipeline.UnknownStageError](err); ok {
		return usageError{err}
	}
	if early, ok := errors.AsType[pipeline.TooEarlyError](err); ok {
		return usageError{fmt.Errorf("%w: use --since %s", err, early.Kept.UTC().Format(time.RFC3339))}
	}
	if _, ok := errors.AsType[pipeline.NoRoomError](err); ok {
		return fmt.Errorf("%w before old messages would have to go; take a part with --since, --until or --source, or raise max_store_bytes", err)
	}
	return err
}

// printPlan says what a replay would send.
func (c replayCommand) printPlan(env environment, p *pipeline.ReplayPlan) error {
	if c.JSON {
		return printJSON(env.out, p)
	}
	var b strings.Builder
	for _, subject := range slices.Sorted(maps.Keys(p.Subjects)) {
		fmt.Fprintf(&b, "%8d  %s\n", p.Subjects[subject], show.Line(subject))
	}
	fmt.Fprintf(&b, "%8d  messages would be sent to %s%s%s\n", p.Messages, p.Stage, room(p), skipped(p.Skipped, p.Already))
	b.WriteString(caution(p))
	_, err := io.WriteString(env.out, b.String())
	return err
}

func room(p *pipeline.ReplayPlan) string {
	if p.Bytes == 0 {
		return ""
	}
	if p.Bytes < 10<<20 {
		return fmt.Sprintf(", about %d KiB", p.Bytes>>10)
	}
	return fmt.Sprintf(", about %d MiB", p.Bytes>>20)
}

// caution is what not everybody expects of a replay from a stage.
func caution(p *pipeline.ReplayPlan) string {
	if p.Stage == "crawl" && p.Messages > 0 {
		return "these pages are fetched from their sites again\n"
	}
	return ""
}

// reason in the words of the command line.
func reason(skipped string) string {
	switch skipped {
	case pipeline.SkippedReplayed:
		return "copies of earlier replays"
	case pipeline.SkippedRepeated:
		return "replaced by later ones"
	case pipeline.SkippedGone:
		return "removed in the meantime"
	case pipeline.SkippedTooBig:
		return "larger than the server takes now"
	}
	return skipped
}

func skipped(counts map[string]uint64, already int) string {
	var parts []string
	if already > 0 {
		parts = append(parts, fmt.Sprintf("%d sent before", already))
	}
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[why], reason(why)))
	}
	if parts == nil {
		return ""
	}
	return "; not sent: " + strings.Join(parts, ", ")
}

// send runs the replay and says how to watch what comes of it.
func (c replayCommand) send(ctx context.Context, env environment, bus *pipeline.Bus, plan *pipeline.ReplayPlan) error {
	again := c.again(plan)
	if plan.Messages > 0 {
		fmt.Fprintf(env.err, "%s%d messages to %s; if this is cut short, go on with: %s\n", caution(plan), plan.Messages, plan.Stage, again)
	}
	terminal := lively(env)
	done, err := bus.Replay(ctx, plan, func(p pipeline.ReplayProgress) {
		if terminal {
			show.Progress(env.err, true, show.Cut(replayLine(p), width(env.err)-1), true)
		}
	})
	if terminal {
		show.Progress(env.err, true, "", false)
	}
	if err != nil {
		return fmt.Errorf("the replay was cut short after %d of %d messages: %w; go on with: %s", done.Sent, plan.Messages, err, again)
	}
	if c.JSON {
		return printJSON(env.out, struct {
			ID    string `json:"id"`
			Stage string `json:"stage"`
			pipeline.ReplayProgress
		}{plan.ID, plan.Stage, done})
	}
	left := skipped(done.Skipped, done.Already)
	_, err = fmt.Fprintf(env.out, "replay %s: sent %d messages to %s%s\n%s", plan.ID, done.Sent, plan.Stage, left, outlook(plan, done))
	return err
}

// again is the command that goes on with a replay.
func (c replayCommand) again(plan *pipeline.ReplayPlan) string {
	line := fmt.Sprintf("rawi replay --from %s --continue %s", plan.Stage, plan.ID)
	if c.Config != "" {
		line += " --config " + c.Config
	}
	switch {
	case strings.Contains(c.Server, "@"):
		line += " --server URL" // there may be a password in it
	case c.Server != "":
		line += " --server " + c.Server
	}
	return line
}

// replayLine is how far a replay is, on one line.
func replayLine(p pipeline.ReplayProgress) string {
	const cells = 20
	filled := cells
	if p.Total > 0 {
		filled = cells * p.Done / p.Total
	}
	line := fmt.Sprintf("%s%s %d of %d", strings.Repeat("█", filled), strings.Repeat("░", cells-filled), p.Done, p.Total)
	if p.Waiting != "" {
		line += fmt.Sprintf(", waiting for %s: %d before it", p.Waiting, p.Pending)
	}
	if p.Full != "" {
		line += fmt.Sprintf(", waiting for room in stream %s", p.Full)
	}
	return line
}

// outlook says how to watch what comes of a replay.
func outlook(plan *pipeline.ReplayPlan, done pipeline.ReplayProgress) string {
	if done.Sent == 0 {
		return ""
	}
	return fmt.Sprintf("watch it with: rawi status (what is left to do, and the account), rawi tail --since %s (stories that change)\n",
		since(plan.Begun()))
}

// since is how long ago a time was, as rawi tail takes it.
func since(t time.Time) string { return (time.Since(t).Truncate(time.Minute) + time.Minute).String() }
