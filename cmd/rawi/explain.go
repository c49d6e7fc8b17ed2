package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rawi/cmd/internal/explain"
	"rawi/cmd/internal/show"
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

// account finds what was kept of the decision on the article. Against a story that was named the article is weighed anew, by the memory that
// the dedup stage has: it is built from the same states.
func (c explainCommand) account(ctx context.Context, env environment, bus *pipeline.Bus) (a explain.Account, err error) {
	a.Article, a.AskedFor = articleID(c.Article), c.Story
	var memory *dedup.Stage
	if c.Story != "" {
		if memory, err = c.memory(env); err != nil {
			return a, err
		}
	}
	titles, states := map[string]string{}, 0
	err = pipeline.States(ctx, bus, func(s message.State) error {
		states++
		if memory != nil {
			memory.Apply(s)
		}
		if len(s.Story.Titles) > 0 {
			titles[s.Story.ID] = show.Title(s.Story)
		}
		take(&a, s)
		return nil
	})
	if err != nil {
		return a, err
	}
	if a.Story == "" && a.Withdrawn == nil {
		return a, fmt.Errorf("no story has the article %q, among %d: rawi story ID lists the articles of a story", c.Article, states)
	}
	if memory != nil && a.Story != "" {
		w, err := memory.Weigh(a.Article, c.Story)
		if err != nil {
			return a, fmt.Errorf("%w; rawi stories lists the stories", err)
		}
		a.Asked = &w
	}
	a.Name(titles)
	return a, nil
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

// take notes the story that has the article.
func take(a *explain.Account, s message.State) {
	for _, w := range s.Withdrawn {
		if w.Member.Article == a.Article && a.Story == "" && (a.Withdrawn == nil || w.Hand.At.After(a.Withdrawn.At)) {
			a.Withdrawn, a.Report, a.Out = &w.Hand, w.Report, s.Story.ID
		}
	}
	i := slices.IndexFunc(s.Story.Reports, func(r message.Report) bool { return r.Article == a.Article })
	if i < 0 || s.Story.MergedInto != "" {
		return
	}
	a.Withdrawn, a.Out = nil, ""
	a.Report, a.Story, a.Titles = s.Story.Reports[i], s.Story.ID, s.Story.Titles
	a.Reports, a.Independent = len(s.Story.Reports), s.Story.Independent
}
