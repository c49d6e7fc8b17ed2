package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

// reader is what every command that reads from a running daemon takes.
type reader struct {
	Config string `short:"c" help:"Configuration of the daemon to read from." type:"path" placeholder:"FILE"`
	Server string `help:"NATS server to read from, instead of the configured one." placeholder:"URL"`
}

// dial connects to the daemon's server, or to the one that was named.
func (r reader) dial(ctx context.Context, env environment) (*pipeline.Bus, error) {
	loaded, err := config.Load(r.Config, env.environ)
	if err != nil {
		return nil, usageError{err}
	}
	if r.Server != "" {
		loaded.NATS.URL = r.Server
	}
	return pipeline.Dial(ctx, loaded.Config.Config, newLogger(env.err, loaded.Log))
}

type tailCommand struct {
	reader

	Topic []string `help:"Subjects to follow; * stands for one token, > for all that follow." default:"news.story.>" placeholder:"SUBJECT"`
	Since past     `help:"Begin then instead of now: a time, a day (2026-11-20), or how long ago (36h, 3d)." placeholder:"TIME"`
	JSON  bool     `help:"Print each message as JSON."`
}

func (c tailCommand) Run(ctx context.Context, env environment) error {
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	if err := checkTopics(ctx, bus, c.Topic); err != nil {
		return closing(ctx, bus, err)
	}
	start := pipeline.Live()
	if !c.Since.IsZero() {
		start = pipeline.Since(c.Since.Time)
	}
	err = bus.Tail(ctx, c.Topic, start, func(e pipeline.Envelope) error { return c.print(env, e) })
	return closing(ctx, bus, err)
}

func (c tailCommand) print(env environment, e pipeline.Envelope) error {
	if c.JSON {
		return printJSON(env.out, struct {
			pipeline.Envelope
			Message json.RawMessage `json:"message"`
		}{e, e.Body})
	}
	_, err := fmt.Fprintln(env.out, tailLine(e))
	return err
}

// tailLine is one message on one line: when, where, and the title that its type has.
func tailLine(e pipeline.Envelope) string {
	var title string
	switch e.Kind {
	case message.StoryV1:
		var s message.Story
		if e.Decode(&s) == nil {
			title = fmt.Sprintf("%s r%d, %d reports%s: %s", s.Change, s.Revision, len(s.Reports), because(s.Decision), show.Title(s))
		}
	case message.DetectedV1:
		var d message.Detected
		if e.Decode(&d) == nil {
			title = detectedLine(d)
		}
	case message.ArticleV1:
		var a message.Article
		if e.Decode(&a) == nil {
			title = a.Title
		}
	case message.DeadV1:
		var d message.Dead
		if e.Decode(&d) == nil && len(d.Errors) > 0 {
			title = d.Errors[0]
		}
	case message.RawV1:
		var r message.Raw
		if e.Decode(&r) == nil {
			title = r.URL
		}
	case message.FetchV1:
		var f message.Fetch
		if e.Decode(&f) == nil {
			title = f.URL
		}
	}
	return e.Time.Local().Format("15:04:05") + " " + e.Subject + " " + show.Line(title)
}

// because is the reason of a revision in short: by which decision, and by what score or whose word.
func because(d message.Decision) string {
	switch {
	case d.Hand != nil && d.Hand.By == "":
		return fmt.Sprintf(" (%s by its outlet)", d.Hand.Act)
	case d.Hand != nil:
		return fmt.Sprintf(" (%s by %s: %s)", d.Hand.Act, d.Hand.By, d.Hand.Reason)
	case d.Score != 0:
		return fmt.Sprintf(" (%s, score %.2f)", d.Outcome, d.Score)
	}
	return " (" + d.Outcome + ")"
}

// detectedLine is what is known of an article before it is read: its language, and what it was found by.
func detectedLine(d message.Detected) string {
	sure := ""
	if d.Confidence == message.ConfidenceLow {
		sure = "?"
	}
	known := strings.TrimSpace(d.Raw.Found.Entry.Title + "  " + cmp.Or(d.Raw.URL, d.Raw.ID))
	return fmt.Sprintf("%s%s: %s", d.Language, sure, known)
}

// closing ends the connection and reports the first thing that went wrong.
func closing(ctx context.Context, bus *pipeline.Bus, err error) error {
	timed, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if closed := bus.Close(timed); err == nil {
		return closed
	}
	return err
}
