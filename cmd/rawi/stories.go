package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rawi/cmd/internal/show"
	"rawi/pipeline"
	"rawi/pipeline/client"
	"rawi/pipeline/message"
)

type storiesCommand struct {
	reader

	Kind     string `help:"Only stories of one kind, such as operation."`
	Country  string `help:"Only stories of one country, such as MA."`
	Language string `help:"Only stories with a report in one language, such as ar; fr covers fr-MA." placeholder:"TAG"`
	Phase    string `help:"Only stories that are breaking, developing or closed now." enum:"breaking,developing,closed," default:"" placeholder:"PHASE"`
	JSON     bool   `help:"Print one story a line as JSON."`
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
	return errors.Join(wrong("--kind", c.Kind, client.CheckKind), wrong("--country", c.Country, client.CheckCountry), wrong("--language", c.Language, client.CheckLanguage))
}

// wrong says what is wrong with the value of a flag, where it was given.
func wrong(flag, value string, check func(string) error) error {
	if value == "" {
		return nil
	}
	if err := check(value); err != nil {
		return usageError{fmt.Errorf("%s: %w", flag, err)}
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
		return c.Phase != "" && c.Phase != s.Phase || c.Kind != "" && s.Kind != c.Kind ||
			c.Country != "" && !strings.EqualFold(cmp.Or(s.Country, client.Unknown), c.Country) || c.Language != "" && !speaks(s, c.Language)
	})
	if c.JSON {
		return printStories(env, stories)
	}
	return show.Stories(env.out, stories, width(env.out))
}

func speaks(s message.Story, language string) bool {
	return slices.ContainsFunc(s.Reports, func(r message.Report) bool { return client.Covers(language, r.Language) })
}

func printStories(env environment, stories []message.Story) error {
	for _, s := range stories {
		if err := printJSON(env.out, s); err != nil {
			return err
		}
	}
	return nil
}
