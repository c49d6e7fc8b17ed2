package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

type traceCommand struct {
	reader

	Article string `arg:"" help:"Id of the article, or its URL."`
	JSON    bool   `help:"Print JSON."`
}

// Run shows an article's way through the stages, as the streams tell it.
func (c traceCommand) Run(ctx context.Context, env environment) error {
	id := c.Article
	if strings.Contains(id, "://") {
		id = message.ArticleID(message.Identity(id))
	}
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	trail, err := bus.Trail(ctx, id)
	if err := closing(ctx, bus, err); err != nil {
		return err
	}
	if len(trail.Hops)+len(trail.Stories) == 0 {
		return fmt.Errorf("nothing is kept of article %s: it never came, or longer ago than the streams remember; "+
			"rawi story ID gives the ids of a story's reports", show.Line(id))
	}
	if c.JSON {
		return printJSON(env.out, trail)
	}
	return printTrail(env.out, trail, width(env.out))
}

// printTrail writes one message after the other, what it is broken to the width of the terminal.
func printTrail(w io.Writer, t pipeline.Trail, width int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "article %s\n", t.Article)
	for i, h := range t.Hops {
		since := ""
		if i > 0 {
			since = "+" + h.Time.Sub(t.Hops[i-1].Time).Round(time.Millisecond).String()
		}
		start := fmt.Sprintf("%s %10s  %-16s ", h.Time.Local().Format("2006-01-02 15:04:05"), since, fmt.Sprint(h.Stream, " ", h.Sequence))
		for i, line := range wrap(show.Line(happened(h)), width-len(start)) {
			if i > 0 {
				start = strings.Repeat(" ", len(start))
			}
			fmt.Fprintln(&b, start+line)
		}
	}
	for _, line := range outcome(t) {
		fmt.Fprintln(&b, line)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// happened says in words what a message of the trail is.
func happened(h pipeline.Hop) string {
	tokens := append(strings.Split(h.Subject, "."), "", "", "", "")
	what := h.Subject
	switch h.Kind {
	case message.FetchV1:
		what = tokens[2] + " links to it"
	case message.RawV1:
		what = "brought by " + tokens[2] + " from " + tokens[3]
	case message.DetectedV1:
		what = "language " + tokens[2]
	case message.ArticleV1:
		what = "read as " + tokens[2]
	case message.StateV1:
		what = fmt.Sprintf("decided: %s of story %s, revision %s", h.Change, h.Story, h.Revision)
	case message.StoryV1:
		what = fmt.Sprintf("told on %s, revision %s", strings.Join(tokens[:4], "."), h.Revision)
	case message.DeadV1:
		what = fmt.Sprintf("dead letter of %s, %s: rawi dead show %d", tokens[2], tokens[3], h.Sequence)
	}
	if h.Replay != "" {
		what += ", in replay " + h.Replay
	}
	return what
}

// outcome says what became of the article.
func outcome(t pipeline.Trail) []string {
	var lines []string
	for _, id := range t.Stories {
		lines = append(lines, "in story "+id+": rawi story "+id)
	}
	for _, wait := range t.Waits {
		if wait.Started {
			lines = append(lines, wait.Stage+" works on it, or has put it off")
			continue
		}
		lines = append(lines, "waits for "+wait.Stage)
	}
	dead := slices.ContainsFunc(t.Hops, func(h pipeline.Hop) bool { return h.Kind == message.DeadV1 })
	if len(lines) == 0 && !dead {
		lines = append(lines, "ended here: dropped by the stage after, known already, or in a language that no stage reads on (rawi status counts which)")
	}
	return lines
}
