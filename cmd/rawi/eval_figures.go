package main

import (
	"context"
	"fmt"
	"os"

	"rawi/cmd/internal/evaluate/figures"
)

type evalFiguresCommand struct {
	Files []string `arg:"" help:"Labelled sets, one JSON object a line." type:"existingfile" placeholder:"FILE"`
	JSON  bool     `name:"json" help:"Print the figures as JSON, a set a line."`
	Write string   `help:"Put the tables into a file that marks their place, as README.md does." type:"existingfile" placeholder:"FILE"`
}

// Run prints how well sets are merged and read, as tables in Markdown. Where there are several, each is also merged by weights fitted on the others alone.
func (c evalFiguresCommand) Run(ctx context.Context, env environment) error {
	sets, err := figures.Measure(ctx, c.Files, line)
	if err != nil {
		return err
	}
	if c.JSON {
		for _, s := range sets {
			if err := printJSON(env.out, s); err != nil {
				return err
			}
		}
		return nil
	}
	tables := figures.Markdown(sets)
	if c.Write == "" {
		_, err = fmt.Fprint(env.out, tables)
		return err
	}
	return rewrite(c.Write, tables)
}

// rewrite puts tables into a file.
func rewrite(name, tables string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text, err := figures.Into(string(old), tables)
	if err != nil {
		return fmt.Errorf("write figures into %s: %w", name, err)
	}
	return os.WriteFile(name, []byte(text), 0o600) // the file exists and keeps its mode
}
