package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rawi/cmd/internal/explain"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/places"
)

type explainCommand struct {
	reader

	Article string `arg:"" help:"Id of the article, or its address."`
	Story   string `arg:"" optional:"" help:"Weigh the article against this story as well: why it is, or is not, in it."`
	Lang    string `help:"Language of the explanation: en, fr or ar; that of the terminal's settings without it." placeholder:"LANG"`
	JSON    bool   `help:"Print JSON, with all weights."`
}

func (c explainCommand) Run(ctx context.Context, env environment) error {
	words, err := explain.In(spoken(c.Lang, env.environ))
	if err != nil {
		return usageError{fmt.Errorf("--lang: %w", err)}
	}
	bus, err := c.dial(ctx, env)
	if err != nil {
		return err
	}
	account, err := c.account(ctx, env, bus)
	if err = closing(ctx, bus, err); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, account)
	}
	return words.Write(env.out, account)
}

// spoken is the language that was asked for, or the one that the environment names by LC_ALL, LC_MESSAGES or LANG; English otherwise.
func spoken(asked string, environ []string) string {
	if asked != "" {
		return asked
	}
	for _, name := range []string{"LC_ALL=", "LC_MESSAGES=", "LANG="} {
		for _, v := range environ {
			value, ok := strings.CutPrefix(v, name)
			if ok && value != "" {
				lang, _, _ := strings.Cut(value, "_")
				if slices.Contains(explain.Languages(), lang) {
					return lang
				}
				return "en"
			}
		}
	}
	return "en"
}

// account is what is known of the article, weighed against the story that was named.
func (c explainCommand) account(ctx context.Context, env environment, bus *pipeline.Bus) (explain.Account, error) {
	var memory *dedup.Stage
	if c.Story != "" {
		var err error
		if memory, err = c.memory(env); err != nil {
			return explain.Account{}, err
		}
	}
	return explain.Find(ctx, bus, explain.Question{Article: articleID(c.Article), Named: c.Article, Story: c.Story, Memory: memory})
}

// memory is that of the dedup stage, empty.
func (r reader) memory(env environment) (*dedup.Stage, error) {
	loaded, err := config.Load(r.Config, env.environ)
	if err != nil {
		return nil, usageError{err}
	}
	table, err := places.Load(loaded.Places)
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return dedup.New(loaded.Dedup, table), nil
}

// articleID is the id of an article that was named by it or by its address.
func articleID(name string) string {
	if strings.Contains(name, "://") {
		return message.ArticleID(message.Identity(name))
	}
	return name
}
