package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"rawi/cmd/internal/evaluate"
	"rawi/cmd/internal/show"
	"rawi/config"
	"rawi/pipeline"
	"rawi/pipeline/message"
	"rawi/stages/dedup"
	"rawi/stages/dedup/match"
	"rawi/stages/places"
)

// readRules reads a file of rules that differ from those that ship with rawi.
func readRules(file string) (match.Rules, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return match.Rules{}, usageError{err}
	}
	rules, err := match.Changed(string(text))
	if err != nil {
		return match.Rules{}, usageError{fmt.Errorf("%s: %w", file, err)}
	}
	return rules, nil
}

// change is one difference between two groupings with the titles of its reports.
type change struct {
	evaluate.Change

	Titles map[string]string `json:"titles"`
}

// printChanges lists what other rules would make of the same reports.
func printChanges(env environment, changes []evaluate.Change, titles map[string]string, asJSON bool) error {
	for _, c := range changes {
		if asJSON {
			named := change{c, map[string]string{}}
			for _, story := range c.Before {
				for _, id := range story {
					named.Titles[id] = titles[id]
				}
			}
			if err := printJSON(env.out, named); err != nil {
				return err
			}
			continue
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s: %d to %d stories\n", c.Kind, len(c.Before), len(c.After))
		writeStories(&b, "-", c.Before, titles)
		writeStories(&b, "+", c.After, titles)
		if _, err := fmt.Fprint(env.out, b.String()); err != nil {
			return err
		}
	}
	return nil
}

func writeStories(b *strings.Builder, mark string, stories [][]string, titles map[string]string) {
	for _, story := range stories {
		for i, id := range story {
			first := mark
			if i > 0 {
				first = " "
			}
			fmt.Fprintf(b, "  %s %s\n", first, show.Cut(id+"  "+titles[id], 76))
		}
	}
}

// whatIf sorts the articles that are kept, once by today's rules and once by others, and prints where the stories differ. Nothing is sent.
func (c replayCommand) whatIf(ctx context.Context, env environment, bus *pipeline.Bus, start pipeline.Start) error {
	rules, err := readRules(c.WhatIf)
	if err != nil {
		return err
	}
	loaded, err := config.Load(c.Config, env.environ)
	if err != nil {
		return usageError{err}
	}
	table, err := places.Load(loaded.Places)
	if err != nil {
		return fmt.Errorf("places: %w", err)
	}
	sorters := []*evaluate.Sorter{evaluate.NewSorter(dedup.New(loaded.Dedup, table)), evaluate.NewSorter(dedup.By(rules, loaded.Dedup, table))}
	titles := map[string]string{}
	err = pipeline.Articles(ctx, bus, start, func(e pipeline.Envelope) error { return sortBy(ctx, sorters, e, titles) })
	if err != nil {
		return err
	}
	changes := evaluate.Compare(sorters[0].Stories(), sorters[1].Stories())
	if err := printChanges(env, changes, titles, c.JSON); err != nil || c.JSON {
		return err
	}
	_, err = fmt.Fprintf(env.out, "%d articles; rules %s would change %d places; nothing was sent\n", len(titles), rules.Version, len(changes))
	return err
}

// sortBy gives one message of the stream that dedup reads to each sorter.
func sortBy(ctx context.Context, sorters []*evaluate.Sorter, e pipeline.Envelope, titles map[string]string) error {
	var a message.Article
	var r message.Ruling
	var err error
	if e.Kind == message.RulingV1 {
		err = e.Decode(&r)
	} else {
		err = e.Decode(&a)
		titles[a.ID] = a.Title
	}
	if err != nil {
		return err
	}
	for _, s := range sorters {
		if e.Kind == message.RulingV1 {
			err = s.Rule(ctx, r)
		} else {
			err = s.Take(ctx, a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
