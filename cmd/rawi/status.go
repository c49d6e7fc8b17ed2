package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

// statusLimit bounds what is read of a daemon's answer, in bytes.
const statusLimit = 8 << 20

type statusCommand struct {
	reader

	Admin string `help:"Address of the daemon's operators' server, instead of the configured one." placeholder:"HOST:PORT"`
	JSON  bool   `help:"Print JSON."`
}

// Run asks the daemon, and where it does not answer the server of its messages, which knows less.
func (c statusCommand) Run(ctx context.Context, env environment) error {
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	address := loaded.Admin.Listen
	if c.Admin != "" {
		address = c.Admin
	}
	var report pipeline.Report
	if c.Server != "" && c.Admin == "" {
		report, err = c.fromServer(ctx, env)
	} else if report, err = fromDaemon(ctx, address); err != nil {
		fmt.Fprintf(env.err, "the daemon does not answer (%s); asking NATS, which knows no counts and no account\n", show.Line(err.Error()))
		report, err = c.fromServer(ctx, env)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, report)
	}
	return printStatus(env.out, report)
}

func fromDaemon(ctx context.Context, address string) (r pipeline.Report, err error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/status", nil)
	if err != nil {
		return r, fmt.Errorf("admin.listen %q: %w", address, err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return r, err
	}
	defer res.Body.Close() //nolint:errcheck // it was read
	body, err := io.ReadAll(io.LimitReader(res.Body, statusLimit))
	if err != nil {
		return r, err
	}
	if res.StatusCode != http.StatusOK {
		return r, fmt.Errorf("%s: %s", res.Status, strings.TrimSpace(string(body)))
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return r, fmt.Errorf("the answer of %s is no status: %w", address, err)
	}
	return r, nil
}

func (c statusCommand) fromServer(ctx context.Context, env environment) (pipeline.Report, error) {
	bus, err := c.dial(ctx, env)
	if err != nil {
		return pipeline.Report{}, err
	}
	report, err := bus.Report(ctx)
	return report, closing(ctx, bus, err)
}

func printStatus(w io.Writer, r pipeline.Report) error {
	var b strings.Builder
	show.Printf(&b, "%-10s %8s %7s %8s %9s %9s %8s %7s %6s\n",
		"STAGE", "PENDING", "IN WORK", "OLDEST", "OK", "DUPLICATE", "DROPPED", "RETRIED", "DEAD")
	for _, s := range r.Stages {
		b.WriteString(statusLine(s))
		switch s.Role {
		case pipeline.RoleActive:
			show.Printf(&b, "  active: this daemon is given the messages of %s\n", s.Name)
		case pipeline.RoleStandby:
			b.WriteString("  standby: its messages went to another daemon, this one follows and takes over\n")
		}
		b.WriteString(restoredLine(s.Restored))
		if s.Trouble != "" {
			show.Printf(&b, "  %s\n", show.Line(s.Trouble))
		}
	}
	b.WriteString(sinkLines(r.Sinks))
	if r.Paused {
		b.WriteString(pauseLine(r))
	}
	if r.Not != "" {
		show.Printf(&b, "not ready: %s\n", show.Line(r.Not))
	}
	for _, stage := range slices.Sorted(maps.Keys(r.Dead)) {
		show.Printf(&b, "%d dead letters of %s: rawi dead list --stage %s\n", r.Dead[stage], stage, stage)
	}
	if r.Sum != nil {
		b.WriteString(unreadLines(r.Sum.Kept))
		b.WriteString(sumLines(r.Sum.String()))
		if !r.Sum.Closed() {
			b.WriteString("the sum does not close: the daemon's log names what is missing, as far as it can be told\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// restoredLine says how the memory of a stage was filled at the start of the daemon.
func restoredLine(r *pipeline.Restored) string {
	if r == nil {
		return ""
	}
	line := fmt.Sprintf("  started in %s: %d states of a checkpoint, %d of the stream\n", r.Took.Round(time.Millisecond), r.Checkpoint, r.Replayed)
	if r.Aside != "" {
		line += fmt.Sprintf("  the checkpoint was set aside: %s\n", show.Line(r.Aside))
	}
	return line
}

// mostLanguages is how many languages have their number said.
const mostLanguages = 3

// unreadLines say how many articles are in languages that no stage reads, those with the most first, and how to look at them.
func unreadLines(kept map[string]uint64) string {
	tags := slices.SortedFunc(maps.Keys(kept), func(a, b string) int { return cmp.Or(cmp.Compare(kept[b], kept[a]), strings.Compare(a, b)) })
	tags = slices.DeleteFunc(tags, func(tag string) bool { return kept[tag] == 0 })
	if len(tags) == 0 {
		return ""
	}
	said, others := []string{}, uint64(0)
	for i, tag := range tags {
		if i < mostLanguages {
			said = append(said, fmt.Sprintf("%d in %s", kept[tag], show.Line(tag)))
		} else {
			others += kept[tag]
		}
	}
	if others > 0 {
		said = append(said, fmt.Sprintf("%d in others", others))
	}
	return fmt.Sprintf("articles in languages that no stage reads:\n  %s\n  rawi tail --since 24h --topic '%s'\n", strings.Join(said, ", "),
		show.Line(message.LangSubject(tags[0])))
}

// sumLines breaks the account, which is one line in the log, where a terminal of 80 columns would break it anywhere.
func sumLines(sum string) string {
	return strings.NewReplacer(" = ", "\n  = ", " + dropped", "\n  + dropped", "; ", "\n  ").Replace(sum) + "\n"
}

// pauseLine says what sources wait for. Where the daemon is not ready, that is why.
func pauseLine(r pipeline.Report) string {
	if r.Not != "" {
		return "sources pause\n"
	}
	return "sources pause until the stages have caught up\n"
}

func statusLine(s pipeline.Status) string {
	pending, inFlight, oldest := fmt.Sprint(s.Pending), fmt.Sprint(s.InFlight), "-"
	if s.Source {
		pending, inFlight = "-", "-"
	}
	if s.Oldest > 0 {
		oldest = s.Oldest.Round(time.Second).String()
	}
	return fmt.Sprintf("%-10s %8s %7s %8s %9d %9d %8d %7d %6d\n", show.Line(s.Name), pending, inFlight, oldest,
		s.Counts.OK, s.Counts.Duplicate, total(s.Counts.Dropped), s.Counts.Retry, total(s.Counts.Dead))
}
