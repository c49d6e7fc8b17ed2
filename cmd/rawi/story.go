package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/ruling"
	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/pipeline/message"
)

type storyCommand struct {
	Show    storyShowCommand    `cmd:"" default:"withargs" help:"Show one story."`
	Merge   storyMergeCommand   `cmd:"" help:"Merge two stories by hand."`
	Split   storySplitCommand   `cmd:"" help:"Make a story of its own of some reports of one."`
	Move    storyMoveCommand    `cmd:"" help:"Put a report into another story."`
	Retract storyRetractCommand `cmd:"" help:"Take a report back: it is in no story from then on."`
}

type storyShowCommand struct {
	reader

	ID   string `arg:"" help:"Id of the story, or of one that was merged into it."`
	JSON bool   `help:"Print JSON."`
}

func (c storyShowCommand) Run(ctx context.Context, env environment) error {
	stories, err := c.stories(ctx, env)
	if err != nil {
		return err
	}
	for _, s := range stories {
		if s.ID != c.ID && !slices.Contains(s.Aliases, c.ID) {
			continue
		}
		if c.JSON {
			return printJSON(env.out, s)
		}
		return show.Story(env.out, s)
	}
	return fmt.Errorf("no story %q among %d; rawi stories lists them", c.ID, len(stories))
}

// hand is what every decision by hand takes.
type hand struct {
	reader

	Reason string        `required:"" help:"Why, for whoever reads the story or its explanation." placeholder:"TEXT"`
	By     string        `help:"Who decided; the user of this terminal without it." placeholder:"NAME"`
	Wait   time.Duration `help:"How long to wait for the daemon's answer." default:"10s"`
	JSON   bool          `help:"Print the stories that changed, one a line as JSON."`
}

type storyMergeCommand struct {
	hand

	Story string `arg:"" help:"Story that stays."`
	Other string `arg:"" help:"Story that is merged into it; its id lives on as another name."`
}

func (c storyMergeCommand) Run(ctx context.Context, env environment) error {
	return c.decide(ctx, env, message.Ruling{Act: message.ActMerge, Story: c.Story, Other: c.Other})
}

type storySplitCommand struct {
	hand

	Story    string   `arg:"" help:"Story that the reports leave."`
	Articles []string `arg:"" name:"article" help:"Ids or addresses of the reports that leave."`
}

func (c storySplitCommand) Run(ctx context.Context, env environment) error {
	return c.decide(ctx, env, message.Ruling{Act: message.ActSplit, Story: c.Story, Articles: articleIDs(c.Articles)})
}

type storyMoveCommand struct {
	hand

	Article string `arg:"" help:"Id or address of the report; one that was taken back can be put back in this way."`
	Story   string `arg:"" help:"Story that it goes to."`
}

func (c storyMoveCommand) Run(ctx context.Context, env environment) error {
	return c.decide(ctx, env, message.Ruling{Act: message.ActMove, Story: c.Story, Articles: []string{articleID(c.Article)}})
}

type storyRetractCommand struct {
	hand

	Articles []string `arg:"" name:"article" help:"Ids or addresses of reports of one story."`
}

func (c storyRetractCommand) Run(ctx context.Context, env environment) error {
	return c.decide(ctx, env, message.Ruling{Act: message.ActRetract, Articles: articleIDs(c.Articles)})
}

func articleIDs(names []string) []string {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i] = articleID(name)
	}
	return ids
}

// decide tries a ruling on the stories as they are, so that what cannot be done is said at once, and sends it to the daemon.
func (h hand) decide(ctx context.Context, env environment, r message.Ruling) error {
	r.Type, r.Reason = message.RulingV1, strings.TrimSpace(h.Reason)
	r.By = cmp.Or(strings.TrimSpace(h.By), variable(env.environ, "USER"), variable(env.environ, "LOGNAME"))
	switch {
	case r.Reason == "":
		return usageError{errors.New("--reason is missing: why is it decided so? It stands in every explanation from then on")}
	case r.By == "":
		return usageError{errors.New("--by is missing: who decides? The environment names nobody by USER or LOGNAME")}
	}
	bus, err := h.dial(ctx, env)
	if err != nil {
		return err
	}
	timed, cancel := context.WithTimeout(ctx, h.Wait+readingTime)
	defer cancel()
	states, err := h.send(timed, env, bus, r)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the server has gone away: whether the decision %s was taken tells rawi explain: %w", r.Act, err)
	}
	if err = closing(ctx, bus, err); err != nil {
		return err
	}
	return h.print(env, states)
}

// readingTime is how long reading all stories and storing a decision may take before the server counts as gone.
const readingTime = 30 * time.Second

func (h hand) send(ctx context.Context, env environment, bus *pipeline.Bus, r message.Ruling) ([]message.State, error) {
	memory, err := h.memory(env)
	if err != nil {
		return nil, err
	}
	_, states, err := ruling.Decide(ctx, bus, ruling.OnStates(bus, memory), r, h.Wait)
	return states, err
}

func variable(environ []string, name string) string {
	for _, v := range environ {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}

// print says what has become of the stories that the decision changed.
func (h hand) print(env environment, states []message.State) error {
	for _, s := range states {
		if h.JSON {
			if err := printJSON(env.out, s.Story); err != nil {
				return err
			}
			continue
		}
		what := fmt.Sprintf("%s r%d, %d reports: %s", s.Story.Change, s.Story.Revision, len(s.Story.Reports), show.Title(s.Story))
		if s.Story.MergedInto != "" {
			what = "merged into " + s.Story.MergedInto
		}
		if _, err := fmt.Fprintf(env.out, "%s  %s\n", s.Story.ID, show.Cut(what, width(env.out)-len(s.Story.ID)-2)); err != nil {
			return err
		}
	}
	return nil
}
