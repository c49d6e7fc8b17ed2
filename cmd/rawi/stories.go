package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/pipeline/api"
	"rawi/pipeline/message"
)

type storiesCommand struct {
	reader

	Kind    string `help:"Only stories of one kind, such as operation."`
	Country string `help:"Only stories of one country, such as MA."`
	Phase   string `help:"Only stories that are breaking, developing or closed now." enum:"breaking,developing,closed," default:"" placeholder:"PHASE"`
	JSON    bool   `help:"Print one story a line as JSON."`
}

// stories reads the current ones from a running daemon.
func (r reader) stories(ctx context.Context, env environment) ([]message.Story, error) {
	bus, err := r.dial(ctx, env)
	if err != nil {
		return nil, err
	}
	stories, err := pipeline.Stories(ctx, bus)
	return stories, closing(ctx, bus, err)
}

// check refuses what no story can have: an empty list would say that there is none now.
func (c storiesCommand) check() error {
	switch {
	case c.Kind != "" && !slices.Contains(api.Kinds(), c.Kind):
		return usageError{fmt.Errorf("--kind: there is no %q, only %s", c.Kind, strings.Join(api.Kinds(), ", "))}
	case c.Country != "" && len(c.Country) != len("MA"):
		return usageError{fmt.Errorf("--country: %q is no code of two letters, such as MA", c.Country)}
	}
	return nil
}

func (c storiesCommand) Run(ctx context.Context, env environment) error {
	if err := c.check(); err != nil {
		return err
	}
	stories, err := c.stories(ctx, env)
	if err != nil {
		return err
	}
	now := time.Now()
	for i := range stories {
		stories[i].Phase = stories[i].PhaseAt(now)
	}
	stories = slices.DeleteFunc(stories, func(s message.Story) bool {
		return c.Phase != "" && c.Phase != s.Phase || c.Kind != "" && s.Kind != c.Kind || c.Country != "" && !strings.EqualFold(s.Country, c.Country)
	})
	if c.JSON {
		return printStories(env, stories)
	}
	return show.Stories(env.out, stories, width(env.out))
}

func printStories(env environment, stories []message.Story) error {
	for _, s := range stories {
		if err := printJSON(env.out, s); err != nil {
			return err
		}
	}
	return nil
}
